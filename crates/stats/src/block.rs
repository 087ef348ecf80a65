//! The stationary block bootstrap: resamples of a series in time that keep its dependence.

use crate::Random;

/// How long blocks must be on average for a resampled mean of this series to scatter as the mean does, at least 1.
/// O(n·√n).
///
/// Politis and White, "Automatic Block-Length Selection for the Dependent Bootstrap", Econometric Reviews 23 (2004)
/// 53–70, with the correction by Patton, Politis and White, 28 (2009) 372–375.
pub(crate) fn block_length(series: &[f64]) -> f64 {
    let count = series.len() as f64;
    let quiet = (count.log10().sqrt().ceil() as usize).max(5);
    let lags = (count.sqrt().ceil() as usize + quiet).min(series.len().saturating_sub(1));
    let covariances = covariances(series, lags);
    let Some(variance) = covariances.first().copied().filter(|&variance| variance > 0.0) else { return 1.0 };
    let bound = 2.0 * (count.log10() / count).sqrt() * variance;
    // The last lag before a stretch of `quiet` lags without correlation.
    let last = (0..lags)
        .find(|&lag| covariances[lag + 1..].iter().take(quiet).all(|covariance| covariance.abs() < bound))
        .unwrap_or(lags);
    let window = (2 * last.max(1)).min(lags);
    let (mut spectrum, mut slope) = (covariances[0], 0.0);
    for (lag, covariance) in covariances.iter().enumerate().take(window + 1).skip(1) {
        let share = lag as f64 / window as f64;
        let weight = if share <= 0.5 { 1.0 } else { 2.0 * (1.0 - share) };
        spectrum += 2.0 * weight * covariance;
        slope += 2.0 * weight * lag as f64 * covariance;
    }
    let longest = (3.0 * count.sqrt()).min(count / 3.0).ceil();
    let length = (slope / spectrum).powi(2).cbrt() * count.cbrt();
    if length.is_finite() { length.clamp(1.0, longest.max(1.0)) } else { longest.max(1.0) }
}

/// Autocovariances of lags 0 to `lags`.
fn covariances(series: &[f64], lags: usize) -> Vec<f64> {
    let count = series.len() as f64;
    let mean = series.iter().sum::<f64>() / count;
    let distances: Vec<f64> = series.iter().map(|value| value - mean).collect();
    let product = |lag: usize| distances.iter().zip(&distances[lag..]).map(|(a, b)| a * b).sum::<f64>();
    (0..=lags).map(|lag| product(lag) / count).collect()
}

/// How often each place of a series comes up in one resample: blocks of geometric length with mean `length` from
/// uniform places on, around the end, as many as fill the series.
///
/// Politis and Romano, "The Stationary Bootstrap", Journal of the American Statistical Association 89 (1994) 1303–1313.
pub(crate) fn stationary(times: &mut [u32], length: f64, random: &mut Random) {
    let count = times.len();
    times.fill(0);
    let log_going_on = if length > 1.0 { (-1.0 / length).ln_1p() } else { f64::NEG_INFINITY };
    let mut left = count;
    while left > 0 {
        let start = random.below(count as u64) as usize;
        let drawn = ((1.0 - random.uniform()).ln() / log_going_on) as usize;
        let block = drawn.saturating_add(1).min(left);
        left -= block;
        let to_end = block.min(count - start);
        times[start..start + to_end].iter_mut().for_each(|times| *times += 1);
        times[..block - to_end].iter_mut().for_each(|times| *times += 1);
    }
}

#[cfg(test)]
mod tests {
    use vana_types::Seed;

    use super::*;

    /// x(i) = ρ·x(i−1) + noise.
    fn autoregressive(rho: f64, count: usize) -> Vec<f64> {
        let mut random = Random::new(Seed(3), 0);
        let mut value = 0.0;
        (0..count)
            .map(|_| {
                value = rho * value + random.uniform() - 0.5;
                value
            })
            .collect()
    }

    #[test]
    fn dependent_values_need_longer_blocks() {
        let lengths = [0.0, 0.5, 0.9].map(|rho| block_length(&autoregressive(rho, 4_000)));
        assert!(lengths[0] < 6.0 && lengths[0] < lengths[1] && lengths[1] < lengths[2], "{lengths:?}");
        // (2ρ/(1−ρ²))^(2/3)·n^(1/3) for an autoregressive series: 71 at ρ = 0.9.
        assert!((35.0..140.0).contains(&lengths[2]), "{lengths:?}");
    }

    #[test]
    fn short_and_constant_series_have_blocks_of_one() {
        assert_eq!([&[][..], &[1.0], &[2.0; 50]].map(block_length), [1.0; 3]);
    }

    #[test]
    fn a_resample_is_as_long_as_the_series() {
        let mut random = Random::new(Seed(1), 0);
        for length in [1.0, 4.0, 1e9] {
            let mut times = vec![0; 37];
            stationary(&mut times, length, &mut random);
            assert_eq!(times.iter().sum::<u32>(), 37, "{length}");
        }
    }
}
