//! Packages that nobody should unpack, made byte by byte.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use vana_package::{Container, PackError, PackedFile, UnpackError, oddity, unpack, write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A zip of entries (name, unix mode with its kind, bytes).
fn zip_of(folder: &TempDir, entries: &[(&str, u32, &[u8])]) -> PathBuf {
    let path = folder.path().join("a.zip");
    let mut zip = ZipWriter::new(File::create(&path).unwrap());
    for (name, mode, bytes) in entries {
        if mode & 0o170_000 == 0o120_000 {
            zip.add_symlink(*name, String::from_utf8_lossy(bytes), SimpleFileOptions::default()).unwrap();
            continue;
        }
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file(*name, options.unix_permissions(*mode)).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
    path
}

/// A tar.zst of entries (name, kind, bytes); names are written as they are.
fn tar_of(folder: &TempDir, entries: &[(&str, tar::EntryType, &[u8])]) -> PathBuf {
    let path = folder.path().join("a.tar.zst");
    let mut tar =
        tar::Builder::new(zstd::stream::write::Encoder::new(File::create(&path).unwrap(), 1).unwrap());
    for (name, kind, bytes) in entries {
        let mut header = tar::Header::new_gnu();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_size(if *kind == tar::EntryType::Regular { bytes.len() as u64 } else { 0 });
        header.set_mode(0o644);
        if *kind != tar::EntryType::Regular {
            header.set_link_name("/etc/passwd").unwrap();
        }
        header.set_cksum();
        tar.append(&header, *bytes).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap();
    path
}

/// The entry that is refused, and why.
fn refusal(path: &Path) -> (String, String) {
    match unpack(path) {
        Err(UnpackError::Refused { name, why, .. }) => (name, why),
        other => panic!("{other:?}"),
    }
}

const FILE: u32 = 0o100_644;
const OUT: &str = "the path leads out of the package";

#[test]
fn names_that_lead_out_of_a_zip_are_refused() {
    for (name, why) in [
        ("../evil", OUT),
        ("a/../../evil", OUT),
        ("/etc/evil", "not a relative path"),
        ("a\\..\\evil", "not a relative path"),
        ("C:/evil", "not a relative path"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = zip_of(&folder, &[("good", FILE, b"x"), (name, FILE, b"x")]);
        assert_eq!(refusal(&path), (name.to_owned(), why.to_owned()));
    }
}

#[test]
fn names_that_lead_out_of_a_tar_are_refused() {
    for (name, why) in [("../evil", OUT), ("a/../../evil", OUT), ("/etc/evil", "not a relative path")] {
        let folder = tempfile::tempdir().unwrap();
        let regular = tar::EntryType::Regular;
        let path = tar_of(&folder, &[("good", regular, b"x"), (name, regular, b"x")]);
        assert_eq!(refusal(&path), (name.to_owned(), why.to_owned()));
    }
}

#[test]
fn links_are_refused() {
    let why = || "neither a file nor a folder".to_owned();
    let folder = tempfile::tempdir().unwrap();
    let path = zip_of(&folder, &[("link", 0o120_777, b"/etc"), ("link/passwd", FILE, b"x")]);
    assert_eq!(refusal(&path), ("link".to_owned(), why()));
    for kind in [tar::EntryType::Symlink, tar::EntryType::Link, tar::EntryType::Fifo, tar::EntryType::Char] {
        let path = tar_of(&folder, &[("link", kind, b"")]);
        assert_eq!(refusal(&path), ("link".to_owned(), why()));
    }
}

#[test]
fn a_name_that_stands_twice_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = zip_of(&folder, &[("a", FILE, b"good"), ("b", FILE, b"evil")]);
    let mut bytes = std::fs::read(&path).unwrap();
    // Both headers of the second entry get the first one's name.
    for at in 0..bytes.len() - 46 {
        let name = match &bytes[at..at + 4] {
            b"PK\x03\x04" => at + 30,
            b"PK\x01\x02" => at + 46,
            _ => continue,
        };
        bytes[name] = b'a';
    }
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(refusal(&path), ("the list of entries".to_owned(), "a name is there twice".to_owned()));
    let regular = tar::EntryType::Regular;
    let path = tar_of(&folder, &[("a", regular, b"good"), ("a", regular, b"evil")]);
    assert_eq!(refusal(&path), ("a".to_owned(), "it is there twice".to_owned()));
}

#[test]
fn a_bomb_is_refused_before_it_unfolds() {
    let zeros = vec![0; 80 << 20];
    let folder = tempfile::tempdir().unwrap();
    let path = zip_of(&folder, &[("zeros", FILE, &zeros)]);
    assert!(path.metadata().unwrap().len() < 1 << 20);
    let why = "the package unpacks to more than 67108864 bytes, far more than it holds";
    assert_eq!(refusal(&path), ("zeros".to_owned(), why.to_owned()));
    let path = tar_of(&folder, &[("zeros", tar::EntryType::Regular, &zeros)]);
    assert_eq!(refusal(&path), ("zeros".to_owned(), why.to_owned()));
}

#[test]
fn a_gigabyte_about_an_entry_is_refused_before_it_is_held() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tar.zst");
    for (kind, size) in [
        (tar::EntryType::GNULongName, 1 << 30),
        (tar::EntryType::GNULongLink, 1 << 20),
        (tar::EntryType::XHeader, 1 << 20),
    ] {
        let mut tar =
            tar::Builder::new(zstd::stream::write::Encoder::new(File::create(&path).unwrap(), 1).unwrap());
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_cksum();
        tar.append(&header, std::io::repeat(0).take(size)).unwrap();
        tar.into_inner().unwrap().finish().unwrap();
        assert!(path.metadata().unwrap().len() < 1 << 20);
        let why = "an entry with more than 65536 bytes about it".to_owned();
        assert_eq!(refusal(&path), ("after the first entry".to_owned(), why));
    }
}

#[test]
fn a_long_name_is_written_and_read() {
    let folder = tempfile::tempdir().unwrap();
    let name = ["a".repeat(120), "b".repeat(120)].join("/");
    let files = [PackedFile::text(name.as_str(), "x".to_owned()), PackedFile::text("z", "y".to_owned())];
    for (path, container) in [("a.zip", Container::Zip), ("a.tar.zst", Container::TarZst)] {
        let path = folder.path().join(path);
        write(&files, &path, container, false, &|_| {}).unwrap();
        let unpacked = unpack(&path).unwrap();
        assert_eq!(std::fs::read_to_string(unpacked.path().join(&name)).unwrap(), "x");
        assert_eq!(oddity(&path).unwrap(), None);
    }
}

#[test]
fn a_name_that_would_be_refused_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    for (name, why) in [("a\\b", "not a relative path"), ("a\nb", "a control character in the name")] {
        for container in Container::ALL {
            let path = folder.path().join("out");
            let written = write(&[PackedFile::text(name, "x".to_owned())], &path, container, false, &|_| {});
            assert!(
                matches!(&written, Err(PackError::Name { name: found, why: said }) if found == name && said == why),
                "{written:?}"
            );
            assert!(!path.exists());
        }
    }
}

