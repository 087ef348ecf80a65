//! Plans for tests of campaigns, and what became of them.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use vana_types::{Resource, ResourceSample, ResourceSource, Run};

use crate::support::{Desk, free_port, sizes, skip};

/// Longer than anything takes on a busy machine.
const LONG: Duration = Duration::from_secs(120);

/// A desk with an nginx configuration for a port of its own, and that address; `None` where there is no nginx.
pub fn desk_with_nginx() -> Option<(Desk, String)> {
    let found = Command::new("nginx").arg("-v").stderr(Stdio::null()).status();
    if !found.is_ok_and(|status| status.success()) {
        skip("there is no nginx");
        return None;
    }
    let desk = Desk::new();
    let address = format!("127.0.0.1:{}", free_port());
    let temporary =
        ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|kind| format!("{kind}_temp_path t;"));
    let text = format!(
        "daemon off; master_process off; pid pid; error_log stderr; events {{}}\n\
         http {{ access_log off; {} server {{ listen {address}; location / {{ return 200 \"Hello\"; }} }} }}\n",
        temporary.concat()
    );
    desk.write("nginx.conf", text);
    Some((desk, address))
}

/// The settings of a system that is that nginx.
pub fn nginx(desk: &Desk, address: &str) -> String {
    let folder = desk.path("").display().to_string();
    format!(
        "kind = \"process\"\ncommand = [\"nginx\", \"-p\", {folder:?}, \"-c\", \"nginx.conf\"]\naddress = {address:?}\n"
    )
}

/// The folder of the guest that `cargo run -p xtask -- guest` makes; `None` where it, or QEMU, is not there.
pub fn guest() -> Option<PathBuf> {
    let made = Path::new(env!("CARGO_BIN_EXE_vana")).ancestors().nth(2).unwrap().join("guest");
    let guest = std::env::var_os("VANA_GUEST").map_or(made, PathBuf::from);
    let qemu = Command::new("qemu-system-x86_64").arg("--version").stdout(Stdio::null()).status();
    if guest.join("linuxkit-cmdline").exists() && qemu.is_ok() {
        return Some(guest);
    }
    skip("the guest was not made (cargo run -p xtask -- guest), or there is no QEMU");
    None
}

/// The run of a system in this partition of a study.
pub fn run_of(study: &Path, system: &str, rest: &str) -> Run {
    let path = study.join(format!("runs/system={system}/{rest}/run.json"));
    serde_json::from_str(&std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{}", path.display())))
        .unwrap()
}

/// The numbers of clients in a partition's path where there is none are spelled by the study itself.
pub fn boot_of(study: &Path, system: &str, repetition: u32) -> (PathBuf, Run) {
    let folder = study.join(format!("runs/system={system}/workload=boot"));
    let clients = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    let folder = clients.join(format!("repetition={repetition}"));
    let text = std::fs::read_to_string(folder.join("run.json")).unwrap();
    (folder, serde_json::from_str(&text).unwrap())
}

/// What was read of one thing while a run went on.
pub fn readings(
    study: &Path,
    partition: &str,
    source: ResourceSource,
    resource: Resource,
) -> Vec<ResourceSample> {
    let mut samples =
        vana_trace::read_resources(&study.join("runs").join(partition).join("resources.parquet")).unwrap();
    samples.retain(|sample| sample.source == source && sample.resource == resource);
    samples
}

/// Why runs of a study failed.
pub fn failures(study: &Path) -> Vec<String> {
    let runs = vana_trace::Study::open(study).unwrap().runs.into_iter().map(|run| run.run);
    let findings = runs.flat_map(|run| run.findings);
    findings.filter(|finding| finding.code == "run-failed").map(|finding| finding.message).collect()
}

/// Why a run failed, in the words of its finding.
pub fn why(run: &Run) -> &str {
    assert_eq!(run.findings.iter().map(|finding| &finding.code[..]).collect::<Vec<_>>(), ["run-failed"]);
    &run.findings[0].message
}

/// Starts `vana run plan.toml --study s` with a folder of its own for what its systems need, so that what it leaves is
/// not found by other tests.
pub fn start(desk: &Desk) -> Child {
    let mut command = desk.command(&["run", "plan.toml", "--study", "s", "--quiet"]);
    apart(desk, &mut command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Waits until a system is under load: its start is in the study, and something of the next run is written.
#[track_caller]
pub fn await_load(desk: &Desk, system: &str) {
    let start = format!("s/runs/system={system}/workload=boot");
    await_that(&format!("{system} is not under load"), || {
        desk.path(&start).exists()
            && sizes(&desk.path("")).iter().any(|(name, _)| name.contains("/.staging-"))
    });
}

/// The same folder for another command.
pub fn apart<'c>(desk: &Desk, command: &'c mut Command) -> &'c mut Command {
    let folder = desk.path("x");
    std::fs::create_dir_all(&folder).unwrap();
    command.env("XDG_RUNTIME_DIR", folder)
}

/// State files in that folder.
pub fn states(desk: &Desk) -> Vec<String> {
    let found = crate::support::files(&desk.path("x"));
    found.into_iter().filter(|name| name.ends_with(".state.json")).collect()
}

/// Sends a signal by a process's number.
pub fn signal(name: &str, pid: u32) {
    assert!(Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status().unwrap().success());
}

/// Processes whose command line has all these texts, zombies not counted.
pub fn processes_with(texts: &[&str]) -> Vec<u32> {
    let pids = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = pids.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let has = |pid: &u32| {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        texts.iter().all(|text| line.contains(text))
    };
    pids.filter(|pid| *pid != std::process::id() && has(pid)).collect()
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
