//! A place to start systems at, and a look at what is left of them.

#![allow(dead_code, reason = "each test binary uses a part of it")]

pub mod dockerd;

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use vana_launch::{Acceleration, Limits, Place, Probe, Readiness, Recipe, Started, system};

/// Longer than anything takes on a busy machine.
pub const LONG: Duration = Duration::from_secs(120);

/// A folder of its own for one test.
pub struct Desk(TempDir);

impl Desk {
    pub fn new() -> Self {
        Self(tempfile::Builder::new().prefix("v").tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn place(&self, name: &str) -> Place {
        place(self.path(), name)
    }

    /// What is to be done for these settings; nothing is in its way.
    pub fn recipe(&self, kind: &str, settings: &toml::Table) -> Recipe {
        let recipe = system(kind).unwrap().recipe(settings, &self.place("a")).unwrap();
        assert_eq!(recipe.problems(), []);
        recipe
    }
}

pub fn place(folder: &Path, name: &str) -> Place {
    Place {
        name: name.to_owned(),
        limits: Limits { cores: vec![0], memory_bytes: Some(1 << 30) },
        acceleration: Acceleration::Tcg,
        folder: folder.to_owned(),
        relay: env!("CARGO_BIN_EXE_vana-launch-relay").into(),
    }
}

/// Waits for HTTP 200.
pub fn ready(started: &mut Started) -> Readiness {
    let probe = Probe::Http { path: "/".to_owned() };
    started.await_ready(&probe, LONG, &AtomicBool::new(false)).unwrap_or_else(|error| panic!("{error}"))
}

/// An address on which nobody listens.
pub fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

pub fn answers(address: &str) -> bool {
    TcpStream::connect(address).is_ok()
}

/// Waits for something that comes by itself.
#[track_caller]
pub fn await_that(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < LONG, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Processes whose command line has this text, zombies not counted, and this one neither.
pub fn processes_with(text: &str) -> Vec<i32> {
    let pids = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = pids.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let has = |pid: &i32| {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).replace('\0', " ").contains(text)
    };
    pids.filter(|pid| *pid != std::process::id() as i32 && has(pid)).collect()
}

/// Control groups and network namespaces that vana made.
pub fn made() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![(PathBuf::from("/sys/fs/cgroup"), 0), (PathBuf::from("/run/netns"), 3)];
    while let Some((folder, depth)) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_name().to_string_lossy().starts_with("vana-") {
                found.push(path);
            } else if depth < 3 && path.is_dir() {
                folders.push((path, depth + 1));
            }
        }
    }
    found
}

/// Ends a test that cannot be made here; where all tests have to run, it fails.
pub fn skip(why: &str) {
    eprintln!("skipped: {why}");
    assert!(std::env::var_os("CI").is_none(), "skipped: {why}");
}

pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Whether a program is there.
pub fn has(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}

/// A file of the guest that `cargo run -p xtask -- guest` makes; `None` where it was not made.
pub fn guest(name: &str) -> Option<String> {
    let folder = std::env::var_os("VANA_GUEST").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/guest")),
        PathBuf::from,
    );
    let path = folder.join(name);
    if !has("qemu-system-x86_64") {
        skip("no qemu-system-x86_64");
        return None;
    }
    if !folder.join("virtio-initrd.img").exists() {
        skip("no guest; make it with: cargo run -p xtask -- guest");
        return None;
    }
    Some(path.display().to_string())
}
