use super::Statistic;
use crate::{Distribution, QuantileType};

/// Arithmetic mean, from an exact sum.
pub(super) struct Mean;

impl Statistic for Mean {
    fn name(&self) -> &'static str {
        "mean"
    }

    fn about(&self) -> &'static str {
        "Arithmetic mean, from an exact sum."
    }

    fn source(&self) -> &'static str {
        "ISO 3534-1:2006, sample mean"
    }

    fn compute(&self, run: &dyn Distribution, _kind: QuantileType) -> Option<f64> {
        Some(run.mean())
    }
}
