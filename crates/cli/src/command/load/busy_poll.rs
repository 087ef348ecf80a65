//! Whether threads of load sleep.

use clap::ValueEnum;
use vana_collect::BusyPoll;

/// When a thread that waits asks for answers over and over in place of sleeping until there are some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum BusyPolling {
    /// For up to 50 µs before it sleeps, as long as most answers come that soon; others that could run on its core go
    /// first.
    Adaptive,
    /// Always: quickest where a core is free for each thread of load.
    Always,
    /// Never, as other load generators: the least processor time.
    Never,
}

impl From<BusyPolling> for BusyPoll {
    fn from(when: BusyPolling) -> Self {
        match when {
            BusyPolling::Adaptive => Self::Adaptive,
            BusyPolling::Always => Self::Always,
            BusyPolling::Never => Self::Never,
        }
    }
}
