use crate::test::Summary;
use crate::{Sample, student};

/// Hedges' g: (system's mean − baseline's)/pooled stdev, times the exact factor that makes it unbiased. `None` for a
/// sample of one value, or when neither scatters. O(n).
///
/// Hedges, "Distribution Theory for Glass's Estimator of Effect Size and Related Estimators", Journal of Educational
/// Statistics 6 (1981) 107–128.
pub fn hedges_g(baseline: &Sample, system: &Sample) -> Option<f64> {
    let (baseline, system) = (Summary::of(baseline).ok()?, Summary::of(system).ok()?);
    let freedom = (baseline.n + system.n - 2) as f64;
    let parts = [baseline, system].map(|one| ((one.n - 1) as f64 / freedom).sqrt() * one.stdev);
    let pooled = parts[0].hypot(parts[1]);
    // Γ(ν/2) / (√(ν/2)·Γ((ν−1)/2))
    let unbiased = student::gamma_half_step((freedom - 1.0) / 2.0) / (freedom / 2.0).sqrt();
    let found = unbiased * (system.mean - baseline.mean) / pooled;
    (pooled > 0.0 && found.is_finite()).then_some(found)
}
