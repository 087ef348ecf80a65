//! `vana load sql` against a private MariaDB, whose own counters are the truth, and against SQLite.

mod support;

#[path = "load_sql/bytes.rs"]
mod bytes;
#[path = "load_sql/drawn.rs"]
mod drawn;
#[path = "load_sql/refused.rs"]
mod refused;
#[path = "load_sql/silent.rs"]
mod silent;
#[path = "load_sql/told.rs"]
mod told;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use support::mariadb::Mariadb;
use support::{Desk, skip};
use vana_trace::{Column, TraceReader};
use vana_types::Outcome;

/// Rows by operation, outcome and status, which is 0 where there is none.
type Counts = BTreeMap<(String, Outcome, u16), u64>;

fn counts(path: &Path) -> Counts {
    let mut counts = Counts::new();
    let columns = [Column::Operation, Column::Outcome, Column::Status];
    let counted = TraceReader::open(path).unwrap().scan(&columns, |batch| {
        let mut names = Vec::new();
        let rows = batch.to_rows(|name| {
            names.push(name.to_owned());
            names.len() as u32 - 1
        });
        for ((&name, &outcome), &status) in rows.operation.iter().zip(&rows.outcome).zip(&rows.status) {
            *counts.entry((names[name as usize].clone(), outcome, status)).or_default() += 1;
        }
    });
    counted.unwrap();
    counts
}

/// Rows of an operation that ended well.
fn ok(counts: &Counts, operation: &str) -> u64 {
    ended(counts, operation, Outcome::Ok)
}

/// Rows of an operation that ended so.
fn ended(counts: &Counts, operation: &str, outcome: Outcome) -> u64 {
    let of_it = |(found, end, _): &(String, Outcome, u16)| found == operation && *end == outcome;
    counts.iter().filter(|(row, _)| of_it(row)).map(|(_, count)| count).sum()
}

fn all(counts: &Counts, operation: &str) -> u64 {
    counts.iter().filter(|((found, ..), _)| found == operation).map(|(_, count)| count).sum()
}

/// Runs with a trace and returns its rows.
#[track_caller]
fn load(desk: &Desk, url: &str, further: &[&str]) -> Counts {
    let mut arguments = vec!["load", "sql", url, "--trace", "t.parquet", "--quiet"];
    arguments.extend(further);
    desk.prints(&arguments);
    let counts = counts(&desk.path("t.parquet"));
    std::fs::remove_file(desk.path("t.parquet")).unwrap();
    counts
}

/// Statements, as the server counts them, and the operations of vana that they are.
const COUNTERS: [(&str, &[&str]); 6] = [
    ("Com_update", &["index_update", "non_index_update"]),
    ("Com_delete", &["delete"]),
    ("Com_insert", &["insert"]),
    ("Com_begin", &["begin"]),
    ("Com_commit", &["commit"]),
    ("Com_rollback", &["rollback"]),
];

#[test]
fn the_counters_of_the_server_and_the_rows_agree_to_the_statement() {
    let Some(server) = Mariadb::start() else { return skip("MariaDB does not start here") };
    let (desk, url) = (Desk::new(), server.url());
    for engine in ["innodb", "myisam"] {
        // So few rows that transactions meet, and some are deadlocked.
        desk.prints(&["load", "sql", &url, "--prepare", "--rows", "30", "--engine", engine, "--quiet"]);
        for (workload, further) in [
            ("oltp_read_only", &["--transactions", "200", "--clients", "3"][..]),
            ("oltp_read_write", &["--transactions", "200", "--clients", "1"]),
            ("oltp_point_select", &["--transactions", "500", "--clients", "4"]),
            ("oltp_write_only", &["--duration", "500ms", "--clients", "8", "--distribution", "uniform"]),
            ("oltp_65_25_10", &["--duration", "500ms", "--clients", "2", "--rate", "100"]),
        ] {
            let before = COUNTERS.map(|(name, _)| server.counter(name));
            let (executed, selected) = (server.counter("Com_stmt_execute"), server.counter("Com_select"));
            let rows = load(&desk, &url, &[&["--workload", workload][..], further].concat());
            for ((name, operations), before) in COUNTERS.into_iter().zip(before) {
                let found: u64 = operations.iter().map(|operation| all(&rows, operation)).sum();
                assert_eq!(server.counter(name) - before, found, "{name} of {workload}, {engine}");
            }
            let statements = rows.values().sum::<u64>() - all(&rows, "transaction");
            assert_eq!(server.counter("Com_stmt_execute") - executed, statements, "{workload}, {engine}");
            let reads = ["point_select", "simple_range", "sum_range", "order_range", "distinct_range"];
            let reads: u64 = reads.iter().map(|operation| all(&rows, operation)).sum();
            // Before, the table is looked at three times, its columns, its last id, its engine, and the version is asked.
            assert_eq!(server.counter("Com_select") - selected, reads + 4, "{workload}, {engine}");
            if workload == "oltp_write_only" && engine == "innodb" {
                let deadlocks = statements
                    - rows
                        .iter()
                        .filter(|((_, end, _), _)| *end == Outcome::Ok)
                        .map(|((name, ..), count)| if name == "transaction" { 0 } else { *count })
                        .sum::<u64>();
                assert_eq!(all(&rows, "rollback"), deadlocks);
            }
        }
        desk.prints(&["load", "sql", &url, "--cleanup", "--quiet"]);
    }
}

