//! One run as a page shows it: where it comes from, and what it did over time. Small, however many requests there were.

use serde::{Deserialize, Serialize};

use crate::{Fidelity, Identity, ResourceSource, Source, Tool, Unit};

/// Most windows of a [`Pulse`] and most points of a [`Usage`].
pub const MOST_WINDOWS: usize = 120;

/// One run, for a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunSheet {
    /// Which run it is.
    #[serde(flatten)]
    pub identity: Identity,
    /// How much is known of it.
    pub fidelity: Fidelity,
    /// The file it was read from.
    pub source: Option<Source>,
    /// The program that made the load.
    pub tool: Option<Tool>,
    /// Its requests over time; `None` where they are not known one by one, or where they were not asked for.
    pub pulse: Option<Pulse>,
}

/// Durations of one run over its time, and their histogram.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pulse {
    /// What the durations are: `response_time` where requests were due, else `service_time`.
    pub metric: String,
    /// Length of each window, nanoseconds.
    pub window_ns: u64,
    /// Windows from the first request sent, by when requests were done; at most [`MOST_WINDOWS`].
    pub windows: Vec<Window>,
    /// Bins with requests, ascending: eight to each power of two (bin `8e + k` begins at `2^e (1 + k/8)` ns), and how
    /// many requests took that long.
    pub histogram: Vec<(u16, u64)>,
    /// What system and client used meanwhile.
    pub usages: Vec<Usage>,
}

/// The requests that were done in one window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// How many were answered.
    pub count: u64,
    /// The shortest, nanoseconds; 0 where none was answered.
    pub min_ns: u64,
    /// The mean, nanoseconds, rounded down.
    pub mean_ns: u64,
    /// The longest, nanoseconds.
    pub max_ns: u64,
}

/// What was used over the time of one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// By whom.
    pub source: ResourceSource,
    /// What: `cpu` (processors used since the reading before) or `memory`.
    pub metric: String,
    /// Its unit.
    pub unit: Unit,
    /// Seconds since the run's start and value; at most [`MOST_WINDOWS`].
    pub points: Vec<(f64, f64)>,
}
