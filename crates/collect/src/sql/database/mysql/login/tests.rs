use std::io::{Read, Write};

use mysql_common::crypto::der::parse_uint;
use mysql_common::crypto::rsa::{Padding, PublicKey};
use sha1::{Digest, Sha1};
use vana_types::Outcome;

use super::super::wire::tests::{packet, pair, public_pair};
use super::*;

const OK: &[u8] = &[0, 0, 0, 2, 0, 0, 0];
const NATIVE: &str = "mysql_native_password";
const SHA2: &str = "caching_sha2_password";
/// Of the password `secret` and the nonce 1, 2, … 20, by Python's hashlib.
const NATIVE_PROOF: &str = "b32bb3a583e1340c0a1108d58b1be49781ad8c2f";
const SHA2_PROOF: &str = "746ebe205d56a0707acb3e796e834e0dd7b1d61743b26bd5202c7a623230c7c9";

/// A key of 1024 bits made by `openssl genrsa`: what a server shows of it, its modulus, its private exponent.
const KEY: &str = "-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC18mkbvcl1h3tQ7lZtzadLcQv8
D/owIpCX3kH/gk+u3dlrM5w+FUmy4t8yLUjKUuaopCIqagdbr+6FN/zR6kMN/BP8
ACDW6EGyWEEgAiYEtR4kOJeZt5sNTGFZVC7mmxnAtcNnAIQvCqpUkCQHRnnOJRSt
rQACBsaog7mJhtEOTQIDAQAB
-----END PUBLIC KEY-----
";
const MODULUS: &str = "b5f2691bbdc975877b50ee566dcda74b710bfc0ffa30229097de41ff824faeddd96b339c3e1549b2e2df322d48ca52e6\
    a8a4222a6a075bafee8537fcd1ea430dfc13fc0020d6e841b2584120022604b51e24389799b79b0d4c6159542ee69b19c0b5c36700842f0a\
    aa549024074679ce2514adad000206c6a883b98986d10e4d";
const EXPONENT: &str = "71593f59e4f6289dea9914a20b6ddf1704aa2eb1d56f3f594d034da25c1040243d5aa7a0629ce878e5159f30cef41c89\
    4dee52ca919b5be75274f3d830fdfc1f1fdbb5944d7259dc6fe225bd24615a82601f857fdcb065f3534ad845567318a11e766dec26af9081\
    9e3df86b38b3b0f0d2f2d355bbb4e6dad8acef086690c681";

/// A greeting as that of MySQL 8.0, with this plugin and these capabilities.
fn greeting(plugin: &str, capabilities: u32) -> Vec<u8> {
    let [c0, c1, c2, c3] = capabilities.to_le_bytes();
    let parts: [&[u8]; 8] = [
        b"\x0a8.0.36\0\x07\0\0\0",
        &[1, 2, 3, 4, 5, 6, 7, 8, 0],
        &[c0, c1, 45, 2, 0, c2, c3, 21],
        &[0; 10],
        &[9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 0],
        plugin.as_bytes(),
        &[0],
        &[],
    ];
    parts.concat()
}

/// Terms, and what the server heard, after it said this.
fn logged_in(said: &[&[u8]]) -> (Result<Terms, SqlFailure>, Vec<u8>) {
    let (mut wire, mut far) = pair();
    for body in said {
        far.write_all(&packet(0, body)).unwrap();
    }
    far.shutdown(std::net::Shutdown::Write).unwrap();
    let address = Address::parse("mysql://me:secret@host/test").unwrap();
    let terms = log_in(&mut wire, &address);
    drop(wire);
    let mut heard = Vec::new();
    far.read_to_end(&mut heard).unwrap();
    (terms, heard)
}

/// Nothing in front of a number and nothing behind it.
struct Plain;

impl Padding for Plain {
    fn pub_pad(&mut self, input: impl AsRef<[u8]>, _: usize) -> Vec<u8> {
        input.as_ref().to_vec()
    }
}

/// As many bytes of the mask generation function of RFC 8017 as the other side has, over them.
fn unmask(masked: &[u8], seed: &[u8]) -> Vec<u8> {
    let blocks = (0_u32..).flat_map(|count| Sha1::digest([seed, &count.to_be_bytes()].concat()));
    masked.iter().zip(blocks).map(|(byte, mask)| byte ^ mask).collect()
}

