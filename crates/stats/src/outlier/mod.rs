//! Rules that flag values far from the others: one file each, and the list. Nothing is ever deleted.

mod generalized_esd;
mod modified_z;
mod spread;
mod tukey;

pub use generalized_esd::{EsdStep, esd_steps};
pub use spread::{Spread, spreads};

/// A rule that flags values far from the others.
pub trait OutlierRule: Send + Sync {
    /// The name in files and options: `tukey`.
    fn name(&self) -> &'static str;

    /// What it flags, in one sentence.
    fn about(&self) -> &'static str;

    /// Where its definition stands.
    fn source(&self) -> &'static str;

    /// The values it flags, by ascending index. Numbers that are NaN or infinite are left out. Equal values, or fewer
    /// than the rule needs, have no outliers. Costs n log n, or a hundred passes.
    fn find(&self, values: &[f64]) -> Vec<Outlier>;
}

/// A value that a rule flags.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlier {
    /// Where it stands among the values.
    pub index: usize,
    /// How far away it is, in the units of the rule; never negative.
    pub score: f64,
    /// What the score exceeds: the rule's bound for its severity.
    pub bound: f64,
    /// How far beyond.
    pub severity: OutlierSeverity,
}

/// How far an outlier lies beyond the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutlierSeverity {
    /// Beyond the rule's first bound.
    Mild,
    /// Beyond its second bound.
    Severe,
}

/// All rules.
pub static OUTLIER_RULES: &[&dyn OutlierRule] =
    &[&tukey::Tukey, &modified_z::ModifiedZ, &generalized_esd::GeneralizedEsd];

/// A name that no outlier rule has.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("unknown outlier rule \"{name}\" (known: {known})")]
pub struct UnknownOutlierRule {
    name: String,
    known: String,
}

/// The rule of a name.
pub fn parse_outlier_rule(name: &str) -> Result<&'static dyn OutlierRule, UnknownOutlierRule> {
    OUTLIER_RULES.iter().copied().find(|rule| rule.name() == name).ok_or_else(|| {
        let known: Vec<&str> = OUTLIER_RULES.iter().map(|rule| rule.name()).collect();
        UnknownOutlierRule { name: name.to_owned(), known: known.join(" ") }
    })
}

/// The finite values with their indices.
fn finite(values: &[f64]) -> Vec<(usize, f64)> {
    values.iter().copied().enumerate().filter(|(_, value)| value.is_finite()).collect()
}

/// The outlier of a score under two bounds; `None` when it exceeds neither.
fn graded(index: usize, score: f64, [mild, severe]: [f64; 2]) -> Option<Outlier> {
    if score > severe {
        Some(Outlier { index, score, bound: severe, severity: OutlierSeverity::Severe })
    } else if score > mild {
        Some(Outlier { index, score, bound: mild, severity: OutlierSeverity::Mild })
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Twenty even values.
    fn even() -> Vec<f64> {
        (0..20).map(|i| 100.0 + f64::from(i * 7 % 20)).collect()
    }

    #[test]
    fn every_rule_is_found_by_its_own_name_and_says_what_it_is() {
        let names: BTreeSet<&str> = OUTLIER_RULES.iter().map(|rule| rule.name()).collect();
        assert_eq!(names.len(), OUTLIER_RULES.len());
        for rule in OUTLIER_RULES {
            assert_eq!(parse_outlier_rule(rule.name()).unwrap().name(), rule.name());
            assert!(!rule.about().is_empty() && !rule.source().is_empty());
        }
        let message = "unknown outlier rule \"3-sigma\" (known: tukey modified-z generalized-esd)";
        assert_eq!(parse_outlier_rule("3-sigma").err().unwrap().to_string(), message);
    }

    #[test]
    fn every_rule_finds_a_planted_value_and_only_that() {
        for planted in [1000.0, -1000.0] {
            let mut values = even();
            values[7] = planted;
            for rule in OUTLIER_RULES {
                let found = rule.find(&values);
                let places: Vec<_> = found.iter().map(|outlier| (outlier.index, outlier.severity)).collect();
                assert_eq!(places, [(7, OutlierSeverity::Severe)], "{}", rule.name());
                assert!(found.iter().all(|outlier| outlier.score > outlier.bound), "{}", rule.name());
            }
        }
    }

    #[test]
    fn no_rule_flags_even_values_equal_values_or_a_few() {
        for rule in OUTLIER_RULES {
            for values in
                [even(), vec![4.0; 30], vec![], vec![1.0], vec![1.0, 1000.0], vec![1.0, 2.0, 1000.0]]
            {
                assert_eq!(rule.find(&values), [], "{}: {values:?}", rule.name());
            }
        }
    }

    #[test]
    fn numbers_that_are_not_finite_change_nothing() {
        let mut values = even();
        values[7] = 1000.0;
        for rule in OUTLIER_RULES {
            let expected = rule.find(&values);
            let mut with_others = values.clone();
            with_others.extend([f64::NAN, f64::INFINITY]);
            assert_eq!(rule.find(&with_others), expected, "{}", rule.name());
        }
    }
}
