//! The exact distribution of the Mann–Whitney U under the hypothesis that all orders are equally likely.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::ties::{Group, Groups};

/// Up to so many values in both samples together the distribution is exact: their splits, at most 1.3e14, are counted
/// in whole numbers below 2⁵³.
pub(crate) const EXACT: usize = 50;

/// Numbers of splits with U ≤ u, by u from 0, without ties.
pub(crate) type Cumulated = Arc<[u64]>;

/// The distribution without ties, in O(n₁²·n₂) for n₁ ≤ n₂ once for each pair of sizes. The sizes must not add up to
/// more than [`EXACT`].
///
/// The counts are the coefficients of the Gaussian binomial coefficient, ∏ (1 − qⁿ²⁺ⁱ)/(1 − qⁱ) for i = 1 … n₁:
/// Mann and Whitney, "On a Test of Whether One of Two Random Variables Is Stochastically Larger than the Other",
/// Annals of Mathematical Statistics 18 (1947) 50–60.
pub(crate) fn cumulated(first: usize, second: usize) -> Cumulated {
    static CACHE: Mutex<BTreeMap<(usize, usize), Cumulated>> = Mutex::new(BTreeMap::new());
    let sizes = (first.min(second), first.max(second));
    let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(cache.entry(sizes).or_insert_with(|| count(sizes.0, sizes.1).into()))
}

fn count(small: usize, large: usize) -> Vec<u64> {
    let mut counts = vec![0u64; small * large + 1];
    counts[0] = 1;
    for factor in 1..=small {
        // Coefficients in between may wrap below 0 and come back; whole factors are never negative.
        for u in (large + factor..counts.len()).rev() {
            counts[u] = counts[u].wrapping_sub(counts[u - large - factor]);
        }
        for u in factor..counts.len() {
            counts[u] = counts[u].wrapping_add(counts[u - factor]);
        }
    }
    for u in 1..counts.len() {
        counts[u] += counts[u - 1];
    }
    counts
}

/// P(U ≤ u) and P(U ≥ u) without ties.
pub(crate) fn tails(first: usize, second: usize, u: usize) -> (f64, f64) {
    let counts = cumulated(first, second);
    let total = counts[counts.len() - 1] as f64;
    let below = u.checked_sub(1).map_or(0, |u| counts[u]);
    (counts[u] as f64 / total, (counts[counts.len() - 1] - below) as f64 / total)
}

/// P(U ≤ u) and P(U ≥ u) given the ties: the permutation distribution of the sum of midranks, doubled to be whole, by
/// dynamic programming over groups of equal values. O(n·n₁·sums); the sizes must not add up to more than [`EXACT`].
pub(crate) fn tied_tails(baseline: &[f64], system: &[f64]) -> (f64, f64) {
    let chosen = system.len();
    let size = chosen + baseline.len();
    // splits[k][s]: in how many ways k values have doubled ranks that add up to s.
    let largest = chosen * 2 * size;
    let mut splits = vec![vec![0u64; largest + 1]; chosen + 1];
    splits[0][0] = 1;
    let (mut before, mut observed) = (0, 0);
    for Group { baseline, system } in Groups::of(baseline, system) {
        let tied = baseline + system;
        let rank = 2 * before + tied + 1;
        observed += rank * system;
        for seen in before..before + tied {
            add_value(&mut splits, rank, seen);
        }
        before += tied;
    }
    let sums = &splits[chosen];
    let total: u64 = sums.iter().sum();
    let below: u64 = sums[..=observed].iter().sum();
    let above: u64 = sums[observed..].iter().sum();
    (below as f64 / total as f64, above as f64 / total as f64)
}

/// Lets one more value be chosen or not, after `seen` others.
fn add_value(splits: &mut [Vec<u64>], rank: usize, seen: usize) {
    for count in (1..splits.len().min(seen + 2)).rev() {
        let (fewer, more) = splits.split_at_mut(count);
        let from = &fewer[count - 1];
        for (to, from) in more[0][rank..].iter_mut().zip(from) {
            *to += from;
        }
    }
}

/// The smallest two-sided p of any test whose p is a share of splits: twice one of (n₁+n₂ over n₁).
pub(crate) fn smallest_p(first: usize, second: usize) -> f64 {
    (2.0 / splits(first, second)).min(1.0)
}

/// Number of splits of n₁ + n₂ values, exact below 2⁵³.
pub(crate) fn splits(first: usize, second: usize) -> f64 {
    let (small, large) = (first.min(second), first.max(second));
    let mut splits = 1.0f64;
    for chosen in 1..=small {
        splits = (splits * (large + chosen) as f64 / chosen as f64).round();
        if splits.is_infinite() {
            break;
        }
    }
    splits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_and_two_values_have_ten_orders() {
        assert_eq!(*cumulated(3, 2), [1, 2, 4, 6, 8, 9, 10]);
        assert_eq!((splits(3, 2), smallest_p(3, 3), smallest_p(1, 1)), (10.0, 0.1, 1.0));
        assert_eq!(splits(25, 25), 126_410_606_437_752.0);
        assert_eq!(cumulated(25, 25)[625], 126_410_606_437_752);
    }

    #[test]
    fn without_ties_both_ways_give_the_same() {
        let baseline: Vec<f64> = (0..7).map(|i| f64::from(i * i)).collect();
        let system: Vec<f64> = (0..9).map(|i| f64::from(3 * i) + 0.5).collect();
        let u = crate::ties::Ranked::of(&baseline, &system).u() as usize;
        assert_eq!(tied_tails(&baseline, &system), tails(7, 9, u));
    }

    #[test]
    fn values_that_are_all_equal_have_one_rank_sum() {
        assert_eq!(tied_tails(&[1.0; 4], &[1.0; 3]), (1.0, 1.0));
    }
}
