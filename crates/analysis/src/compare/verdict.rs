//! What follows from a comparison.

use vana_types::{Better, Comparison, Verdict};

use super::CompareOptions;

/// What the test of a comparison said.
pub(super) struct Evidence {
    /// The adjusted p value.
    pub p: Option<f64>,
    /// Positive where the system's values are larger; NaN for a test that does not speak of where values lie.
    pub sign: f64,
    /// Why there is no p value.
    pub refusal: Option<String>,
}

/// The verdict, and what stands in the way of a firmer one. A ratio whose interval lies within the margin is equivalent
/// even where the difference is significant: the margin says which differences matter.
pub(super) fn judge(
    row: &Comparison,
    evidence: &Evidence,
    options: &CompareOptions,
) -> (Verdict, Option<String>) {
    let Some(p) = evidence.p else { return (Verdict::Inconclusive, evidence.refusal.clone()) };
    let is_significant = p <= options.alpha;
    let speaks_of_location = !evidence.sign.is_nan();
    let is_within = |end: Option<f64>| end.is_some_and(|end| (end - 1.0).abs() <= options.margin);
    if speaks_of_location && is_within(row.ratio_low) && is_within(row.ratio_high) {
        let note = is_significant.then(|| "significant, but smaller than the margin".to_owned());
        return (Verdict::Equivalent, note);
    }
    if !is_significant {
        return (Verdict::Inconclusive, unreachable_alpha(row, options));
    }
    let better = Better::of(&row.metric, &row.statistic, row.unit);
    let verdict = match (better, evidence.sign > 0.0) {
        _ if !speaks_of_location => Verdict::Different,
        (None, _) => Verdict::Different,
        (Some(Better::Higher), true) | (Some(Better::Lower), false) => Verdict::Better,
        (Some(Better::Higher), false) | (Some(Better::Lower), true) => Verdict::Worse,
    };
    (verdict, None)
}

/// Says when no data of this size could have been significant.
fn unreachable_alpha(row: &Comparison, options: &CompareOptions) -> Option<String> {
    let smallest = row.smallest_p?;
    let (baseline, system) = (row.n_baseline?, row.n_system?);
    let in_family = match options.adjust {
        vana_stats::Adjust::None => smallest,
        // The smallest p of a family counts as many times as the family has members.
        _ => smallest * f64::from(row.family_size),
    };
    if smallest > options.alpha {
        return Some(format!(
            "{baseline} + {system} repetitions cannot reach α = {}: the smallest possible p is {smallest:.2}",
            options.alpha
        ));
    }
    (in_family > options.alpha).then(|| {
        format!(
            "{baseline} + {system} repetitions reach α = {} only if others of the {} comparisons are significant too",
            options.alpha, row.family_size
        )
    })
}
