//! What of a tar.zst is not as vana writes it, and names that cost more than they seem to.

use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use vana_package::{Container, PackedFile, UnpackError, oddity, unpack, write};

/// A package of two files, one of them with a name too long for a header.
fn package(folder: &TempDir) -> PathBuf {
    let path = folder.path().join("a.tar.zst");
    let long = ["b".repeat(120), "c".repeat(120)].join("/");
    let files = [PackedFile::text("a", "x".to_owned()), PackedFile::bytes(long, vec![7; 20_000])];
    write(&files, &path, Container::TarZst, false, &|_| {}).unwrap();
    assert_eq!(oddity(&path).unwrap(), None);
    path
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

/// What is said of a tar of these bytes.
fn said(path: &Path, tar: &[u8]) -> String {
    std::fs::write(path, compressed(tar)).unwrap();
    assert!(unpack(path).is_ok());
    oddity(path).unwrap().unwrap()
}

#[test]
fn what_of_a_tar_is_not_as_it_was_written_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = package(&folder);
    let packed = std::fs::read(&path).unwrap();
    let whole = zstd::decode_all(&packed[..]).unwrap();
    // Another compression is none of it.
    std::fs::write(&path, compressed(&whole)).unwrap();
    assert_eq!(oddity(&path).unwrap(), None);
    // The owner of the first entry, with the sum of its header.
    let mut bytes = whole.clone();
    bytes[108 + 6] += 1;
    let sum: u32 = bytes[..512]
        .iter()
        .enumerate()
        .map(|(at, b)| if (148..156).contains(&at) { 32 } else { u32::from(*b) })
        .sum();
    bytes[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    assert_eq!(said(&path, &bytes), "a: another kind, mode, stamp or owner");
    // The padding behind the first file.
    let mut bytes = whole.clone();
    bytes[600] = 1;
    assert_eq!(said(&path, &bytes), "a: another kind, mode, stamp or owner");
    // A second tar, which readers show who are told to ignore zeros, and any other bytes.
    let behind = "what lies behind its last file";
    assert_eq!(said(&path, &[&whole[..], &whole].concat()), behind);
    assert_eq!(said(&path, &[&whole[..], b"x"].concat()), behind);
    for more in [compressed(b"x"), [&[0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0][..], b"x"].concat()] {
        std::fs::write(&path, [&packed[..], &more].concat()).unwrap();
        assert_eq!(oddity(&path).unwrap().unwrap(), behind);
    }
}

#[test]
fn names_of_a_thousand_folders_are_refused_before_they_are_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tar.zst");
    let mut tar = tar::Builder::new(
        zstd::stream::write::Encoder::new(std::fs::File::create(&path).unwrap(), 1).unwrap(),
    );
    for number in 0..100 {
        let mut header = tar::Header::new_gnu();
        header.set_size(0);
        tar.append_data(&mut header, format!("{number}/{}f", "a/".repeat(1000)), std::io::empty()).unwrap();
    }
    let mut file = tar.into_inner().unwrap().finish().unwrap();
    file.flush().unwrap();
    assert!(path.metadata().unwrap().len() < 10_000);
    let refused = unpack(&path);
    assert!(
        matches!(&refused, Err(UnpackError::Refused { why, .. }) if why.ends_with("far more than it holds")),
        "{refused:?}"
    );
}
