use super::{Aspect, Context, Outcome, Test, TestError};
use crate::{Sample, student};

/// Welch's t test: means, with a variance of its own for each sample.
pub(super) struct Welch;

impl Test for Welch {
    fn name(&self) -> &'static str {
        "welch"
    }

    fn about(&self) -> &'static str {
        "Welch's t test: whether two means differ, whatever the variances."
    }

    fn source(&self) -> &'static str {
        "Welch, Biometrika 34 (1947) 28–35"
    }

    fn aspect(&self) -> Aspect {
        Aspect::Location
    }

    fn compare(&self, baseline: &Sample, system: &Sample, _context: &Context) -> Result<Outcome, TestError> {
        super::need(2, [baseline, system])?;
        super::need_difference(baseline, system)?;
        welch_from_summary(Summary::of(baseline)?, Summary::of(system)?)
    }
}

/// A sample as publications print it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// Arithmetic mean.
    pub mean: f64,
    /// Sample standard deviation (n − 1).
    pub stdev: f64,
    /// Number of values.
    pub n: u64,
}

impl Summary {
    /// Of a sample of two values or more. O(n).
    pub fn of(sample: &Sample) -> Result<Self, TestError> {
        let stdev = sample.stdev().ok_or(TestError::TooFew { needed: 2, found: sample.count() })?;
        // Below, squared distances from the mean are no longer normal numbers.
        let is_lost = stdev < 1e-150 && sample.min() < sample.max();
        if is_lost || !stdev.is_finite() {
            return Err(TestError::OutOfRange);
        }
        Ok(Self { mean: sample.mean(), stdev, n: sample.count() as u64 })
    }

    /// Standard error of the mean.
    pub(crate) fn error(self) -> f64 {
        self.stdev / (self.n as f64).sqrt()
    }

    fn check(self) -> Result<(), TestError> {
        if self.n < 2 {
            return Err(TestError::TooFew { needed: 2, found: self.n as usize });
        }
        if !self.mean.is_finite() || !self.stdev.is_finite() || self.stdev < 0.0 {
            return Err(TestError::OutOfRange);
        }
        Ok(())
    }
}

/// Difference of means, its standard error and its degrees of freedom after Satterthwaite, "An Approximate Distribution
/// of Estimates of Variance Components", Biometrics Bulletin 2 (1946) 110–114.
pub(crate) struct Difference {
    /// System's mean − `ratio`·baseline's mean.
    pub mean: f64,
    pub error: f64,
    pub freedom: f64,
}

impl Difference {
    /// Of a system's mean and `ratio` times a baseline's.
    pub fn of(baseline: Summary, system: Summary, ratio: f64) -> Result<Self, TestError> {
        baseline.check()?;
        system.check()?;
        let errors = [system.error(), ratio * baseline.error()];
        let error = errors[0].hypot(errors[1]);
        let mean = system.mean - ratio * baseline.mean;
        if error == 0.0 {
            return Err(TestError::NoSpread);
        }
        if !error.is_finite() || !mean.is_finite() {
            return Err(TestError::OutOfRange);
        }
        let shares = errors.map(|one| (one / error).powi(2));
        let freedom =
            1.0 / (shares[0].powi(2) / (system.n - 1) as f64 + shares[1].powi(2) / (baseline.n - 1) as f64);
        Ok(Self { mean, error, freedom })
    }
}

/// Welch's t test from means, sample standard deviations and numbers of values alone; t is that of system − baseline.
pub fn welch_from_summary(baseline: Summary, system: Summary) -> Result<Outcome, TestError> {
    let difference = Difference::of(baseline, system, 1.0)?;
    let statistic = difference.mean / difference.error;
    Ok(Outcome { statistic, p: student::two_sided(statistic, difference.freedom), smallest_p: None })
}

/// Welch's interval of the difference of means, system − baseline. `None` without spread, for fewer than two values, or
/// a `level` outside (0, 1).
pub fn difference_from_summary(baseline: Summary, system: Summary, level: f64) -> Option<(f64, f64)> {
    if !(level > 0.0 && level < 1.0) {
        return None;
    }
    let difference = Difference::of(baseline, system, 1.0).ok()?;
    let half = student::quantile(1.0 - level, difference.freedom) * difference.error;
    Some((difference.mean - half, difference.mean + half))
}
