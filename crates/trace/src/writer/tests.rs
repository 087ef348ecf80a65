use super::*;
use crate::{Column, TraceReader};

/// Writes requests sent at these times, in this order, and reads back what is on disk.
fn written(stamps: &[i64]) -> (Vec<i64>, Vec<String>, TraceSummary) {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = TraceWriter::create(folder.path()).unwrap();
    for &sent in stamps {
        let mut rows = Rows::default();
        let operation = writer.operation(&format!("op {}", sent % 3));
        rows.push(sent, 10, operation, Outcome::Ok);
        writer.write(rows).unwrap();
    }
    let identity = Identity { system: "s".into(), workload: "w".into(), clients: None, repetition: 1 };
    let path = folder.path().join("trace.parquet");
    let staged = writer.stage().unwrap();
    let summary = staged.summary().clone();
    staged.seal(&identity, &path).unwrap();
    let (mut sent, mut operations) = (Vec::new(), Vec::new());
    let reader = TraceReader::open(&path).unwrap();
    reader
        .scan(&[Column::Sent, Column::Operation], |batch| {
            sent.extend_from_slice(batch.i64s(Column::Sent));
            let (keys, names) = batch.operations();
            operations.extend(keys.iter().map(|&key| names[key as usize].to_owned()));
        })
        .unwrap();
    assert_eq!(folder.path().read_dir().unwrap().count(), 1, "nothing but the trace is left");
    (sent, operations, summary)
}

#[test]
fn what_a_run_says_of_itself_is_in_its_trace() {
    let folder = tempfile::tempdir().unwrap();
    let identity = Identity { system: "s".into(), workload: "w".into(), clients: None, repetition: 1 };
    let said = BTreeMap::from([("warmup_s".to_owned(), "0.5".to_owned())]);
    for attributes in [said, BTreeMap::new()] {
        let path = folder.path().join("trace.parquet");
        let staged = TraceWriter::create(folder.path()).unwrap().stage().unwrap();
        staged.with_attributes(&attributes).seal(&identity, &path).unwrap();
        assert_eq!(TraceReader::open(&path).unwrap().attributes().unwrap(), attributes);
    }
}

#[test]
fn rows_in_any_order_come_out_ordered_from_the_first_request_on() {
    let start = 1_700_000_000_000_000_000;
    let rows = 1000;
    let orders: [Vec<i64>; 4] = [
        (0..rows).collect(),
        (0..rows).map(|n| n ^ 1).collect(),
        (0..rows).rev().collect(),
        (0..rows).map(|n| n * 617 % rows).collect(),
    ];
    for order in orders {
        let stamps: Vec<i64> = order.iter().map(|n| start + n).collect();
        let (sent, operations, summary) = written(&stamps);
        assert_eq!(sent, (0..rows).collect::<Vec<_>>());
        let expected = sent.iter().map(|n| format!("op {}", (start + n) % 3));
        assert_eq!(operations, expected.collect::<Vec<_>>());
        assert_eq!((summary.rows, summary.start_ns, summary.duration_ns), (1000, start, 1009));
    }
}

#[test]
fn a_descending_file_is_merged_in_several_passes() {
    // 16 row groups of 64 rows, each before the one written earlier: more than are merged at once.
    let (sent, _, summary) = written(&(0..1024).rev().collect::<Vec<_>>());
    assert!(sent.is_sorted());
    assert!(summary.late_rows as usize > MERGED_AT_ONCE * ROW_GROUP_ROWS);
}

#[test]
fn a_trace_without_rows_is_a_file_without_rows() {
    assert_eq!(written(&[]), (Vec::new(), Vec::new(), TraceSummary::default()));
}

#[test]
fn operations_without_end_share_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = TraceWriter::create(folder.path()).unwrap();
    let ids: Vec<u32> = (0..=OPERATION_LIMIT + 1).map(|n| writer.operation(&n.to_string())).collect();
    assert_eq!(ids[OPERATION_LIMIT], ids[OPERATION_LIMIT + 1]);
    assert_eq!(writer.operation("7"), 7);
    assert!(writer.stage().unwrap().summary().operations_truncated);
}
