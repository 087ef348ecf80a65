//! What a load says of itself, and what it asks the server to prepare.

use super::load;
use super::support::mariadb::Mariadb;
use super::support::{Desk, skip};

#[test]
fn what_names_no_table_is_prepared_once_however_many_tables_there_are() {
    let Some(server) = Mariadb::start() else { return skip("MariaDB does not start here") };
    let (desk, url) = (Desk::new(), server.url());
    desk.prints(&["load", "sql", &url, "--prepare", "--rows", "10", "--tables", "3", "--quiet"]);
    let before = server.counter("Com_stmt_prepare");
    load(&desk, &url, &["--tables", "3", "--clients", "2", "--transactions", "9"]);
    // Nine statements of each table; BEGIN, COMMIT and ROLLBACK.
    assert_eq!(server.counter("Com_stmt_prepare") - before, 2 * (9 * 3 + 3));
}

#[test]
fn errors_are_told_with_their_numbers_and_the_last_of_them_with_its_reason() {
    let Some(server) = Mariadb::start() else { return skip("MariaDB does not start here") };
    let (desk, url) = (Desk::new(), server.url());
    desk.prints(&["load", "sql", &url, "--prepare", "--rows", "10", "--quiet"]);
    let arguments = [
        "load",
        "sql",
        &url,
        "--workload",
        "oltp_write_only",
        "--clients",
        "1",
        "--transactions",
        "3",
        "--quiet",
    ];
    let lines = |text: &str| text.lines().skip(1).take(4).map(str::to_owned).collect::<Vec<_>>();
    let said = lines(&desk.prints(&arguments));
    assert!(said[0].starts_with("  3 transactions answered in "), "{said:?}");
    assert_eq!(said[1], "  errors: none");
    assert!(said[2].starts_with("  transactions/s: "), "{said:?}");

    let refusing = "CREATE TRIGGER test.never BEFORE DELETE ON test.sbtest1 FOR EACH ROW \
                    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not today'";
    server.ask(refusing).unwrap();
    let said = lines(&desk.prints(&arguments));
    assert!(said[0].starts_with("  3 transactions answered in "), "{said:?}");
    let told = [
        "  errors: error_status 3 (1644: 3)",
        "  errors of statements: error_status 3 (1644: 3)",
        "  the last failure: error 1644: not today",
    ];
    assert_eq!(said[1..], told);
}

#[test]
fn the_kinds_of_statements_of_a_long_run_are_told_with_their_times() {
    let (desk, url) = (Desk::new(), "sqlite:a.db");
    desk.prints(&["load", "sql", url, "--prepare", "--rows", "10", "--quiet"]);
    // A row of a statement and one of a transaction: more than a million.
    let arguments = ["load", "sql", url, "--workload", "oltp_point_select", "--clients", "1", "--quiet"];
    let said =
        desk.prints(&[&arguments[..], &["--transactions", "530k", "--study", "s", "--system", "m"]].concat());
    assert!(said.lines().any(|line| line.starts_with("  point_select  ")), "{said}");
    let csv = desk.prints(&["summarize", "s", "--by", "operation", "--format", "csv"]);
    let count = "m,oltp_point_select,1,1,service_time,count,530000.0,1,computed,point_select,";
    assert!(csv.contains(count), "{csv}");
}
