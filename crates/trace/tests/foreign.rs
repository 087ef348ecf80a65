//! Traces of foreign writers, and foreign readers of vana's traces.
//!
//! Needs Python with pyarrow, Polars, DuckDB and pandas: its path is in `VANA_TEST_PYTHON`.

use std::path::Path;
use std::process::Command;

use vana_testkit::StudyPlan;
use vana_trace::{Column, Study, TraceReader};
use vana_types::Outcome;

/// The script's output; `None`, and said so, where there is no Python to run it.
fn script(task: &str, folder: &Path) -> Option<String> {
    let Some(python) = std::env::var_os("VANA_TEST_PYTHON") else {
        assert!(std::env::var_os("CI").is_none(), "VANA_TEST_PYTHON is not set");
        eprintln!("skipped: VANA_TEST_PYTHON is not set");
        return None;
    };
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/foreign.py");
    let output = Command::new(python).arg(path).arg(task).arg(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_trace_by_any_writer_is_as_good_as_one_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    if script("write", folder.path()).is_none() {
        return;
    }
    for writer in ["pyarrow", "polars", "duckdb"] {
        let reader = TraceReader::open(&folder.path().join(format!("{writer}.parquet"))).unwrap();
        let mut rows = Vec::new();
        reader
            .scan(&Column::ALL, |batch| {
                let (keys, names) = batch.operations();
                for row in 0..batch.len() {
                    rows.push((
                        batch.i64s(Column::Sent)[row],
                        batch.i64s(Column::Service)[row],
                        names[keys[row] as usize].to_owned(),
                        batch.outcome(row),
                        batch.time(Column::BytesReceived, row),
                        batch.time(Column::Due, row),
                    ));
                }
            })
            .unwrap();
        let row = |sent, service, operation: &str, outcome, bytes| {
            (sent, service, operation.to_owned(), outcome, bytes, None)
        };
        let expected = [
            row(0, 500, "GET /", Outcome::Ok, Some(850)),
            row(1000, 600, "GET /", Outcome::ErrorStatus, Some(120)),
            row(2000, 700, "GET /a", Outcome::Ok, Some(900)),
            row(3000, 5_000_000_000, "GET /", Outcome::Timeout, None),
        ];
        assert_eq!(rows, expected, "{writer}");
    }
}

#[test]
fn a_study_reads_with_its_partition_columns_in_duckdb_polars_and_pandas() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("study");
    let plan = StudyPlan {
        systems: 2,
        clients: vec![1, 10],
        repetitions: 2,
        requests: 4000,
        ..StudyPlan::default()
    };
    plan.write(&root).unwrap();
    let Some(output) = script("read", &root) else { return };
    let mut expected = Vec::new();
    for reader in ["duckdb", "polars", "pandas"] {
        for run in &Study::open(&root).unwrap().runs {
            let (mut count, mut sum) = (0, 0);
            TraceReader::open(&run.trace())
                .unwrap()
                .scan(&[Column::Service, Column::Outcome], |batch| {
                    let ok = (0..batch.len()).filter(|&row| batch.outcome(row) == Outcome::Ok);
                    for row in ok {
                        count += 1;
                        sum += batch.i64s(Column::Service)[row];
                    }
                })
                .unwrap();
            let identity = &run.run.identity;
            let clients = identity.clients.unwrap();
            let (system, repetition) = (&identity.system, identity.repetition);
            expected.push(format!("{reader} {system} {clients} {repetition} {count} {sum}"));
        }
    }
    assert_eq!(output.lines().collect::<Vec<_>>(), expected);
}
