//! What a format hands over: runs that do not know yet who they are.

use std::collections::BTreeMap;

use vana_trace::{Bin, StagedTrace};
use vana_types::{Finding, IntervalReport, Measurement, Reported, Tool};

use crate::Recording;

/// One run of a file, before flags, path pattern and study give it an identity.
///
/// `clients` and `workload` are what the file itself says; flags and patterns override the first and prefix the second.
#[derive(Debug, Default)]
pub struct Draft {
    /// Line on which the run begins, counted from 1.
    pub line: Option<u64>,
    /// System under test, where the file names it (a column of a table).
    pub system: Option<String>,
    /// Test or stream within the file: redis-benchmark's `SET`, an interval log's tag, …
    pub workload: Option<String>,
    /// Number of concurrent clients the file states.
    pub clients: Option<u32>,
    /// Repetition, where the file numbers them.
    pub repetition: Option<u32>,
    /// The program that made the load.
    pub tool: Tool,
    /// Machine that made the load.
    pub host: Option<String>,
    /// Start of the run, nanoseconds since 1970-01-01 UTC.
    pub started_unix_ns: Option<i64>,
    /// Length of the run in seconds, as printed.
    pub duration_s: Option<f64>,
    /// What the tool printed, in the order of printing.
    pub reported: Vec<Reported>,
    /// What it printed while it ran.
    pub intervals: Vec<IntervalReport>,
    /// Facts that identify nothing.
    pub attributes: BTreeMap<String, String>,
    /// Doubts that the file itself raises.
    pub findings: Vec<Finding>,
    /// The data.
    pub body: Body,
}

/// The data of a draft, by fidelity.
#[derive(Debug, Default)]
pub enum Body {
    /// Only printed numbers.
    #[default]
    Summary,
    /// Bins per metric (`service_time`, `response_time`), in nanoseconds, ascending.
    Histogram(Vec<(&'static str, Vec<Bin>)>),
    /// Every request, already on disk under a temporary name.
    Trace(Box<StagedTrace>),
    /// What was asked and when, and every request where it is known how long each took.
    Recording(Box<Recording>),
    /// Cells of a publication; the draft is no run.
    Published(PublishedCells),
}

/// Cells of a publication.
#[derive(Debug, Default)]
pub struct PublishedCells {
    /// In the order of the file.
    pub cells: Vec<Measurement>,
}
