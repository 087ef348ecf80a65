//! Commands as they go over the wire.

use crate::sql::Argument;

const QUIT: u8 = 0x01;
const QUERY: u8 = 0x03;
const PREPARE: u8 = 0x16;
const EXECUTE: u8 = 0x17;

/// Types of arguments: 64 bits with a sign, text.
const NUMBER: [u8; 2] = [0x08, 0];
const TEXT: [u8; 2] = [0xfd, 0];

/// A statement that the server has prepared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Prepared {
    pub number: u32,
    /// Whether the server knows the types of its arguments, which it keeps.
    pub has_types: bool,
}

pub(super) fn quit(out: &mut Vec<u8>) {
    out.push(QUIT);
}

pub(super) fn query(out: &mut Vec<u8>, text: &str) {
    out.push(QUERY);
    out.extend_from_slice(text.as_bytes());
}

pub(super) fn prepare(out: &mut Vec<u8>, text: &str) {
    out.push(PREPARE);
    out.extend_from_slice(text.as_bytes());
}

pub(super) fn execute(out: &mut Vec<u8>, prepared: Prepared, arguments: &[Argument<'_>]) {
    out.push(EXECUTE);
    out.extend_from_slice(&prepared.number.to_le_bytes());
    // No cursor, once.
    out.extend_from_slice(&[0, 1, 0, 0, 0]);
    if arguments.is_empty() {
        return;
    }
    // None is null: a bit each.
    out.resize(out.len() + arguments.len().div_ceil(8), 0);
    out.push(u8::from(!prepared.has_types));
    if !prepared.has_types {
        for argument in arguments {
            out.extend_from_slice(match argument {
                Argument::Number(_) => &NUMBER,
                Argument::Text(_) => &TEXT,
            });
        }
    }
    for argument in arguments {
        match argument {
            Argument::Number(number) => out.extend_from_slice(&number.to_le_bytes()),
            Argument::Text(text) => {
                put_length(out, text.len());
                out.extend_from_slice(text.as_bytes());
            }
        }
    }
}

/// A length as the protocol has it: one byte up to 250, or a byte that says how many follow.
fn put_length(out: &mut Vec<u8>, length: usize) {
    let bytes = (length as u64).to_le_bytes();
    let (head, width) = match length {
        0..=250 => (None, 1),
        251..=0xffff => (Some(0xfc), 2),
        0x1_0000..=0xff_ffff => (Some(0xfd), 3),
        _ => (Some(0xfe), 8),
    };
    out.extend(head);
    out.extend(bytes.into_iter().take(width));
}

/// A length, and what follows it; `None` if that is not there, or null.
pub(super) fn split_length(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (&head, rest) = bytes.split_first()?;
    let width = match head {
        0..=250 => return Some((u64::from(head), rest)),
        0xfc => 2,
        0xfd => 3,
        0xfe => 8,
        _ => return None,
    };
    let (low, rest) = rest.split_at_checked(width)?;
    let mut number = [0; 8];
    number.iter_mut().zip(low).for_each(|(to, from)| *to = *from);
    Some((u64::from_le_bytes(number), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn executed(has_types: bool, arguments: &[Argument<'_>]) -> Vec<u8> {
        let mut out = Vec::new();
        execute(&mut out, Prepared { number: 0x0102, has_types }, arguments);
        out
    }

    #[test]
    fn arguments_are_told_with_their_types_the_first_time() {
        let head = [0x17, 2, 1, 0, 0, 0, 1, 0, 0, 0];
        assert_eq!(executed(false, &[]), head);
        let arguments = [Argument::Number(-2), Argument::Text("abc")];
        let values = [0xfe, 255, 255, 255, 255, 255, 255, 255, 3, b'a', b'b', b'c'];
        assert_eq!(executed(false, &arguments), [&head[..], &[0, 1, 8, 0, 0xfd, 0], &values].concat());
        assert_eq!(executed(true, &arguments), [&head[..], &[0, 0], &values].concat());
    }

    #[test]
    fn a_length_is_read_as_it_was_written() {
        for length in [0, 1, 250, 251, 0xffff, 0x1_0000, 0xff_ffff, 0x100_0000] {
            let mut out = Vec::new();
            put_length(&mut out, length);
            out.push(9);
            assert_eq!(split_length(&out), Some((length as u64, &[9][..])), "{length}");
            for cut in 0..out.len() - 1 {
                assert_eq!(split_length(&out[..cut]), None, "{length} {cut}");
            }
        }
        assert_eq!(split_length(&[0xfb]), None);
    }
}
