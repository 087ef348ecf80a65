//! Servers that say nothing any more, are not there, or are given up; and loads that are interrupted.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use vana_types::{Outcome, Run};

use super::support::mariadb::Mariadb;
use super::support::{Desk, Said, said, skip};
use super::{counts, ended, ok};

/// A `load sql` that is under way: this counter of the server has grown by a hundred.
fn begun(server: &Mariadb, counter: &str, desk: &Desk, further: &[&str]) -> Child {
    let (url, before) = (server.url(), server.counter(counter));
    let mut command = desk.command(&[&["load", "sql", &url][..], further].concat());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    while server.counter(counter) < before + 100 {
        assert!(begun.elapsed() < Duration::from_secs(60), "{further:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}

/// Transactions of two clients that are under way.
pub(super) fn loading(server: &Mariadb, desk: &Desk, further: &[&str]) -> Child {
    let arguments = ["--clients", "2", "--workload", "oltp_read_only"];
    begun(server, "Com_commit", desk, &[&arguments[..], further].concat())
}

/// What it says when it has ended, and how long that takes.
fn end(child: Child) -> (Said, Duration) {
    let begun = Instant::now();
    (said(child.wait_with_output().unwrap()), begun.elapsed())
}

fn interrupt(child: &Child) {
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
}

fn with_tables() -> Option<(Mariadb, Desk)> {
    let Some(server) = Mariadb::start() else {
        skip("MariaDB does not start here");
        return None;
    };
    let desk = Desk::new();
    desk.prints(&["load", "sql", &server.url(), "--prepare", "--rows", "1k", "--quiet"]);
    Some((server, desk))
}

#[test]
fn a_server_that_is_not_there_is_an_error() {
    let (desk, port) = (Desk::new(), TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port());
    let url = format!("mysql://root:secret@127.0.0.1:{port}/test");
    let why = format!("cannot connect to 127.0.0.1:{port}: Connection refused (os error 111)");
    let words = format!("error: mysql://root:***@127.0.0.1:{port}/test: {why}\n");
    for further in [&["--prepare"][..], &["--cleanup"], &["--duration", "1s", "--trace", "t.parquet"]] {
        desk.refuses(&[&["load", "sql", &url][..], further].concat(), 3, &words);
    }
}

#[test]
fn a_server_that_stands_still_makes_statements_time_out() {
    let Some((server, desk)) = with_tables() else { return };
    let further = ["--duration", "6s", "--timeout", "1500ms", "--trace", "t.parquet", "--quiet"];
    let child = loading(&server, &desk, &further);
    server.signal("STOP");
    let ((code, _, stderr), took) = end(child);
    server.signal("CONT");
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert!(took < Duration::from_secs(30), "{took:?}");
    let rows = counts(&desk.path("t.parquet"));
    assert!(ok(&rows, "transaction") > 0);
    // Each client waited for one statement; from then on the system accepted connections, and nobody spoke over them.
    let ended = |outcome| ended(&rows, "transaction", outcome);
    assert_eq!((ended(Outcome::Timeout), ended(Outcome::Connect) > 0), (2, true), "{rows:?}");
    let statements =
        rows.iter().filter(|((name, end, _), _)| name != "transaction" && *end == Outcome::Timeout);
    assert_eq!(statements.map(|(_, count)| count).sum::<u64>(), 2, "{rows:?}");
}

#[test]
fn an_interrupt_ends_a_load_whether_the_server_answers_or_not() {
    let Some((server, desk)) = with_tables() else { return };
    for is_still in [false, true] {
        let system = if is_still { "still" } else { "quick" };
        let child = loading(
            &server,
            &desk,
            &["--duration", "60s", "--timeout", "60s", "--study", "s", "--system", system],
        );
        if is_still {
            server.signal("STOP");
            std::thread::sleep(Duration::from_millis(300));
        }
        interrupt(&child);
        let ((code, _, stderr), took) = end(child);
        if is_still {
            server.signal("CONT");
        }
        let words = "interrupted: this run is kept and marked as truncated; 0 runs were not made\n";
        assert_eq!((code, stderr.as_str()), (Some(0), words), "{system}");
        assert!(took < Duration::from_secs(30), "{system}: {took:?}");
        let folder =
            desk.path(&format!("s/runs/system={system}/workload=oltp_read_only/clients=2/repetition=1"));
        let run: Run = serde_json::from_slice(&std::fs::read(folder.join("run.json")).unwrap()).unwrap();
        assert_eq!(run.attributes.get("truncated").map(String::as_str), Some("true"));
        let rows = counts(&folder.join("trace.parquet"));
        let failed = rows.keys().find(|(_, end, _)| !matches!(end, Outcome::Ok | Outcome::Unfinished));
        assert_eq!(failed, None, "{system}");
        // A client that is answered may have been between two transactions.
        let unfinished = ended(&rows, "transaction", Outcome::Unfinished);
        assert!(unfinished == 2 || (unfinished < 2 && !is_still), "{system}: {rows:?}");
    }
}

#[test]
fn a_number_of_transactions_is_given_up_when_the_server_is_gone_for_long() {
    let Some((mut server, desk)) = with_tables() else { return };
    let further = ["--transactions", "1M", "--timeout", "1s", "--study", "s", "--system", "m"];
    let child = loading(&server, &desk, &further);
    server.kill();
    let ((code, _, stderr), took) = end(child);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(took > Duration::from_secs(9) && took < Duration::from_secs(60), "{took:?}");
    let run = desk.path("s/runs/system=m/workload=oltp_read_only/clients=2/repetition=1/run.json");
    let run: Run = serde_json::from_slice(&std::fs::read(run).unwrap()).unwrap();
    assert_eq!(run.attributes.get("truncated").map(String::as_str), Some("true"));
    assert!(run.findings.iter().any(|finding| finding.code == "server-silent"), "{:?}", run.findings);
    assert!(stderr.contains("error: server-silent: "), "{stderr}");
}

#[test]
fn filling_waits_for_a_statement_as_long_as_it_takes() {
    let Some((server, desk)) = with_tables() else { return };
    let holder = server.guest("LOCK TABLES test.sbtest1 WRITE");
    let url = server.url();
    let arguments = ["load", "sql", &url, "--prepare", "--rows", "2k", "--timeout", "200ms"];
    let mut command = desk.command(&arguments);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(1));
    assert!(child.try_wait().unwrap().is_none());
    drop(holder);
    let ((code, _, stderr), _) = end(child);
    assert_eq!((code, stderr.as_str()), (Some(0), "1 table of 2000 rows: 1000 rows added\n"));
}

#[test]
fn an_interrupt_ends_filling_though_the_server_stands_still() {
    let Some((server, desk)) = with_tables() else { return };
    let arguments = ["--prepare", "--rows", "20M", "--timeout", "60s"];
    let child = begun(&server, "Com_insert", &desk, &arguments);
    server.signal("STOP");
    std::thread::sleep(Duration::from_millis(300));
    interrupt(&child);
    let ((code, _, stderr), took) = end(child);
    server.signal("CONT");
    let rows = stderr.strip_prefix(&format!("error: {}: interrupted: ", server.url())).unwrap_or_default();
    assert_eq!(
        (code, rows.ends_with("rows are there, and the next --prepare goes on from them\n")),
        (Some(3), true),
        "{stderr}"
    );
    assert!(took < Duration::from_secs(30), "{took:?}");
}
