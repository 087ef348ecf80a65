use vana_types::Quantile;

use super::Statistic;
use crate::{Distribution, QuantileType};

/// The value below which a given percentage of the values lies.
pub(super) struct Percentile {
    name: String,
    quantile: Quantile,
}

impl Percentile {
    /// From `p` and a percentage, as `p99.9`.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let quantile = Quantile::from_percent(name.strip_prefix('p')?).ok()?;
        Some(Self { name: name.to_owned(), quantile })
    }
}

impl Statistic for Percentile {
    fn name(&self) -> &str {
        &self.name
    }

    fn about(&self) -> &'static str {
        "The value below which this percentage of the values lies."
    }

    fn source(&self) -> &'static str {
        "Hyndman & Fan, Sample Quantiles in Statistical Packages, The American Statistician 50 (1996) 361–365"
    }

    fn compute(&self, run: &dyn Distribution, kind: QuantileType) -> Option<f64> {
        // NaN is how a distribution says that it was not prepared for this quantile.
        Some(run.quantile(self.quantile, kind)).filter(|value| !value.is_nan())
    }
}
