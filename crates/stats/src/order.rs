//! Order statistics of a few floats: medians and what is built on them.

use crate::sort::sort;

/// The median absolute deviation of normal values in units of σ is Φ⁻¹(3/4).
pub(crate) const MAD_OF_NORMAL: f64 = 0.674_489_750_196_081_7;
/// The mean absolute deviation of normal values in units of σ is √(2/π).
pub(crate) const MEAN_DEVIATION_OF_NORMAL: f64 = 0.797_884_560_802_865_4;

/// The values, ascending.
pub(crate) fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    sort(&mut values);
    values
}

/// The middle value, or the mean of the middle two; `None` when there is none.
pub(crate) fn median(values: Vec<f64>) -> Option<f64> {
    let values = sorted(values);
    let upper = *values.get(values.len() / 2)?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    Some(f64::midpoint(values[values.len() / 2 - 1], upper))
}

/// The quantile `numerator / denominator` of ascending values by Hyndman and Fan's type 7; `None` when there is none.
pub(crate) fn quantile(sorted: &[f64], numerator: u64, denominator: u64) -> Option<f64> {
    let last = u128::from(sorted.len().checked_sub(1)? as u64);
    let (position, denominator) = (last * u128::from(numerator), u128::from(denominator));
    let below = *sorted.get((position / denominator) as usize)?;
    let weight = (position % denominator) as f64 / denominator as f64;
    let above = sorted.get((position / denominator) as usize + 1).copied().unwrap_or(below);
    Some(if weight == 0.0 { below } else { (below + weight * (above - below)).clamp(below, above) })
}

/// A robust estimate of σ around `center`: from the median absolute deviation, or, when more than half of the values
/// are equal to the center, from the mean absolute deviation. `None` when all are (or there is none).
pub(crate) fn robust_sigma(values: &[f64], center: f64) -> Option<f64> {
    let deviations: Vec<f64> = values.iter().map(|value| (value - center).abs()).collect();
    let mean = deviations.iter().sum::<f64>() / deviations.len() as f64;
    let median = median(deviations)?;
    let sigma = if median > 0.0 { median / MAD_OF_NORMAL } else { mean / MEAN_DEVIATION_OF_NORMAL };
    (sigma > 0.0 && sigma.is_finite()).then_some(sigma)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_of_one_value_is_that_value() {
        assert_eq!((median(vec![]), median(vec![4.5]), median(vec![4.0, 1.0])), (None, Some(4.5), Some(2.5)));
    }

    #[test]
    fn quartiles_interpolate_as_type_7_does() {
        let values = [1.0, 2.0, 4.0, 8.0];
        assert_eq!([1, 2, 3].map(|q| quantile(&values, q, 4)), [Some(1.75), Some(3.0), Some(5.0)]);
        assert_eq!(
            (quantile(&[], 1, 4), quantile(&[3.0], 3, 4), quantile(&values, 1, 1)),
            (None, Some(3.0), Some(8.0))
        );
    }

    #[test]
    fn more_than_half_equal_values_fall_back_on_the_mean_deviation() {
        assert_eq!(robust_sigma(&[1.0, 2.0, 3.0], 2.0), Some(1.0 / MAD_OF_NORMAL));
        assert_eq!(robust_sigma(&[2.0, 2.0, 2.0, 4.0], 2.0), Some(0.5 / MEAN_DEVIATION_OF_NORMAL));
        assert_eq!((robust_sigma(&[2.0; 4], 2.0), robust_sigma(&[], 2.0)), (None, None));
    }
}
