//! `vana load` against servers that answer, stall, lie and go away, on the loopback interface.

mod support;

#[path = "load/server.rs"]
mod server;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use server::{Nginx, Server, Way, rows};
use support::{Desk, free_port, skip};
use vana_types::Outcome;

/// Runs `vana load http` and returns the outcomes of the trace's rows.
#[track_caller]
fn outcomes(url: &str, further: &[&str]) -> Vec<Outcome> {
    let desk = Desk::new();
    let mut arguments = vec!["load", "http", url, "--trace", "t.parquet", "--quiet"];
    arguments.extend(further);
    let (code, _, stderr) = desk.vana(&arguments);
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "vana {arguments:?}");
    rows(&desk.path("t.parquet")).into_iter().map(|row| row.outcome).collect()
}

#[test]
fn the_log_of_nginx_the_rows_and_the_counts_agree_to_the_request() {
    for further in [
        &["--requests", "3k", "--clients", "7", "--threads", "2"][..],
        &["--duration", "700ms", "--clients", "9"],
        &["--duration", "700ms", "--clients", "5", "--rate", "2k", "--arrivals", "poisson"],
    ] {
        let Some(nginx) = Nginx::start() else { return skip("nginx does not start here") };
        let desk = Desk::new();
        let url = nginx.url();
        let mut arguments = vec!["load", "http", &url, "--study", "s", "--system", "nginx", "--quiet"];
        arguments.extend(further);
        desk.prints(&arguments);
        let lines = nginx.stop();
        let folder = std::fs::read_dir(desk.path("s/runs/system=nginx/workload=http")).unwrap();
        let folder = folder.map(|entry| entry.unwrap().path().join("repetition=1")).next().unwrap();
        let rows = rows(&folder.join("trace.parquet"));
        let sent = rows.iter().filter(|row| row.is_sent).count();
        assert_eq!(sent, lines, "{further:?}");
        let run = std::fs::read_to_string(folder.join("run.json")).unwrap();
        let run: vana_types::Run = serde_json::from_str(&run).unwrap();
        assert_eq!(run.outcomes.values().sum::<u64>(), rows.len() as u64);
        for (outcome, count) in &run.outcomes {
            assert_eq!(rows.iter().filter(|row| row.outcome == *outcome).count() as u64, *count);
        }
        if further[0] == "--requests" {
            assert_eq!(run.outcomes, [(Outcome::Ok, 3000)].into());
        }
        assert_eq!(desk.vana(&["verify", "s"]).0, Some(0));
    }
}

#[test]
fn what_a_server_does_wrong_is_the_outcome_of_its_rows() {
    for (way, expected) in [
        (Way::Closing, Outcome::Ok),
        (Way::Chunked, Outcome::Ok),
        (Way::UntilClose, Outcome::Ok),
        (Way::NotFound, Outcome::ErrorStatus),
        (Way::Garbage, Outcome::Protocol),
        (Way::EndlessHead, Outcome::Protocol),
        (Way::TooLong, Outcome::Protocol),
        (Way::TooShort, Outcome::Reset),
        (Way::HangUp, Outcome::Reset),
        (Way::Silent, Outcome::Timeout),
    ] {
        // Every second response is good, so that there is a run.
        let server = Server::start(way);
        // Only one of them is a matter of time, and a busy machine has answers wait.
        let timeout = if expected == Outcome::Timeout { "1500ms" } else { "30s" };
        let found = outcomes(&server.url(), &["--requests", "20", "--clients", "2", "--timeout", timeout]);
        let bad = found.iter().filter(|outcome| **outcome == expected).count();
        let good = found.iter().filter(|outcome| **outcome == Outcome::Ok).count();
        let either = if expected == Outcome::Ok { (20, 20) } else { (10, 10) };
        assert_eq!((bad, good), either, "{way:?}: {found:?}");
    }
}

