use super::Printed;

/// With more sums than this printed alike, some sum fits any stdev, and the search ends.
const MOST_SUMS: i128 = 100_000;

/// GRIM: whether `count` whole numbers can have a mean that prints so, that is whether a whole sum lies in the printed
/// interval times `count`. Exact, in whole numbers, constant cost. No numbers have no mean: false for 0.
///
/// Brown and Heathers, "The GRIM Test", Social Psychological and Personality Science 8 (2017) 363–369.
pub fn is_mean_of_integers(mean: Printed, count: u64) -> bool {
    count > 0 && sums(mean, count).is_none_or(|(first, last)| first <= last)
}

/// GRIMMER: whether `count` whole numbers can have a mean and a sample standard deviation (n − 1) that print so, and
/// lie within `range` and touch both its ends where it is given.
///
/// Necessary conditions, for each whole sum S that fits the mean: a whole sum of squares Q must fit the stdev, have
/// the parity of S (x² and x have the same), be at least that of values as even as possible, and at most that of
/// values at the two ends of the range. So true means "not shown to be impossible". False for fewer than two numbers.
/// Costs one step per sum that fits, at most 100,000; beyond that the answer is true.
///
/// Anaya, "The GRIMMER Test", `PeerJ` Preprints 4 (2016) e2400v1; Allard, "Analytic-GRIMMER" (2018). The bounds on Q are
/// elementary.
pub fn is_stdev_of_integers(mean: Printed, stdev: Printed, count: u64, range: Option<(i64, i64)>) -> bool {
    if count < 2 || stdev.high() < 0.0 || range.is_some_and(|(low, high)| low > high) {
        return false;
    }
    let Some((first, last)) = sums(mean, count) else { return true };
    last - first >= MOST_SUMS || (first..=last).any(|sum| has_squares(sum, stdev, i128::from(count), range))
}

/// The smallest and largest whole sum that fits the mean; `None` when 128 bits do not hold them.
fn sums(mean: Printed, count: u64) -> Option<(i128, i128)> {
    let [low, high, scale] = mean.halves();
    let count = i128::from(count);
    let first = -(-low.checked_mul(count)?).div_euclid(scale);
    Some((first, high.checked_mul(count)?.div_euclid(scale)))
}

/// Whether a sum of squares exists for this sum that gives the stdev and obeys parity and bounds.
fn has_squares(sum: i128, stdev: Printed, count: i128, range: Option<(i64, i64)>) -> bool {
    // Around a whole number near the mean the squares are small enough for floats to keep.
    let center = sum.div_euclid(count);
    let rest = sum.rem_euclid(count);
    let range = range.map(|(low, high)| (i128::from(low) - center, i128::from(high) - center));
    if range.is_some_and(|(low, high)| low > 0 || high < 0) {
        return false;
    }
    let bounds = match range {
        // One value lies on each end, and the others are free.
        Some((low, high)) => {
            let fixed = square(low).saturating_add(square(high));
            let (free_sum, free) = (rest - low - high, count - 2);
            least_squares(free_sum, free)
                .zip(most_squares(free_sum, free, low, high))
                .map(|(least, most)| (fixed.saturating_add(least), fixed.saturating_add(most)))
        }
        None => least_squares(rest, count).map(|least| (least, i128::MAX)),
    };
    let Some((least, most)) = bounds else { return false };
    let scaled = |stdev: f64| {
        let stdev = stdev.max(0.0);
        stdev * stdev * (count - 1) as f64 + rest as f64 * rest as f64 / count as f64
    };
    let (low, high) = (scaled(stdev.low()), scaled(stdev.high()));
    // The sum of squares is a whole number; a hair is forgiven at both ends.
    let low = ((low - 1e-9 * low.max(1.0)).ceil() as i128).max(least);
    let high = ((high + 1e-9 * high.max(1.0)).floor() as i128).min(most);
    // It has the parity of the sum.
    low.saturating_add((low - rest).rem_euclid(2)) <= high
}

/// Saturates: beyond 128 bits nothing is bounded any more.
fn square(value: i128) -> i128 {
    value.saturating_mul(value)
}

/// Σx² of `count` whole numbers with this sum that are as even as possible; `None` for a sum without numbers.
fn least_squares(sum: i128, count: i128) -> Option<i128> {
    if count == 0 {
        return (sum == 0).then_some(0);
    }
    let (each, rest) = (sum.div_euclid(count), sum.rem_euclid(count));
    Some(rest.saturating_mul(square(each + 1)).saturating_add((count - rest).saturating_mul(square(each))))
}

