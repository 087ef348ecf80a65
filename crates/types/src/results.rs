//! What a report draws: everything computed, nothing left to compute.

use serde::{Deserialize, Serialize};

use crate::{Finding, Judgement, Measurement, Origin, RunSheet, Status, System, Unit, Workload};

/// Which number a cell is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CellKey {
    /// System under test; for an ambiguous cell the name as printed, such as `LinuxKit or OSv`.
    pub system: String,
    /// What was asked of it.
    pub workload: String,
    /// Number of concurrent clients.
    pub clients: Option<u32>,
    /// What was measured.
    pub metric: String,
    /// Which statistic of each run.
    pub statistic: String,
    /// The operation it is restricted to; `None` for the requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
}

/// What kind of interval an estimate carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IntervalKind {
    /// Student's t interval of the mean over repetitions.
    StudentT,
    /// Exact order-statistic interval of the median over repetitions.
    OrderStatistic,
}

/// An interval with its level of confidence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end, base unit.
    pub low: f64,
    /// Upper end, base unit.
    pub high: f64,
    /// Confidence, such as 0.95; for order statistics the level really reached.
    pub level: f64,
    /// How it was made.
    pub kind: IntervalKind,
}

/// A statistic over the repetitions of a cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Mean over repetitions, base unit; `None` where lost.
    pub value: Option<f64>,
    /// Its interval, where there are enough repetitions.
    pub interval: Option<Interval>,
    /// Sample standard deviation over repetitions; `None` for fewer than two.
    pub stdev: Option<f64>,
    /// Median over repetitions.
    pub median: Option<f64>,
    /// Exact interval of the median, from six repetitions on at 95 %.
    pub median_interval: Option<Interval>,
    /// Number of repetitions; `None` where a publication does not say.
    pub n: Option<u32>,
}

/// One number of a report: an estimate and how far to trust it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Which number it is.
    #[serde(flatten)]
    pub key: CellKey,
    /// The number.
    #[serde(flatten)]
    pub estimate: Estimate,
    /// Its unit.
    pub unit: Unit,
    /// Where it comes from.
    pub origin: Origin,
    /// How sure its reading is.
    pub status: Status,
    /// A remark of the source.
    pub note: Option<String>,
    /// The systems it may belong to, when ambiguous.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<String>,
}

/// A distribution as points (probability, value), for quantile plots and empirical distribution functions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// System under test.
    pub system: String,
    /// What was asked of it.
    pub workload: String,
    /// Number of concurrent clients.
    pub clients: Option<u32>,
    /// What was measured.
    pub metric: String,
    /// Unit of the values.
    pub unit: Unit,
    /// Number of runs pooled.
    pub runs: u32,
    /// Probability in [0, 1] and value, both ascending.
    pub points: Vec<(f64, f64)>,
}

/// A number over the time of one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    /// System under test.
    pub system: String,
    /// What was asked of it.
    pub workload: String,
    /// Number of concurrent clients.
    pub clients: Option<u32>,
    /// Which repetition.
    pub repetition: u32,
    /// What was measured.
    pub metric: String,
    /// Unit of the values.
    pub unit: Unit,
    /// Seconds since the run's start (the end of the window) and value.
    pub points: Vec<(f64, f64)>,
}

/// Everything a report draws. Systems and workloads are in the order in which they are shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// Title of the study.
    pub title: String,
    /// Where the data come from.
    pub source: Option<String>,
    /// All systems.
    pub systems: Vec<System>,
    /// All workloads.
    pub workloads: Vec<Workload>,
    /// All numbers.
    pub cells: Vec<Cell>,
    /// Numbers of the operations within the requests, such as the statements of transactions.
    #[serde(default)]
    pub operations: Vec<Cell>,
    /// What the cells were made of: one number a run, and what was published.
    #[serde(default)]
    pub measurements: Vec<Measurement>,
    /// All runs, in the order of their identities.
    #[serde(default)]
    pub runs: Vec<RunSheet>,
    /// One run of each system whose requests and resources are known over time, to show how a run goes: in the first such
    /// workload, at the largest number of clients, the repetition whose request rate is the median (the lower of two).
    /// The system that the others are compared with comes first.
    #[serde(default)]
    pub examples: Vec<RunSheet>,
    /// Distributions.
    pub curves: Vec<Curve>,
    /// Numbers over time.
    pub timelines: Vec<Timeline>,
    /// Doubts.
    pub findings: Vec<Finding>,
    /// What follows from the numbers.
    #[serde(default)]
    pub judgement: Judgement,
    /// Readings of ambiguous cells that were asked for, as (name, system).
    pub assumed: Vec<(String, String)>,
    /// SHA-256 over the study's data.
    pub digest: String,
    /// Version of vana.
    pub vana: String,
}
