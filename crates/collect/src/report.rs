//! What a thread of load says of itself.

use std::time::Duration;

use crate::Lags;

/// What a thread says when it is done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Report {
    /// The last thing that went wrong below the protocol or with it.
    pub failure: Option<String>,
    /// Whether it ended before its time.
    pub is_truncated: bool,
    /// Whether all requests that were due have a record.
    pub is_whole: bool,
    /// Whether it gave up, because nothing was answered for long.
    pub is_silent: bool,
    /// Processor time over wall time, without that of polling.
    pub cpu_share: f64,
    /// Processor time in which it asked for answers and there was none, over wall time.
    pub polling_share: f64,
    /// How long it waited for the writer.
    pub stalled: Duration,
    /// Why requests were sent late.
    pub lags: Lags,
}

/// A part of some time, 0 of none.
pub(crate) fn share(part: Duration, whole: Duration) -> f64 {
    if whole.is_zero() { 0.0 } else { part.as_secs_f64() / whole.as_secs_f64() }
}
