//! Completions per second of a run.

use crate::TooManyWindows;
use crate::windows::{Windows, full_windows};

/// Counts completions per window of time, fed in any order.
#[derive(Clone, Debug)]
pub struct RateSeries {
    window_ns: u64,
    windows: Windows,
}

/// A run cut into windows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateWindows {
    /// Length of a full window in nanoseconds.
    pub window_ns: u64,
    /// Completions in each full window, from the start.
    pub full: Vec<u64>,
    /// Completions after the last full window, those after the end of the run included.
    pub rest: u64,
    /// What is left of the run after the last full window, in nanoseconds; shorter than a window.
    pub rest_ns: u64,
}

impl RateSeries {
    /// Windows of one second.
    pub fn per_second() -> Self {
        Self { window_ns: 1_000_000_000, windows: Windows::default() }
    }

    /// Windows of any length; `None` for 0.
    pub fn new(window_ns: u64) -> Option<Self> {
        (window_ns > 0).then(|| Self { window_ns, windows: Windows::default() })
    }

    /// Counts a completion, in nanoseconds since the start of the run. A completion on the border of two windows
    /// belongs to the later one.
    pub fn push(&mut self, done_ns: u64) -> Result<(), TooManyWindows> {
        self.windows.count(done_ns, self.window_ns)
    }

    /// The counts of a run that lasted `duration_ns`. Windows without completions are 0, not left out; the list is
    /// empty for a run shorter than one window.
    pub fn finish(self, duration_ns: u64) -> Result<RateWindows, TooManyWindows> {
        let window_ns = self.window_ns;
        let windows = full_windows(duration_ns, window_ns)?;
        let mut full = self.windows.into_counts();
        let rest = full.get(windows..).unwrap_or(&[]).iter().sum();
        full.resize(windows, 0);
        Ok(RateWindows { window_ns, full, rest, rest_ns: duration_ns % window_ns })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn a_last_partial_second_is_kept_apart() {
        let mut series = RateSeries::per_second();
        for done_ns in [3 * SECOND + 1, 0, SECOND - 1, SECOND, 3 * SECOND - 1, 4 * SECOND] {
            series.push(done_ns).unwrap();
        }
        let expected = RateWindows { window_ns: SECOND, full: vec![2, 1, 1], rest: 2, rest_ns: SECOND / 2 };
        assert_eq!(series.finish(3 * SECOND + SECOND / 2), Ok(expected));
    }

    #[test]
    fn silence_at_the_end_is_counted_as_zero() {
        let mut series = RateSeries::new(10).unwrap();
        series.push(5).unwrap();
        let expected = RateWindows { window_ns: 10, full: vec![1, 0, 0], rest: 0, rest_ns: 0 };
        assert_eq!(series.finish(30), Ok(expected));
    }

    #[test]
    fn a_run_shorter_than_a_window_has_only_a_rest() {
        let mut series = RateSeries::per_second();
        series.push(7).unwrap();
        let expected = RateWindows { window_ns: SECOND, full: vec![], rest: 1, rest_ns: 8 };
        assert_eq!(series.finish(8), Ok(expected));
    }

    #[test]
    fn a_window_of_no_length_is_refused() {
        assert!(RateSeries::new(0).is_none());
    }

    #[test]
    fn a_time_of_another_clock_is_refused() {
        let done_ns = 1_700_000_000 * SECOND;
        let refused = RateSeries::per_second().push(done_ns);
        assert_eq!(refused, Err(TooManyWindows { at_ns: done_ns, window_ns: SECOND }));
        let refused = RateSeries::per_second().finish(done_ns);
        assert_eq!(refused, Err(TooManyWindows { at_ns: done_ns, window_ns: SECOND }));
    }
}
