//! How many repetitions are enough, and whether longer runs or more of them help.

use vana_types::Seed;

use crate::student::upper_quantile;
use crate::{Random, Sample};

/// Beyond so many repetitions Student's t is the normal distribution, and nobody will make them.
const MANY: f64 = 1e9;

/// Why nothing can be planned.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PlanError {
    /// Too few repetitions.
    #[error("{found} repetitions, and a plan needs {needed}")]
    TooFew {
        /// How many it needs.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// The mean or median is 0, so there is no relative width.
    #[error("a width relative to 0")]
    ZeroCenter,
    /// The half-width is not above 0, or the level is outside (0, 1).
    #[error("no such interval")]
    NoSuchInterval,
    /// A number of a run that is not finite, or a negative error.
    #[error("run {run} has no usable mean and error")]
    Unusable {
        /// Which run, from 0.
        run: usize,
    },
}

/// The mean of one run and how well the run itself knows it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunMean {
    /// Mean over the run.
    pub mean: f64,
    /// Its standard error within the run: stdev over the root of the effective number of values.
    pub error: f64,
}

/// Where the differences between the means of runs come from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VarianceComponents {
    /// Variance of the true means of runs; 0 when the runs differ no more than their errors explain.
    pub between: f64,
    /// Mean squared standard error of a run's mean: what longer runs shrink.
    pub within: f64,
}

impl VarianceComponents {
    /// One-way random effects by moments: the variance of the means is that between runs plus the mean squared error.
    /// Needs two runs. Costs n.
    ///
    /// Searle, Casella and `McCulloch`, Variance Components (1992), chapter 3.
    pub fn new(runs: &[RunMean]) -> Result<Self, PlanError> {
        let is_usable = |run: &RunMean| run.mean.is_finite() && run.error.is_finite() && run.error >= 0.0;
        if let Some(run) = runs.iter().position(|run| !is_usable(run)) {
            return Err(PlanError::Unusable { run });
        }
        let too_few = PlanError::TooFew { needed: 2, found: runs.len() };
        let means = Sample::new(runs.iter().map(|run| run.mean).collect());
        let Some(stdev) = means.ok().and_then(|means| means.stdev()) else { return Err(too_few) };
        let within = runs.iter().map(|run| run.error * run.error).sum::<f64>() / runs.len() as f64;
        Ok(Self { between: (stdev * stdev - within).max(0.0), within })
    }

    /// By what the variance of the mean over runs is multiplied when every run is `times` as long: from 1/`times`
    /// (longer runs do as well as more) up to 1 (they are in vain). `times` as many runs always multiply it by
    /// 1/`times`, for the same load time, each run's start and warm-up apart. 1 when nothing varies.
    pub fn factor_of_longer_runs(&self, times: f64) -> f64 {
        let total = self.between + self.within;
        if total > 0.0 { (self.between + self.within / times) / total } else { 1.0 }
    }
}

/// The smallest number of repetitions, at least 2, whose t interval of the mean has a relative half-width of at most
/// `half_width`, if mean and stdev stay as they are: t(n−1)·s/√n ≤ w·|x̄|, with the quantile of that very n.
/// Needs two values.
pub fn repetitions_for_mean(sample: &Sample, half_width: f64, level: f64) -> Result<u64, PlanError> {
    check(half_width, level)?;
    let stdev = sample.stdev().ok_or(PlanError::TooFew { needed: 2, found: sample.count() })?;
    let mean = sample.mean().abs();
    if stdev == 0.0 {
        return Ok(2);
    }
    if mean == 0.0 {
        return Err(PlanError::ZeroCenter);
    }
    let ratio = stdev / mean / half_width;
    let tail = (1.0 - level) / 2.0;
    let enough = |count: u64| {
        let reached = upper_quantile((count - 1) as f64, tail) * ratio;
        reached <= (count as f64).sqrt()
    };
    // t is above the normal quantile, which is above 0: double until enough, then bisect.
    let mut high = 2u64;
    while !enough(high) {
        if high as f64 > MANY {
            return Ok(((ratio * upper_quantile(f64::INFINITY, tail)).powi(2)).ceil() as u64);
        }
        high *= 2;
    }
    let mut low = (high / 2).max(1);
    while high - low > 1 {
        let middle = u64::midpoint(low, high);
        if enough(middle) { high = middle } else { low = middle }
    }
    Ok(high)
}