/// What was sealed with `KEY`, by RSAES-OAEP of RFC 8017.
fn unsealed(sealed: &[u8]) -> Vec<u8> {
    let number = |text: &str| {
        let bytes = (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap());
        let bytes: Vec<u8> = bytes.collect();
        parse_uint(&[&[0x02, 0x81, bytes.len() as u8], &bytes[..]].concat()).0
    };
    // What the private exponent does to a number is what the public one does.
    let opened = PublicKey::new(number(MODULUS), number(EXPONENT)).encrypt_block(sealed, Plain);
    let (seed, text) = opened[1..].split_at(20);
    let seed = unmask(seed, text);
    let text = unmask(text, &seed);
    let begin = 20 + text[20..].iter().position(|byte| *byte == 1).unwrap();
    assert_eq!((opened[0], &text[..20]), (0, &Sha1::digest([])[..]));
    text[begin + 1..].to_vec()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// The first answer: flags and sizes of 32 bytes, user, proof, database, plugin.
fn answer(proof: &str, plugin: &str) -> String {
    let proof = format!("{:02x}{proof}", proof.len() / 2);
    hexadecimal(b"me\0") + &proof + &hexadecimal(b"test\0") + &hexadecimal(plugin.as_bytes()) + "00"
}

#[test]
fn a_password_is_proven_by_either_plugin_and_after_a_switch() {
    let all = 0xffff_ffff_u32;
    let known = logged_in(&[&greeting(SHA2, all), &[1, 3], OK]);
    let terms = Terms { has_end_of_columns: false, may_skip_columns: false };
    assert_eq!((known.0, hexadecimal(&known.1[36..])), (Ok(terms), answer(SHA2_PROOF, SHA2)));
    let old = 0x00ff_ffff;
    let native = logged_in(&[&greeting(NATIVE, old), OK]);
    let terms = Terms { has_end_of_columns: true, may_skip_columns: false };
    assert_eq!((native.0, hexadecimal(&native.1[36..])), (Ok(terms), answer(NATIVE_PROOF, NATIVE)));
    let nonce: Vec<u8> = (1..=20).chain([0]).collect();
    let switch = [b"\xfecaching_sha2_password\0", &nonce[..]].concat();
    let switched = logged_in(&[&greeting(NATIVE, all), &switch, &[1, 4], OK]);
    let expected = answer(NATIVE_PROOF, NATIVE)
        + &hexadecimal(&[32, 0, 0, 1])
        + SHA2_PROOF
        + &hexadecimal(b"\x07\0\0\x01secret\0");
    assert_eq!(hexadecimal(&switched.1[36..]), expected);
    assert!(switched.0.is_ok());
}

#[test]
fn a_password_that_others_could_hear_is_sealed_with_the_key_of_the_server() {
    let (mut wire, mut far) = public_pair();
    let key = [&[1], KEY.as_bytes()].concat();
    for body in [&greeting(SHA2, u32::MAX), &[1, 4][..], &key, OK] {
        far.write_all(&packet(0, body)).unwrap();
    }
    let address = Address::parse("mysql://me:secret@host/test").unwrap();
    log_in(&mut wire, &address).unwrap();
    drop(wire);
    let mut heard = Vec::new();
    far.read_to_end(&mut heard).unwrap();
    let asked = heard.len() - (4 + 128) - (4 + 1);
    assert_eq!(hexadecimal(&heard[36..asked]), answer(SHA2_PROOF, SHA2));
    assert_eq!(&heard[asked..asked + 5], packet(1, &[2]));
    let nonce = 1..=20_u8;
    let password = unsealed(&heard[asked + 9..]).into_iter().zip(nonce).map(|(byte, nonce)| byte ^ nonce);
    assert_eq!(password.collect::<Vec<_>>(), b"secret\0");
}

#[test]
fn what_is_no_greeting_and_no_plugin_is_refused() {
    let failed = |said: &[&[u8]]| logged_in(said).0.map_err(|failure| (failure.outcome, failure.message));
    let protocol = "the server does not speak MySQL's protocol: ";
    let refused = |outcome, message: &str| Err((outcome, message.to_owned()));
    let unread = refused(Outcome::Protocol, &format!("{protocol}its greeting cannot be read"));
    assert_eq!(failed(&[b"HTTP/1.1 400"]), unread);
    let old = refused(Outcome::Protocol, &format!("{protocol}it is older than MySQL 4.1"));
    assert_eq!(failed(&[&greeting(NATIVE, 1)]), old);
    let many = refused(Outcome::ErrorStatus, "error 1040: Too many connections");
    assert_eq!(failed(&[b"\xff\x10\x04Too many connections"]), many);
    let foreign = refused(
        Outcome::Connect,
        "the server asks for a password by dialog; mysql_native_password and caching_sha2_password are known",
    );
    assert_eq!(failed(&[&greeting(NATIVE, u32::MAX), b"\xfedialog\0abc\0"]), foreign);
    assert_eq!(logged_in(&[]).0.unwrap_err().outcome, Outcome::Reset);
}
