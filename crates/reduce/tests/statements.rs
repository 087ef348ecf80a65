//! Operations within the requests of runs that are too long for memory.

use vana_reduce::{ReduceOptions, Selection, reduce};
use vana_trace::{Rows, StudyRun, TraceWriter};
use vana_types::{Fidelity, Identity, OUTERMOST, Outcome, Run};

/// A statement every 10 ns that takes 7 or 8, and a transaction around each thousand of them.
const STATEMENTS: i64 = (1 << 20) + 424;

#[test]
fn kinds_of_statements_are_told_apart_in_long_runs_without_the_effective_sizes_of_long_ones() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = TraceWriter::create(folder.path()).unwrap();
    let [transaction, select] = ["transaction", "point_select"].map(|name| writer.operation(name));
    for first in (0..STATEMENTS).step_by(1000) {
        let mut rows = Rows::default();
        // Values that are all the same have no effective size.
        rows.push(first * 10, 10_000 + first / 1000 % 2, transaction, Outcome::Ok);
        for number in first..first + 1000 {
            rows.push(number * 10, 7 + number % 2, select, Outcome::Ok);
        }
        writer.write(rows).unwrap();
    }
    let identity = Identity { system: "s".into(), workload: "w".into(), clients: Some(1), repetition: 1 };
    writer.stage().unwrap().seal(&identity, &folder.path().join("trace.parquet")).unwrap();
    let mut run = Run::new(identity, Fidelity::Trace);
    run.attributes.insert(OUTERMOST.to_owned(), "transaction".to_owned());
    let run = StudyRun { run, folder: folder.path().to_owned() };

    let options = ReduceOptions { by_operation: true, ..ReduceOptions::default() };
    let usual = reduce(&run, &options).unwrap().measurements;
    let sizes: Vec<Option<&str>> = usual
        .iter()
        .filter(|one| one.metric == "service_time" && one.statistic == "n_eff")
        .map(|one| one.operation.as_deref())
        .collect();
    assert_eq!(sizes, [None, Some("transaction")]);
    let statistics = Selection(vec!["count".to_owned(), "p99".to_owned()]);
    let options =
        ReduceOptions { metrics: Selection(vec!["service_time".to_owned()]), statistics, ..options };
    let found = reduce(&run, &options).unwrap().measurements;
    let of = |operation: Option<&str>| -> Vec<f64> {
        let own = found.iter().filter(|one| one.operation.as_deref() == operation);
        own.filter_map(|one| one.value).collect()
    };
    assert_eq!(of(Some("point_select")), [1_049_000.0, 8e-9]);
    assert_eq!(of(None), of(Some("transaction")));
    assert_eq!(of(None), [1049.0, 1.0001e-5]);
}