#[test]
fn the_mix_of_the_paper_is_65_percent_reads_25_percent_writes_and_10_percent_others() {
    let Some(server) = Mariadb::start() else { return skip("MariaDB does not start here") };
    let (desk, url) = (Desk::new(), server.url());
    for engine in ["innodb", "myisam"] {
        desk.prints(&["load", "sql", &url, "--prepare", "--rows", "1k", "--engine", engine, "--quiet"]);
        let names = ["Com_select", "Com_update", "Com_delete", "Com_insert", "Com_begin", "Com_commit"];
        let before = names.map(|name| server.counter(name));
        // One client alone meets nobody, so nothing is done twice.
        let arguments = ["--workload", "oltp_65_25_10", "--clients", "1", "--transactions", "50"];
        let rows = load(&desk, &url, &arguments);
        let grown: Vec<u64> =
            names.iter().zip(before).map(|(name, old)| server.counter(name) - old).collect();
        // The tables were looked at before, by four queries.
        assert_eq!(grown, [13 * 50 + 4, 3 * 50, 50, 50, 50, 50], "{engine}");
        let of = |operations: &[&str]| operations.iter().map(|name| ok(&rows, name)).sum::<u64>();
        let reads = of(&["point_select", "simple_range", "sum_range", "order_range", "distinct_range"]);
        let writes = of(&["index_update", "non_index_update", "delete", "insert"]);
        let shares = [reads, writes, of(&["begin", "commit"])].map(|count| count as f64 / f64::from(20 * 50));
        assert_eq!((shares, all(&rows, "rollback")), ([0.65, 0.25, 0.1], 0), "{engine}");
        desk.prints(&["load", "sql", &url, "--cleanup", "--quiet"]);
    }
}

#[test]
fn the_questions_that_the_server_counts_grow_with_the_statements_alone() {
    let Some(server) = Mariadb::start() else { return skip("MariaDB does not start here") };
    let (desk, url) = (Desk::new(), server.url());
    desk.prints(&["load", "sql", &url, "--prepare", "--rows", "1k", "--quiet"]);
    // What the server counts beside statements: looking at tables, asking for counters; preparing does not count.
    let beside = |transactions: &str| {
        let before = server.counter("Questions");
        let rows = load(&desk, &url, &["--clients", "1", "--transactions", transactions]);
        let statements = rows.values().sum::<u64>() - all(&rows, "transaction");
        (statements, server.counter("Questions") - before - statements)
    };
    let (few, many) = (beside("2"), beside("300"));
    assert_eq!((few.0, many.0, few.1), (40, 6000, many.1));
}

#[test]
fn a_server_that_is_killed_leaves_the_trace_so_far_and_rows_that_say_so() {
    let Some(mut server) = Mariadb::start() else { return skip("MariaDB does not start here") };
    let (desk, url) = (Desk::new(), server.url());
    desk.prints(&["load", "sql", &url, "--prepare", "--rows", "1k", "--quiet"]);
    // Without writes, so that nobody is a deadlock's victim just then.
    let child = silent::loading(&server, &desk, &["--duration", "6s", "--trace", "t.parquet", "--quiet"]);
    let begun = Instant::now();
    server.kill();
    let (code, _, stderr) = support::said(child.wait_with_output().unwrap());
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert!(begun.elapsed() < Duration::from_secs(60));
    let rows = counts(&desk.path("t.parquet"));
    assert!(ok(&rows, "transaction") > 0);
    // Each client lost what it did, and was refused from then on.
    let ended = |outcome| ended(&rows, "transaction", outcome);
    assert_eq!((ended(Outcome::Reset), ended(Outcome::Connect) > 0), (2, true), "{rows:?}");
}

