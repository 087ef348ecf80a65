//! Servers that say nothing any more, are not there, or are given up; and loads that are interrupted.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use vana_types::{Outcome, Run};

use super::mariadb::Mariadb;
use super::support::{Desk, Said, said, skip};
use super::{counts, ended, ok};

/// A load that has been under way for a second.
fn begun(desk: &Desk, url: &str, further: &[&str]) -> Child {
    let arguments = ["load", "sql", url, "--clients", "2", "--workload", "oltp_read_only"];
    let mut command = desk.command(&[&arguments[..], further].concat());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(1));
    child
}

/// What it says when it has ended, and how long that takes.
fn end(child: Child) -> (Said, Duration) {
    let begun = Instant::now();
    (said(child.wait_with_output().unwrap()), begun.elapsed())
}

fn interrupt(child: &Child) {
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
}

fn with_tables() -> Option<(Mariadb, Desk, String)> {
    let Some(server) = Mariadb::start() else {
        skip("MariaDB does not start here");
        return None;
    };
    let (desk, url) = (Desk::new(), server.url());
    desk.prints(&["load", "sql", &url, "--prepare", "--rows", "1k", "--quiet"]);
    Some((server, desk, url))
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
    let Some((server, desk, url)) = with_tables() else { return };
    let further = ["--duration", "4s", "--timeout", "800ms", "--trace", "t.parquet", "--quiet"];
    let child = begun(&desk, &url, &further);
    server.signal("STOP");
    let ((code, _, stderr), took) = end(child);
    server.signal("CONT");
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert!(took < Duration::from_secs(10), "{took:?}");
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
    let Some((server, desk, url)) = with_tables() else { return };
    for is_still in [false, true] {
        let system = if is_still { "still" } else { "quick" };
        let child = begun(
            &desk,
            &url,
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
        assert!(took < Duration::from_secs(5), "{system}: {took:?}");
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
    let Some((mut server, desk, url)) = with_tables() else { return };
    let further = ["--transactions", "1M", "--timeout", "1s", "--study", "s", "--system", "m"];
    let child = begun(&desk, &url, &further);
    server.kill();
    let ((code, _, stderr), took) = end(child);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(took > Duration::from_secs(9) && took < Duration::from_secs(25), "{took:?}");
    let run = desk.path("s/runs/system=m/workload=oltp_read_only/clients=2/repetition=1/run.json");
    let run: Run = serde_json::from_slice(&std::fs::read(run).unwrap()).unwrap();
    assert_eq!(run.attributes.get("truncated").map(String::as_str), Some("true"));
    assert!(run.findings.iter().any(|finding| finding.code == "server-silent"), "{:?}", run.findings);
    assert!(stderr.contains("error: server-silent: "), "{stderr}");
}

/// A filling of the tables that has been under way for a second.
fn filling(desk: &Desk, url: &str, further: &[&str]) -> Child {
    let mut command = desk.command(&[&["load", "sql", url, "--prepare"], further].concat());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(1));
    child
}

#[test]
fn filling_waits_for_a_statement_as_long_as_it_takes() {
    let Some((server, desk, url)) = with_tables() else { return };
    let holder = server.guest("LOCK TABLES test.sbtest1 WRITE");
    let mut child = filling(&desk, &url, &["--rows", "2k", "--timeout", "200ms"]);
    assert!(child.try_wait().unwrap().is_none());
    drop(holder);
    let ((code, _, stderr), _) = end(child);
    assert_eq!((code, stderr.as_str()), (Some(0), "1 table of 2000 rows: 1000 rows added\n"));
}

#[test]
fn an_interrupt_ends_filling_though_the_server_stands_still() {
    let Some((server, desk, url)) = with_tables() else { return };
    let child = filling(&desk, &url, &["--rows", "20M", "--timeout", "60s"]);
    server.signal("STOP");
    std::thread::sleep(Duration::from_millis(300));
    interrupt(&child);
    let ((code, _, stderr), took) = end(child);
    server.signal("CONT");
    let rows = stderr.strip_prefix(&format!("error: {url}: interrupted: ")).unwrap_or_default();
    assert_eq!(
        (code, rows.ends_with("rows are there, and the next --prepare goes on from them\n")),
        (Some(3), true),
        "{stderr}"
    );
    assert!(took < Duration::from_secs(5), "{took:?}");
}