/// How many repetitions the median needs, and how that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MedianPlan {
    /// Number of repetitions.
    pub count: u64,
    /// Whether it is more than there are, so that it is only extrapolated: the width of the interval of all values
    /// shrinks as 1/√n.
    pub is_extrapolated: bool,
}

/// The smallest number of repetitions with which the order-statistic interval of the median, on average over `draws`
/// random subsets of that size of the known values, stays within ± `half_width` (relative) of the median of all; or,
/// when all together are not enough, an extrapolation. Needs as many values as such an interval (6 for 95 %).
/// Costs `draws`·n² log n for n values.
///
/// Maricq, Duplyakin, Jimenez, Maltzahn, Stutsman and Ricci, "Taming Performance Variability", OSDI (2018), section 5.
pub fn repetitions_for_median(
    sample: &Sample,
    half_width: f64,
    level: f64,
    seed: Seed,
    draws: u32,
) -> Result<MedianPlan, PlanError> {
    check(half_width, level)?;
    let values = sample.sorted();
    let needed = fewest_for_median(level);
    let Some((low, high, _)) = sample.median_interval(level) else {
        return Err(PlanError::TooFew { needed, found: values.len() });
    };
    let median = sample.median();
    let reach = half_width * median.abs();
    let widest = (median - low).max(high - median);
    if widest > 0.0 && reach == 0.0 {
        return Err(PlanError::ZeroCenter);
    }
    for count in needed..values.len() {
        let mut random = Random::new(seed, count as u64);
        if let Some((low, high)) = mean_interval(values, count, level, &mut random, draws.max(1))
            && median - low <= reach
            && high - median <= reach
        {
            return Ok(MedianPlan { count: count as u64, is_extrapolated: false });
        }
    }
    if widest <= reach {
        return Ok(MedianPlan { count: values.len() as u64, is_extrapolated: false });
    }
    let count = (values.len() as f64 * (widest / reach).powi(2)).ceil() as u64;
    Ok(MedianPlan { count, is_extrapolated: true })
}

/// Mean lower and upper end of the interval of the median over random subsets.
fn mean_interval(
    values: &[f64],
    count: usize,
    level: f64,
    random: &mut Random,
    draws: u32,
) -> Option<(f64, f64)> {
    let mut pool = values.to_vec();
    // Distances from one of the values: equal ends have that very mean.
    let origin = values[0];
    let (mut low, mut high) = (0.0, 0.0);
    for _ in 0..draws {
        for place in 0..count {
            let other = place + random.below((pool.len() - place) as u64) as usize;
            pool.swap(place, other);
        }
        let interval = Sample::new(pool[..count].to_vec()).ok()?.median_interval(level)?;
        low += interval.0 - origin;
        high += interval.1 - origin;
    }
    Some((origin + low / f64::from(draws), origin + high / f64::from(draws)))
}

/// The fewest values whose extremes cover the median: 1 − 2¹⁻ⁿ ≥ level.
fn fewest_for_median(level: f64) -> usize {
    // A level below 1 in floats is reached by 2⁻⁵⁴.
    (2..64).find(|&count| 1.0 - 0.5f64.powi(count - 1) >= level).map_or(64, |count| count as usize)
}

