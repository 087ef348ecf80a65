//! An archive as the Linux kernel unpacks it (`Documentation/driver-api/early-userspace/buffer-format.rst`, "newc"),
//! with nothing in it that differs from one machine to the next.

use std::collections::BTreeMap;

const TRAILER: &str = "TRAILER!!!";
const FOLDER: u32 = 0o040_755;
const PROGRAM: u32 = 0o100_755;
const FILE: u32 = 0o100_644;
const LINK: u32 = 0o120_777;
const CHARACTER_DEVICE: u32 = 0o020_600;

/// Files by their paths without a leading slash; the folders above them come by themselves.
#[derive(Debug, Default)]
pub(super) struct Archive(BTreeMap<String, Entry>);

#[derive(Debug)]
struct Entry {
    mode: u32,
    device: (u32, u32),
    bytes: Vec<u8>,
}

impl Archive {
    /// A program.
    pub fn program(&mut self, path: &str, bytes: Vec<u8>) {
        self.add(path, PROGRAM, bytes);
    }

    /// A file that is only read.
    pub fn file(&mut self, path: &str, bytes: Vec<u8>) {
        self.add(path, FILE, bytes);
    }

    /// A symbolic link.
    pub fn link(&mut self, path: &str, to: &str) {
        self.add(path, LINK, to.into());
    }

    /// An empty folder.
    pub fn folder(&mut self, path: &str) {
        self.add(path, FOLDER, Vec::new());
    }

    /// The console, without which the first process has no output.
    pub fn console(&mut self) {
        self.add("dev/console", CHARACTER_DEVICE, Vec::new());
        if let Some(console) = self.0.get_mut("dev/console") {
            console.device = (5, 1);
        }
    }

    fn add(&mut self, path: &str, mode: u32, bytes: Vec<u8>) {
        for (end, _) in path.match_indices('/') {
            let above = || Entry { mode: FOLDER, device: (0, 0), bytes: Vec::new() };
            self.0.entry(path[..end].to_owned()).or_insert_with(above);
        }
        self.0.insert(path.to_owned(), Entry { mode, device: (0, 0), bytes });
    }

    /// The archive: entries by path, so that folders come before what is in them.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for (number, (path, entry)) in (1..).zip(&self.0) {
            write(&mut out, number, path, entry);
        }
        write(&mut out, 0, TRAILER, &Entry { mode: 0, device: (0, 0), bytes: Vec::new() });
        out
    }
}

fn write(out: &mut Vec<u8>, number: u32, path: &str, entry: &Entry) {
    let links = 1;
    let fields = [
        number,
        entry.mode,
        0,
        0,
        links,
        0,
        entry.bytes.len() as u32,
        0,
        0,
        entry.device.0,
        entry.device.1,
        path.len() as u32 + 1,
        0,
    ];
    out.extend_from_slice(b"070701");
    for field in fields {
        out.extend(format!("{field:08x}").bytes());
    }
    out.extend_from_slice(path.as_bytes());
    out.push(0);
    out.resize(out.len().next_multiple_of(4), 0);
    out.extend_from_slice(&entry.bytes);
    out.resize(out.len().next_multiple_of(4), 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_its_entries_by_path_and_a_trailer() {
        let mut archive = Archive::default();
        archive.program("bin/sh", b"abcde".to_vec());
        let head = |number: u32, mode: &str, size: u32, name: u32| {
            let zero = "0".repeat(8);
            format!(
                "070701{number:08x}{mode}{zero}{zero}00000001{zero}{size:08x}{zero}{zero}{zero}{zero}{name:08x}{zero}"
            )
        };
        let expected = [
            head(1, "000041ed", 0, 4) + "bin",
            head(2, "000081ed", 5, 7) + "bin/shabcde",
            head(0, "00000000", 0, 11) + "TRAILER!!!",
        ];
        let bytes = archive.bytes();
        assert_eq!(bytes.len() % 4, 0);
        assert_eq!(String::from_utf8(bytes).unwrap().replace('\0', ""), expected.concat());
    }
}
