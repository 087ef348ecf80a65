use vana_types::Unit;

use super::Statistic;
use crate::{Distribution, QuantileType};

/// Share of the values in [mean − stdev, mean + stdev], ends included.
pub(super) struct WithinStdev;

impl Statistic for WithinStdev {
    fn name(&self) -> &'static str {
        "within_stdev"
    }

    fn about(&self) -> &'static str {
        "Share of the values in [mean − stdev, mean + stdev], ends included."
    }

    fn source(&self) -> &'static str {
        "wrk 4.x, src/stats.c, stats_within_stdev"
    }

    fn unit(&self, _values: Unit) -> Unit {
        Unit::One
    }

    fn compute(&self, run: &dyn Distribution, _kind: QuantileType) -> Option<f64> {
        run.within_stdev()
    }
}
