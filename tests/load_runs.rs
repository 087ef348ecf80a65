//! `vana load`: several runs of one command, runs that are not kept, and two vanas at a time.

mod support;

#[path = "load/server.rs"]
mod server;

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use server::{Server, Way, rows};
use support::Desk;

const FOLDER: &str = "s/runs/system=a/workload=http/clients=1";

fn run(desk: &Desk, repetition: u32) -> vana_types::Run {
    let path = desk.path(&format!("{FOLDER}/repetition={repetition}/run.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn start(desk: &Desk, arguments: &[&str]) -> Child {
    desk.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn interrupt(child: &Child) {
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
}

/// Whether a child of this process has ended and was not asked for its exit code yet.
fn has_ended(child: &Child) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap_or_default();
    stat.rsplit_once(") ").is_none_or(|(_, rest)| rest.starts_with('Z'))
}

#[track_caller]
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// From one due time to the next.
fn gaps(desk: &Desk, trace: &str) -> Vec<i64> {
    let due: Vec<i64> = rows(&desk.path(trace)).iter().map(|row| row.due_ns.unwrap()).collect();
    due.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

#[test]
fn no_two_runs_have_the_same_arrivals_and_each_can_be_made_again() {
    let server = Server::start(Way::Chunked);
    let (desk, url) = (Desk::new(), server.url());
    let load = |further: &[&str]| {
        let random = ["--clients", "1", "--requests", "30", "--rate", "1k", "--arrivals", "poisson"];
        desk.prints(&[&["load", "http", &url, "--quiet"], &random[..], further].concat());
    };
    load(&["--repetitions", "2", "--seed", "7", "--study", "s", "--system", "a"]);
    assert_eq!([1, 2].map(|repetition| run(&desk, repetition).seed.unwrap().0), [7, 8]);
    let made =
        [1, 2].map(|repetition| gaps(&desk, &format!("{FOLDER}/repetition={repetition}/trace.parquet")));
    assert_ne!(made[0], made[1]);
    for (seed, expected) in ["7", "8"].into_iter().zip(made) {
        let trace = format!("{seed}.parquet");
        load(&["--seed", seed, "--trace", &trace]);
        assert_eq!(gaps(&desk, &trace), expected, "seed {seed}");
    }
}

#[test]
fn a_run_that_nobody_answers_does_not_take_the_others_with_it() {
    let server = Server::start(Way::Fainting);
    let (desk, url) = (Desk::new(), server.url());
    let runs = ["--clients", "1", "--requests", "20", "--repetitions", "3", "--study", "s", "--system", "a"];
    let arguments = [&["load", "http", &url, "--format", "json", "--quiet"], &runs[..]].concat();
    let (code, stdout, stderr) = desk.vana(&arguments);
    let why = "the connection was closed before the response was complete";
    let expected = format!(
        "error: run 2/3, 1 clients: {url}: not one of 20 requests was answered: {why}; nothing was added\n\
         error: 1 of 3 runs were not made, because nothing was answered in them\n"
    );
    assert_eq!((code, stderr), (Some(3), expected));
    let said: Value = serde_json::from_str(&stdout).unwrap();
    let rows = said["measurements"].as_array().unwrap().iter();
    let counted = rows.filter(|row| row["metric"] == "requests");
    let counted: Vec<_> = counted.map(|row| (row["repetition"].as_u64(), row["value"].as_f64())).collect();
    assert_eq!(counted, [(Some(1), Some(20.0)), (Some(2), Some(20.0))]);
    assert_eq!(run(&desk, 2).outcomes.values().sum::<u64>(), 20);
}

#[test]
fn without_a_study_and_a_file_the_result_is_printed_and_nothing_is_kept() {
    let server = Server::start(Way::NotFound);
    let (desk, url) = (Desk::new(), server.url());
    let (code, stdout, stderr) = desk.vana(&["load", "http", &url, "--requests", "200", "--clients", "2"]);
    let words = "info: nothing is kept; --study DIR --system NAME keeps every request, --trace FILE those of one run\n";
    assert!(code == Some(0) && stderr.ends_with(words), "{stderr}");
    assert!(stdout.contains("\n  errors: error_status 100 (404: 100)\n"), "{stdout}");
    let header = stdout.lines().find(|line| line.contains("p50")).unwrap();
    let columns: Vec<&str> = header.split_whitespace().collect();
    assert_eq!(columns, ["mean", "stdev", "p50", "p90", "p99", "p99.9", "max"]);
    assert_eq!(support::files(&desk.path("")), [""; 0]);
}

#[test]
fn a_load_without_an_end_of_its_own_ends_with_an_interrupt() {
    let server = Server::start(Way::Chunked);
    let (desk, url) = (Desk::new(), server.url());
    let child = start(&desk, &["load", "http", &url, "--repetitions", "2"]);
    wait_until("nothing is sent", || server.heard() > 100);
    interrupt(&child);
    let (code, stdout, stderr) = support::said(child.wait_with_output().unwrap());
    assert!(stderr.contains("interrupted: this run was cut short; 1 runs were not made\n"), "{stderr}");
    assert!(code == Some(0) && stdout.contains(" requests answered in "), "{stdout}");
}

#[test]
fn who_waits_for_another_vana_says_so_and_can_be_interrupted() {
    let server = Server::start(Way::Chunked);
    let (desk, url) = (Desk::new(), server.url());
    let load = ["load", "http", &url, "--duration", "2m", "--study", "s", "--system", "a"];
    let first = start(&desk, &load);
    wait_until("nothing is sent", || server.heard() > 0);
    desk.write("good.jtl", support::samples::JTL);
    let ingest = ["ingest", "good.jtl", "--study", "s"];
    let others = [&load[..], &ingest].map(|arguments| start(&desk, arguments));
    for mut other in others {
        let mut words = BufReader::new(other.stderr.take().unwrap());
        let mut line = String::new();
        words.read_line(&mut line).unwrap();
        assert_eq!(line, "info: another vana is at work in s; waiting for it to end\n");
        interrupt(&other);
        let mut rest = String::new();
        words.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "error: s: interrupted while another vana was at work there; nothing was added\n");
        assert_eq!(support::said(other.wait_with_output().unwrap()), (Some(3), String::new(), String::new()));
    }
    interrupt(&first);
    assert_eq!(support::said(first.wait_with_output().unwrap()).0, Some(0));
}

#[test]
fn a_second_interrupt_ends_what_does_not_hear_the_first() {
    let server = Server::start(Way::Chunked);
    let (desk, url) = (Desk::new(), server.url());
    // More than a pipe holds, and nobody reads it.
    let runs = ["--requests", "20", "--clients", "1", "--repetitions", "9", "--study", "s", "--system", "a"];
    let mut child =
        start(&desk, &[&["load", "http", &url, "--format", "json", "--quiet"], &runs[..]].concat());
    wait_until("not all runs are made", || desk.path(&format!("{FOLDER}/repetition=9/run.json")).exists());
    std::thread::sleep(Duration::from_secs(2));
    interrupt(&child);
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(child.try_wait().unwrap(), None);
    // The next one counts once half a second lies between it and the first, on whatever clock the machine has time for.
    wait_until("it does not end", || {
        interrupt(&child);
        std::thread::sleep(Duration::from_secs(1));
        has_ended(&child)
    });
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn lag_of_an_open_loop_is_laid_at_the_door_of_whoever_caused_it() {
    let server = Server::start(Way::Stalling);
    let (desk, url) = (Desk::new(), server.url());
    let open = ["--clients", "1", "--rate", "200", "--duration", "2s", "--study", "s", "--system", "a"];
    let (code, _, stderr) = desk.vana(&[&["load", "http", &url], &open[..]].concat());
    let line = stderr.lines().find(|line| line.starts_with("warning: schedule-lag: ")).unwrap();
    assert!(code == Some(0) && line.contains(" Mostly no connection was free: "), "{stderr}");
    let seconds = |name: &str| run(&desk, 1).attributes[name].parse::<f64>().unwrap();
    assert!(seconds("server_lag_s") > seconds("client_lag_s"), "{stderr}");
}