#[test]
fn what_a_server_answered_before_it_closed_without_a_word_is_answered() {
    let server = Server::start(Way::ClosingUnsaid);
    let found = outcomes(&server.url(), &["--requests", "200", "--clients", "3"]);
    // A request that was sent before the end was seen is lost, and says so.
    let count = |wanted| found.iter().filter(|outcome| **outcome == wanted).count();
    assert_eq!(count(Outcome::Ok), server.heard());
    assert_eq!(count(Outcome::Ok) + count(Outcome::Reset), 200);
}

#[test]
fn an_open_loop_sees_a_stall_in_full_and_a_closed_loop_does_not() {
    // 200 ms in each second: of evenly due requests a fifth waits, evenly from 0 to 200 ms. The share that waits longer
    // than t is (200 ms − t) / 1 s, so the 99th percentile is 190 ms and the 90th 100 ms.
    let server = Server::start(Way::Stalling);
    let p99_ms = |further: &[&str]| {
        let desk = Desk::new();
        let url = server.url();
        let mut arguments = vec!["load", "http", &url, "--trace", "t.parquet", "--quiet", "--clients", "4"];
        arguments.extend(further);
        desk.prints(&arguments);
        let rows = rows(&desk.path("t.parquet"));
        let mut times: Vec<i64> =
            rows.iter().filter(|row| row.outcome.is_complete()).map(server::Row::response_ns).collect();
        times.sort_unstable();
        times[times.len() * 99 / 100] / 1_000_000
    };
    // A busy machine adds to it, and does so now and then.
    let rounds = (0..4).map(|_| {
        let open = p99_ms(&["--duration", "3s", "--rate", "500"]);
        assert!(open >= 170, "p99 of response times is {open} ms; the schedule says 190");
        // It sends nothing while the server stalls.
        let closed = p99_ms(&["--duration", "3s"]);
        (open, closed, open <= 400 && 2 * closed < open)
    });
    let mut seen = Vec::new();
    let is_seen = rounds.into_iter().any(|(open, closed, is_good)| {
        seen.push((open, closed));
        is_good
    });
    assert!(is_seen, "p99 of an open loop and a closed one, in milliseconds: {seen:?}");
}

#[test]
fn a_server_that_starts_late_is_refused_connections_and_then_answers() {
    let (desk, port) = (Desk::new(), free_port());
    let url = format!("http://127.0.0.1:{port}/");
    let arguments =
        ["load", "http", &url, "--requests", "400", "--clients", "2", "--trace", "t.parquet", "--quiet"];
    let mut vana = desk.command(&arguments).stderr(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    // Its clients begin when their trace does.
    while support::sizes(&desk.path("")).is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(60) && vana.try_wait().unwrap().is_none());
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(800));
    let _server = Server::start_at(port, Way::Chunked);
    let most = 2 * (2 + begun.elapsed().as_millis() as usize / 100);
    let (code, _, stderr) = support::said(vana.wait_with_output().unwrap());
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    let found: Vec<Outcome> = rows(&desk.path("t.parquet")).into_iter().map(|row| row.outcome).collect();
    let refused = found.iter().take_while(|outcome| **outcome == Outcome::Connect).count();
    // Two clients, each refused at once and then every 100 ms.
    assert!((2..=most).contains(&refused), "{refused} of at most {most}");
    assert_eq!(found[refused..], vec![Outcome::Ok; 400 - refused]);
}

/// What a load says that is ended by a signal when it is under way.
fn interrupted(desk: &Desk, signal: &str, further: &[&str]) {
    let server = Server::start(Way::Chunked);
    let url = server.url();
    let mut command = desk.command(&[&["load", "http", &url, "--duration", "60s"], further].concat());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    while server.heard() < 100 {
        assert!(begun.elapsed() < Duration::from_secs(50), "nothing is sent");
        std::thread::sleep(Duration::from_millis(20));
    }
    let begun = Instant::now();
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
    let (code, _, stderr) = support::said(child.wait_with_output().unwrap());
    assert!(begun.elapsed() < Duration::from_secs(30));
    let words = "interrupted: this run is kept and marked as truncated; 0 runs were not made\n";
    assert_eq!((code, stderr.as_str()), (Some(0), words), "{signal}");
}

