//! What a thread of load says of itself.

use std::time::Duration;

use crate::Lags;

/// What a thread says when it is done.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Report {
    /// The last thing that went wrong below the protocol or with it.
    pub failure: Option<String>,
    /// Whether it was interrupted.
    pub is_truncated: bool,
    /// Processor time over wall time.
    pub cpu_share: f64,
    /// How long it waited for the writer.
    pub stalled: Duration,
    /// Why requests were sent late.
    pub lags: Lags,
}
