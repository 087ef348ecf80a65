//! What is wanted of a run.

use vana_stats::QuantileType;
use vana_types::Seed;

/// Which names are wanted; without any, all are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection(pub Vec<String>);

impl Selection {
    /// Whether a name is wanted.
    pub fn has(&self, name: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|wanted| wanted == name)
    }
}

/// Statistics that are computed when none are named, in the order of a table.
const USUAL: &[&str] = &[
    "count",
    "mean",
    "stdev",
    "within_stdev",
    "min",
    "p50",
    "p75",
    "p90",
    "p95",
    "p99",
    "p99.9",
    "p99.99",
    "max",
    "n_eff",
];

/// Intervals of means and percentiles within each run, by the stationary block bootstrap.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Within {
    /// Level, in (0, 1).
    pub level: f64,
    /// Seed of the resamples.
    pub seed: Seed,
    /// Number of resamples.
    pub resamples: u32,
}

/// What is wanted of a run.
#[derive(Clone, Debug, Default)]
pub struct ReduceOptions {
    /// Metrics.
    pub metrics: Selection,
    /// Statistics; any percentile may be named.
    pub statistics: Selection,
    /// Definition of quantiles.
    pub quantile_type: QuantileType,
    /// Restrict to each operation as well.
    pub by_operation: bool,
    /// Curves and timelines too.
    pub series: bool,
    /// Each run over time too, as a page shows it.
    pub pulse: bool,
    /// Intervals within the run too.
    pub within: Option<Within>,
}

impl ReduceOptions {
    /// The names of the statistics of a distribution that are wanted.
    pub fn statistic_names(&self) -> Vec<&str> {
        if self.statistics.0.is_empty() {
            USUAL.to_vec()
        } else {
            self.statistics.0.iter().map(String::as_str).collect()
        }
    }
}
