use rayon::iter::{IntoParallelIterator, ParallelIterator};
use vana_types::Quantile;

use crate::block_bootstrap::{block_length, blocks};
use crate::test::Context;
use crate::{Position, QuantileType, Random};

/// Resamples in one chunk; results depend on it.
const CHUNK: u32 = 64;

/// By how much a quantile of one run lies above that of another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuantileShift {
    /// Which quantile.
    pub quantile: Quantile,
    /// Its value in the baseline's run.
    pub baseline: f64,
    /// Its value in the system's run.
    pub system: f64,
    /// System − baseline.
    pub shift: f64,
    /// Lower edge of the band.
    pub low: f64,
    /// Upper edge of the band.
    pub high: f64,
}

/// The shift function of two runs, each a series of latencies in the order of time: by how much each quantile (type 7)
/// moved, with a band that covers all of them together with `level`.
///
/// Both series are resampled in blocks (stationary bootstrap; block length after Politis and White), since
/// latencies within a run depend on each other. The band is shift ± c·stdev, where c is the `level` quantile, over
/// resamples, of the largest |resampled shift − shift|/stdev. It speaks of these two runs; how runs differ among
/// themselves, only repetitions tell. `None` for a series of fewer than ten values or with one that is not finite, a
/// `level` outside (0, 1) or fewer than two resamples. O(m·n).
///
/// Doksum, Annals of Statistics 2 (1974) 267–277; Politis and Romano, JASA 89 (1994) 1303–1313.
pub fn shift_function(
    baseline: &[f64],
    system: &[f64],
    quantiles: &[Quantile],
    level: f64,
    context: &Context,
) -> Option<Vec<QuantileShift>> {
    if !(level > 0.0 && level < 1.0) || context.resamples < 2 {
        return None;
    }
    let series = [Series::of(baseline, quantiles)?, Series::of(system, quantiles)?];
    let observed: Vec<[f64; 2]> = quantiles_of(&series, None);
    let resampled = resampled_shifts(&series, context);
    let shifts: Vec<f64> = observed.iter().map(|[baseline, system]| system - baseline).collect();
    let stdevs: Vec<f64> = (0..shifts.len()).map(|place| scatter(&resampled, place, shifts[place])).collect();
    let mut largest: Vec<f64> = resampled.iter().map(|one| largest_distance(one, &shifts, &stdevs)).collect();
    largest.sort_unstable_by(f64::total_cmp);
    let rank = (level * largest.len() as f64).ceil() as usize;
    let critical = largest[rank.clamp(1, largest.len()) - 1];
    let band = |place: usize| {
        let ([baseline, system], shift) = (observed[place], shifts[place]);
        let half = critical * stdevs[place];
        let quantile = quantiles[place];
        QuantileShift { quantile, baseline, system, shift, low: shift - half, high: shift + half }
    };
    Some((0..shifts.len()).map(band).collect())
}

/// √(mean squared distance of resampled shifts from the one observed).
fn scatter(resampled: &[Vec<f64>], place: usize, shift: f64) -> f64 {
    let squares: f64 = resampled.iter().map(|one| (one[place] - shift).powi(2)).sum();
    (squares / resampled.len() as f64).sqrt()
}

fn largest_distance(resampled: &[f64], shifts: &[f64], stdevs: &[f64]) -> f64 {
    let distances = resampled.iter().zip(shifts).zip(stdevs);
    // A quantile that never moves has a band of no width.
    distances
        .filter(|&(_, &stdev)| stdev > 0.0)
        .map(|((one, shift), stdev)| (one - shift).abs() / stdev)
        .fold(0.0, f64::max)
}

/// The shifts of all quantiles, by resample.
fn resampled_shifts(series: &[Series; 2], context: &Context) -> Vec<Vec<f64>> {
    let chunks: Vec<Vec<Vec<f64>>> = (0..context.resamples.div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let count = CHUNK.min(context.resamples - chunk * CHUNK);
            let mut random = Random::new(context.seed, u64::from(chunk));
            let mut times = [0, 1].map(|one: usize| vec![0; series[one].order.len()]);
            let mut draw = || {
                for (times, series) in times.iter_mut().zip(series) {
                    times.fill(0);
                    blocks(times.len(), series.block, &mut random, |places| {
                        times[places].iter_mut().for_each(|times| *times += 1);
                    });
                }
                quantiles_of(series, Some(&times))
                    .iter()
                    .map(|[baseline, system]| system - baseline)
                    .collect()
            };
            (0..count).map(|_| draw()).collect()
        })
        .collect();
    chunks.concat()
}

/// Every quantile of both series.
fn quantiles_of(series: &[Series; 2], times: Option<&[Vec<u32>; 2]>) -> Vec<[f64; 2]> {
    let [baseline, system] =
        [0, 1].map(|one| series[one].quantiles(times.map(|times| times[one].as_slice())));
    baseline.into_iter().zip(system).map(|(baseline, system)| [baseline, system]).collect()
}

/// A series and how it is resampled.
struct Series {
    /// The values, ascending.
    sorted: Vec<f64>,
    /// Where each of them stood.
    order: Vec<u32>,
    block: f64,
    positions: Vec<Position>,
    /// Places of `positions`, by rank.
    by_rank: Vec<usize>,
}

impl Series {
    fn of(values: &[f64], quantiles: &[Quantile]) -> Option<Self> {
        let is_finite = values.iter().all(|value| value.is_finite());
        let count = u32::try_from(values.len()).ok().filter(|&count| count >= 10 && is_finite)?;
        let mut order: Vec<u32> = (0..count).collect();
        order.sort_by(|&a, &b| values[a as usize].total_cmp(&values[b as usize]));
        let sorted = order.iter().map(|&place| values[place as usize]).collect();
        let position = |&quantile| QuantileType::default().position(quantile, u64::from(count));
        let positions: Vec<Position> = quantiles.iter().map(position).collect();
        let mut by_rank: Vec<usize> = (0..positions.len()).collect();
        by_rank.sort_by_key(|&place| positions[place].rank);
        Some(Self { sorted, order, block: block_length(values), positions, by_rank })
    }

    /// The quantiles when the value at each place in time comes up so many times; once without `times`.
    fn quantiles(&self, times: Option<&[u32]>) -> Vec<f64> {
        let mut found = vec![0.0; self.positions.len()];
        let mut values = self.order.iter().zip(&self.sorted);
        // So many values of the resample are no greater than `value`.
        let (mut reached, mut value) = (0u64, 0.0);
        let mut at_rank = |rank: u64| {
            while reached < rank
                && let Some((&place, &next)) = values.next()
            {
                reached += times.map_or(1, |times| u64::from(times[place as usize]));
                value = next;
            }
            value
        };
        // A quantile between ranks r and r + 1 asks for both; the next one may ask for r + 1 again, never for less
        // unless both lie between the same ranks, where the lower value is remembered.
        let mut last: Option<(u64, f64)> = None;
        for &place in &self.by_rank {
            let Position { rank, weight } = self.positions[place];
            let low = match last {
                Some((same, value)) if same == rank => value,
                _ => at_rank(rank),
            };
            last = Some((rank, low));
            found[place] = if weight == 0.0 { low } else { low + weight * (at_rank(rank + 1) - low) };
        }
        found
    }
}
