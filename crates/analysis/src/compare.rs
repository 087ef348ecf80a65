//! Systems against each other: effect, interval, p value, verdict.
//!
//! The repetition is the unit: a test sees one number per run. What a publication printed without its repetitions is
//! compared only when the number of values behind its standard deviation is stated, by it or by the user.

mod families;
pub(crate) mod pairing;
mod verdict;

use vana_stats::{Adjust, Context, TESTS, Test, UnknownAdjust, UnknownTest, parse_test};
use vana_types::{Comparison, Measurement, PublishedValues, Seed, StudyConfig};

use pairing::{Setting, settings};

/// With whom each system is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Against {
    /// With one system.
    Baseline(String),
    /// Each with each; the earlier one in the study's order is the baseline.
    Everyone,
}

/// How systems are compared.
#[derive(Clone)]
pub struct CompareOptions {
    /// With whom.
    pub against: Against,
    /// The test of two systems.
    pub test: &'static dyn Test,
    /// How p values are adjusted for the number of comparisons of a metric and statistic.
    pub adjust: Adjust,
    /// Accepted probability of a false positive, in (0, 1); intervals are at 1 − α.
    pub alpha: f64,
    /// Relative difference below which two systems count as equivalent, in [0, 1).
    pub margin: f64,
    /// Seed of what is drawn at random.
    pub seed: Seed,
    /// What the publication says of the values behind its means and standard deviations.
    pub published: Vec<PublishedValues>,
    /// Number of independent values to assume behind published standard deviations of which it says nothing.
    pub published_values: Option<u64>,
}

/// Why nothing was compared.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// Not a probability.
    #[error("alpha is {0}; it must lie between 0 and 1, as 0.05")]
    Alpha(f64),
    /// Not a relative difference.
    #[error("the margin is {0}; it must be at least 0 and below 1, as 0.02")]
    Margin(f64),
    /// No system of that name.
    #[error("no system is called \"{name}\" (there are: {known})")]
    Baseline {
        /// The name.
        name: String,
        /// What there is.
        known: String,
    },
    /// No test of that name.
    #[error(transparent)]
    Test(#[from] UnknownTest),
    /// No adjustment of that name.
    #[error(transparent)]
    Adjust(#[from] UnknownAdjust),
}

impl CompareOptions {
    /// As a study says: its baseline, α, margin and seed; Welch's test, adjusted after Holm.
    pub fn of(config: &StudyConfig) -> Self {
        Self {
            against: config.baseline.clone().map_or(Against::Everyone, Against::Baseline),
            test: TESTS[0],
            adjust: Adjust::Holm,
            alpha: config.alpha,
            margin: config.margin,
            seed: config.seed,
            published: config.published.clone(),
            published_values: None,
        }
    }

    /// The same with the test of a name.
    pub fn with_test(mut self, name: &str) -> Result<Self, CompareError> {
        self.test = parse_test(name)?;
        Ok(self)
    }

    fn context(&self) -> Context {
        Context { seed: self.seed, ..Context::default() }
    }

    fn check(&self) -> Result<(), CompareError> {
        // Written so that NaN is refused as well.
        if !(self.alpha > 0.0 && self.alpha < 1.0) {
            return Err(CompareError::Alpha(self.alpha));
        }
        if !(self.margin >= 0.0 && self.margin < 1.0) {
            return Err(CompareError::Margin(self.margin));
        }
        Ok(())
    }
}

/// Compares systems under the same workload and number of clients, for every metric and statistic that `wanted` accepts.
/// `order` is the study's order of systems. Rows are ordered by metric and statistic as measured, then by workload,
/// clients, baseline and system; all rows of one metric and statistic are one family.
pub fn compare(
    measurements: &[Measurement],
    order: &[String],
    options: &CompareOptions,
    wanted: impl Fn(&str, &str) -> bool,
) -> Result<Vec<Comparison>, CompareError> {
    options.check()?;
    let settings = settings(measurements, order, &wanted);
    if let Against::Baseline(name) = &options.against
        && !order.contains(name)
    {
        return Err(CompareError::Baseline { name: name.clone(), known: order.join(", ") });
    }
    let mut comparisons = Vec::new();
    for family in settings.chunk_by(Setting::is_one_question) {
        comparisons.extend(families::compare(family, order, options));
    }
    Ok(comparisons)
}

#[cfg(test)]
mod tests;
