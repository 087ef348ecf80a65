use statrs::function::erf::erfc;

use super::{Aspect, Context, Outcome, Test, TestError};
use crate::Sample;
use crate::rank_sum::{EXACT, smallest_p, tails, tied_tails};
use crate::ties::Ranked;

/// The Mann–Whitney U test, Wilcoxon's rank sum test.
pub(super) struct MannWhitney;

impl Test for MannWhitney {
    fn name(&self) -> &'static str {
        "mann-whitney"
    }

    fn about(&self) -> &'static str {
        "Mann–Whitney U: whether values of one sample tend to be larger; exact, with ties, up to 50 values, normal \
         with corrections for ties and continuity beyond."
    }

    fn source(&self) -> &'static str {
        "Mann and Whitney, Annals of Mathematical Statistics 18 (1947) 50–60"
    }

    fn aspect(&self) -> Aspect {
        Aspect::Location
    }

    /// The statistic is U of the system: in how many pairs its value is the larger one, a tie counting half. The exact
    /// two-sided p is twice the smaller tail, at most 1. O(n) beyond the exact distribution.
    fn compare(&self, baseline: &Sample, system: &Sample, _context: &Context) -> Result<Outcome, TestError> {
        super::need_difference(baseline, system)?;
        let ranked = Ranked::of(baseline.sorted(), system.sorted());
        let sizes = (baseline.count(), system.count());
        if sizes.0 + sizes.1 > EXACT {
            return Ok(Outcome { statistic: ranked.u(), p: normal_p(ranked, sizes), smallest_p: None });
        }
        let (below, above) = if ranked.tie_term > 0.0 {
            tied_tails(baseline.sorted(), system.sorted())
        } else {
            tails(sizes.0, sizes.1, (ranked.doubled_u / 2) as usize)
        };
        let p = (2.0 * below.min(above)).min(1.0);
        Ok(Outcome { statistic: ranked.u(), p, smallest_p: Some(smallest_p(sizes.0, sizes.1)) })
    }
}

/// The two-sided p of the normal approximation, corrected for ties and continuity: Lehmann, Nonparametrics (1975),
/// section 1.4.
fn normal_p(ranked: Ranked, sizes: (usize, usize)) -> f64 {
    let (first, second) = (sizes.0 as f64, sizes.1 as f64);
    let size = first + second;
    let variance = first * second / 12.0 * (size + 1.0 - ranked.tie_term / (size * (size - 1.0)));
    let distance = (ranked.u() - first * second / 2.0).abs() - 0.5;
    erfc(distance / variance.sqrt() / std::f64::consts::SQRT_2).min(1.0)
}
