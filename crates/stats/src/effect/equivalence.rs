use crate::test::{Difference, Summary};
use crate::{Sample, student};

/// What two one-sided tests say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Equivalence {
    /// The larger p value of both.
    pub p: f64,
    /// Whether the ratio lies within 1 ± margin, at the α asked for.
    pub is_equivalent: bool,
}

/// Whether the ratio of means lies within 1 ± `margin`: two one-sided tests of x̄ₛ − (1 ± margin)·x̄ᵦ, with the degrees of
/// freedom of [`ratio_of_means`](crate::ratio_of_means). It does exactly when the interval of that ratio at level
/// 1 − 2`alpha` does. `None` for a sample of one value, when neither scatters, when the baseline's mean is 0, a `margin`
/// outside (0, 1) or an `alpha` outside (0, ½). O(n).
///
/// Schuirmann, "A Comparison of the Two One-Sided Tests Procedure and the Power Approach", Journal of Pharmacokinetics and
/// Biopharmaceutics 15 (1987) 657–680; for a ratio, Sasabuchi, Biometrika 67 (1980) 429–439.
pub fn equivalence(baseline: &Sample, system: &Sample, margin: f64, alpha: f64) -> Option<Equivalence> {
    equivalence_from_summary(Summary::of(baseline).ok()?, Summary::of(system).ok()?, margin, alpha)
}

/// [`equivalence()`] from means, sample standard deviations and numbers of values alone.
pub fn equivalence_from_summary(
    baseline: Summary,
    system: Summary,
    margin: f64,
    alpha: f64,
) -> Option<Equivalence> {
    let ratio = system.mean / baseline.mean;
    if !(margin > 0.0 && margin < 1.0 && alpha > 0.0 && alpha < 0.5 && ratio.is_finite()) {
        return None;
    }
    let freedom = Difference::of(baseline, system, ratio).ok()?.freedom;
    // How far the ratio lies above a bound, in standard errors; a negative baseline turns the difference around.
    let above = |bound: f64| {
        let difference = Difference::of(baseline, system, bound).ok()?;
        Some(difference.mean / difference.error * baseline.mean.signum())
    };
    let lower = student::upper_tail(above(1.0 - margin)?, freedom);
    let upper = student::upper_tail(-above(1.0 + margin)?, freedom);
    let p = lower.max(upper);
    Some(Equivalence { p, is_equivalent: p <= alpha })
}