#[test]
fn what_of_a_zip_is_not_as_it_was_written_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    let files = [PackedFile::text("a", "x".to_owned()), PackedFile::text("b", "y".to_owned())];
    write(&files, &path, Container::Zip, false, &|_| {}).unwrap();
    let whole = std::fs::read(&path).unwrap();
    let listed = whole.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    // Within the list of entries: the stamp, and the mode in the upper half of its field.
    for at in [listed + 12, listed + 40] {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(oddity(&path).unwrap().unwrap(), "a: another mode, stamp or method");
    }
    // The stamp in the header before the first entry.
    let mut bytes = whole.clone();
    bytes[10] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(oddity(&path).unwrap().unwrap(), "a: listed with another header than it has");
    // A comment of three bytes behind the end, as its last field says.
    let mut bytes = whole;
    let end = bytes.len();
    bytes[end - 2] = 3;
    bytes.extend(b"...");
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(oddity(&path).unwrap().unwrap(), "its list of entries, or what lies behind it");
}

#[test]
fn the_checksum_at_the_end_of_a_tar_is_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tar.zst");
    write(&[PackedFile::text("a", "x".to_owned())], &path, Container::TarZst, false, &|_| {}).unwrap();
    assert_eq!(oddity(&path).unwrap(), None);
    let mut bytes = std::fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert!(oddity(&path).unwrap().unwrap().starts_with("the end of the stream: "));
}

#[test]
fn no_byte_of_a_zip_changes_unnoticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    let files = [PackedFile::text("a", "x".to_owned()), PackedFile::text("b/ü", "y".to_owned())];
    write(&files, &path, Container::Zip, false, &|_| {}).unwrap();
    assert_eq!(oddity(&path).unwrap(), None);
    let whole = std::fs::read(&path).unwrap();
    let is_unnoticed = |at: &usize| {
        let mut bytes = whole.clone();
        bytes[*at] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        unpack(&path).is_ok() && matches!(oddity(&path), Ok(None))
    };
    assert_eq!((0..whole.len()).filter(is_unnoticed).collect::<Vec<_>>(), Vec::<usize>::new());
}

#[test]
fn an_entry_gets_no_more_bytes_than_it_declares() {
    let folder = tempfile::tempdir().unwrap();
    let path = zip_of(&folder, &[("zeros", FILE, &vec![0; 1 << 20])]);
    let mut bytes = std::fs::read(&path).unwrap();
    let central = bytes.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap();
    bytes[central + 24..central + 28].copy_from_slice(&7u32.to_le_bytes());
    std::fs::write(&path, bytes).unwrap();
    assert!(matches!(unpack(&path), Err(UnpackError::Damaged { name, .. }) if name == "zeros"));
}

#[test]
fn every_changed_byte_of_the_contents_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let files = [PackedFile::bytes("a/b", (0..=255).collect::<Vec<u8>>())];
    for (name, container) in [("a.zip", Container::Zip), ("a.tar.zst", Container::TarZst)] {
        let path = folder.path().join(name);
        write(&files, &path, container, false, &|_| {}).unwrap();
        let whole = std::fs::read(&path).unwrap();
        let first = if container == Container::Zip { 30 + "a/b".len() } else { 16 };
        for at in (first..first + 200).step_by(37) {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            std::fs::write(&path, bytes).unwrap();
            assert!(matches!(unpack(&path), Err(UnpackError::Damaged { .. })), "{name} {at}");
        }
        for length in [whole.len() / 2, whole.len() - 1] {
            std::fs::write(&path, &whole[..length]).unwrap();
            assert!(unpack(&path).is_err(), "{name} cut to {length}");
        }
    }
}

#[test]
fn what_is_no_package_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for bytes in [&b""[..], b"PK", b"hello world"] {
        let path = folder.path().join("x");
        std::fs::write(&path, bytes).unwrap();
        assert!(matches!(unpack(&path), Err(UnpackError::Unknown(_))));
    }
    let path = folder.path().join("x");
    std::fs::write(&path, b"PK\x03\x04 and no more").unwrap();
    assert!(matches!(unpack(&path), Err(UnpackError::Damaged { .. })));
}
