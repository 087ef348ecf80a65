//! The bias-corrected and accelerated bootstrap interval of a mean or a quantile.

#[cfg(test)]
mod tests;

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use statrs::function::erf::{erfc, erfc_inv};
use vana_types::Quantile;

use crate::beta::draw_beta;
use crate::test::Context;
use crate::{Position, QuantileType, Random};

/// Resamples in one chunk; results depend on it.
const CHUNK: u32 = 256;

/// What is bootstrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bootstrapped {
    /// The arithmetic mean.
    Mean,
    /// A quantile of the default type, 7.
    Quantile(Quantile),
}

impl Bootstrapped {
    /// The median.
    pub const MEDIAN: Self = Self::Quantile(Quantile::MEDIAN);
}

/// The bias-corrected and accelerated interval at `level` of independent values, from `context.resamples` resamples.
/// Equal values give an interval of no width. `None` for fewer than two values, one that is not finite, a `level`
/// outside (0, 1), no resamples, or when all of them fall on one side.
///
/// A mean costs O(m·n). A quantile costs O(n log n + m): order statistics of a resample of sorted values are those
/// values at ⌊n·U⌋, where U is an order statistic of uniform numbers, which has a beta distribution.
///
/// Efron, "Better Bootstrap Confidence Intervals", Journal of the American Statistical Association 82 (1987) 171–185;
/// Efron and Tibshirani, An Introduction to the Bootstrap (1993), sections 14.3 and 15.4.
pub fn bca(values: &[f64], of: Bootstrapped, level: f64, context: &Context) -> Option<(f64, f64)> {
    let is_level = level > 0.0 && level < 1.0;
    if values.len() < 2 || !is_level || context.resamples == 0 || values.iter().any(|v| !v.is_finite()) {
        return None;
    }
    let smallest = values.iter().copied().fold(f64::INFINITY, f64::min);
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if smallest >= largest {
        return Some((smallest, smallest));
    }
    match of {
        Bootstrapped::Mean => Mean::of(values).interval(level, context),
        Bootstrapped::Quantile(q) => OneQuantile::of(values, q).interval(level, context),
    }
}

/// Something that can be computed from a resample.
trait Resampled: Sync {
    /// From the values themselves.
    fn observed(&self) -> f64;
    /// Results that differ by less are equal.
    fn rounding(&self) -> f64;
    /// How the result changes with each value, to any scale: mean of the jackknife values − jackknife value.
    fn influences(&self) -> Vec<f64>;
    /// From one resample.
    fn resample(&self, random: &mut Random) -> f64;

    fn interval(&self, level: f64, context: &Context) -> Option<(f64, f64)> {
        let resamples = resamples(self, context);
        let (observed, rounding) = (self.observed(), self.rounding());
        let below = resamples.partition_point(|&value| value < observed - rounding);
        let not_above = resamples.partition_point(|&value| value <= observed + rounding);
        let bias = normal_quantile((below + not_above) as f64 / 2.0 / resamples.len() as f64);
        let acceleration = acceleration(&self.influences());
        let end = |tail: f64| {
            let distance = bias + normal_quantile(tail);
            let rest = 1.0 - acceleration * distance;
            let share = normal_share(bias + distance / rest);
            (rest > 0.0 && share.is_finite()).then(|| interpolated(&resamples, share))
        };
        let tail = (1.0 - level) / 2.0;
        Some((end(tail)?, end(1.0 - tail)?))
    }
}

/// All resamples, ascending.
fn resamples<R: Resampled + ?Sized>(of: &R, context: &Context) -> Vec<f64> {
    let chunks: Vec<Vec<f64>> = (0..context.resamples.div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let count = CHUNK.min(context.resamples - chunk * CHUNK);
            let mut random = Random::new(context.seed, u64::from(chunk));
            (0..count).map(|_| of.resample(&mut random)).collect()
        })
        .collect();
    let mut all = chunks.concat();
    all.sort_unstable_by(f64::total_cmp);
    all
}

/// Σd³ / (6·(Σd²)^1.5); 0 where no value has an influence.
fn acceleration(influences: &[f64]) -> f64 {
    let largest = influences.iter().fold(0.0f64, |largest, d| largest.max(d.abs()));
    if largest == 0.0 {
        return 0.0;
    }
    let sum = |power| influences.iter().map(|d| (d / largest).powi(power)).sum::<f64>();
    sum(3) / (6.0 * sum(2).powf(1.5))
}

