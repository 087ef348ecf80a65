use super::Statistic;
use crate::{Distribution, QuantileType};

/// Largest value.
pub(super) struct Max;

impl Statistic for Max {
    fn name(&self) -> &'static str {
        "max"
    }

    fn about(&self) -> &'static str {
        "Largest value."
    }

    fn source(&self) -> &'static str {
        "ISO 3534-1:2006, order statistic"
    }

    fn compute(&self, run: &dyn Distribution, _kind: QuantileType) -> Option<f64> {
        Some(run.max() as f64)
    }
}
