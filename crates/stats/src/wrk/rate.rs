//! wrk's `Req/Sec` line.

use std::collections::BTreeMap;

use super::WrkStats;
use crate::TooManyWindows;
use crate::windows::{Windows, full_windows};

/// Every 100 ms each thread of wrk notes its rate.
const WINDOW_NS: u64 = 100_000_000;
const WINDOW_MS: u64 = 100;
/// wrk leaves out a higher rate of one thread.
const HIGHEST_RATE: u64 = 10_000_000;

/// Collects completions as wrk's threads count them, fed in any order.
///
/// Each thread, each 100 ms: requests completed / milliseconds since its last sample × 1000, truncated, as one sample.
/// A window without a completion adds no sample and lengthens the next one. wrk's timer fires a little late each time,
/// which a recorded run does not tell: windows here are exact. Memory: 8 bytes per window and worker.
#[derive(Clone, Debug, Default)]
pub struct WrkRate {
    workers: BTreeMap<u32, Windows>,
}

impl WrkRate {
    /// No completions yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts a completion of a worker (wrk: a thread), in nanoseconds since the start of the run.
    pub fn push(&mut self, done_ns: u64, worker: u32) -> Result<(), TooManyWindows> {
        self.workers.entry(worker).or_default().count(done_ns, WINDOW_NS)
    }

    /// The statistics over all workers of a run that lasted `duration_ns`; a last window that the run did not fill is
    /// left out. `None` when no full window has a completion.
    pub fn finish(self, duration_ns: u64) -> Result<Option<WrkStats>, TooManyWindows> {
        let windows = full_windows(duration_ns, WINDOW_NS)?;
        let mut rates: BTreeMap<u64, u64> = BTreeMap::new();
        for counts in self.workers.into_values().map(Windows::into_counts) {
            let mut elapsed_ms = 0;
            for requests in counts.into_iter().take(windows) {
                elapsed_ms += WINDOW_MS;
                if requests == 0 {
                    continue;
                }
                // In floating point and in this order, as wrk does it: the truncation depends on it.
                let rate = (requests as f64 / elapsed_ms as f64 * 1000.0) as u64;
                if rate <= HIGHEST_RATE {
                    *rates.entry(rate).or_default() += 1;
                }
                elapsed_ms = 0;
            }
        }
        Ok(WrkStats::new(rates.into_iter().collect(), 0))
    }
}
