//! A folder in which the binary runs, what it said there, and what a folder holds.

#![allow(dead_code, reason = "each test binary uses a part of it")]

pub mod mariadb;
pub mod resources;
pub mod samples;

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

/// A folder of its own for one test; commands run in it, so that paths in messages are short and always the same. Beside it
/// one for what systems need that they start, so that no test finds what another left.
pub struct Desk(TempDir, TempDir);

/// Exit code, stdout, stderr.
pub type Said = (Option<i32>, String, String);

impl Desk {
    /// An empty folder.
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap())
    }

    /// The path of something in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// The command `vana` in this folder, not started yet.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vana"));
        command.args(arguments).current_dir(self.0.path()).stdin(Stdio::null());
        command.env("XDG_RUNTIME_DIR", self.1.path());
        command
    }

    /// What `vana` says here.
    pub fn vana(&self, arguments: &[&str]) -> Said {
        said(self.command(arguments).output().unwrap())
    }

    /// What `vana` prints when it succeeds without a word on stderr.
    pub fn prints(&self, arguments: &[&str]) -> String {
        let (code, stdout, stderr) = self.vana(arguments);
        assert_eq!((code, stderr.as_str()), (Some(0), ""), "vana {arguments:?}");
        stdout
    }

    /// Asserts that `vana` fails with this code and exactly these words on stderr, and that `folder` is as before.
    pub fn refuses(&self, arguments: &[&str], code: i32, words: &str) {
        let before = tree(self.0.path());
        assert_eq!(self.vana(arguments), (Some(code), String::new(), words.to_owned()), "vana {arguments:?}");
        assert_same(&before, &tree(self.0.path()));
    }

    /// A study `study` with one run of a small JTL, `good.jtl`.
    pub fn with_study() -> Self {
        let desk = Self::new();
        desk.write("good.jtl", samples::JTL);
        desk.prints(&["ingest", "good.jtl", "--study", "study"]);
        desk
    }
}

/// Asserts that a file is refused, for a study that exists and for one that would be new.
#[track_caller]
pub fn is_refused(name: &str, bytes: impl AsRef<[u8]>, further: &[&str], words: &str) {
    let desk = Desk::with_study();
    desk.write(name, bytes);
    for study in ["study", "new"] {
        let mut arguments = vec!["ingest", name, "--study", study];
        arguments.extend(further);
        desk.refuses(&arguments, 2, words);
    }
}

/// Exit code and words of a process that ended.
pub fn said(output: Output) -> Said {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// All files below a folder, byte for byte, and all folders (`None`), by relative path; hidden ones too.
pub fn tree(root: &Path) -> BTreeMap<String, Option<Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
                found.insert(name, None);
            } else {
                found.insert(name, Some(std::fs::read(&path).unwrap()));
            }
        }
    }
    found
}

/// The names of all files below a folder.
pub fn files(root: &Path) -> Vec<String> {
    tree(root).into_iter().filter(|(_, bytes)| bytes.is_some()).map(|(name, _)| name).collect()
}

/// Paths and sizes of all files below a folder that somebody else is writing in: what vanishes meanwhile is left out.
pub fn sizes(folder: &Path) -> Vec<(String, u64)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let found = entries.flat_map(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return sizes(&path);
        }
        let size = path.metadata().map(|file| file.len());
        size.map_or_else(|_| Vec::new(), |size| vec![(path.display().to_string(), size)])
    });
    found.collect()
}

/// Asserts that two folders hold the same, and names what differs without printing its bytes.
pub fn assert_same(one: &BTreeMap<String, Option<Vec<u8>>>, other: &BTreeMap<String, Option<Vec<u8>>>) {
    let names = one.keys().chain(other.keys());
    let differing: Vec<&String> = names.filter(|name| one.get(*name) != other.get(*name)).collect();
    assert!(differing.is_empty(), "these differ: {differing:?}");
}

/// A port that nobody listens at, of those that the system gives to no connection and to no listener by itself: another test
/// could be given it before it is used. Test programs run one after the other.
pub fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let next = || 20_000 + (std::process::id() * 16 + NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000;
    let mut ports = std::iter::repeat_with(|| next() as u16);
    ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).unwrap()
}

/// Ends a test that cannot be made here; where all tests have to run, it fails.
pub fn skip(why: &str) {
    eprintln!("skipped: {why}");
    assert!(std::env::var_os("CI").is_none(), "skipped: {why}");
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in from.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { std::fs::copy(&path, &target).map(|_| ()).unwrap() }
    }
}

/// The repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
