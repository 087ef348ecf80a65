//! What is said about measurements: which differences are real, and how that was judged.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{CheckedClaim, Quantile, Unit, metric, statistic};

/// Which of two values is the better one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// The higher one.
    Higher,
    /// The lower one.
    Lower,
}

impl Better {
    /// The better direction of a statistic of a metric; `None` where none is, as for a standard deviation, and for what
    /// tells of the client or the machine and not of the system.
    pub fn of(metric: &str, statistic: &str, unit: Unit) -> Option<Self> {
        let is_percentile =
            || statistic.strip_prefix('p').is_some_and(|percent| Quantile::from_percent(percent).is_ok());
        if !matches!(statistic, statistic::MEAN | statistic::USED) && !is_percentile() {
            return None;
        }
        let is_about = |words: &[&str]| words.iter().any(|word| metric.contains(word));
        let of_client =
            [metric::CLIENT_CPU, metric::CLIENT_MEMORY, metric::LOOPBACK_TIME, metric::SCHEDULE_LAG];
        match unit {
            _ if of_client.contains(&metric) => None,
            _ if is_about(&["error", "fail", "timeout", "loss", "memory"]) => Some(Self::Lower),
            Unit::Seconds if metric != metric::DURATION => Some(Self::Lower),
            Unit::PerSecond | Unit::BytesPerSecond => Some(Self::Higher),
            _ => None,
        }
    }
}

/// How a system stands to the baseline. "No significant difference" is never called the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The difference is significant and in the metric's better direction.
    Better,
    /// The difference is significant and in the other direction.
    Worse,
    /// The difference is significant and the metric has no better direction.
    Different,
    /// The interval of the ratio lies within 1 ± margin.
    Equivalent,
    /// None of these: the data do not say.
    Inconclusive,
}

impl Verdict {
    /// The name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Different => "different",
            Self::Equivalent => "equivalent",
            Self::Inconclusive => "inconclusive",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Two systems under the same workload and number of clients: effect, interval, p, verdict. Field order is column
/// order in CSV and key order in JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// What was measured.
    pub metric: String,
    /// Which statistic of each run.
    pub statistic: String,
    /// What was asked of both.
    pub workload: String,
    /// Number of concurrent clients.
    pub clients: Option<u32>,
    /// The system that the other is compared with.
    pub baseline: String,
    /// The other system.
    pub system: String,
    /// Unit of the values.
    pub unit: Unit,
    /// Repetitions of the baseline; `None` where a publication does not say.
    pub n_baseline: Option<u32>,
    /// Repetitions of the system.
    pub n_system: Option<u32>,
    /// Mean of the baseline over repetitions.
    pub baseline_mean: Option<f64>,
    /// Mean of the system over repetitions.
    pub system_mean: Option<f64>,
    /// System over baseline, of the means.
    pub ratio: Option<f64>,
    /// Lower end of the ratio's interval at 1 − α.
    pub ratio_low: Option<f64>,
    /// Upper end of the ratio's interval.
    pub ratio_high: Option<f64>,
    /// Name of the test of significance.
    pub test: String,
    /// Two-sided p value.
    pub p: Option<f64>,
    /// The p value adjusted for the family.
    pub p_adjusted: Option<f64>,
    /// How it was adjusted.
    pub adjust: String,
    /// Number of comparisons in the family.
    pub family_size: u32,
    /// Smallest two-sided p that the test can give with so few repetitions.
    pub smallest_p: Option<f64>,
    /// The larger p value of two one-sided tests that the ratio lies within 1 ± margin; not adjusted.
    pub p_equivalence: Option<f64>,
    /// Difference of the means, system − baseline, in `unit`.
    pub difference: Option<f64>,
    /// Lower end of Welch's interval of the difference at 1 − α.
    pub difference_low: Option<f64>,
    /// Upper end of the difference's interval.
    pub difference_high: Option<f64>,
    /// Hodges–Lehmann shift, system − baseline, in `unit`.
    pub hodges_lehmann: Option<f64>,
    /// Lower end of the shift's interval at 1 − α.
    pub hodges_lehmann_low: Option<f64>,
    /// Upper end of the shift's interval.
    pub hodges_lehmann_high: Option<f64>,
    /// Hedges' g, system − baseline.
    pub hedges_g: Option<f64>,
    /// Cliff's δ: P(system > baseline) − P(system < baseline).
    pub cliffs_delta: Option<f64>,
    /// Vargha and Delaney's A12: P(system > baseline) + ½ P(equal).
    pub a12: Option<f64>,
    /// What follows.
    pub verdict: Verdict,
    /// What stands in the way of a verdict, or an assumption that it rests on.
    pub note: Option<String>,
}

