use crate::Sample;
use crate::ties::Ranked;

/// Vargha and Delaney's A12: P(system > baseline) + ½ P(equal) over all pairs, in [0, 1]. O(n).
///
/// Vargha and Delaney, "A Critique and Improvement of the CL Common Language Effect Size Statistics", Journal of
/// Educational and Behavioral Statistics 25 (2000) 101–132.
pub fn vargha_delaney(baseline: &Sample, system: &Sample) -> f64 {
    let pairs = baseline.count() as f64 * system.count() as f64;
    Ranked::of(baseline.sorted(), system.sorted()).u() / pairs
}
