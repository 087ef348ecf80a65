//! Tests of several systems at once, with each pair: one file each, and the list.

mod friedman;
mod kruskal_wallis;
mod ranks;
mod welch_anova;

use crate::Sample;

pub use friedman::{Friedman, FriedmanError, friedman, nemenyi_critical_difference, nemenyi_p};

/// A test whether several systems are alike.
pub trait GroupTest: Send + Sync {
    /// The name in files and options: `kruskal-wallis`.
    fn name(&self) -> &'static str;

    /// What it asks, and what of each pair, in one sentence.
    fn about(&self) -> &'static str;

    /// Where its definition stands.
    fn source(&self) -> &'static str;

    /// All systems at once, and each pair of them. Costs n log n and the square of the number of systems.
    fn compare(&self, samples: &[Sample]) -> Result<GroupOutcome, GroupTestError>;
}

/// What a test of several systems says.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupOutcome {
    /// The test's own statistic.
    pub statistic: f64,
    /// How likely one as large is when all systems are alike.
    pub p: f64,
    /// Every pair, (0, 1), (0, 2), … (1, 2), …
    pub pairs: Vec<GroupPair>,
}

/// What it says of two of the systems.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupPair {
    /// Index of the one.
    pub first: usize,
    /// Index of the other, larger.
    pub second: usize,
    /// Two-sided p value; whether it is adjusted for the number of pairs, the test's sentence says.
    pub p: f64,
}

/// Why several systems cannot be compared.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum GroupTestError {
    /// Fewer than two systems.
    #[error("{found} systems, and a comparison needs 2")]
    TooFewGroups {
        /// How many there are.
        found: usize,
    },
    /// Too few values of one system.
    #[error("system {group} has {found} values, and needs {needed}")]
    TooFew {
        /// Which system, from 0.
        group: usize,
        /// How many it needs.
        needed: usize,
        /// How many it has.
        found: usize,
    },
    /// All values of one system are equal, so its spread is unknown.
    #[error("all values of system {group} are equal")]
    NoSpread {
        /// Which system, from 0.
        group: usize,
    },
    /// All values of all systems are equal.
    #[error("all values are equal")]
    AllEqual,
}

/// All tests.
pub static GROUP_TESTS: &[&dyn GroupTest] = &[&welch_anova::WelchAnova, &kruskal_wallis::KruskalWallis];

/// A name that no test of several systems has.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("unknown group test \"{name}\" (known: {known})")]
pub struct UnknownGroupTest {
    name: String,
    known: String,
}

/// The test of a name.
pub fn parse_group_test(name: &str) -> Result<&'static dyn GroupTest, UnknownGroupTest> {
    GROUP_TESTS.iter().copied().find(|test| test.name() == name).ok_or_else(|| {
        let known: Vec<&str> = GROUP_TESTS.iter().map(|test| test.name()).collect();
        UnknownGroupTest { name: name.to_owned(), known: known.join(" ") }
    })
}

/// Every pair of `count` systems, with what `p` says of it.
fn pairs(count: usize, p: impl Fn(usize, usize) -> f64) -> Vec<GroupPair> {
    let mut pairs = Vec::new();
    for first in 0..count {
        for second in first + 1..count {
            pairs.push(GroupPair { first, second, p: p(first, second) });
        }
    }
    pairs
}

/// Refuses fewer than two systems, and systems of fewer values than needed.
fn check(samples: &[Sample], needed: usize) -> Result<(), GroupTestError> {
    if samples.len() < 2 {
        return Err(GroupTestError::TooFewGroups { found: samples.len() });
    }
    match samples.iter().position(|sample| sample.count() < needed) {
        Some(group) => Err(GroupTestError::TooFew { group, needed, found: samples[group].count() }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
