//! Intervals inside one run, whose values follow each other in time and are not independent.

mod blocks;
mod length;
#[cfg(test)]
mod tests;

use rayon::prelude::*;
use vana_types::{Quantile, Seed};

use crate::Random;
use crate::order::{quantile, sorted};
pub(crate) use blocks::blocks;
pub use length::block_length;

/// With fewer values there are no blocks to draw.
const FEWEST: usize = 10;
/// Resamples of one chunk: a chunk draws from one generator.
const CHUNK: u64 = 16;

/// The number an interval is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockStatistic {
    /// Arithmetic mean.
    Mean,
    /// A quantile by type 7.
    Quantile(Quantile),
}

/// An interval of a statistic within one run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BlockBootstrap {
    /// Lower end, in the unit of the values.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Expected number of values in a block; 1 when they look independent.
    pub block_length: f64,
}

/// The percentile interval of a statistic of one run by the stationary bootstrap: resamples are made of blocks of
/// neighbours that start anywhere and have a geometric length, so the dependence within a block survives. It says
/// nothing about other runs. `None` for fewer than ten values, one that is not finite, a `level` outside (0, 1) or
/// fewer than two `resamples`. Equal values give an interval of no width.
///
/// The expected length of a block is [`block_length`] of the values for a mean; for a quantile of the indicators
/// whether a value is at most the quantile, since it is their dependence that makes a quantile uncertain.
/// Costs n log n + n·`resamples`, and n numbers of memory per thread.
///
/// Politis and Romano, "The Stationary Bootstrap", JASA 89 (1994) 1303–1313.
pub fn block_bootstrap(
    in_time: &[f64],
    statistic: BlockStatistic,
    level: f64,
    seed: Seed,
    resamples: u32,
) -> Option<BlockBootstrap> {
    let usable = in_time.len() >= FEWEST && u32::try_from(in_time.len()).is_ok() && resamples >= 2;
    if !(usable && level > 0.0 && level < 1.0) || in_time.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let plan = Plan::new(in_time, statistic)?;
    let chunks = u64::from(resamples).div_ceil(CHUNK);
    let found: Vec<f64> = (0..chunks)
        .into_par_iter()
        .flat_map_iter(|chunk| {
            let mut random = Random::new(seed, chunk);
            let mut counts = vec![0u32; if plan.ranks.is_empty() { 0 } else { in_time.len() }];
            let size = CHUNK.min(u64::from(resamples) - chunk * CHUNK);
            (0..size).map(|_| plan.resample(&mut random, &mut counts)).collect::<Vec<f64>>()
        })
        .collect();
    let found = sorted(found);
    // Probabilities as whole millionths, so that a rank is a quotient of whole numbers.
    let tail = ((1.0 - level) / 2.0 * 1e6).round() as u64;
    let low = quantile(&found, tail, 1_000_000)?;
    let high = quantile(&found, 1_000_000 - tail, 1_000_000)?;
    Some(BlockBootstrap { low, high, block_length: plan.block_length })
}

/// What all resamples share.
struct Plan {
    /// Sums of distances from the first value, up to each place: the sum of a block is a difference. For a mean.
    sums: Vec<f64>,
    origin: f64,
    /// Values ascending, and where each value in time stands among them. For a quantile.
    ascending: Vec<f64>,
    ranks: Vec<u32>,
    position: (u64, u64),
    count: usize,
    block_length: f64,
}

impl Plan {
    fn new(in_time: &[f64], statistic: BlockStatistic) -> Option<Self> {
        let count = in_time.len();
        let origin = in_time[0];
        let empty = Self {
            sums: Vec::new(),
            origin,
            ascending: Vec::new(),
            ranks: Vec::new(),
            position: (0, 1),
            count,
            block_length: 1.0,
        };
        match statistic {
            BlockStatistic::Mean => {
                let mut sum = 0.0;
                let rest = in_time.iter().map(|value| {
                    sum += value - origin;
                    sum
                });
                let sums = std::iter::once(0.0).chain(rest).collect();
                Some(Self { sums, block_length: block_length(in_time), ..empty })
            }
            BlockStatistic::Quantile(q) => {
                let mut order: Vec<u32> = (0..count as u32).collect();
                order.sort_by(|&a, &b| in_time[a as usize].total_cmp(&in_time[b as usize]));
                let ascending: Vec<f64> = order.iter().map(|&place| in_time[place as usize]).collect();
                let mut ranks = vec![0; count];
                for (rank, &place) in order.iter().enumerate() {
                    ranks[place as usize] = rank as u32;
                }
                let position = (q.numerator(), q.denominator());
                let center = quantile(&ascending, position.0, position.1)?;
                let below: Vec<f64> =
                    in_time.iter().map(|&value| if value <= center { 1.0 } else { 0.0 }).collect();
                Some(Self { ascending, ranks, position, block_length: block_length(&below), ..empty })
            }
        }
    }

    /// The statistic of one resample. `counts` is all zeros before and after.
    fn resample(&self, random: &mut Random, counts: &mut [u32]) -> f64 {
        let mut sum = 0.0;
        blocks(self.count, self.block_length, random, |places| {
            if self.ranks.is_empty() {
                sum += self.sums[places.end] - self.sums[places.start];
            } else {
                self.ranks[places].iter().for_each(|&rank| counts[rank as usize] += 1);
            }
        });
        if self.ranks.is_empty() { self.origin + sum / self.count as f64 } else { self.quantile(counts) }
    }

    /// The quantile of the values counted, by type 7; leaves the counts zero.
    fn quantile(&self, counts: &mut [u32]) -> f64 {
        let position = u128::from(self.count as u64 - 1) * u128::from(self.position.0);
        let denominator = u128::from(self.position.1);
        let rank = (position / denominator) as usize;
        let weight = (position % denominator) as f64 / denominator as f64;
        let (mut seen, mut below, mut above) = (0, None, None);
        for (value, count) in self.ascending.iter().zip(counts.iter_mut()) {
            seen += std::mem::take(count) as usize;
            if below.is_none() && seen > rank {
                below = Some(*value);
            }
            if above.is_none() && seen > rank + 1 {
                above = Some(*value);
            }
        }
        let below = below.unwrap_or(self.origin);
        below + weight * (above.unwrap_or(below) - below)
    }
}
