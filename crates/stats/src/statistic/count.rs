use vana_types::Unit;

use super::Statistic;
use crate::{Distribution, QuantileType};

/// Number of values.
pub(super) struct Count;

impl Statistic for Count {
    fn name(&self) -> &'static str {
        "count"
    }

    fn about(&self) -> &'static str {
        "Number of values."
    }

    fn source(&self) -> &'static str {
        "ISO 3534-1:2006, sample size"
    }

    fn unit(&self, _values: Unit) -> Unit {
        Unit::One
    }

    fn compute(&self, run: &dyn Distribution, _kind: QuantileType) -> Option<f64> {
        Some(run.count() as f64)
    }
}
