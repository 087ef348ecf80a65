//! What became of the requests of a run, counted.

use std::collections::BTreeMap;

use arrow_array::Array;
use vana_trace::{Batch, Column, StudyRun, TraceReader};
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

impl Tally {
    fn add(&mut self, batch: &Batch, row: usize) {
        let outcome = batch.outcome(row);
        *self.outcomes.entry(outcome).or_default() += 1;
        let statuses = batch.statuses().filter(|known| known.is_valid(row));
        if let Some(status) = statuses.filter(|_| outcome == Outcome::ErrorStatus) {
            *self.error_statuses.entry(status.value(row)).or_default() += 1;
        }
    }
}

/// Counts them. Without a warm-up and errors with a status what `run.json` says is enough; else it is one pass.
pub fn tally(run: &StudyRun) -> Result<Tally, ReduceError> {
    let stated = &run.run;
    // Where something lies within the requests, what is stated counts that, too.
    let is_stated = stated.warmup_ns() == 0
        && stated.outermost().is_none()
        && !stated.outcomes.contains_key(&Outcome::ErrorStatus);
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
        let times = batch.i64s(Column::Sent).iter().zip(batch.i64s(Column::Service));
        for (row, (&sent_ns, &service_ns)) in times.enumerate() {
            tally.add(batch, row);
            (first_ns, last_ns) = (first_ns.min(sent_ns), last_ns.max(sent_ns.saturating_add(service_ns)));
        }
    })?;
    let counted: u64 = tally.outcomes.values().sum();
    tally.warmup = match (stated.warmup_ns(), stated.outermost()) {
        (0, _) => 0,
        (_, None) => TraceReader::open(&run.trace())?.row_count().saturating_sub(counted),
        (_, Some(outermost)) => {
            TraceReader::open_operation(&run.trace(), outermost)?.row_count().saturating_sub(counted)
        }
    };
    tally.duration_s = if counted == 0 { 0.0 } else { last_ns.saturating_sub(first_ns) as f64 / 1e9 };
    Ok(tally)
}

/// Counts what lies within the requests, such as the statements of transactions; nothing where nothing does.
pub fn tally_within(run: &StudyRun) -> Result<Tally, ReduceError> {
    let mut tally = Tally::default();
    let Some(outermost) = run.run.outermost() else { return Ok(tally) };
    run.operations()?.scan(&[Column::Operation, Column::Outcome, Column::Status], |batch| {
        let (keys, names) = batch.operations();
        for (row, key) in keys.iter().enumerate() {
            if names[*key as usize] != outermost {
                tally.add(batch, row);
            }
        }
    })?;
    Ok(tally)
}