/// By how much a quantile of one run of a system lies above that of one run of the baseline. Field order is column order
/// in CSV and key order in JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shift {
    /// What was measured.
    pub metric: String,
    /// Which quantile: `p50`.
    pub statistic: String,
    /// What was asked of both.
    pub workload: String,
    /// Number of concurrent clients.
    pub clients: Option<u32>,
    /// The system that the other is compared with.
    pub baseline: String,
    /// Which of its runs.
    pub baseline_repetition: u32,
    /// The other system.
    pub system: String,
    /// Which of its runs.
    pub system_repetition: u32,
    /// Unit of the values.
    pub unit: Unit,
    /// The quantile in the baseline's run.
    pub baseline_value: f64,
    /// The quantile in the system's run.
    pub system_value: f64,
    /// System − baseline.
    pub shift: f64,
    /// Lower edge of a band that covers all quantiles of the pair together at 1 − α.
    pub shift_low: f64,
    /// Upper edge of the band.
    pub shift_high: f64,
    /// Code of the finding that always goes with it: `single-run`.
    pub finding: String,
}

/// Systems under one workload and number of clients, with a letter in common where no difference was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Letters {
    /// What was measured.
    pub metric: String,
    /// Which statistic of each run.
    pub statistic: String,
    /// What was asked of all.
    pub workload: String,
    /// Number of concurrent clients.
    pub clients: Option<u32>,
    /// Name of the test of all systems at once.
    pub test: String,
    /// Its p value; `None` where it cannot be computed.
    pub p: Option<f64>,
    /// System and its letters (`a`, `ab`, …), in the study's order.
    pub systems: Vec<(String, String)>,
}

/// Systems ranked in blocks (numbers of clients): mean ranks and the difference that would be significant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ranking {
    /// What was measured.
    pub metric: String,
    /// Which statistic of each run.
    pub statistic: String,
    /// What was asked of all.
    pub workload: String,
    /// Number of blocks.
    pub blocks: u32,
    /// p value of Friedman's test.
    pub p: f64,
    /// Nemenyi's critical difference of mean ranks at α.
    pub critical_difference: f64,
    /// System and mean rank, best (1) first.
    pub mean_ranks: Vec<(String, f64)>,
}

/// How differences were judged, for a paragraph on methods.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Methods {
    /// Test of two systems.
    pub test: String,
    /// Test of all systems at once.
    pub group_test: String,
    /// How p values are adjusted.
    pub adjust: String,
    /// Accepted probability of a false positive in a family.
    pub alpha: f64,
    /// Relative difference below which two systems count as equivalent.
    pub margin: f64,
    /// Seed of all randomness.
    pub seed: u64,
    /// Smallest and largest family of comparisons.
    pub family_sizes: (u32, u32),
    /// Smallest and largest number of repetitions of a cell.
    pub repetitions: (u32, u32),
}

/// Everything that is said about the numbers of a report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Systems against the baseline, or pair by pair.
    pub comparisons: Vec<Comparison>,
    /// Letters of significance.
    pub letters: Vec<Letters>,
    /// Systems ranked over numbers of clients.
    pub rankings: Vec<Ranking>,
    /// Sentences of the publication.
    pub claims: Vec<CheckedClaim>,
    /// How it was judged; `None` where there was nothing to compare.
    pub methods: Option<Methods>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_better_high_and_times_low() {
        use Better::{Higher, Lower};
        assert_eq!(Better::of("request_rate", "mean", Unit::PerSecond), Some(Higher));
        assert_eq!(Better::of("error_rate", "mean", Unit::PerSecond), Some(Lower));
        assert_eq!(Better::of("latency", "p99", Unit::Seconds), Some(Lower));
        assert_eq!(Better::of("memory", "used", Unit::Bytes), Some(Lower));
        assert_eq!(Better::of("latency", "stdev", Unit::Seconds), None);
        assert_eq!(Better::of("duration", "mean", Unit::Seconds), None);
        assert_eq!(Better::of("client_memory", "used", Unit::Bytes), None);
    }
}
