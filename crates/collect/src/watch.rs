//! How the load goes, while it goes: counted by the writer's thread, off the hot path.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use vana_trace::NO_TIME;

use crate::record::Record;

/// Bins of a power of two.
const BINS_PER_OCTAVE: u32 = 16;
const BINS: usize = 61 * BINS_PER_OCTAVE as usize;

/// What happened since the last look.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Glance {
    /// How long ago that was.
    pub since: Duration,
    /// Requests that were answered.
    pub answered: u64,
    /// Requests that failed, an error status among them.
    pub failed: u64,
    /// Median service time of the answered ones, to within 1/16.
    pub p50: Option<Duration>,
    /// Their 99th percentile, to within 1/16.
    pub p99: Option<Duration>,
}

/// Counts since the last look.
#[derive(Default)]
pub(crate) struct Live {
    counts: Mutex<Counts>,
    attempts: Mutex<Attempts>,
    /// The only operation that is counted, if not all are.
    only: Option<u32>,
}

#[derive(Default)]
struct Counts {
    answered: u64,
    failed: u64,
    bins: Vec<u64>,
    /// The longest that a request was sent after it was due, since that was asked for last.
    lag_ns: Option<i64>,
}

/// What became of all requests of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// All of them.
    pub all: u64,
    /// Those that were due or under way at the end.
    pub unfinished: u64,
}

impl Live {
    /// Counts one operation only.
    pub fn of(only: u32) -> Self {
        Self { only: Some(only), ..Self::default() }
    }

    /// Counts records.
    pub fn add(&self, records: &[Record]) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.bins.resize(BINS, 0);
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        for record in records.iter().filter(|record| self.only.is_none_or(|only| record.request == only)) {
            if record.due_ns != NO_TIME {
                counts.lag_ns = counts.lag_ns.max(Some(record.sent_ns - record.due_ns));
            }
            attempts.all += 1;
            attempts.unfinished += u64::from(record.outcome == vana_types::Outcome::Unfinished);
            counts.failed += u64::from(record.outcome != vana_types::Outcome::Ok);
            if record.outcome.is_complete() {
                counts.answered += 1;
                if let Some(count) = counts.bins.get_mut(bin(record.service_ns.max(0).unsigned_abs())) {
                    *count += 1;
                }
            }
        }
    }

    /// The longest that a request was sent after it was due since this was asked last; `None` if none was due.
    pub fn lag_ns(&self) -> Option<i64> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).lag_ns.take()
    }

    /// What became of all that was counted.
    pub fn attempts(&self) -> Attempts {
        *self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What happened since the last look.
    pub fn look(&self) -> Glance {
        let mut held = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let lag_ns = held.lag_ns;
        let counts = std::mem::replace(&mut *held, Counts { lag_ns, ..Counts::default() });
        drop(held);
        let quantile = |percent: u64| {
            let rank = (counts.answered * percent).div_ceil(100).max(1);
            let mut below = 0;
            let found = counts.bins.iter().position(|count| {
                below += count;
                below >= rank
            });
            found.map(|index| Duration::from_nanos(upper_edge(index)))
        };
        let (answered, failed) = (counts.answered, counts.failed);
        Glance { since: Duration::ZERO, answered, failed, p50: quantile(50), p99: quantile(99) }
    }
}

/// Values below 16 have a bin each, then each octave has 16.
const fn bin(value: u64) -> usize {
    if value < BINS_PER_OCTAVE as u64 {
        return value as usize;
    }
    let octave = value.ilog2() - BINS_PER_OCTAVE.ilog2();
    ((octave * BINS_PER_OCTAVE) as u64 + (value >> octave)) as usize
}

const fn upper_edge(bin: usize) -> u64 {
    let bin = bin as u64;
    let per_octave = BINS_PER_OCTAVE as u64;
    if bin < 2 * per_octave {
        return bin;
    }
    let octave = bin / per_octave - 1;
    ((bin - octave * per_octave + 1) << octave) - 1
}

#[cfg(test)]
mod tests {
    use vana_types::Outcome;

    use super::*;

    #[test]
    fn every_value_lies_in_a_bin_that_ends_a_sixteenth_above_it_at_most() {
        let mut before = 0;
        for value in (0..5000).chain((5000..4_000_000_000).step_by(7_654_321)).chain([i64::MAX as u64]) {
            let edge = upper_edge(bin(value));
            assert!(edge >= value && edge - value <= value / 16, "{value} in a bin up to {edge}");
            assert!(bin(value) >= before && bin(value) < BINS);
            before = bin(value);
        }
    }

    #[test]
    fn a_look_sees_what_came_since_the_last_one() {
        let live = Live::default();
        let next = crate::queue::Next { due_ns: 0, request: 0 };
        let record = |outcome, service_ns| Record { service_ns, ..Record::failed(outcome, 0, 0, next) };
        let mut records: Vec<Record> = (0..98).map(|_| record(Outcome::Ok, 10)).collect();
        records.extend([
            record(Outcome::ErrorStatus, 15),
            record(Outcome::Ok, 15),
            record(Outcome::Reset, 99),
        ]);
        live.add(&records);
        assert_eq!((live.lag_ns(), live.lag_ns()), (Some(0), None));
        let ns = |ns| Some(Duration::from_nanos(ns));
        assert_eq!(
            live.look(),
            Glance { answered: 100, failed: 2, p50: ns(10), p99: ns(15), ..Glance::default() }
        );
        assert_eq!(live.look(), Glance::default());
    }
}
