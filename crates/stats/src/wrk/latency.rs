//! wrk's `Latency` line.

use super::WrkStats;

/// Collects service times as wrk does, in whole microseconds.
///
/// Memory: 8 bytes per microsecond of the slowest request kept, so 16 MB with wrk's own timeout.
#[derive(Clone, Debug)]
pub struct WrkLatency {
    timeout_us: u64,
    timeouts: u64,
    /// Samples of each microsecond, up to the largest.
    counts: Vec<u64>,
    /// Smallest measured value; where wrk's sums start.
    min_us: usize,
}

impl WrkLatency {
    /// wrk's `--timeout` when none is given: 2 s.
    pub const DEFAULT_TIMEOUT_US: u64 = 2_000_000;

    /// Empty, with wrk's `--timeout`.
    pub fn new(timeout_us: u64) -> Self {
        Self { timeout_us, timeouts: 0, counts: Vec::new(), min_us: usize::MAX }
    }

    /// Adds a request, whatever its status: from the write to the complete response.
    ///
    /// One slower than the timeout is counted and left out, and so is a negative time, which wrk sees as a huge one.
    pub fn push(&mut self, service_time_ns: i64) {
        match u64::try_from(service_time_ns / 1000) {
            Ok(us) if service_time_ns >= 0 && us <= self.timeout_us => {
                let us = us as usize;
                if us >= self.counts.len() {
                    self.counts.resize(us + 1, 0);
                }
                self.counts[us] += 1;
                self.min_us = self.min_us.min(us);
            }
            _ => self.timeouts += 1,
        }
    }

    /// Requests slower than the timeout.
    pub fn timeouts(&self) -> u64 {
        self.timeouts
    }

    /// Does to the samples what wrk does after a run, and gives the interval in microseconds it assumed; `None` when
    /// wrk would have left them alone.
    ///
    /// `runtime_us` is the length of the run, `complete` the number of responses (timeouts and error statuses included),
    /// `connections` what was asked for with `--connections`. The interval is the mean time between two requests of one
    /// connection. Every sample n ≥ 2·interval is taken for a stall that kept others from being sent, so samples n −
    /// interval, n − 2·interval, … are added as long as they exceed the interval. Costs one pass over the microseconds.
    pub fn correct(&mut self, runtime_us: u64, complete: u64, connections: u64) -> Option<u64> {
        let per_connection = complete.checked_div(connections)?;
        // wrk never ends when the interval is 0; no run is that fast.
        let interval = runtime_us.checked_div(per_connection).filter(|&interval| interval > 0)?;
        let step = usize::try_from(interval).unwrap_or(usize::MAX);
        // Downwards, each value passes on what it got itself, so the ladder below every sample need not be walked.
        for from in (step.saturating_mul(2).saturating_add(1)..self.counts.len()).rev() {
            self.counts[from - step] += self.counts[from];
        }
        Some(interval)
    }

    /// The statistics; `None` when every request timed out.
    pub fn finish(self) -> Option<WrkStats> {
        let hidden = self.counts.iter().take(self.min_us).sum();
        let visible = (0u64..).zip(self.counts).skip(self.min_us).filter(|&(_, count)| count > 0);
        WrkStats::new(visible.collect(), hidden)
    }
}

impl Default for WrkLatency {
    fn default() -> Self {
        Self::new(Self::DEFAULT_TIMEOUT_US)
    }
}
