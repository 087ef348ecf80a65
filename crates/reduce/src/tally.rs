//! What became of the requests of a run, counted.

use std::collections::BTreeMap;

use arrow_array::Array;
use vana_trace::{Column, StudyRun, TraceReader};
use vana_types::Outcome;

use crate::ReduceError;

/// What became of the requests of a run, those of its warm-up left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// By outcome.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// Those that were answered with an error, by status.
    pub error_statuses: BTreeMap<u16, u64>,
    /// From the first one sent to the last one done, seconds.
    pub duration_s: f64,
    /// Requests of the warm-up.
    pub warmup: u64,
}

/// Counts them. Without a warm-up and errors with a status what `run.json` says is enough; else it is one pass.
pub fn tally(run: &StudyRun) -> Result<Tally, ReduceError> {
    let stated = &run.run;
    let is_stated = stated.warmup_ns() == 0 && !stated.outcomes.contains_key(&Outcome::ErrorStatus);
    let mut tally = Tally {
        outcomes: stated.outcomes.clone(),
        duration_s: stated.duration_s.unwrap_or(0.0),
        ..Tally::default()
    };
    if is_stated {
        return Ok(tally);
    }
    tally.outcomes.clear();
    let (mut first_ns, mut last_ns) = (i64::MAX, i64::MIN);
    let columns = [Column::Sent, Column::Service, Column::Outcome, Column::Status];
    run.requests()?.scan(&columns, |batch| {
        let statuses = batch.statuses();
        let times = batch.i64s(Column::Sent).iter().zip(batch.i64s(Column::Service));
        for (row, (&sent_ns, &service_ns)) in times.enumerate() {
            let outcome = batch.outcome(row);
            *tally.outcomes.entry(outcome).or_default() += 1;
            (first_ns, last_ns) = (first_ns.min(sent_ns), last_ns.max(sent_ns.saturating_add(service_ns)));
            let status = statuses.filter(|known| known.is_valid(row)).map(|known| known.value(row));
            if let Some(status) = status.filter(|_| outcome == Outcome::ErrorStatus) {
                *tally.error_statuses.entry(status).or_default() += 1;
            }
        }
    })?;
    let counted: u64 = tally.outcomes.values().sum();
    tally.warmup = match stated.warmup_ns() {
        0 => 0,
        _ => TraceReader::open(&run.trace())?.row_count().saturating_sub(counted),
    };
    tally.duration_s = if counted == 0 { 0.0 } else { last_ns.saturating_sub(first_ns) as f64 / 1e9 };
    Ok(tally)
}
