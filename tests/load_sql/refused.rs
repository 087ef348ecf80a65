//! Statements that the server refuses for real: numbers, outcomes, and what is tried again.

use std::process::Stdio;
use std::time::{Duration, Instant};

use vana_types::Outcome;

use super::support::mariadb::Mariadb;
use super::support::{Desk, said, skip};
use super::{Counts, counts, load};

fn expected(rows: &[(&str, Outcome, u16, u64)]) -> Counts {
    rows.iter()
        .map(|(name, outcome, status, count)| (((*name).to_owned(), *outcome, *status), *count))
        .collect()
}

#[test]
fn a_lock_that_is_waited_for_too_long_is_error_1205_and_the_transaction_begins_again() {
    let Some(server) = Mariadb::start() else { return skip("MariaDB does not start here") };
    let (desk, url) = (Desk::new(), server.url());
    desk.prints(&["load", "sql", &url, "--prepare", "--rows", "1", "--quiet"]);
    server.ask("SET GLOBAL innodb_lock_wait_timeout = 1").unwrap();
    let arguments = ["load", "sql", &url, "--workload", "oltp_write_only", "--clients", "1"];
    let lock = "BEGIN; UPDATE test.sbtest1 SET pad = 'held' WHERE id = 1";

    let holder = server.guest(lock);
    let further = ["--transactions", "1", "--trace", "u.parquet", "--quiet"];
    let mut command = desk.command(&[&arguments[..], &further].concat());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    while server.counter("Com_rollback") == 0 {
        assert!(begun.elapsed() < Duration::from_secs(60), "no lock wait timeout");
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(holder);
    let (code, _, stderr) = said(child.wait_with_output().unwrap());
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    let rows = counts(&desk.path("u.parquet"));
    // How often depends on how soon the lock was given up.
    let refused = rows[&("index_update".to_owned(), Outcome::ErrorStatus, 1205)];
    assert!((1..=5).contains(&refused), "{rows:?}");
    let all = [
        ("begin", Outcome::Ok, 0, 1 + refused),
        ("index_update", Outcome::ErrorStatus, 1205, refused),
        ("rollback", Outcome::Ok, 0, refused),
        ("index_update", Outcome::Ok, 0, 1),
        ("non_index_update", Outcome::Ok, 0, 1),
        ("delete", Outcome::Ok, 0, 1),
        ("insert", Outcome::Ok, 0, 1),
        ("commit", Outcome::Ok, 0, 1),
        ("transaction", Outcome::Ok, 0, 1),
    ];
    assert_eq!(rows, expected(&all));

    // After the end nothing is begun again.
    let _holder = server.guest(lock);
    let rows = load(&desk, &url, &["--workload", "oltp_write_only", "--clients", "1", "--duration", "800ms"]);
    let all = [
        ("begin", Outcome::Ok, 0, 1),
        ("index_update", Outcome::ErrorStatus, 1205, 1),
        ("rollback", Outcome::Ok, 0, 1),
        ("transaction", Outcome::Unfinished, 1205, 1),
    ];
    assert_eq!(rows, expected(&all));
}

#[test]
fn a_duplicate_key_is_error_1062_and_ends_the_transaction() {
    let Some(server) = Mariadb::start() else { return skip("MariaDB does not start here") };
    let (desk, url) = (Desk::new(), server.url());
    desk.prints(&["load", "sql", &url, "--prepare", "--rows", "1", "--quiet"]);
    // The only k that can be drawn is taken by another row.
    let taken = "UPDATE test.sbtest1 SET k = 9; INSERT INTO test.sbtest1 (id, k) VALUES (-1, 1); \
                 CREATE UNIQUE INDEX once ON test.sbtest1(k)";
    server.ask(taken).unwrap();
    let rows = load(&desk, &url, &["--workload", "oltp_write_only", "--clients", "1", "--transactions", "3"]);
    let all = [
        ("begin", Outcome::Ok, 0, 3),
        ("index_update", Outcome::Ok, 0, 3),
        ("non_index_update", Outcome::Ok, 0, 3),
        ("delete", Outcome::Ok, 0, 3),
        ("insert", Outcome::ErrorStatus, 1062, 3),
        ("rollback", Outcome::Ok, 0, 3),
        ("transaction", Outcome::ErrorStatus, 1062, 3),
    ];
    assert_eq!(rows, expected(&all));
    assert_eq!(server.ask("SELECT k FROM test.sbtest1 ORDER BY id").unwrap(), "1\n9\n");
}

#[test]
fn a_password_and_a_socket_are_taken_from_the_address() {
    let Some(server) = Mariadb::start() else { return skip("MariaDB does not start here") };
    let desk = Desk::new();
    server.ask("CREATE USER me IDENTIFIED BY 'a@b/c'; GRANT ALL ON test.* TO me").unwrap();
    let url = server.url().replace("root@", "me:a%40b%2Fc@");
    desk.prints(&["load", "sql", &url, "--prepare", "--rows", "10", "--quiet"]);
    let over_socket = format!("mysql://me:a%40b%2Fc@/test?socket={}", server.socket());
    for url in [&url, &over_socket] {
        let rows =
            load(&desk, url, &["--workload", "oltp_point_select", "--clients", "2", "--transactions", "5"]);
        let all = [("point_select", Outcome::Ok, 0, 5), ("transaction", Outcome::Ok, 0, 5)];
        assert_eq!(rows, expected(&all));
    }
}
