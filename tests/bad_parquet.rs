//! Parquet files that vana refuses: the words, the exit code, and that nothing changed.

mod support;

use std::fs::File;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use support::is_refused;

/// A Parquet file of one row.
fn parquet_of(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut writer = ArrowWriter::try_new(File::create(file.path()).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    std::fs::read(file.path()).unwrap()
}

fn number(value: i64) -> ArrayRef {
    Arc::new(Int64Array::from(vec![value]))
}

fn word(value: &str) -> ArrayRef {
    Arc::new(StringArray::from(vec![value]))
}

#[test]
fn a_parquet_file_without_the_time_of_sending() {
    is_refused(
        "t.parquet",
        parquet_of(vec![("service_ns", number(1)), ("operation", word("a")), ("outcome", word("ok"))]),
        &[],
        "error: t.parquet: no column \"sent_ns\" (found: service_ns, operation, outcome)\n\
         hint: name other columns with --map, for example --map latency=elapsed_ms:ms\n",
    );
}

#[test]
fn a_parquet_file_with_an_outcome_or_a_duration_that_is_none() {
    let columns = |service, outcome| {
        let (operation, outcome) = (word("a"), word(outcome));
        vec![
            ("sent_ns", number(0)),
            ("service_ns", number(service)),
            ("operation", operation),
            ("outcome", outcome),
        ]
    };
    is_refused(
        "t.parquet",
        parquet_of(columns(1, "fine")),
        &[],
        "error: t.parquet: row 0: unknown outcome \"fine\"\n",
    );
    is_refused(
        "t.parquet",
        parquet_of(columns(-1, "ok")),
        &[],
        "error: t.parquet: row 0: service_ns is -1\n",
    );
}

#[test]
fn a_parquet_file_that_is_cut() {
    let whole = parquet_of(vec![("sent_ns", number(1))]);
    is_refused(
        "t.parquet",
        &whole[..whole.len() / 2],
        &[],
        "error: t.parquet: damaged Parquet: Parquet error: Invalid Parquet file. Corrupt footer\n",
    );
    is_refused(
        "t.parquet",
        "PAR1",
        &[],
        "error: t.parquet: damaged Parquet: EOF: Parquet file too small. Size is 4 but need 8\n",
    );
}
