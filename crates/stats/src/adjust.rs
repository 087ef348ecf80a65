//! p values of a family of comparisons, adjusted for its size.

use std::fmt;
use std::str::FromStr;

/// How p values are adjusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Adjust {
    /// Step-down: the chance of any false positive in the family stays below α. Holm, "A Simple Sequentially Rejective
    /// Multiple Test Procedure", Scandinavian Journal of Statistics 6 (1979) 65–70.
    #[default]
    Holm,
    /// Step-up: the expected share of false ones among the positives stays below α. Benjamini and Hochberg, "Controlling
    /// the False Discovery Rate", Journal of the Royal Statistical Society B 57 (1995) 289–300.
    BenjaminiHochberg,
    /// Not at all.
    None,
}

impl Adjust {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Holm, Self::BenjaminiHochberg, Self::None];

    /// The name in tables and files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Holm => "holm",
            Self::BenjaminiHochberg => "benjamini-hochberg",
            Self::None => "none",
        }
    }

    /// Adjusted p values, in the order given, at most 1. The family is the whole slice; values must not be NaN.
    /// O(n log n).
    pub fn adjust(self, p: &[f64]) -> Vec<f64> {
        let mut order: Vec<usize> = (0..p.len()).collect();
        order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
        let size = p.len() as f64;
        let mut adjusted = p.to_vec();
        match self {
            Self::None => {}
            Self::Holm => {
                let mut largest = 0.0f64;
                for (below, &place) in order.iter().enumerate() {
                    largest = largest.max((size - below as f64) * p[place]).min(1.0);
                    adjusted[place] = largest;
                }
            }
            Self::BenjaminiHochberg => {
                let mut smallest = 1.0f64;
                for (below, &place) in order.iter().enumerate().rev() {
                    smallest = smallest.min(size / (below + 1) as f64 * p[place]);
                    adjusted[place] = smallest;
                }
            }
        }
        adjusted
    }
}

impl fmt::Display for Adjust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Adjust {
    type Err = UnknownAdjust;

    fn from_str(text: &str) -> Result<Self, UnknownAdjust> {
        Self::ALL
            .into_iter()
            .find(|adjust| adjust.name() == text)
            .ok_or_else(|| UnknownAdjust(text.to_owned()))
    }
}

/// A name that no adjustment has.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("unknown adjustment \"{0}\" (known: holm benjamini-hochberg none)")]
pub struct UnknownAdjust(String);

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: &[f64], expected: &[f64]) -> bool {
        found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-15)
    }

    #[test]
    fn a_family_of_five_by_hand() {
        let p = [0.01, 0.04, 0.03, 0.5, 0.02];
        assert!(near(&Adjust::Holm.adjust(&p), &[0.05, 0.09, 0.09, 0.5, 0.08]));
        assert!(near(&Adjust::BenjaminiHochberg.adjust(&p), &[0.05, 0.05, 0.05, 0.5, 0.05]));
        assert_eq!(Adjust::None.adjust(&p), p);
    }

    #[test]
    fn a_family_of_one_stays_as_it_is_and_of_none_is_empty() {
        for adjust in Adjust::ALL {
            assert_eq!((adjust.adjust(&[0.3]), adjust.adjust(&[])), (vec![0.3], vec![]));
        }
    }

    #[test]
    fn adjusted_values_stop_at_one_and_keep_their_order() {
        assert_eq!(Adjust::Holm.adjust(&[0.9, 0.4, 0.4]), [1.0, 1.0, 1.0]);
        assert_eq!(Adjust::BenjaminiHochberg.adjust(&[1.0, 1.0]), [1.0, 1.0]);
    }

    #[test]
    fn every_adjustment_is_found_by_its_name() {
        for adjust in Adjust::ALL {
            assert_eq!(adjust.name().parse(), Ok(adjust));
        }
        let unknown = "bonferroni".parse::<Adjust>().unwrap_err().to_string();
        assert_eq!(unknown, "unknown adjustment \"bonferroni\" (known: holm benjamini-hochberg none)");
    }
}
