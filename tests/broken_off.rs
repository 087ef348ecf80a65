//! Commands that cannot finish: a full disk, an interrupt, a kill, a reader that goes away, two at a time.

mod support;

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use support::{Desk, files, said, samples, sizes, skip, tree};
use vana_testkit::{Load, write_jtl};

/// Rows that take the binary a few seconds without optimisation.
const MANY: usize = 2_000_000;

fn write_big(desk: &Desk, name: &str, requests: usize) {
    let mut out = BufWriter::new(File::create(desk.path(name)).unwrap());
    write_jtl(&mut out, Load::default().requests().take(requests)).unwrap();
    out.flush().unwrap();
}

/// Starts an ingest and waits until it has written requests into its hidden folder.
fn start(desk: &Desk, study: &str) -> Child {
    let mut command = desk.command(&["ingest", "big.jtl", "--study", study]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    while !sizes(&desk.path("")).iter().any(|(name, bytes)| name.contains(".staging-") && *bytes > 4) {
        assert!(begun.elapsed() < Duration::from_secs(60), "nothing is written");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

#[test]
fn an_interrupt_leaves_nothing_behind() {
    let desk = Desk::with_study();
    write_big(&desk, "big.jtl", MANY);
    let before = tree(&desk.path(""));
    for study in ["study", "new"] {
        let child = start(&desk, study);
        signal(&child, "INT");
        assert_eq!(
            said(child.wait_with_output().unwrap()),
            (Some(3), String::new(), "error: big.jtl: interrupted; nothing was added\n".to_owned())
        );
        support::assert_same(&before, &tree(&desk.path("")));
    }
}

#[test]
fn a_kill_leaves_no_run_and_the_next_ingest_cleans_up() {
    let desk = Desk::with_study();
    write_big(&desk, "big.jtl", MANY);
    desk.write("other.jtl", samples::JTL.replace(",12,", ",13,"));
    for study in ["study", "new"] {
        let runs = || files(&desk.path("")).into_iter().filter(|name| name.ends_with("run.json"));
        let before: Vec<String> = runs().collect();
        let mut child = start(&desk, study);
        child.kill().unwrap();
        assert_eq!(child.wait().unwrap().code(), None);
        assert!(tree(&desk.path("")).keys().any(|name| name.contains(".staging-")));
        assert_eq!(runs().collect::<Vec<_>>(), before);
        desk.prints(&["ingest", "other.jtl", "--study", study]);
        assert!(!tree(&desk.path("")).keys().any(|name| name.contains(".staging-")));
    }
    assert_eq!(
        files(&desk.path("new")),
        [
            "SHA256SUMS",
            "raw/other.jtl",
            "runs/system=other/workload=default/clients=2/repetition=1/run.json",
            "runs/system=other/workload=default/clients=2/repetition=1/trace.parquet",
        ]
    );
}

/// A file system of a few kilobytes; gone when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(place: PathBuf, size: &str) -> Option<Self> {
        std::fs::create_dir(&place).unwrap();
        let options = format!("size={size}");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(&place).stderr(Stdio::null());
        mount.status().is_ok_and(|status| status.success()).then_some(Self(place))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_leaves_nothing_behind() {
    let desk = Desk::with_study();
    write_big(&desk, "big.jtl", 300_000);
    let Some(small) = SmallDisk::mount(desk.path("disk"), "256k") else {
        return skip("no small file system can be mounted here");
    };
    let small: &Path = &small.0;
    let is_full = |arguments: &[&str]| {
        let before = tree(small);
        let (code, stdout, stderr) = desk.vana(arguments);
        assert_eq!((code, stdout.as_str()), (Some(3), ""), "{stderr}");
        let words = stderr.strip_suffix("hint: nothing was changed there\n").unwrap_or(&stderr);
        let message = words.strip_suffix("No space left on device (os error 28)\n");
        assert!(message.is_some_and(|message| message.starts_with("error: ")), "{stderr}");
        support::assert_same(&before, &tree(small));
    };
    is_full(&["ingest", "big.jtl", "--study", "disk/study"]);
    desk.prints(&["ingest", "good.jtl", "--study", "disk/study"]);
    is_full(&["ingest", "big.jtl", "--study", "disk/study"]);
    let mut filler = File::create(small.join("filler")).unwrap();
    while filler.write_all(&[0; 512]).is_ok() {}
    is_full(&["report", "study", "--out", "disk/report"]);
    let (code, ..) = said(desk.command(&["summarize", "disk/study"]).output().unwrap());
    assert_eq!(code, Some(0));
}

#[test]
fn a_result_that_does_not_fit_is_a_failure() {
    let desk = Desk::with_study();
    let Ok(full) = File::options().write(true).open("/dev/full") else {
        return skip("there is no /dev/full");
    };
    let output = desk.command(&["summarize", "study"]).stdout(full).output().unwrap();
    assert_eq!(
        said(output),
        (
            Some(3),
            String::new(),
            "error: cannot write the result: No space left on device (os error 28)\n".to_owned()
        )
    );
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let desk = Desk::with_study();
    for arguments in [
        &["summarize", "study"][..],
        &["summarize", "study", "--format", "json"],
        &["summarize", "study", "--format", "csv"],
        &["summarize", "study", "--over", "repetitions"],
        &["list", "formats"],
        &["completions", "bash"],
        &["man"],
        &["--help"],
    ] {
        let mut child =
            desk.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut words = String::new();
        child.stderr.take().unwrap().read_to_string(&mut words).unwrap();
        assert_eq!((child.wait().unwrap().code(), words.as_str()), (Some(0), ""), "vana {arguments:?}");
    }
}

#[test]
fn a_failure_is_one_whether_anybody_listens_or_not() {
    let desk = Desk::with_study();
    let mut child = desk.command(&["summarize", "absent"]).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(2));
}

#[test]
fn several_at_a_time_add_their_runs_one_after_another() {
    let desk = Desk::new();
    let names: Vec<String> = (0..8).map(|number| format!("{number}.jtl")).collect();
    for (name, elapsed) in names.iter().zip(100..) {
        desk.write(name, samples::JTL.replace(",12,", &format!(",{elapsed},")));
    }
    let start = |name: &String| {
        let arguments = ["ingest", name, "--study", "study", "--system", "a"];
        desk.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<Child> = names.iter().map(start).collect();
    for child in children {
        let (code, _, stderr) = said(child.wait_with_output().unwrap());
        assert_eq!((code, stderr.as_str()), (Some(0), ""));
    }
    let mut expected = vec!["SHA256SUMS".to_owned()];
    expected.extend(names.iter().map(|name| format!("raw/{name}")));
    for repetition in 1..=8 {
        for file in ["run.json", "trace.parquet"] {
            expected.push(format!("runs/system=a/workload=default/clients=2/repetition={repetition}/{file}"));
        }
    }
    assert_eq!(files(&desk.path("study")), expected);
    let sums = std::fs::read_to_string(desk.path("study/SHA256SUMS")).unwrap();
    assert_eq!(sums.lines().count(), expected.len() - 1);
}
