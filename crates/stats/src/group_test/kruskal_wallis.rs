use statrs::function::erf::erfc;
use statrs::function::gamma::gamma_ur;

use super::ranks::ranks;
use super::{GroupOutcome, GroupTest, GroupTestError, check, pairs};
use crate::Sample;

/// The Kruskal–Wallis test corrected for ties, with Dunn's test of each pair.
pub(super) struct KruskalWallis;

impl GroupTest for KruskalWallis {
    fn name(&self) -> &'static str {
        "kruskal-wallis"
    }

    fn about(&self) -> &'static str {
        "whether any system's values tend to be larger, by ranks; each pair by Dunn, not adjusted"
    }

    fn source(&self) -> &'static str {
        "Kruskal and Wallis, JASA 47 (1952) 583-621; Dunn, Technometrics 6 (1964) 241-252; both with ties"
    }

    fn compare(&self, samples: &[Sample]) -> Result<GroupOutcome, GroupTestError> {
        check(samples, 1)?;
        let values: Vec<f64> = samples.iter().flat_map(Sample::sorted).copied().collect();
        let count = values.len() as f64;
        let (ranks, ties) = ranks(&values);
        let untied = 1.0 - ties / (count * count * count - count);
        if untied <= 0.0 {
            return Err(GroupTestError::AllEqual);
        }
        let mut means = Vec::new();
        let mut rest = &ranks[..];
        for sample in samples {
            let (own, others) = rest.split_at(sample.count());
            means.push((own.iter().sum::<f64>() / own.len() as f64, own.len() as f64));
            rest = others;
        }
        let middle = f64::midpoint(count, 1.0);
        let squares: f64 = means.iter().map(|(mean, size)| size * (mean - middle).powi(2)).sum();
        let statistic = 12.0 * squares / (count * (count + 1.0)) / untied;
        let p = upper_chi_squared(statistic, samples.len() - 1);
        let dunn = |a: usize, b: usize| {
            let ((first, first_size), (second, second_size)) = (means[a], means[b]);
            let variance = untied * count * (count + 1.0) / 12.0 * (1.0 / first_size + 1.0 / second_size);
            erfc((first - second).abs() / variance.sqrt() * std::f64::consts::FRAC_1_SQRT_2)
        };
        Ok(GroupOutcome { statistic, p, pairs: pairs(samples.len(), dunn) })
    }
}

/// P(χ² > x).
pub(super) fn upper_chi_squared(x: f64, freedom: usize) -> f64 {
    if x > 0.0 { gamma_ur(freedom as f64 / 2.0, x / 2.0) } else { 1.0 }
}
