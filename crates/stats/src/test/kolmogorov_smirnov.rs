use super::{Aspect, Context, Outcome, Test, TestError};
use crate::Sample;
use crate::rank_sum::smallest_p;
use crate::ties::Groups;

/// Up to so many pairs of values the distribution of D is exact; it costs one step a pair.
const EXACT_PAIRS: u128 = 1_000_000;

/// The Kolmogorov–Smirnov test of two samples.
pub(super) struct KolmogorovSmirnov;

impl Test for KolmogorovSmirnov {
    fn name(&self) -> &'static str {
        "kolmogorov-smirnov"
    }

    fn about(&self) -> &'static str {
        "Kolmogorov–Smirnov: the largest distance of two empirical distributions; exact up to a million pairs of \
         values, Smirnov's limit beyond. Ties make it cautious."
    }

    fn source(&self) -> &'static str {
        "Smirnov (1939); Hodges, Arkiv för Matematik 3 (1958) 469–486; Stephens, JRSS B 32 (1970) 115–122"
    }

    fn aspect(&self) -> Aspect {
        Aspect::Distribution
    }

    fn compare(&self, baseline: &Sample, system: &Sample, _context: &Context) -> Result<Outcome, TestError> {
        super::need_difference(baseline, system)?;
        let (first, second) = (baseline.count(), system.count());
        let distance = distance(baseline.sorted(), system.sorted());
        let pairs = first as u128 * second as u128;
        let statistic = distance as f64 / pairs as f64;
        if pairs > EXACT_PAIRS {
            return Ok(Outcome { statistic, p: limit_p(statistic, first, second), smallest_p: None });
        }
        let p = exact_p(first, second, distance);
        Ok(Outcome { statistic, p, smallest_p: Some(smallest_p(first, second)) })
    }
}

/// D·n₁·n₂, a whole number: the largest |i·n₂ − j·n₁| where i and j values of the samples are no greater than some x.
fn distance(baseline: &[f64], system: &[f64]) -> u128 {
    let (first, second) = (baseline.len() as u128, system.len() as u128);
    let (mut i, mut j, mut largest) = (0u128, 0u128, 0);
    for group in Groups::of(baseline, system) {
        i += group.baseline as u128;
        j += group.system as u128;
        largest = largest.max((i * second).abs_diff(j * first));
    }
    largest
}

/// The share of orders of n₁ + n₂ different values whose distance is at least `distance`.
///
/// Orders are paths over a grid. A random one through (i, j) came from (i−1, j) with probability i/(i+j), so the
/// share of paths that went too far before is a mean of two shares: sums of positive numbers, which lose no digits.
fn exact_p(first: usize, second: usize, distance: u128) -> f64 {
    let distance = distance as u64;
    let is_far = |i: usize, j: usize| ((i * second) as u64).abs_diff((j * first) as u64) >= distance;
    let mut shares = vec![0.0; second + 1];
    for i in 0..=first {
        for j in 0..=second {
            let steps = (i + j) as f64;
            shares[j] = if is_far(i, j) {
                1.0
            } else if i + j == 0 {
                0.0
            } else {
                let before = if j == 0 { 0.0 } else { shares[j - 1] };
                (i as f64 * shares[j] + j as f64 * before) / steps
            };
        }
    }
    shares[second]
}

/// Smirnov's limiting distribution, 2 Σ (−1)ᵏ⁻¹ exp(−2k²λ²), with Stephens' λ for finite samples.
fn limit_p(statistic: f64, first: usize, second: usize) -> f64 {
    let root = (first as f64 / (first + second) as f64 * second as f64).sqrt();
    let lambda = statistic * (root + 0.12 + 0.11 / root);
    if lambda < 0.2 {
        // The sum would need many terms to say what is 1 to twelve digits.
        return 1.0;
    }
    let terms = (1..=30).map(|k| {
        let k = f64::from(k);
        let sign = if k % 2.0 == 0.0 { -1.0 } else { 1.0 };
        sign * (-2.0 * (k * lambda).powi(2)).exp()
    });
    (2.0 * terms.sum::<f64>()).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_near_the_exact_distribution() {
        for distance in [24_000, 40_000, 60_000] {
            let exact = exact_p(900, 1103, distance);
            let limit = limit_p(distance as f64 / (900.0 * 1103.0), 900, 1103);
            assert!((limit / exact - 1.0).abs() < 0.03, "{distance}: {limit}, not {exact}");
        }
    }

    #[test]
    fn samples_far_apart_and_close_together_have_the_ends_of_the_limit() {
        assert_eq!((limit_p(1e-9, 5000, 5000), limit_p(1.0, 5000, 5000)), (1.0, 0.0));
    }
}
