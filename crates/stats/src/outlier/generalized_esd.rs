use super::{Outlier, OutlierRule, OutlierSeverity, finite};
use crate::student::upper_quantile;

/// Below this Rosner's critical values are not accurate.
const FEWEST: usize = 15;
/// More outliers than this are not looked for: each costs a pass over the values.
const MOST: usize = 100;
/// Significance of mild and of severe outliers; the second is ours.
const ALPHAS: [f64; 2] = [0.05, 0.001];

/// The generalized extreme studentized deviate test at α = 0.05 (mild) and 0.001 (severe), for at most a tenth of the
/// values and at most a hundred. The score is |x − x̄| / s among the values not more extreme.
pub(super) struct GeneralizedEsd;

impl OutlierRule for GeneralizedEsd {
    fn name(&self) -> &'static str {
        "generalized-esd"
    }

    fn about(&self) -> &'static str {
        "significant at 0.05 (mild) or 0.001 (severe) by the extreme studentized deviate, up to a tenth of the values, \
         from 15 values on"
    }

    fn source(&self) -> &'static str {
        "Rosner, Percentage Points for a Generalized ESD Many-Outlier Procedure, Technometrics 25 (1983) 165-172"
    }

    fn find(&self, values: &[f64]) -> Vec<Outlier> {
        let values = finite(values);
        if values.len() < FEWEST {
            return Vec::new();
        }
        let plain: Vec<f64> = values.iter().map(|&(_, value)| value).collect();
        let [mild, severe] = ALPHAS.map(|alpha| {
            let mut steps = esd_steps(&plain, (plain.len() / 10).min(MOST), alpha);
            let outliers = steps.iter().rposition(|step| step.statistic > step.critical);
            steps.truncate(outliers.map_or(0, |last| last + 1));
            steps
        });
        let mut found: Vec<Outlier> = mild
            .iter()
            .enumerate()
            .map(|(place, step)| {
                let (step, severity) = match severe.get(place) {
                    Some(step) => (step, OutlierSeverity::Severe),
                    None => (step, OutlierSeverity::Mild),
                };
                let (score, bound) = (step.statistic, step.critical);
                Outlier { index: values[step.index].0, score, bound, severity }
            })
            .collect();
        found.sort_unstable_by_key(|outlier| outlier.index);
        found
    }
}

/// One step of the generalized ESD test: the most extreme of the values left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EsdStep {
    /// Where it stands among the values.
    pub index: usize,
    /// Rᵢ: its distance from the mean of those left, in their sample standard deviations.
    pub statistic: f64,
    /// λᵢ: what Rᵢ must exceed. All values up to the last that does are outliers.
    pub critical: f64,
}

/// The first `most` steps of Rosner's generalized ESD test at `alpha`; fewer when the values left are all equal or
/// fewer than three. The values must be finite. Costs n·`most`.
///
/// Rosner, "Percentage Points for a Generalized ESD Many-Outlier Procedure", Technometrics 25 (1983) 165–172.
pub fn esd_steps(values: &[f64], most: usize, alpha: f64) -> Vec<EsdStep> {
    let mut left: Vec<(usize, f64)> = values.iter().copied().enumerate().collect();
    let mut steps = Vec::new();
    while steps.len() < most && left.len() > 2 {
        let count = left.len() as f64;
        // Distances from one of the values keep the digits that adding large numbers would drop.
        let origin = left[0].1;
        let mean = origin + left.iter().map(|(_, value)| value - origin).sum::<f64>() / count;
        let variance = left.iter().map(|(_, value)| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
        if !(variance > 0.0 && variance.is_finite()) {
            break;
        }
        let distance = |place: usize| (left[place].1 - mean).abs();
        let farthest = (0..left.len())
            .fold(0, |best, place| if distance(place) > distance(best) { place } else { best });
        let critical = critical_value(count, alpha);
        steps.push(EsdStep {
            index: left[farthest].0,
            statistic: distance(farthest) / variance.sqrt(),
            critical,
        });
        left.remove(farthest);
    }
    steps
}

/// λ for `count` values left: (m−1)·t / √((m−2+t²)·m), t the quantile 1 − α/(2m) with m−2 degrees of freedom.
fn critical_value(count: f64, alpha: f64) -> f64 {
    let t = upper_quantile(count - 2.0, alpha / (2.0 * count));
    (count - 1.0) * t / ((count - 2.0 + t * t) * count).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Rosner's article and of the NIST/SEMATECH e-Handbook, section 1.3.5.17.3.
    const ROSNER: [f64; 54] = [
        -0.25, 0.68, 0.94, 1.15, 1.20, 1.26, 1.26, 1.34, 1.38, 1.43, 1.49, 1.49, 1.55, 1.56, 1.58, 1.65,
        1.69, 1.70, 1.76, 1.77, 1.81, 1.91, 1.94, 1.96, 1.99, 2.06, 2.09, 2.10, 2.14, 2.15, 2.23, 2.24, 2.26,
        2.35, 2.37, 2.40, 2.47, 2.54, 2.62, 2.64, 2.90, 2.92, 2.92, 2.93, 3.21, 3.26, 3.30, 3.59, 3.68, 4.30,
        4.64, 5.34, 5.42, 6.01,
    ];

    #[test]
    fn the_table_of_the_nist_handbook_is_reproduced() {
        let steps = esd_steps(&ROSNER, 10, 0.05);
        let printed: Vec<(String, String)> = steps
            .iter()
            .map(|step| (format!("{:.3}", step.statistic), format!("{:.3}", step.critical)))
            .collect();
        let expected = [
            ("3.119", "3.159"),
            ("2.943", "3.151"),
            ("3.179", "3.144"),
            ("2.810", "3.136"),
            ("2.816", "3.128"),
            ("2.848", "3.120"),
            ("2.279", "3.112"),
            ("2.310", "3.103"),
            ("2.102", "3.094"),
            ("2.067", "3.085"),
        ];
        assert_eq!(
            printed,
            expected.map(|(statistic, critical)| (statistic.to_owned(), critical.to_owned()))
        );
    }

    #[test]
    fn masked_outliers_are_found_together() {
        let found = GeneralizedEsd.find(&ROSNER);
        let places: Vec<_> = found.iter().map(|outlier| (outlier.index, outlier.severity)).collect();
        assert_eq!(places, [51, 52, 53].map(|index| (index, OutlierSeverity::Mild)));
    }
}
