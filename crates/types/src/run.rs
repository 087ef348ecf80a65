//! Who made a run and what is known of it: the content of `run.json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Fidelity, Finding, Identity, Outcome, Seed, Unit};

/// The version of `run.json` that this vana writes.
pub const RUN_FORMAT: u32 = 1;

/// Everything about a run but its requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Version of this file's layout.
    pub format: u32,
    /// Which run it is.
    #[serde(flatten)]
    pub identity: Identity,
    /// How much is known of it.
    pub fidelity: Fidelity,
    /// The file it was read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// The program that made the load.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<Tool>,
    /// The machine that made the load.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Seed of the load's randomness.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<Seed>,
    /// When the first request was sent, nanoseconds since 1970-01-01 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_unix_ns: Option<i64>,
    /// Length of the run in seconds as the tool said, or from first sent to last done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<f64>,
    /// Requests by outcome; empty where requests are not known one by one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub outcomes: BTreeMap<Outcome, u64>,
    /// What the tool itself printed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reported: Vec<Reported>,
    /// What the tool printed while it ran, interval by interval.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub intervals: Vec<IntervalReport>,
    /// Further facts of the source that identify nothing: a label, a file name column, …
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// Doubts that the source itself raises.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
}

/// The attribute of a run whose rows lie within each other: names the operation whose rows are the requests, as
/// `transaction`. What is said of the run as a whole counts those alone.
pub const OUTERMOST: &str = "outermost_operation";

/// The attribute of a run with a warm-up whose requests were left out when it was packed: how many were answered after it.
pub const ANSWERED: &str = "answered_after_warmup";

/// The file a run was read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its name, without folders.
    pub file: String,
    /// The format it was read as.
    pub format: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// Where its bytes lie in the study, if they were kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// The line on which the run begins, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
}

/// The program that made the load.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version, where printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The command line, where printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

/// A number that a tool printed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reported {
    /// What was measured.
    pub metric: String,
    /// Which statistic of it.
    pub statistic: String,
    /// In base units; `None` where the tool printed that it has none (`-nan`).
    pub value: Option<f64>,
    /// The base unit.
    pub unit: Unit,
    /// As printed.
    pub printed: String,
}

/// What a tool printed for one interval of its run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IntervalReport {
    /// Where it ends, seconds from the run's start.
    pub end_s: f64,
    /// Its numbers.
    pub values: Vec<Reported>,
}

impl Run {
    /// A run of which nothing is known but its identity.
    pub const fn new(identity: Identity, fidelity: Fidelity) -> Self {
        Self {
            format: RUN_FORMAT,
            identity,
            fidelity,
            source: None,
            tool: None,
            host: None,
            seed: None,
            started_unix_ns: None,
            duration_s: None,
            outcomes: BTreeMap::new(),
            reported: Vec::new(),
            intervals: Vec::new(),
            attributes: BTreeMap::new(),
            findings: Vec::new(),
        }
    }

    /// The time at the beginning whose requests are kept but left out of what is computed, nanoseconds since the first
    /// of them: the attribute `warmup_s`; 0 without one.
    pub fn warmup_ns(&self) -> i64 {
        let stated = self.attributes.get("warmup_s").and_then(|text| text.parse::<f64>().ok());
        stated.filter(|seconds| *seconds > 0.0).map_or(0, |seconds| (seconds * 1e9).round() as i64)
    }

    /// Whether requests that are unfinished are only those under way at the end, which is no failure: in a closed loop.
    /// In an open one requests were due, and were not answered.
    pub fn leaves_unfinished(&self) -> bool {
        self.attributes.get("schedule").is_some_and(|schedule| schedule == "closed")
    }

    /// The operation whose rows are the requests, where others lie within them.
    pub fn outermost(&self) -> Option<&str> {
        self.attributes.get(OUTERMOST).map(String::as_str)
    }
}