#[test]
fn what_a_server_does_not_allow_is_an_error_or_the_outcome_of_rows() {
    let Some(server) = Mariadb::start() else { return skip("MariaDB does not start here") };
    let (desk, url) = (Desk::new(), server.url());
    let trace = ["--duration", "500ms", "--trace", "t.parquet"];
    let refuses = |url: &str, code: i32, words: &str| {
        desk.refuses(&[&["load", "sql", url][..], &trace].concat(), code, words);
    };
    let with_password = url.replace("root@", "root:secret@");
    let shown = url.replace("root@", "root:***@");
    let denied = "error 1045: Access denied for user 'root'@'localhost' (using password: YES)";
    refuses(&with_password, 3, &format!("error: {shown}: {denied}\n"));
    let nowhere = url.replace("/test", "/nowhere");
    refuses(&nowhere, 3, &format!("error: {nowhere}: error 1049: Unknown database 'nowhere'\n"));
    let hint = format!("hint: vana load sql {url} --prepare --tables 1\n");
    refuses(&url, 2, &format!("error: {url}: table sbtest1 is missing\n{hint}"));
    server.ask("CREATE TABLE test.sbtest1 (id INT, x INT)").unwrap();
    let shape = "its columns are id int, x int; sysbench's are id int, k int, c char(120), pad char(60)";
    let hint = "hint: --cleanup removes tables that --prepare made; --rows says how many rows are wanted\n";
    refuses(&url, 2, &format!("error: {url}: table sbtest1 is of another shape: {shape}\n{hint}"));
    server.ask("DROP TABLE test.sbtest1").unwrap();
    desk.prints(&["load", "sql", &url, "--prepare", "--rows", "1k", "--quiet"]);
    server.ask("SET GLOBAL max_connections = 10").unwrap();
    let rows = load(&desk, &url, &["--workload", "oltp_point_select", "--clients", "16", "--duration", "1s"]);
    let without = rows.get(&("transaction".to_owned(), Outcome::Connect, 1040)).copied().unwrap_or(0);
    assert!(without > 0 && ok(&rows, "transaction") > 0, "{rows:?}");
    assert_eq!(ended(&rows, "transaction", Outcome::Connect), without);
}

#[test]
fn filling_goes_on_where_it_stopped_and_does_nothing_twice() {
    let (desk, url) = (Desk::new(), "sqlite:a.db");
    let said = |rows: &str, tables: &str, expected: &str| {
        let (code, stdout, stderr) =
            desk.vana(&["load", "sql", url, "--prepare", "--rows", rows, "--tables", tables]);
        assert_eq!((code, stdout.as_str(), stderr.as_str()), (Some(0), "", expected));
    };
    said("1500", "1", "1 table of 1500 rows: 1500 rows added\n");
    said("1500", "1", "1 table of 1500 rows: there already\n");
    said("2500", "1", "1 table of 2500 rows: 1000 rows added\n");
    said("2500", "2", "2 tables of 2500 rows: 2500 rows added\n");
    let (code, _, stderr) = desk.vana(&["load", "sql", url, "--prepare", "--rows", "1k"]);
    let words = "error: sqlite:a.db: table sbtest1 is of another shape: it has 2500 rows, not 1000\n\
                 hint: --cleanup removes tables that --prepare made; --rows says how many rows are wanted\n";
    assert_eq!((code, stderr.as_str()), (Some(2), words));
    let (code, _, stderr) = desk.vana(&["load", "sql", url, "--cleanup", "--tables", "2"]);
    assert_eq!((code, stderr.as_str()), (Some(0), "removed 2 tables\n"));
}

#[test]
fn transactions_are_the_requests_and_statements_lie_within_them() {
    let (desk, url) = (Desk::new(), "sqlite:a.db");
    desk.prints(&["load", "sql", url, "--prepare", "--rows", "1k", "--quiet"]);
    let arguments = ["load", "sql", url, "--transactions", "40", "--clients", "2", "--quiet"];
    desk.prints(&[&arguments[..], &["--study", "s", "--system", "sqlite"]].concat());
    let csv = desk.prints(&["summarize", "s", "--by", "operation", "--format", "csv"]);
    let value = |metric: &str, statistic: &str, operation: &str| {
        let head = format!("sqlite,oltp_read_write,2,1,{metric},{statistic},");
        let line = csv.lines().find(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            line.starts_with(&head) && cells.get(9) == Some(&operation)
        });
        line.and_then(|line| line.split(',').nth(6)?.parse::<f64>().ok())
    };
    assert_eq!(value("requests", "count", ""), Some(40.0));
    assert_eq!(value("service_time", "count", ""), Some(40.0));
    assert_eq!(value("service_time", "count", "point_select"), Some(400.0));
    assert_eq!(value("service_time", "count", "transaction"), Some(40.0));
    let rate = value("request_rate", "mean", "").unwrap();
    let queries = value("query_rate", "mean", "").unwrap();
    assert!((queries / rate - 20.0).abs() < 1e-9, "{queries} / {rate}");
    assert_eq!(value("wrk_latency", "mean", ""), None);
    assert_eq!(value("sysbench_latency", "count", ""), Some(40.0));
    assert_eq!(desk.vana(&["verify", "s"]).0, Some(0));
}
