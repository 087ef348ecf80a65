//! What checks want to know of every request of a run: one pass, bounded memory.

use rayon::prelude::*;
use vana_trace::{Column, StudyRun, TraceError};
use vana_types::{Fidelity, Identity};

use crate::AnalysisError;

/// Seconds that a client waits for an answer that was lost: TCP's smallest retransmission timeout of 200 ms and its
/// doublings, and those of opening a connection, 1 s, then 2 s and 4 s more.
pub(super) const RUNGS_S: [f64; 9] = [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 1.0, 3.0, 7.0];
/// How far above a rung a time may lie: the timeout has the round trip added and is rounded up to the clock's ticks.
pub(super) const RUNG_WIDTH: f64 = 1.09;
/// A request sent later than this after it was due is late, nanoseconds.
const LATE_NS: i64 = 1_000_000;
/// So many service times are kept for the shape of the distribution, and less than twice as many.
const KEPT: u64 = 500;

/// Requests near one rung of the ladder, in three neighbouring ranges of equal ratio.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rung {
    /// Just below it.
    pub below: u64,
    /// On it.
    pub on: u64,
    /// Above those.
    pub above: u64,
}

/// What a pass over all requests of a run tells.
#[derive(Clone, Debug, PartialEq)]
pub struct RunScan {
    /// Which run.
    pub identity: Identity,
    /// Attempts, failures included.
    pub attempts: u64,
    /// Mean number of requests under way: the time of all attempts over the length of the run.
    pub in_flight: Option<f64>,
    /// Attempts that had a due time.
    pub due: u64,
    /// Those of them that were sent more than a millisecond late.
    pub late: u64,
    /// Mean of sent − due, seconds.
    pub mean_lag_s: f64,
    /// Largest of sent − due, seconds.
    pub max_lag_s: f64,
    /// Requests near each rung of the ladder of retransmissions.
    pub rungs: [Rung; 9],
    /// Service times of answered requests, nanoseconds: all of a short run, every so manieth of a long one.
    pub service_ns: Vec<i64>,
}

/// Scans all traces on all threads, in the order of the runs.
pub(super) fn scan_all(runs: &[StudyRun], done: impl Fn() + Sync) -> Result<Vec<RunScan>, AnalysisError> {
    let scans: Vec<Result<Option<RunScan>, TraceError>> = runs
        .par_iter()
        .map(|run| {
            let scan = (run.run.fidelity == Fidelity::Trace).then(|| scan(run)).transpose();
            done();
            scan
        })
        .collect();
    let mut found = Vec::new();
    // Of several errors the first run's counts, on any number of threads.
    for scan in scans {
        found.extend(scan.map_err(vana_reduce::ReduceError::from)?);
    }
    Ok(found)
}

fn scan(run: &StudyRun) -> Result<RunScan, TraceError> {
    let reader = run.requests()?;
    let mut columns = vec![Column::Sent, Column::Service, Column::Outcome];
    let has_due = reader.has(Column::Due) && reader.has_values(Column::Due);
    if has_due {
        columns.push(Column::Due);
    }
    let mut pass = Pass { every: (reader.row_count() / KEPT).max(1), ..Pass::default() };
    reader.scan(&columns, |batch| {
        let (sent, service) = (batch.i64s(Column::Sent), batch.i64s(Column::Service));
        for row in 0..batch.len() {
            pass.add(sent[row], service[row], batch.outcome(row).is_complete());
        }
        for (row, &sent) in sent.iter().enumerate().filter(|_| has_due) {
            pass.add_lag(batch.time(Column::Due, row).map(|due| sent - due));
        }
    })?;
    Ok(pass.finish(run.run.identity.clone()))
}

#[derive(Default)]
struct Pass {
    every: u64,
    attempts: u64,
    complete: u64,
    busy_ns: i128,
    /// First sent and last done.
    span_ns: Option<(i64, i64)>,
    due: u64,
    late: u64,
    lag_ns: i128,
    max_lag_ns: i64,
    rungs: [Rung; 9],
    service_ns: Vec<i64>,
}

impl Pass {
    fn add(&mut self, sent_ns: i64, service_ns: i64, is_complete: bool) {
        self.attempts += 1;
        self.busy_ns += i128::from(service_ns);
        let done_ns = sent_ns + service_ns;
        let (first, last) = self.span_ns.unwrap_or((sent_ns, done_ns));
        self.span_ns = Some((first.min(sent_ns), last.max(done_ns)));
        if !is_complete {
            return;
        }
        if self.complete.is_multiple_of(self.every) {
            self.service_ns.push(service_ns);
        }
        self.complete += 1;
        // Most requests are far below the lowest rung.
        if service_ns > 150_000_000 {
            self.add_to_rungs(service_ns as f64 / 1e9);
        }
    }

    fn add_to_rungs(&mut self, service_s: f64) {
        for (rung, at_s) in self.rungs.iter_mut().zip(RUNGS_S) {
            let ratio = service_s / at_s;
            if (1.0 / RUNG_WIDTH..1.0).contains(&ratio) {
                rung.below += 1;
            } else if (1.0..RUNG_WIDTH).contains(&ratio) {
                rung.on += 1;
            } else if (RUNG_WIDTH..RUNG_WIDTH * RUNG_WIDTH).contains(&ratio) {
                rung.above += 1;
            }
        }
    }

    fn add_lag(&mut self, lag_ns: Option<i64>) {
        let Some(lag_ns) = lag_ns else { return };
        self.due += 1;
        self.late += u64::from(lag_ns > LATE_NS);
        self.lag_ns += i128::from(lag_ns);
        self.max_lag_ns = self.max_lag_ns.max(lag_ns);
    }

    fn finish(self, identity: Identity) -> RunScan {
        let span_ns = self.span_ns.map_or(0, |(first, last)| last - first);
        RunScan {
            identity,
            attempts: self.attempts,
            in_flight: (span_ns > 0).then(|| self.busy_ns as f64 / span_ns as f64),
            due: self.due,
            late: self.late,
            mean_lag_s: if self.due == 0 { 0.0 } else { self.lag_ns as f64 / self.due as f64 / 1e9 },
            max_lag_s: self.max_lag_ns as f64 / 1e9,
            rungs: self.rungs,
            service_ns: self.service_ns,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> Identity {
        Identity { system: "osv".into(), workload: "http".into(), clients: Some(2), repetition: 1 }
    }

    #[test]
    fn requests_under_way_are_their_time_over_the_length_of_the_run() {
        let mut pass = Pass { every: 2, ..Pass::default() };
        for sent_ns in [0, 0, 100, 100] {
            pass.add(sent_ns, 100, true);
        }
        pass.add(0, 200, false);
        let scan = pass.finish(identity());
        assert_eq!((scan.attempts, scan.in_flight, scan.service_ns), (5, Some(3.0), vec![100, 100]));
    }

    #[test]
    fn a_time_lies_below_on_or_above_a_rung() {
        let mut pass = Pass { every: 1, ..Pass::default() };
        for service_ms in [190, 200, 217, 219, 5] {
            pass.add(0, service_ms * 1_000_000, true);
        }
        assert_eq!(pass.finish(identity()).rungs[0], Rung { below: 1, on: 2, above: 1 });
    }

    #[test]
    fn a_run_without_requests_has_nobody_under_way() {
        let scan = Pass { every: 1, ..Pass::default() }.finish(identity());
        assert_eq!((scan.in_flight, scan.mean_lag_s.to_bits()), (None, 0));
    }
}
