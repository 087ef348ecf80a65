use statrs::function::erf::{erfc, erfc_inv};

use super::{Aspect, Context, Outcome, Test, TestError};
use crate::Sample;
use crate::ties::Groups;

/// The Fligner–Killeen test, with distances from the median.
pub(super) struct FlignerKilleen;

impl Test for FlignerKilleen {
    fn name(&self) -> &'static str {
        "fligner-killeen"
    }

    fn about(&self) -> &'static str {
        "Fligner–Killeen: whether normal scores of the ranked distances from the median differ, and so the spread; \
         robust."
    }

    fn source(&self) -> &'static str {
        "Conover, Johnson and Johnson, Technometrics 23 (1981) 351–361; Fligner and Killeen (1976)"
    }

    fn aspect(&self) -> Aspect {
        Aspect::Spread
    }

    /// The statistic is χ² with one degree of freedom. O(n log n).
    fn compare(&self, baseline: &Sample, system: &Sample, _context: &Context) -> Result<Outcome, TestError> {
        super::need(3, [baseline, system])?;
        super::need_difference(baseline, system)?;
        let (baseline, system) = (distances(baseline), distances(system));
        let sizes = (baseline.len() as f64, system.len() as f64);
        let size = sizes.0 + sizes.1;
        let (mut below, mut sums, mut squares) = (0, (0.0, 0.0), 0.0);
        for group in Groups::of(&baseline, &system) {
            let tied = group.baseline + group.system;
            let rank = (2 * below + tied + 1) as f64 / 2.0;
            let score = normal_score(rank, size);
            sums.0 += group.baseline as f64 * score;
            sums.1 += group.system as f64 * score;
            squares += tied as f64 * score * score;
            below += tied;
            if tied as f64 >= size {
                return Err(TestError::NoSpread);
            }
        }
        let mean = (sums.0 + sums.1) / size;
        let variance = (squares - size * mean * mean) / (size - 1.0);
        let between = (sums.0 / sizes.0 - sums.1 / sizes.1).powi(2) * sizes.0 * sizes.1 / size;
        let statistic = between / variance;
        Ok(Outcome { statistic, p: erfc((statistic / 2.0).sqrt()), smallest_p: None })
    }
}

/// Φ⁻¹(½ + rank/(2(n+1))).
fn normal_score(rank: f64, size: f64) -> f64 {
    std::f64::consts::SQRT_2 * erfc_inv(1.0 - rank / (size + 1.0))
}

/// Distances from the median, ascending.
fn distances(sample: &Sample) -> Vec<f64> {
    let median = sample.median();
    let mut distances: Vec<f64> = sample.sorted().iter().map(|value| (value - median).abs()).collect();
    distances.sort_unstable_by(f64::total_cmp);
    distances
}
