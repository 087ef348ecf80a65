use crate::test::{Difference, Summary};
use crate::{Sample, student};

/// The ratio of two means, system over baseline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatioInterval {
    /// Of the means as they are.
    pub ratio: f64,
    /// Lower end of its interval; `None`, as `high`, when the samples allow no bounded one.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// The ratio of means with its interval after Fieller. `None` when the baseline's mean is 0.
///
/// The interval holds every ratio θ at which x̄ₛ − θ·x̄ᵦ is not significantly different from 0, with a variance of its
/// own for each sample and the degrees of freedom of Welch and Satterthwaite at the ratio found. It is bounded only when
/// the baseline's mean is itself significantly different from 0 at that level; otherwise, for a sample of one value, when
/// neither sample scatters, or when `level` is outside (0, 1), the ratio comes without an interval. O(n).
///
/// Fieller, "Some Problems in Interval Estimation", Journal of the Royal Statistical Society B 16 (1954) 175–185.
pub fn ratio_of_means(baseline: &Sample, system: &Sample, level: f64) -> Option<RatioInterval> {
    if let (Ok(baseline), Ok(system)) = (Summary::of(baseline), Summary::of(system)) {
        return ratio_from_summary(baseline, system, level);
    }
    without_interval(baseline.mean(), system.mean())
}

/// [`ratio_of_means`] from means, sample standard deviations and numbers of values alone.
pub fn ratio_from_summary(baseline: Summary, system: Summary, level: f64) -> Option<RatioInterval> {
    let alone = without_interval(baseline.mean, system.mean)?;
    let Some((low, high)) = fieller(baseline, system, alone.ratio, level) else { return Some(alone) };
    Some(RatioInterval { ratio: alone.ratio, low: Some(low), high: Some(high) })
}

fn without_interval(baseline_mean: f64, system_mean: f64) -> Option<RatioInterval> {
    let ratio = system_mean / baseline_mean;
    ratio.is_finite().then_some(RatioInterval { ratio, low: None, high: None })
}

/// Both roots of (x̄ₛ − θ·x̄ᵦ)² = t²(vₛ + θ²vᵦ), in terms of relative errors so that no square can overflow.
fn fieller(baseline: Summary, system: Summary, ratio: f64, level: f64) -> Option<(f64, f64)> {
    if !(level > 0.0 && level < 1.0) {
        return None;
    }
    let freedom = Difference::of(baseline, system, ratio).ok()?.freedom;
    let t = student::quantile(1.0 - level, freedom);
    let baseline_error = t * baseline.error() / baseline.mean.abs();
    let system_error = t * system.error() / baseline.mean.abs();
    let rest = 1.0 - baseline_error * baseline_error;
    if rest <= 0.0 {
        return None;
    }
    let half = (system_error * rest.sqrt()).hypot(ratio * baseline_error) / rest;
    let (low, high) = (ratio / rest - half, ratio / rest + half);
    (low.is_finite() && high.is_finite()).then_some((low, high))
}
