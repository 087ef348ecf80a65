use statrs::function::erf::erfc_inv;

use crate::Sample;
use crate::rank_sum::{EXACT, cumulated};

/// By how much the values of one sample lie above those of another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shift {
    /// The median of all differences.
    pub estimate: f64,
    /// Lower end of its interval; `None`, as `high`, when even all differences do not reach the level.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// The Hodges–Lehmann shift: the median of all n₁·n₂ differences system − baseline, with the interval that the
/// Mann–Whitney test does not reject: between the k-th smallest and the k-th largest difference, k from the exact
/// distribution up to 50 values, where it covers at least `level`, and from the normal one beyond. O(n) for each of 64
/// steps; the differences are never written down.
///
/// Hodges and Lehmann, Annals of Mathematical Statistics 34 (1963) 598–611; Moses, in Walker and Lev, Statistical
/// Inference (1953), chapter 18; Bauer, Journal of the American Statistical Association 67 (1972) 687–690.
pub fn hodges_lehmann(baseline: &Sample, system: &Sample, level: f64) -> Shift {
    let pairs = baseline.count() as u64 * system.count() as u64;
    let difference = |rank| nth_difference(baseline.sorted(), system.sorted(), rank);
    let (lower, upper) = (pairs.div_ceil(2), pairs / 2 + 1);
    let middle = difference(lower);
    let estimate = if lower == upper { middle } else { f64::midpoint(middle, difference(upper)) };
    let rank = rank_of_end(baseline.count(), system.count(), level);
    Shift { estimate, low: rank.map(difference), high: rank.map(|rank| difference(pairs + 1 - rank)) }
}

/// The largest rank, from 1, so that as many differences below and above may be left out.
fn rank_of_end(first: usize, second: usize, level: f64) -> Option<u64> {
    if !(level > 0.0 && level < 1.0) {
        return None;
    }
    let tail = (1.0 - level) / 2.0;
    let left_out = if first + second <= EXACT {
        let counts = cumulated(first, second);
        let total = counts[counts.len() - 1] as f64;
        // 1 − 0.95 is a little more than 0.05; a tail that is equal up to rounding is not larger.
        counts.partition_point(|&count| count as f64 / total <= tail * (1.0 + 1e-12)) as f64
    } else {
        let (first, second) = (first as f64, second as f64);
        let stdev = (first * second * (first + second + 1.0) / 12.0).sqrt();
        let normal = std::f64::consts::SQRT_2 * erfc_inv(2.0 * tail);
        (first * second / 2.0 - 0.5 - normal * stdev).floor() + 1.0
    };
    (left_out >= 1.0).then_some(left_out as u64)
}

/// The difference of a rank, from 1: the smallest number that so many differences do not exceed. Found by halving the
/// range of bit patterns, whose order is that of the numbers.
fn nth_difference(baseline: &[f64], system: &[f64], rank: u64) -> f64 {
    let (Some(&smallest), Some(&largest)) = (baseline.first(), baseline.last()) else { return f64::NAN };
    let mut low = to_order(system[0] - largest);
    let mut high = to_order(system[system.len() - 1] - smallest);
    while low < high {
        let middle = low + (high - low) / 2;
        if differences_up_to(baseline, system, from_order(middle)) >= rank {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    from_order(low)
}

/// How many differences do not exceed `limit`, by one walk along both samples.
fn differences_up_to(baseline: &[f64], system: &[f64], limit: f64) -> u64 {
    let mut within = 0;
    let mut total = 0;
    for &value in baseline {
        while within < system.len() && system[within] - value <= limit {
            within += 1;
        }
        total += within as u64;
    }
    total
}

/// A whole number that grows with the number.
fn to_order(value: f64) -> u64 {
    // −0 is 0, so that both have one place.
    let bits = (value + 0.0).to_bits();
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}

fn from_order(order: u64) -> f64 {
    f64::from_bits(if order >> 63 == 1 { order & !(1 << 63) } else { !order })
}
