//! The statistics by name: one file each, and the list.

mod count;
mod effective_size;
mod max;
mod mean;
mod min;
mod percentile;
mod stdev;
mod within_stdev;

use std::sync::LazyLock;

use vana_types::Unit;

use crate::{Distribution, QuantileType};
use percentile::Percentile;

/// From the values of one run to one number.
pub trait Statistic: Send + Sync {
    /// The name in tables and files: `mean`, `p99.9`.
    fn name(&self) -> &str;

    /// What it is, in one sentence.
    fn about(&self) -> &'static str;

    /// Where its definition stands.
    fn source(&self) -> &'static str;

    /// The unit of the result, given that of the values.
    fn unit(&self, values: Unit) -> Unit {
        values
    }

    /// The number; `None` when these values do not have it (the stdev of one value). `kind` matters to percentiles.
    fn compute(&self, run: &dyn Distribution, kind: QuantileType) -> Option<f64>;
}

/// The percentiles that stand in [`STATISTICS`]; [`parse`] knows any other.
const PERCENTILES: [&str; 7] = ["p50", "p75", "p90", "p95", "p99", "p99.9", "p99.99"];

/// All statistics without a parameter, and the usual percentiles, in the order of a table.
pub static STATISTICS: LazyLock<Vec<Box<dyn Statistic>>> = LazyLock::new(|| {
    let mut all = without_parameter();
    for name in PERCENTILES {
        all.extend(Percentile::parse(name).map(|percentile| Box::new(percentile) as Box<dyn Statistic>));
    }
    all
});

fn without_parameter() -> Vec<Box<dyn Statistic>> {
    vec![
        Box::new(count::Count),
        Box::new(mean::Mean),
        Box::new(stdev::Stdev),
        Box::new(within_stdev::WithinStdev),
        Box::new(min::Min),
        Box::new(max::Max),
        Box::new(effective_size::EffectiveSize),
    ]
}

/// A name that no statistic has.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("unknown statistic \"{name}\" (known: {known}; p and a percentage from 0 to 100, as p99.9)")]
pub struct UnknownStatistic {
    name: String,
    known: String,
}

/// The statistic of a name: one of [`STATISTICS`], or `p` and a percentage with at most nine decimals.
pub fn parse(name: &str) -> Result<Box<dyn Statistic>, UnknownStatistic> {
    if let Some(found) = without_parameter().into_iter().find(|statistic| statistic.name() == name) {
        return Ok(found);
    }
    Percentile::parse(name)
        .map(|percentile| Box::new(percentile) as Box<dyn Statistic>)
        .ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> UnknownStatistic {
    let known: Vec<&str> = STATISTICS.iter().map(|statistic| statistic.name()).collect();
    UnknownStatistic { name: name.to_owned(), known: known.join(" ") }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::Values;

    #[test]
    fn every_statistic_is_found_by_its_own_name_and_says_what_it_is() {
        let names: BTreeSet<&str> = STATISTICS.iter().map(|statistic| statistic.name()).collect();
        assert_eq!(names.len(), STATISTICS.len());
        assert_eq!(names.len(), 7 + PERCENTILES.len());
        for statistic in STATISTICS.iter() {
            assert_eq!(parse(statistic.name()).unwrap().name(), statistic.name());
            assert!(!statistic.about().is_empty() && !statistic.source().is_empty());
        }
    }

    #[test]
    fn every_statistic_of_a_known_run() {
        // 500.5 ± 288.8 holds 212 to 789.
        let run = Values::new((1..=1000).collect()).unwrap();
        let computed: Vec<(&str, f64)> = STATISTICS
            .iter()
            .filter_map(|statistic| {
                Some((statistic.name(), statistic.compute(&run, QuantileType::default())?))
            })
            .filter(|&(name, _)| name != "n_eff")
            .collect();
        let expected = [
            ("count", 1000.0),
            ("mean", 500.5),
            ("stdev", (1_001_000.0f64 / 12.0).sqrt()),
            ("within_stdev", 0.578),
            ("min", 1.0),
            ("max", 1000.0),
            ("p50", 500.5),
            ("p75", 750.25),
            ("p90", 900.1),
            ("p95", 950.05),
            ("p99", 990.01),
            ("p99.9", 999.001),
            ("p99.99", 999.9001),
        ];
        for (found, wanted) in computed.iter().zip(&expected) {
            assert_eq!(found.0, wanted.0);
            assert!((found.1 - wanted.1).abs() < 1e-9, "{found:?}, not {wanted:?}");
        }
        assert_eq!(computed.len(), expected.len());
    }

    #[test]
    fn counts_and_shares_have_no_unit() {
        let plain: Vec<&str> = STATISTICS
            .iter()
            .filter(|statistic| statistic.unit(Unit::Seconds) == Unit::One)
            .map(|statistic| statistic.name())
            .collect();
        assert_eq!(plain, ["count", "within_stdev", "n_eff"]);
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let message = "unknown statistic \"p101\" (known: count mean stdev within_stdev min max n_eff p50 p75 p90 p95 \
                       p99 p99.9 p99.99; p and a percentage from 0 to 100, as p99.9)";
        assert_eq!(parse("p101").err().unwrap().to_string(), message);
        for name in ["p", "p-1", "P50", "median", "p 50", "p5e1", ""] {
            assert!(parse(name).is_err(), "{name}");
        }
    }
}
