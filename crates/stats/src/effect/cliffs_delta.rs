use crate::Sample;
use crate::ties::Ranked;

/// Cliff's δ: P(system > baseline) − P(system < baseline) over all pairs, in [−1, 1]. O(n).
///
/// Cliff, "Dominance Statistics: Ordinal Analyses to Answer Ordinal Questions", Psychological Bulletin 114 (1993)
/// 494–509.
pub fn cliffs_delta(baseline: &Sample, system: &Sample) -> f64 {
    let pairs = baseline.count() as u128 * system.count() as u128;
    let ranked = Ranked::of(baseline.sorted(), system.sorted());
    (ranked.doubled_u as i128 - pairs as i128) as f64 / pairs as f64
}