/// Σx² of `count` whole numbers in [low, high] with this sum, as many as possible at the ends; `None` when no such
/// numbers have this sum.
fn most_squares(sum: i128, count: i128, low: i128, high: i128) -> Option<i128> {
    let above = sum - count.saturating_mul(low);
    if above < 0 || sum > count.saturating_mul(high) {
        return None;
    }
    if low == high {
        return Some(count.saturating_mul(square(low)));
    }
    let (tops, rest) = (above / (high - low), above % (high - low));
    let partial = i128::from(rest > 0);
    let at_ends = tops
        .saturating_mul(square(high))
        .saturating_add((count - tops - partial).saturating_mul(square(low)));
    Some(at_ends.saturating_add(partial * square(low + rest)))
}

#[cfg(test)]
mod tests {
    use vana_types::Seed;

    use super::*;
    use crate::Random;

    fn printed(text: &str) -> Printed {
        text.parse().unwrap()
    }

    #[test]
    fn a_mean_that_no_whole_sum_gives_is_impossible() {
        // The first example of the GRIM article: a mean of 5.19 cannot come from 28 answers.
        assert!(!is_mean_of_integers(printed("5.19"), 28));
        assert!(is_mean_of_integers(printed("5.18"), 28) && is_mean_of_integers(printed("5.21"), 28));
        assert!(!is_mean_of_integers(printed("0.50"), 3) && is_mean_of_integers(printed("0.50"), 20));
        assert!(!is_mean_of_integers(printed("0.5"), 0) && is_mean_of_integers(printed("5.19"), 1000));
    }

    #[test]
    fn a_stdev_that_no_whole_squares_give_is_impossible() {
        // 2 numbers of mean 0.5: their stdev is an odd multiple of √½.
        assert!(is_stdev_of_integers(printed("0.50"), printed("0.71"), 2, None));
        assert!(!is_stdev_of_integers(printed("0.50"), printed("1.41"), 2, None));
        assert!(is_stdev_of_integers(printed("0.50"), printed("2.12"), 2, None));
        assert!(is_stdev_of_integers(printed("0.50"), printed("2.24"), 20, Some((0, 10))));
        assert!(!is_stdev_of_integers(printed("0.50"), printed("2.24"), 20, Some((0, 9))));
        assert!(!is_stdev_of_integers(printed("0.50"), printed("2.24"), 1, None));
        assert!(!is_stdev_of_integers(printed("3.00"), printed("0.50"), 10, Some((3, 3))));
        assert!(is_stdev_of_integers(printed("3.00"), printed("0.00"), 10, Some((3, 3))));
    }

    #[test]
    fn microseconds_printed_as_milliseconds_are_whole_numbers() {
        let (mean, stdev) = (printed("1.25").scaled(3).unwrap(), printed("0.13").scaled(3).unwrap());
        assert!(is_stdev_of_integers(mean, stdev, 3, Some((1100, 1350))));
        assert!(!is_stdev_of_integers(mean, stdev, 3, Some((1100, 1300))));
    }

    #[test]
    fn huge_counts_are_answered_at_once() {
        let (mean, stdev) = (Printed::new(999_999_999_999_999, -15).unwrap(), printed("1.5"));
        assert!(is_mean_of_integers(mean, u64::MAX) && is_stdev_of_integers(mean, stdev, u64::MAX, None));
    }

    #[test]
    fn what_whole_numbers_give_is_never_called_impossible() {
        let mut random = Random::new(Seed(1), 0);
        for case in 0..4000 {
            let decimals = case % 4;
            let width = [2, 10, 600][case / 4 % 3];
            let values: Vec<i64> =
                (0..2 + random.below(38)).map(|_| random.below(width) as i64 - width as i64 / 2).collect();
            let count = values.len() as f64;
            let mean = values.iter().sum::<i64>() as f64 / count;
            let squares: f64 = values.iter().map(|&value| (value as f64 - mean).powi(2)).sum();
            let stdev = (squares / (count - 1.0)).sqrt();
            let (mean, stdev) =
                (printed(&format!("{mean:.decimals$}")), printed(&format!("{stdev:.decimals$}")));
            let range = values.iter().copied().min().zip(values.iter().copied().max());
            let count = values.len() as u64;
            assert!(is_mean_of_integers(mean, count), "{values:?}");
            assert!(is_stdev_of_integers(mean, stdev, count, None), "{values:?}");
            assert!(is_stdev_of_integers(mean, stdev, count, range), "{values:?}");
        }
    }
}
