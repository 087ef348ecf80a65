use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::{Aspect, Context, Outcome, Test, TestError};
use crate::rank_sum::{smallest_p, splits};
use crate::{Random, Sample};

/// Resamples in one chunk; results depend on it.
const CHUNK: u32 = 512;

/// The permutation test of the difference of means.
pub(super) struct Permutation;

impl Test for Permutation {
    fn name(&self) -> &'static str {
        "permutation"
    }

    fn about(&self) -> &'static str {
        "Permutation test of the difference of means: exact where all splits can be tried, random splits beyond."
    }

    fn source(&self) -> &'static str {
        "Pitman, JRSS Supplement 4 (1937) 119–130; Phipson and Smyth, SAGMB 9 (2010) 39"
    }

    fn aspect(&self) -> Aspect {
        Aspect::Location
    }

    /// The statistic is system's mean − baseline's. p is twice the smaller share of splits at least as extreme, at most
    /// 1; of b among m random splits, the share is (b+1)/(m+1). O(m·n).
    fn compare(&self, baseline: &Sample, system: &Sample, context: &Context) -> Result<Outcome, TestError> {
        super::need_difference(baseline, system)?;
        let statistic = system.mean() - baseline.mean();
        let pool = Pool::of(baseline, system);
        if !pool.observed.is_finite() || !statistic.is_finite() {
            return Err(TestError::OutOfRange);
        }
        let sizes = (baseline.count(), system.count());
        let all = splits(sizes.0, sizes.1);
        let smallest = smallest_p(sizes.0, sizes.1);
        if all <= f64::from(context.resamples) {
            let tails = pool.all_splits();
            let p = (2.0 * tails.smaller() as f64 / all).min(1.0);
            return Ok(Outcome { statistic, p, smallest_p: Some(smallest) });
        }
        let tails = pool.random_splits(context);
        let tried = f64::from(context.resamples) + 1.0;
        let p = (2.0 * (tails.smaller() + 1) as f64 / tried).min(1.0);
        Ok(Outcome { statistic, p, smallest_p: Some((2.0 / tried).max(smallest).min(1.0)) })
    }
}

/// How many splits have a sum no greater and no smaller than the observed one.
#[derive(Clone, Copy, Default)]
struct Tails {
    below: u64,
    above: u64,
}

impl Tails {
    fn smaller(self) -> u64 {
        self.below.min(self.above)
    }

    fn plus(self, other: Self) -> Self {
        Self { below: self.below + other.below, above: self.above + other.above }
    }
}

/// All values, and the sum of the smaller sample's.
struct Pool {
    /// Distances from the mean of all, the smaller sample's first.
    values: Vec<f64>,
    chosen: usize,
    observed: f64,
    /// Sums that differ by less are equal: they may have been added in another order.
    rounding: f64,
}

impl Pool {
    fn of(baseline: &Sample, system: &Sample) -> Self {
        let (small, large) =
            if system.count() <= baseline.count() { (system, baseline) } else { (baseline, system) };
        let chosen = small.count();
        let share = chosen as f64 / (chosen + large.count()) as f64;
        let origin = large.mean() + share * (small.mean() - large.mean());
        let values: Vec<f64> =
            small.sorted().iter().chain(large.sorted()).map(|value| value - origin).collect();
        let observed = values[..chosen].iter().sum();
        let largest = [small, large].map(|one| one.min().abs().max(one.max().abs()));
        let rounding = 8.0 * f64::EPSILON * chosen as f64 * largest[0].max(largest[1]);
        Self { values, chosen, observed, rounding }
    }

    fn judge(&self, sum: f64) -> Tails {
        let distance = sum - self.observed;
        Tails { below: u64::from(distance <= self.rounding), above: u64::from(distance >= -self.rounding) }
    }

    /// Every split, the smallest places first.
    fn all_splits(&self) -> Tails {
        let mut places: Vec<usize> = (0..self.chosen).collect();
        let mut tails = Tails::default();
        loop {
            let sum = places.iter().map(|&place| self.values[place]).sum();
            tails = tails.plus(self.judge(sum));
            // The last place that can still move on, and those after it right behind.
            let end = self.values.len() - self.chosen;
            let Some(moving) = (0..self.chosen).rev().find(|&index| places[index] < end + index) else {
                return tails;
            };
            let first = places[moving] + 1;
            for (place, next) in places[moving..].iter_mut().zip(first..) {
                *place = next;
            }
        }
    }

    fn random_splits(&self, context: &Context) -> Tails {
        let chunks = context.resamples.div_ceil(CHUNK);
        (0..chunks)
            .into_par_iter()
            .map(|chunk| {
                let count = CHUNK.min(context.resamples - chunk * CHUNK);
                self.chunk(count, &mut Random::new(context.seed, u64::from(chunk)))
            })
            .reduce(Tails::default, Tails::plus)
    }

    /// `count` random splits: the first places of a shuffle that goes no further.
    fn chunk(&self, count: u32, random: &mut Random) -> Tails {
        let mut values = self.values.clone();
        let size = values.len();
        let mut tails = Tails::default();
        for _ in 0..count {
            let mut sum = 0.0;
            for place in 0..self.chosen {
                let other = place + random.below((size - place) as u64) as usize;
                values.swap(place, other);
                sum += values[place];
            }
            tails = tails.plus(self.judge(sum));
        }
        tails
    }
}
