//! What every shape of one run's values can answer.

use vana_types::Quantile;

use crate::QuantileType;

/// The values of one run: at least one whole number, nanoseconds unless the implementation says otherwise.
///
/// Every answer is in the unit of the values. Values of one run are not independent, so nothing here is an interval
/// or a p-value; see [`Distribution::effective_size`] for how much a run really says.
pub trait Distribution {
    /// Number of values, at least 1.
    fn count(&self) -> u64;

    /// Arithmetic mean.
    fn mean(&self) -> f64;

    /// Sample standard deviation, √(Σ(x−x̄)²/(n−1)). `None` for one value.
    fn stdev(&self) -> Option<f64>;

    /// Smallest value.
    fn min(&self) -> i64;

    /// Largest value.
    fn max(&self) -> i64;

    /// The quantile by the given definition. Ranks are computed in whole numbers.
    ///
    /// With one value it is that value. Implementations that know only part of the values say what `kind` means to
    /// them; one that cannot answer gives NaN.
    fn quantile(&self, q: Quantile, kind: QuantileType) -> f64;

    /// Share (0 to 1) of the values in [mean − stdev, mean + stdev], ends included. `None` where `stdev` is.
    fn within_stdev(&self) -> Option<f64>;

    /// How many independent values would pin down the mean as well as these do, in (0, count]. `None` when the
    /// order of time is not known, the series is constant, or it is shorter than 4.
    fn effective_size(&self) -> Option<f64> {
        None
    }
}

/// The whole numbers inside [mean − stdev, mean + stdev], ends included.
pub(crate) fn stdev_bounds(mean: f64, stdev: f64) -> (i64, i64) {
    ((mean - stdev).ceil() as i64, (mean + stdev).floor() as i64)
}