#[test]
fn an_interrupt_keeps_the_run_and_marks_it() {
    for signal in ["-INT", "-TERM"] {
        let desk = Desk::new();
        interrupted(&desk, signal, &["--study", "s", "--system", "a"]);
        interrupted(&desk, signal, &["--trace", "t.parquet"]);
        // The file alone says it, too.
        let who = ["--system", "b", "--workload", "http", "--clients", "10"];
        desk.prints(&[&["ingest", "t.parquet", "--study", "s", "--quiet"], &who[..]].concat());
        for system in ["a", "b"] {
            let run = format!("s/runs/system={system}/workload=http/clients=10/repetition=1/run.json");
            let run = std::fs::read_to_string(desk.path(&run)).unwrap();
            let run: vana_types::Run = serde_json::from_str(&run).unwrap();
            let marks = ["truncated", "schedule"].map(|name| run.attributes.get(name).map(String::as_str));
            assert_eq!(marks, [Some("true"), Some("closed")], "{signal} {system}");
        }
    }
}

#[test]
fn several_numbers_of_clients_and_repetitions_make_a_run_each() {
    let server = Server::start(Way::Chunked);
    let desk = Desk::new();
    let url = server.url();
    let further =
        ["--clients", "1,3", "--repetitions", "2", "--requests", "30", "--study", "s", "--system", "a"];
    desk.prints(&[&["load", "http", &url, "--quiet"][..], &further].concat());
    let runs = support::files(&desk.path("s")).into_iter().filter(|name| name.ends_with("run.json"));
    let expected = [(1, 1), (1, 2), (3, 1), (3, 2)].map(|(clients, repetition)| {
        format!("runs/system=a/workload=http/clients={clients}/repetition={repetition}/run.json")
    });
    assert_eq!(runs.collect::<Vec<_>>(), expected);
}

#[test]
fn the_example_of_the_readme_makes_its_runs() {
    let readme = std::fs::read_to_string(support::repository().join("README.md")).unwrap();
    let example = readme.lines().find_map(|line| line.strip_prefix("vana load http ")).unwrap();
    let server = Server::start(Way::Chunked);
    let example = example.replace("http://127.0.0.1:8080/", &server.url()).replace("10s", "100ms");
    let desk = Desk::new();
    let mut arguments = vec!["load", "http", "--quiet"];
    arguments.extend(example.split(' '));
    desk.prints(&arguments);
    let runs = support::files(&desk.path("mystudy")).into_iter().filter(|name| name.ends_with("run.json"));
    assert_eq!(runs.count(), 3 * 6);
}

#[test]
fn what_cannot_be_sent_is_refused_with_the_reason() {
    let desk = Desk::new();
    desk.write("there.parquet", "");
    let further = ["--requests", "2", "--study", "s", "--system", "a"];
    let refused = |url: &str, code: i32, words: &str| {
        desk.refuses(&[&["load", "http", url][..], &further].concat(), code, &format!("error: {words}\n"));
    };
    refused(
        "127.0.0.1:80",
        2,
        "\"127.0.0.1:80\" is no address of a server: it must begin with http:// or https://",
    );
    let free = free_port();
    let url = format!("http://127.0.0.1:{free}/");
    refused(
        &url,
        3,
        &format!(
            "{url}: not one of 2 requests was answered: Connection refused (os error 111); nothing was added"
        ),
    );
    desk.refuses(
        &["load", "http", &url, "--requests", "2", "--trace", "there.parquet"],
        2,
        "error: there.parquet exists already\n",
    );
    for arguments in [&["--clients", "0"][..], &["--rate", "0"], &["--duration", "5"], &["--timeout", "0s"]] {
        let (code, stdout, stderr) = desk.vana(&[&["load", "http", &url][..], &further, arguments].concat());
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{arguments:?}: {stderr}");
    }
    let (code, _, stderr) = desk.vana(&[&["load", "http", "http://a..b/"][..], &further].concat());
    assert_eq!(code, Some(2));
    assert!(stderr.starts_with("error: cannot resolve a..b: "), "{stderr}");
    assert!(!desk.path("s").exists());
}
