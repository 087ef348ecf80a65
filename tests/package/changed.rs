//! Packages of which something is not as it was packed.

use std::path::Path;

use vana_package::{Container, PackedFile, write};

use super::support::{Desk, files};
use super::{EVERYTHING, export, verdict, with_study};

#[test]
fn what_changed_in_a_package_is_named() {
    let desk = with_study();
    export(&desk, "p", &EVERYTHING);
    assert_eq!(verdict(&desk, "p"), (Some(0), vec![]));
    let run = "data/study/runs/system=system-1/workload=http/clients=1/repetition=1";
    let change = |name: &str, bytes: Option<&[u8]>, lines: &[String]| {
        let path = desk.path("p").join(name);
        let before = std::fs::read(&path).ok();
        match bytes {
            Some(bytes) => std::fs::write(&path, bytes).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }
        assert_eq!(verdict(&desk, "p"), (Some(1), lines.to_vec()), "{name}");
        match before {
            Some(bytes) => std::fs::write(&path, bytes).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }
    };
    let one = || "error: 1 file is not what the study says".to_owned();
    let said = |code: &str, name: &str, what: &str| format!("error: {code}: {name}: {what}");
    for name in ["README.md", "tables/cells.csv", ".zenodo.json", "verify.py"] {
        change(name, Some(b"x"), &[said("checksum-differs", name, "not the file that was packed"), one()]);
        change(name, None, &[said("file-missing", name, "was packed, but is not there"), one()]);
    }
    for name in ["added.txt", ".hidden", "tables/more.csv"] {
        change(name, Some(b"x"), &[said("file-added", name, "was not packed"), one()]);
    }
    let resources = format!("{run}/resources.parquet");
    let below = resources.trim_start_matches("data/study/").to_owned();
    let lines = [
        said("file-added", &resources, "was not packed"),
        format!("warning: file-unlisted: {below}: not listed in SHA256SUMS"),
    ];
    // What an added file would do to the numbers is not the question here.
    let path = desk.path("p").join(&resources);
    std::fs::write(&path, "x").unwrap();
    let (code, said_here) = verdict(&desk, "p");
    assert_eq!((code, &said_here[..2]), (Some(1), &lines[..]));
    std::fs::remove_file(&path).unwrap();
    let trace = format!("{run}/trace.parquet");
    let mut bytes = std::fs::read(desk.path("p").join(&trace)).unwrap();
    bytes[40] ^= 1;
    std::fs::write(desk.path("p").join(&trace), bytes).unwrap();
    let (code, lines) = verdict(&desk, "p");
    assert_eq!(
        (code, lines[0].as_str()),
        (Some(1), said("checksum-differs", &trace, "not the file that was packed").as_str())
    );
    let below = trace.trim_start_matches("data/study/");
    assert_eq!(lines[1], said("checksum-differs", below, "not the file that SHA256SUMS lists"));
}

/// Packs a folder's files as they are, in order.
pub fn pack(desk: &Desk, folder: &str, out: &str) {
    let file = |name: &String| {
        PackedFile::bytes(name.as_str(), std::fs::read(desk.path(folder).join(name)).unwrap())
    };
    let files: Vec<PackedFile> = files(&desk.path(folder)).iter().map(file).collect();
    write(&files, &desk.path(out), Container::of(Path::new(out)), true, &|_| {}).unwrap();
}

#[test]
fn damage_to_what_vouches_for_the_files_is_named() {
    let desk = with_study();
    export(&desk, "p", &EVERYTHING);
    let marker = "vana-package.json";
    for (name, bytes, word) in [
        ("SHA256SUMS", &b"no sums\n"[..], "checksums-unreadable: SHA256SUMS:1: "),
        ("SHA256SUMS", b"\xff\xfe", "checksums-unreadable: SHA256SUMS: "),
        ("data/study/SHA256SUMS", b"no sums\n", "checksum-differs: data/study/SHA256SUMS: "),
        ("data/study/SHA256SUMS", b"\xff\xfe", "checksum-differs: data/study/SHA256SUMS: "),
        (marker, b"{", "vana-package.json: "),
        (marker, b"\xff\xfe", "vana-package.json: "),
        (marker, b"{\"format\": 1, \"study\": \"data/other\"}", "checksum-differs: vana-package.json: "),
    ] {
        let path = desk.path("p").join(name);
        let before = std::fs::read(&path).unwrap();
        std::fs::write(&path, bytes).unwrap();
        pack(&desk, "p", "q.zip");
        pack(&desk, "p", "q.tar.zst");
        for place in ["p", "q.zip", "q.tar.zst"] {
            let (code, lines) = verdict(&desk, place);
            assert!(
                code == Some(1) && lines.iter().any(|line| line.contains(word)),
                "{name} {place}: {lines:?}"
            );
        }
        std::fs::write(&path, before).unwrap();
    }
    std::fs::remove_file(desk.path("p").join(marker)).unwrap();
    pack(&desk, "p", "q.zip");
    for place in ["p", "q.zip"] {
        let words = format!("error: {place}/{marker}: listed in SHA256SUMS, but not there");
        assert_eq!(verdict(&desk, place), (Some(1), vec![words]));
    }
}

#[test]
fn what_lies_behind_the_end_of_a_zip_is_told() {
    let desk = with_study();
    export(&desk, "p.zip", &[]);
    let mut bytes = std::fs::read(desk.path("p.zip")).unwrap();
    let end = bytes.len();
    bytes[end - 2] = 1;
    bytes.push(b'x');
    std::fs::write(desk.path("p.zip"), bytes).unwrap();
    let (code, lines) = verdict(&desk, "p.zip");
    let words = "error: container-differs: p.zip: not as vana export wrote it: its list of entries, or what lies behind it";
    let verdict = "error: 1 file is not what the study says";
    assert_eq!((code, lines), (Some(1), vec![words.to_owned(), verdict.to_owned()]));
}

#[test]
fn a_changed_byte_in_a_container_is_named() {
    let desk = with_study();
    export(&desk, "p.zip", &[]);
    let mut bytes = std::fs::read(desk.path("p.zip")).unwrap();
    let at = bytes.windows(9).position(|nine| nine == b"# study\n\n").unwrap();
    bytes[at + 2] ^= 1;
    std::fs::write(desk.path("p.zip"), bytes).unwrap();
    let words = "error: p.zip: README.md: damaged (Invalid checksum)".to_owned();
    assert_eq!(verdict(&desk, "p.zip"), (Some(1), vec![words]));
    export(&desk, "p.tar.zst", &[]);
    let mut bytes = std::fs::read(desk.path("p.tar.zst")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(desk.path("p.tar.zst"), bytes).unwrap();
    let (code, lines) = verdict(&desk, "p.tar.zst");
    let is_named =
        |line: &String| line.contains(": not the file that was packed") || line.contains(": damaged (");
    assert!(code == Some(1) && lines.iter().any(is_named), "{lines:?}");
    // Whoever does not compare files must not take them for whole.
    let (code, stdout, stderr) = desk.vana(&["summarize", "p.tar.zst"]);
    assert!(code == Some(2) && stdout.is_empty() && stderr.contains(": damaged ("), "{stderr}");
}
