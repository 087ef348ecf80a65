use super::{Aspect, Context, Outcome, Test, TestError};
use crate::{Sample, student};

/// The Brown–Forsythe test: Levene's with distances from the median.
pub(super) struct BrownForsythe;

impl Test for BrownForsythe {
    fn name(&self) -> &'static str {
        "brown-forsythe"
    }

    fn about(&self) -> &'static str {
        "Brown–Forsythe: whether mean distances from the median differ, and so the spread."
    }

    fn source(&self) -> &'static str {
        "Brown and Forsythe, Journal of the American Statistical Association 69 (1974) 364–367"
    }

    fn aspect(&self) -> Aspect {
        Aspect::Spread
    }

    /// The statistic is F with 1 and n₁ + n₂ − 2 degrees of freedom. O(n).
    fn compare(&self, baseline: &Sample, system: &Sample, _context: &Context) -> Result<Outcome, TestError> {
        // Both distances of two values are the same, so their mean has no error to be compared with.
        super::need(3, [baseline, system])?;
        super::need_difference(baseline, system)?;
        let groups = [baseline, system].map(Distances::of);
        let freedom = (baseline.count() + system.count() - 2) as f64;
        let within = groups[0].squares + groups[1].squares;
        let rounding = groups[0].rounding.max(groups[1].rounding);
        if within <= (freedom + 2.0) * rounding * rounding {
            return Err(TestError::NoSpread);
        }
        let shares = groups.each_ref().map(|group| 1.0 / group.count);
        let between = (groups[0].mean - groups[1].mean).powi(2) / (shares[0] + shares[1]);
        let statistic = between / (within / freedom);
        if !statistic.is_finite() || within < 1e-300 {
            return Err(TestError::OutOfRange);
        }
        Ok(Outcome { statistic, p: student::two_sided(statistic.sqrt(), freedom), smallest_p: None })
    }
}

/// Distances of a sample's values from its median.
struct Distances {
    count: f64,
    mean: f64,
    /// Σ (distance − mean)².
    squares: f64,
    /// By how much rounding alone may change a distance.
    rounding: f64,
}

impl Distances {
    fn of(sample: &Sample) -> Self {
        let median = sample.median();
        let distances = || sample.sorted().iter().map(|value| (value - median).abs());
        let count = sample.count() as f64;
        let mean = distances().sum::<f64>() / count;
        let squares = distances().map(|distance| (distance - mean).powi(2)).sum();
        let rounding = 4.0 * f64::EPSILON * sample.min().abs().max(sample.max().abs());
        Self { count, mean, squares, rounding }
    }
}
