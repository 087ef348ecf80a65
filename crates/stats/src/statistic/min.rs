use super::Statistic;
use crate::{Distribution, QuantileType};

/// Smallest value.
pub(super) struct Min;

impl Statistic for Min {
    fn name(&self) -> &'static str {
        "min"
    }

    fn about(&self) -> &'static str {
        "Smallest value."
    }

    fn source(&self) -> &'static str {
        "ISO 3534-1:2006, order statistic"
    }

    fn compute(&self, run: &dyn Distribution, _kind: QuantileType) -> Option<f64> {
        Some(run.min() as f64)
    }
}
