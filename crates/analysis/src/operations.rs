//! What lies within the requests, such as the statements of transactions: kind by kind, run by run.

use rayon::prelude::*;
use vana_reduce::{ReduceError, ReduceOptions, Reduction, Selection, reduce};
use vana_trace::{Study, StudyRun};
use vana_types::{Finding, Severity, metric};

/// What a report says of each kind.
const METRICS: [&str; 2] = [metric::REQUEST_RATE, metric::SERVICE_TIME];
const STATISTICS: [&str; 3] = ["mean", "p95", "p99"];

/// Numbers of each kind and run, and runs that have too many rows for that; nothing of runs whose requests have nothing
/// within them. Reads those runs once more, on all threads; the result does not depend on the threads.
pub(crate) fn operations(study: &Study) -> Result<Reduction, ReduceError> {
    let names = |all: &[&str]| Selection(all.iter().map(|&name| name.to_owned()).collect());
    let options = ReduceOptions {
        metrics: names(&METRICS),
        statistics: names(&STATISTICS),
        by_operation: true,
        ..ReduceOptions::default()
    };
    let within = study.runs.par_iter().filter_map(|run| Some(of_run(run, run.run.outermost()?, &options)));
    let mut all = Reduction::default();
    for reduction in within.collect::<Vec<_>>() {
        let reduction = reduction?;
        all.measurements.extend(reduction.measurements);
        all.findings.extend(reduction.findings);
    }
    Ok(all)
}

fn of_run(run: &StudyRun, outermost: &str, options: &ReduceOptions) -> Result<Reduction, ReduceError> {
    let mut found = Reduction::default();
    match reduce(run, options) {
        Ok(reduced) => {
            let is_within = |name: &str| name != outermost;
            found.measurements = reduced.measurements;
            found.measurements.retain(|one| one.operation.as_deref().is_some_and(is_within));
        }
        Err(ReduceError::TooManyRows { rows, limit }) => {
            let message = format!(
                "Runs of more than {limit} rows are too long to tell the operations within their requests apart."
            );
            let identity = &run.run.identity;
            found.findings.push(Finding {
                system: Some(identity.system.clone()),
                workload: Some(identity.workload.clone()),
                clients: identity.clients,
                repetition: Some(identity.repetition),
                ..Finding::new("operations-unknown", Severity::Info, message)
                    .with_value(rows as f64, Some(limit as f64))
            });
        }
        Err(error) => return Err(error),
    }
    Ok(found)
}
