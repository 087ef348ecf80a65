//! Bytes on the wire, and the server's own counters of them.

use vana_trace::{Column, TraceReader};

use super::support::mariadb::Mariadb;
use super::support::{Desk, skip};

/// Sums of bytes sent and received over the statements of a trace, and over its transactions.
fn sums(desk: &Desk, name: &str) -> [[i64; 2]; 2] {
    let mut sums = [[0; 2]; 2];
    let columns = [Column::Operation, Column::BytesSent, Column::BytesReceived];
    let scanned = TraceReader::open(&desk.path(name)).unwrap().scan(&columns, |batch| {
        let (keys, names) = batch.operations();
        for (row, &key) in keys.iter().enumerate() {
            let of_it = &mut sums[usize::from(names[key as usize] == "transaction")];
            of_it[0] += batch.time(Column::BytesSent, row).unwrap();
            of_it[1] += batch.time(Column::BytesReceived, row).unwrap();
        }
    });
    scanned.unwrap();
    sums
}

#[test]
fn the_bytes_of_all_rows_are_those_that_the_server_counts() {
    let Some(server) = Mariadb::start() else { return skip("MariaDB does not start here") };
    let (desk, url) = (Desk::new(), server.url());
    desk.prints(&["load", "sql", &url, "--prepare", "--rows", "1k", "--quiet"]);
    let arguments = ["load", "sql", &url, "--clients", "1", "--quiet", "--transactions"];
    // What the server counts beside statements: logging in, looking at tables, preparing, asking for its counters.
    let beside = |transactions: &str| {
        let name = format!("{transactions}.parquet");
        let before = ["Bytes_received", "Bytes_sent"].map(|counter| server.counter(counter) as i64);
        desk.prints(&[&arguments[..], &[transactions, "--trace", &name]].concat());
        let after = ["Bytes_received", "Bytes_sent"].map(|counter| server.counter(counter) as i64);
        let [statements, transactions] = sums(&desk, &name);
        assert_eq!(statements, transactions);
        assert!(statements[1] > 30_000, "{statements:?}");
        [after[0] - before[0] - statements[0], after[1] - before[1] - statements[1]]
    };
    let (few, many) = (beside("1"), beside("300"));
    // Counters are told as text, and may have grown by digits.
    let differ = [(few[0] - many[0]).abs(), (few[1] - many[1]).abs()];
    assert!(differ[0] < 50 && differ[1] < 50, "{few:?} {many:?}");
}
