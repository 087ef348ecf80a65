//! The stationary block bootstrap: resamples of a series in time that keep its dependence.

use crate::Random;

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
