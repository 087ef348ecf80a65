//! Tests of two samples by name: one file each, and the list.

mod brown_forsythe;
#[cfg(test)]
mod calibration;
mod fligner_killeen;
mod kolmogorov_smirnov;
mod mann_whitney;
mod permutation;
#[cfg(test)]
mod tests;
mod welch;

use vana_types::Seed;

use crate::Sample;
pub(crate) use welch::Difference;
pub use welch::{Summary, difference_from_summary, welch_from_summary};

/// Whether two samples of independent repetitions come from one distribution, asked in one way.
pub trait Test: Send + Sync {
    /// The name in tables and files: `mann-whitney`.
    fn name(&self) -> &'static str;

    /// What it is, in one sentence.
    fn about(&self) -> &'static str;

    /// Where its definition stands.
    fn source(&self) -> &'static str;

    /// What the test speaks of.
    fn aspect(&self) -> Aspect;

    /// The two-sided test. Swapping the samples changes the sign of a statistic that has one, and never p.
    fn compare(&self, baseline: &Sample, system: &Sample, context: &Context) -> Result<Outcome, TestError>;
}

/// What differs between two distributions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Aspect {
    /// Where the values lie.
    Location,
    /// How far they scatter.
    Spread,
    /// Anything.
    Distribution,
}

/// What methods that draw at random need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context {
    /// From where they draw.
    pub seed: Seed,
    /// How often.
    pub resamples: u32,
}

impl Default for Context {
    fn default() -> Self {
        Self { seed: Seed(1), resamples: 9_999 }
    }
}

/// What a test found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// The test's statistic; positive where the system's values are larger, if it has a sign.
    pub statistic: f64,
    /// Two-sided p value, in [0, 1].
    pub p: f64,
    /// The smallest two-sided p that samples of these sizes can give; `None` where there is no such bound.
    pub smallest_p: Option<f64>,
}

/// All tests, in the order of a table.
pub static TESTS: &[&dyn Test] = &[
    &welch::Welch,
    &mann_whitney::MannWhitney,
    &permutation::Permutation,
    &brown_forsythe::BrownForsythe,
    &fligner_killeen::FlignerKilleen,
    &kolmogorov_smirnov::KolmogorovSmirnov,
];

/// The test of a name.
pub fn parse_test(name: &str) -> Result<&'static dyn Test, UnknownTest> {
    TESTS.iter().copied().find(|test| test.name() == name).ok_or_else(|| UnknownTest(name.to_owned()))
}

/// Refuses samples of fewer than `needed` values.
fn need(needed: usize, samples: [&Sample; 2]) -> Result<(), TestError> {
    let found = samples[0].count().min(samples[1].count());
    if found < needed { Err(TestError::TooFew { needed, found }) } else { Ok(()) }
}

/// Refuses samples that all consist of one and the same value.
#[expect(clippy::float_cmp, reason = "equal values, not near ones")]
fn need_difference(baseline: &Sample, system: &Sample) -> Result<(), TestError> {
    if baseline.min().min(system.min()) == baseline.max().max(system.max()) {
        return Err(TestError::AllEqual);
    }
    Ok(())
}

/// Why a test has no p value.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum TestError {
    /// The smaller sample has too few values.
    #[error("a sample has {found} of the {needed} values that the test needs")]
    TooFew {
        /// Values that it needs in each sample.
        needed: usize,
        /// Values of the smaller sample.
        found: usize,
    },
    /// Every value of both samples is the same.
    #[error("all values are equal")]
    AllEqual,
    /// Nothing to measure a difference by: the values of each sample do not scatter.
    #[error("the values of neither sample scatter")]
    NoSpread,
    /// The squares of the values cannot be computed with.
    #[error("the values are too large or too small to be squared")]
    OutOfRange,
}

/// A name that no test has.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("unknown test \"{0}\" (known: {known})", known = known())]
pub struct UnknownTest(String);

fn known() -> String {
    TESTS.iter().map(|test| test.name()).collect::<Vec<_>>().join(" ")
}
