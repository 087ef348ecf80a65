use statrs::function::beta::beta_reg;

use super::{GroupOutcome, GroupTest, GroupTestError, check, pairs};
use crate::{Sample, StudentizedRange};

/// Welch's analysis of variance, with the Games–Howell test of each pair.
pub(super) struct WelchAnova;

impl GroupTest for WelchAnova {
    fn name(&self) -> &'static str {
        "welch-anova"
    }

    fn about(&self) -> &'static str {
        "whether the means are equal, whatever the spreads; each pair by Games-Howell, adjusted for all pairs"
    }

    fn source(&self) -> &'static str {
        "Welch, Biometrika 38 (1951) 330-336; Games and Howell, Journal of Educational Statistics 1 (1976) 113-125"
    }

    fn compare(&self, samples: &[Sample]) -> Result<GroupOutcome, GroupTestError> {
        check(samples, 2)?;
        let mut groups = Vec::new();
        for (group, sample) in samples.iter().enumerate() {
            groups.push(Moments::of(sample).ok_or(GroupTestError::NoSpread { group })?);
        }
        let count = groups.len() as f64;
        let weights: f64 = groups.iter().map(|group| 1.0 / group.error).sum();
        // Distances from one of the means keep the digits of means that are large and alike.
        let origin = groups[0].mean;
        let center: f64 =
            groups.iter().map(|group| (group.mean - origin) / group.error).sum::<f64>() / weights;
        let between: f64 =
            groups.iter().map(|group| (group.mean - origin - center).powi(2) / group.error).sum();
        let imbalance: f64 =
            groups.iter().map(|group| (1.0 - 1.0 / group.error / weights).powi(2) / group.freedom).sum();
        let squared = count * count - 1.0;
        let statistic = between / (count - 1.0) / (1.0 + 2.0 * (count - 2.0) / squared * imbalance);
        let (over, under) = (count - 1.0, squared / (3.0 * imbalance));
        // P(F > f) = I(d₂/(d₂ + d₁f); d₂/2, d₁/2).
        let p = beta_reg(under / 2.0, over / 2.0, under / (under + over * statistic));
        Ok(GroupOutcome {
            statistic,
            p,
            pairs: pairs(groups.len(), |a, b| games_howell(groups.len(), groups[a], groups[b])),
        })
    }
}

#[derive(Clone, Copy)]
struct Moments {
    mean: f64,
    /// Squared standard error of the mean.
    error: f64,
    freedom: f64,
}

impl Moments {
    /// `None` without spread.
    fn of(sample: &Sample) -> Option<Self> {
        let count = sample.count() as f64;
        let error = sample.stdev()?.powi(2) / count;
        (error > 0.0).then(|| Self { mean: sample.mean(), error, freedom: count - 1.0 })
    }
}

fn games_howell(groups: usize, a: Moments, b: Moments) -> f64 {
    let error = a.error + b.error;
    let freedom = error * error / (a.error * a.error / a.freedom + b.error * b.error / b.freedom);
    let q = (a.mean - b.mean).abs() / (error / 2.0).sqrt();
    // Welch's degrees of freedom are at least those of the smaller sample, rounding apart.
    StudentizedRange::new(groups, freedom.max(1.0)).map_or(1.0, |range| range.above(q))
}