fn check(half_width: f64, level: f64) -> Result<(), PlanError> {
    if half_width > 0.0 && level > 0.0 && level < 1.0 { Ok(()) } else { Err(PlanError::NoSuchInterval) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(count: u64) -> Sample {
        Sample::new((1..=count).map(|i| 100.0 + (7919 * i % 1009) as f64 / 50.0).collect()).unwrap()
    }

    #[test]
    fn the_number_for_a_mean_is_the_smallest_that_is_enough() {
        let known = sample(10);
        let (mean, stdev) = (known.mean(), known.stdev().unwrap());
        for half_width in [0.5, 0.05, 0.02, 0.01, 0.001] {
            let found = repetitions_for_mean(&known, half_width, 0.95).unwrap();
            let reached =
                |count: u64| upper_quantile(count as f64 - 1.0, 0.025) * stdev / (count as f64).sqrt() / mean;
            assert!(reached(found) <= half_width, "{found}");
            assert!(found == 2 || reached(found - 1) > half_width, "{found}");
        }
        let huge = repetitions_for_mean(&known, 1e-9, 0.95).unwrap() as f64;
        assert!((huge / (1.959_963_984_540_054 * stdev / mean * 1e9).powi(2) - 1.0).abs() < 1e-6, "{huge}");
    }

    #[test]
    fn the_number_for_a_median_is_found_among_the_known_or_extrapolated() {
        let known = sample(60);
        let plan = |half_width| repetitions_for_median(&known, half_width, 0.95, Seed(1), 200).unwrap();
        assert_eq!(plan(0.5), MedianPlan { count: 6, is_extrapolated: false });
        let wide = plan(0.06);
        assert!(!wide.is_extrapolated && (7..60).contains(&wide.count), "{wide:?}");
        assert_eq!(plan(0.06), wide);
        let (low, high, _) = known.median_interval(0.95).unwrap();
        let widest = (known.median() - low).max(high - known.median()) / known.median();
        let count = (60.0 * (widest / 0.005).powi(2)).ceil() as u64;
        assert_eq!(plan(0.005), MedianPlan { count, is_extrapolated: true });
    }

    #[test]
    fn planted_components_are_found() {
        let run = |mean: f64, error: f64| RunMean { mean, error };
        // Means 8 10 12 have variance 4.
        let found = VarianceComponents::new(&[run(8.0, 1.0), run(10.0, 1.0), run(12.0, 1.0)]).unwrap();
        assert_eq!(found, VarianceComponents { between: 3.0, within: 1.0 });
        assert_eq!(found.factor_of_longer_runs(2.0), 0.875);
        let noisy = VarianceComponents::new(&[run(8.0, 3.0), run(10.0, 3.0), run(12.0, 3.0)]).unwrap();
        assert_eq!((noisy.between, noisy.factor_of_longer_runs(2.0)), (0.0, 0.5));
        let still = VarianceComponents::new(&[run(8.0, 0.0), run(8.0, 0.0)]).unwrap();
        assert_eq!(still.factor_of_longer_runs(2.0), 1.0);
    }

    #[test]
    fn equal_values_need_no_more_than_an_interval_does() {
        let same = Sample::new(vec![3.0; 8]).unwrap();
        assert_eq!(repetitions_for_mean(&same, 0.01, 0.95), Ok(2));
        let plan = repetitions_for_median(&same, 0.01, 0.95, Seed(1), 10);
        assert_eq!(plan, Ok(MedianPlan { count: 6, is_extrapolated: false }));
    }

    #[test]
    fn what_cannot_be_planned_is_refused() {
        let one = Sample::new(vec![3.0]).unwrap();
        assert_eq!(repetitions_for_mean(&one, 0.1, 0.95), Err(PlanError::TooFew { needed: 2, found: 1 }));
        let few = PlanError::TooFew { needed: 6, found: 5 };
        assert_eq!(repetitions_for_median(&sample(5), 0.1, 0.95, Seed(1), 10), Err(few));
        let zero = Sample::new((-10..=10).map(f64::from).collect()).unwrap();
        assert_eq!(repetitions_for_mean(&zero, 0.1, 0.95), Err(PlanError::ZeroCenter));
        assert_eq!(repetitions_for_median(&zero, 0.1, 0.95, Seed(1), 10), Err(PlanError::ZeroCenter));
        assert_eq!(repetitions_for_mean(&zero, 0.0, 0.95), Err(PlanError::NoSuchInterval));
        assert_eq!(repetitions_for_mean(&zero, 0.1, 95.0), Err(PlanError::NoSuchInterval));
        let run = RunMean { mean: 1.0, error: f64::NAN };
        assert_eq!(VarianceComponents::new(&[run]), Err(PlanError::Unusable { run: 0 }));
        assert_eq!(VarianceComponents::new(&[]), Err(PlanError::TooFew { needed: 2, found: 0 }));
    }
}
