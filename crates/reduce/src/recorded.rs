//! What counts tell of a run that was recorded without durations.

use vana_trace::{StudyRun, WorkloadReader};
use vana_types::{Outcome, Unit, metric};

use crate::{ReduceError, Sink};

/// Measures how many requests there were and how long they came; where statuses were recorded, how many were answered
/// in a second and how many of them failed. Nothing where a run has no workload.
pub(crate) fn reduce(run: &StudyRun, sink: &mut Sink<'_>) -> Result<(), ReduceError> {
    if !run.workload().exists() {
        return Ok(());
    }
    let outcomes = &run.run.outcomes;
    let requests = match outcomes.values().sum() {
        0 => WorkloadReader::open(&run.workload())?.arrival_count(),
        requests => requests,
    };
    let duration_s = run.run.duration_s.unwrap_or(0.0);
    sink.measure("requests", "count", requests as f64, Unit::One, None);
    sink.measure(metric::DURATION, "total", duration_s, Unit::Seconds, None);
    if !outcomes.is_empty() {
        let count = |wanted: fn(Outcome) -> bool| -> u64 {
            outcomes.iter().filter(|(outcome, _)| wanted(**outcome)).map(|(_, count)| count).sum()
        };
        let failed = requests - count(|outcome| outcome == Outcome::Ok);
        // A run of no length has no rate, and what is not finite is not kept.
        let rate = count(Outcome::is_complete) as f64 / duration_s;
        sink.measure(metric::REQUEST_RATE, "mean", rate, Unit::PerSecond, None);
        sink.measure(metric::ERROR_RATIO, "mean", failed as f64 / requests as f64, Unit::One, None);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use vana_trace::{WorkloadRequest, WorkloadWriter};
    use vana_types::{Fidelity, Identity, Run};

    use crate::ReduceOptions;

    use super::*;

    #[test]
    fn counts_of_a_recording_are_measured_and_no_time_is() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = WorkloadWriter::create(folder.path()).unwrap();
        let number = writer.request(WorkloadRequest::default()).unwrap();
        writer.arrive(5, number).unwrap();
        writer.stage().unwrap().seal(&folder.path().join(vana_trace::WORKLOAD_FILE)).unwrap();
        let identity = Identity { system: "s".into(), workload: "w".into(), clients: None, repetition: 1 };
        let mut run = Run { duration_s: Some(2.0), ..Run::new(identity, Fidelity::Summary) };
        let measured = |run: &Run| {
            let run = StudyRun { run: run.clone(), folder: folder.path().to_owned() };
            let found = crate::reduce(&run, &ReduceOptions::default()).unwrap().measurements;
            found.into_iter().map(|one| (one.metric, one.value.unwrap())).collect::<Vec<_>>()
        };
        let expected = |list: &[(&str, f64)]| -> Vec<(String, f64)> {
            list.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
        };
        assert_eq!(measured(&run), expected(&[("requests", 1.0), ("duration", 2.0)]));
        run.outcomes = [(Outcome::Ok, 6), (Outcome::ErrorStatus, 1), (Outcome::Reset, 1)].into();
        let all = [("requests", 8.0), ("duration", 2.0), ("request_rate", 3.5), ("error_ratio", 0.25)];
        assert_eq!(measured(&run), expected(&all));
    }
}