fn normal_quantile(share: f64) -> f64 {
    -std::f64::consts::SQRT_2 * erfc_inv(2.0 * share)
}

fn normal_share(quantile: f64) -> f64 {
    erfc(-quantile / std::f64::consts::SQRT_2) / 2.0
}

/// The quantile of type 7 of ascending values, at a probability that is no ratio.
fn interpolated(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let below = (place as usize).min(sorted.len() - 1);
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

/// A mean, by distances from it.
struct Mean {
    mean: f64,
    distances: Vec<f64>,
}

impl Mean {
    fn of(values: &[f64]) -> Self {
        let origin = values[0];
        let count = values.len() as f64;
        let mean = origin + values.iter().map(|value| value - origin).sum::<f64>() / count;
        Self { mean, distances: values.iter().map(|value| value - mean).collect() }
    }
}

impl Resampled for Mean {
    fn observed(&self) -> f64 {
        self.mean
    }

    fn rounding(&self) -> f64 {
        let largest = self.distances.iter().fold(self.mean.abs(), |largest, d| largest.max(d.abs()));
        8.0 * f64::EPSILON * largest
    }

    fn influences(&self) -> Vec<f64> {
        self.distances.clone()
    }

    fn resample(&self, random: &mut Random) -> f64 {
        self.mean + sum_of_draws(&self.distances, random) / self.distances.len() as f64
    }
}

/// The sum of n of n values, each drawn by 32 random bits: the bias is below n·2⁻³². Four sums, so that one addition
/// need not wait for the other.
fn sum_of_draws(values: &[f64], random: &mut Random) -> f64 {
    let size = values.len() as u64;
    let mut sums = [0.0; 4];
    let draw = |bits: u64| values[((bits * size) >> 32) as usize];
    for _ in 0..values.len() / 4 {
        let (first, second) = (random.bits(), random.bits());
        sums[0] += draw(first >> 32);
        sums[1] += draw(first & 0xffff_ffff);
        sums[2] += draw(second >> 32);
        sums[3] += draw(second & 0xffff_ffff);
    }
    for sum in &mut sums[..values.len() % 4] {
        *sum += draw(random.bits() >> 32);
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

/// A quantile of sorted values.
struct OneQuantile {
    sorted: Vec<f64>,
    quantile: Quantile,
    position: Position,
}

impl OneQuantile {
    fn of(values: &[f64], quantile: Quantile) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let position = QuantileType::default().position(quantile, sorted.len() as u64);
        Self { sorted, quantile, position }
    }

    /// The value into which a uniform number falls.
    fn at(&self, uniform: f64) -> f64 {
        let place = (uniform * self.sorted.len() as f64) as usize;
        self.sorted[place.min(self.sorted.len() - 1)]
    }
}

impl Resampled for OneQuantile {
    fn observed(&self) -> f64 {
        let Position { rank, weight } = self.position;
        let low = self.sorted[rank as usize - 1];
        if weight == 0.0 { low } else { low + weight * (self.sorted[rank as usize] - low) }
    }

    fn rounding(&self) -> f64 {
        let ends = [self.sorted[0], self.sorted[self.sorted.len() - 1]];
        4.0 * f64::EPSILON * ends[0].abs().max(ends[1].abs())
    }

    fn influences(&self) -> Vec<f64> {
        let count = self.sorted.len();
        let Position { rank, weight } = QuantileType::default().position(self.quantile, count as u64 - 1);
        let without = |left_out: usize| {
            let at = |place: usize| self.sorted[place + usize::from(place >= left_out)];
            let low = at(rank as usize - 1);
            if weight == 0.0 { low } else { low + weight * (at(rank as usize) - low) }
        };
        let jackknife: Vec<f64> = (0..count).map(without).collect();
        let mean = jackknife[0] + jackknife.iter().map(|v| v - jackknife[0]).sum::<f64>() / count as f64;
        jackknife.iter().map(|value| mean - value).collect()
    }

    fn resample(&self, random: &mut Random) -> f64 {
        let Position { rank, weight } = self.position;
        let above = self.sorted.len() as f64 - rank as f64;
        let uniform = draw_beta(rank as f64, above + 1.0, random);
        let low = self.at(uniform);
        if weight == 0.0 {
            return low;
        }
        // The next order statistic: the smallest of those that remain, uniform over what remains.
        let next = 1.0 - (1.0 - uniform) * (1.0 - random.uniform()).powf(1.0 / above);
        low + weight * (self.at(next) - low)
    }
}
