//! What is left of a run whose vana was killed, and what is made of it.

mod support;

#[path = "load/server.rs"]
mod server;

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use server::{Server, Way};
use support::Desk;
use vana_trace::{ROW_GROUP_ROWS, TraceReader, UnfinishedRun};
use vana_types::{Fidelity, Identity, Run};

/// The run of a system, as `run.json` has it.
fn run(desk: &Desk, folder: &str) -> Run {
    let text = std::fs::read_to_string(desk.path(folder).join("run.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Kills a `vana load` as soon as there is something to be salvaged.
fn kill_a_load(desk: &Desk, arguments: &[&str]) {
    let arguments = [&["load"], arguments, &["--duration", "10m", "--system", "a"]].concat();
    let mut child = desk.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    // The first row group is written when there are two.
    let is_noted = || support::sizes(&desk.path("")).iter().any(|(name, _)| name.ends_with(".journal"));
    while !is_noted() && begun.elapsed() < Duration::from_secs(240) {
        std::thread::sleep(Duration::from_millis(200));
    }
    std::thread::sleep(Duration::from_millis(200));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(is_noted(), "no row group within {:?}", begun.elapsed());
}

/// The hidden folder that the killed run left in the study.
fn left_behind(desk: &Desk) -> String {
    let folder = std::fs::read_dir(desk.path("s")).unwrap().map(|entry| entry.unwrap().file_name());
    let folder: Vec<_> = folder.map(|name| name.into_string().unwrap()).collect();
    let [folder] = folder.as_slice() else { panic!("{folder:?}") };
    assert!(folder.starts_with(".staging-"), "{folder}");
    format!("s/{folder}")
}

/// The number of requests of the salvaged run that count.
fn counted(desk: &Desk) -> u64 {
    let said = desk.prints(&["summarize", "s", "--metric", "requests", "--format", "json", "--quiet"]);
    let said: Value = serde_json::from_str(&said).unwrap();
    let mut rows = said["measurements"].as_array().unwrap().iter();
    rows.find(|row| row["system"] == "a").unwrap()["value"].as_f64().unwrap() as u64
}

#[test]
fn a_killed_load_into_a_file_is_pointed_out_to_the_next_one() {
    let server = Server::start(Way::Chunked);
    let (desk, url) = (Desk::new(), server.url());
    kill_a_load(&desk, &["http", &url, "--clients", "8", "--trace", "t.parquet"]);
    assert!(!desk.path("t.parquet").exists());
    let again = ["load", "http", &url, "--requests", "9", "--trace", "t.parquet"];
    let (code, _, stderr) = desk.vana(&again);
    assert_eq!(code, Some(0), "{stderr}");
    let line = stderr.lines().find(|line| line.starts_with("info: ")).unwrap();
    let salvage = line.split('`').nth(1).unwrap().replace("STUDY", "s");
    let arguments: Vec<&str> = salvage.split(' ').skip(1).collect();
    let said = desk.vana(&arguments);
    assert_eq!(said.0, Some(0), "{line}: {said:?}");
    let run = run(&desk, "s/runs/system=a/workload=http/clients=8/repetition=1");
    assert_eq!(run.outcomes.values().sum::<u64>() % ROW_GROUP_ROWS as u64, 0);
}

#[test]
fn what_a_killed_load_left_is_not_offered_where_nothing_is_in_it() {
    let (server, desk) = (Server::start(Way::Chunked), Desk::new());
    let folder = desk.path(".staging-left");
    std::fs::create_dir(&folder).unwrap();
    let identity = Identity { system: "a".into(), workload: "http".into(), clients: Some(1), repetition: 1 };
    UnfinishedRun::announce(&folder, &Run::new(identity, Fidelity::Trace)).unwrap();
    let load = ["load", "http", &server.url(), "--requests", "9", "--trace", "t.parquet"];
    let (code, _, stderr) = desk.vana(&load);
    let words =
        ".staging-left is of a run that was killed before anything of it could be salvaged; remove it\n";
    assert!(code == Some(0) && stderr.contains(words) && !stderr.contains("vana ingest"), "{stderr}");
}

#[test]
fn a_killed_run_is_no_run_until_its_full_row_groups_are_salvaged() {
    let server = Server::start(Way::Chunked);
    let desk = Desk::new();
    let further = ["--clients", "8", "--warmup", "500ms", "--pin", "0", "--timeout", "3s", "--study", "s"];
    kill_a_load(&desk, &[&["http", &server.url()], &further[..]].concat());
    let folder = left_behind(&desk);
    let found = |desk: &Desk, code: &str| -> Vec<Value> {
        let said = desk.prints(&["check", "s", "--quiet", "--format", "json", "--code", code]);
        let said: Value = serde_json::from_str(&said).unwrap();
        said["findings"].as_array().unwrap().clone()
    };
    let unfinished = found(&desk, "unfinished-run");
    let requests = unfinished[0]["value"].as_f64().unwrap() as u64;
    let group = ROW_GROUP_ROWS as u64;
    assert!(unfinished.len() == 1 && requests >= group && requests.is_multiple_of(group), "{unfinished:?}");
    // Another change of the study does not take it away.
    desk.write("good.jtl", support::samples::JTL);
    desk.prints(&["ingest", "good.jtl", "--study", "s"]);
    assert_eq!(found(&desk, "unfinished-run"), unfinished);
    let said = desk.vana(&["ingest", &folder, "--study", "s"]);
    assert_eq!(said.0, Some(0), "{said:?}");
    let lost = format!("up to {} requests, is lost", 2 * group + requests / 8);
    assert!(said.2.starts_with("warning: salvaged: ") && said.2.contains(&lost), "{said:?}");
    let run_folder = "s/runs/system=a/workload=http/clients=8/repetition=1";
    let run = run(&desk, run_folder);
    let stated = ["truncated", "warmup_s", "schedule", "timeout_s", "pinned_to", "busy_poll"];
    let stated = stated.map(|name| run.attributes[name].as_str());
    assert_eq!(stated, ["true", "0.5", "closed", "3", "0", "adaptive"]);
    assert_eq!(run.outcomes.values().sum::<u64>(), requests);
    let trace = desk.path(run_folder).join("trace.parquet");
    assert_eq!(TraceReader::open(&trace).unwrap().row_count(), requests);
    let warm = server::rows(&trace).iter().filter(|row| row.sent_ns < 500_000_000).count() as u64;
    assert_eq!((counted(&desk), warm > 0), (requests - warm, true));
    assert_eq!(found(&desk, "unfinished-run"), Vec::<Value>::new());
    assert!(!desk.path(&folder).exists());
    assert_eq!(desk.vana(&["verify", "s"]).0, Some(0));
}

#[test]
fn what_is_salvaged_of_transactions_is_not_counted_twice() {
    let desk = Desk::new();
    desk.prints(&["load", "sql", "sqlite:shop.db", "--prepare", "--rows", "1k", "--quiet"]);
    let load = ["sql", "sqlite:shop.db", "--workload", "oltp_point_select", "--clients", "1", "--study", "s"];
    kill_a_load(&desk, &load);
    let said = desk.vana(&["ingest", &left_behind(&desk), "--study", "s"]);
    assert_eq!(said.0, Some(0), "{said:?}");
    let run = run(&desk, "s/runs/system=a/workload=oltp_point_select/clients=1/repetition=1");
    let all: u64 = run.outcomes.values().sum();
    // Each transaction is a row, and its one statement is another.
    assert!(counted(&desk).abs_diff(all / 2) <= 1, "{} of {all}", counted(&desk));
}
