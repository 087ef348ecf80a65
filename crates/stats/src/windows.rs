//! Counting completions in windows of time.

/// The most windows one series holds: 194 days of seconds, 19 days of tenths.
const MOST_WINDOWS: u64 = 1 << 24;

/// A time so late that counting up to it would take too much memory: most likely a time of another clock.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{at_ns} ns after the start is beyond the {MOST_WINDOWS} windows of {window_ns} ns a series holds")]
pub struct TooManyWindows {
    /// The time, in nanoseconds since the start.
    pub at_ns: u64,
    /// Length of a window in nanoseconds.
    pub window_ns: u64,
}

/// Number of completions per window, from the start on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Windows(Vec<u64>);

impl Windows {
    pub(crate) fn count(&mut self, done_ns: u64, window_ns: u64) -> Result<(), TooManyWindows> {
        let window = done_ns / window_ns;
        if window >= MOST_WINDOWS {
            return Err(TooManyWindows { at_ns: done_ns, window_ns });
        }
        let window = window as usize;
        if window >= self.0.len() {
            self.0.resize(window + 1, 0);
        }
        self.0[window] += 1;
        Ok(())
    }

    /// The counts up to the last window that is not empty.
    pub(crate) fn into_counts(self) -> Vec<u64> {
        self.0
    }
}

/// How many windows a run of this length fills entirely.
pub(crate) fn full_windows(duration_ns: u64, window_ns: u64) -> Result<usize, TooManyWindows> {
    let windows = duration_ns / window_ns;
    if windows > MOST_WINDOWS {
        return Err(TooManyWindows { at_ns: duration_ns, window_ns });
    }
    Ok(windows as usize)
}
