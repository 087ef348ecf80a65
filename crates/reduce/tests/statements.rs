//! Operations within the requests of runs that are too long for memory.

use vana_reduce::{ReduceError, ReduceOptions, Selection, reduce};
use vana_trace::{Rows, StudyRun, TraceWriter};
use vana_types::{Fidelity, Identity, OUTERMOST, Outcome, Run};

/// A statement every 10 ns that takes 7, and a transaction around each thousand of them.
const STATEMENTS: i64 = (1 << 20) + 424;

#[test]
fn kinds_of_statements_are_told_apart_in_long_runs_unless_effective_sizes_are_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = TraceWriter::create(folder.path()).unwrap();
    let [transaction, select] = ["transaction", "point_select"].map(|name| writer.operation(name));
    for first in (0..STATEMENTS).step_by(1000) {
        let mut rows = Rows::default();
        rows.push(first * 10, 10_000, transaction, Outcome::Ok);
        for number in first..first + 1000 {
            rows.push(number * 10, 7, select, Outcome::Ok);
        }
        writer.write(rows).unwrap();
    }
    let identity = Identity { system: "s".into(), workload: "w".into(), clients: Some(1), repetition: 1 };
    writer.stage().unwrap().seal(&identity, &folder.path().join("trace.parquet")).unwrap();
    let mut run = Run::new(identity, Fidelity::Trace);
    run.attributes.insert(OUTERMOST.to_owned(), "transaction".to_owned());
    let run = StudyRun { run, folder: folder.path().to_owned() };

    let options = ReduceOptions { by_operation: true, ..ReduceOptions::default() };
    let refused = reduce(&run, &options).unwrap_err();
    assert!(matches!(refused, ReduceError::TooManyRows { limit: 1_048_576, .. }), "{refused}");
    let statistics = Selection(vec!["count".to_owned(), "mean".to_owned(), "p99".to_owned()]);
    let options =
        ReduceOptions { metrics: Selection(vec!["service_time".to_owned()]), statistics, ..options };
    let found = reduce(&run, &options).unwrap().measurements;
    let of = |operation: Option<&str>| -> Vec<f64> {
        let own = found.iter().filter(|one| one.operation.as_deref() == operation);
        own.filter_map(|one| one.value).collect()
    };
    assert_eq!(of(Some("point_select")), [1_049_000.0, 7e-9, 7e-9]);
    assert_eq!(of(None), [1049.0, 1e-5, 1e-5]);
}
