use super::Statistic;
use crate::{Distribution, QuantileType};

/// Sample standard deviation (n − 1); none for one value.
pub(super) struct Stdev;

impl Statistic for Stdev {
    fn name(&self) -> &'static str {
        "stdev"
    }

    fn about(&self) -> &'static str {
        "Sample standard deviation (n − 1); none for one value."
    }

    fn source(&self) -> &'static str {
        "ISO 3534-1:2006, sample standard deviation"
    }

    fn compute(&self, run: &dyn Distribution, _kind: QuantileType) -> Option<f64> {
        run.stdev()
    }
}
