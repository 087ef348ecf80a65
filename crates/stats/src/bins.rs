//! Values known only by the bin they fell into.

use vana_types::Quantile;

use crate::{Distribution, QuantileType};

/// A histogram: bins of whole numbers with their counts, ascending, not overlapping, never empty.
///
/// Mean, stdev and the share within take each value for the middle of its bin: exact where low = high. A quantile is
/// the upper edge of the bin that holds rank max(1, ⌈p·n⌉), as `HdrHistogram` reports it; the quantile type is ignored.
#[derive(Clone, Debug, PartialEq)]
pub struct Bins {
    ascending: Vec<(i64, i64, u64)>,
    count: u64,
    mean: f64,
    stdev: Option<f64>,
}

/// Why bins were refused. Indices count from 0.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum BinsError {
    /// No bin at all.
    #[error("a histogram without bins")]
    Empty,
    /// A bin that holds nothing.
    #[error("bin {0} has no values")]
    NoValues(usize),
    /// A bin whose upper edge lies below its lower one, or that begins before the last one ended.
    #[error("bin {0} does not lie above the one before")]
    NotAscending(usize),
    /// More values than a 64-bit number counts.
    #[error("the counts add up to more than 2^64")]
    TooMany,
}

impl Bins {
    /// From (low, high, count), edges included in their bin.
    pub fn new(bins: Vec<(i64, i64, u64)>) -> Result<Self, BinsError> {
        let mut total = 0u64;
        let mut before = None;
        for (index, &(low, high, count)) in bins.iter().enumerate() {
            if count == 0 {
                return Err(BinsError::NoValues(index));
            }
            if high < low || before.is_some_and(|end| low <= end) {
                return Err(BinsError::NotAscending(index));
            }
            total = total.checked_add(count).ok_or(BinsError::TooMany)?;
            before = Some(high);
        }
        if total == 0 {
            return Err(BinsError::Empty);
        }
        let (mean, stdev) = moments(&bins, total);
        Ok(Self { ascending: bins, count: total, mean, stdev })
    }

    /// The bins as (low, high, count), ascending.
    pub fn bins(&self) -> &[(i64, i64, u64)] {
        &self.ascending
    }
}

/// Mean and sample stdev of bin middles, as distances from the first bin so that large values keep their digits.
fn moments(bins: &[(i64, i64, u64)], total: u64) -> (f64, Option<f64>) {
    // Twice the middle is a whole number.
    let origin = bins.first().map_or(0, |&(low, high, _)| twice_middle(low, high));
    let distance = |low, high| twice_middle(low, high) - origin;
    let sum: f64 = bins.iter().map(|&(low, high, count)| distance(low, high) as f64 * count as f64).sum();
    let mean = sum / total as f64;
    let squares: f64 = bins
        .iter()
        .map(|&(low, high, count)| (distance(low, high) as f64 - mean).powi(2) * count as f64)
        .sum();
    let stdev = (total > 1).then(|| (squares / (total - 1) as f64).sqrt() / 2.0);
    (f64::midpoint(origin as f64, mean), stdev)
}

fn twice_middle(low: i64, high: i64) -> i128 {
    i128::from(low) + i128::from(high)
}

impl Distribution for Bins {
    fn count(&self) -> u64 {
        self.count
    }

    fn mean(&self) -> f64 {
        self.mean
    }

    fn stdev(&self) -> Option<f64> {
        self.stdev
    }

    /// Lower edge of the first bin.
    fn min(&self) -> i64 {
        self.ascending.first().map_or(0, |bin| bin.0)
    }

    /// Upper edge of the last bin.
    fn max(&self) -> i64 {
        self.ascending.last().map_or(0, |bin| bin.1)
    }

    /// Upper edge of the bin that holds rank max(1, ⌈p·n⌉); `kind` is ignored.
    fn quantile(&self, q: Quantile, _kind: QuantileType) -> f64 {
        let rank = q.ceil_rank(self.count).max(1);
        let mut reached = 0;
        for &(_, high, count) in &self.ascending {
            reached += count;
            if reached >= rank {
                return high as f64;
            }
        }
        self.max() as f64
    }

    /// By the middles of the bins.
    fn within_stdev(&self) -> Option<f64> {
        let stdev = self.stdev?;
        let (low, high) = (self.mean - stdev, self.mean + stdev);
        let inside = |bin: &&(i64, i64, u64)| {
            let middle = twice_middle(bin.0, bin.1) as f64 / 2.0;
            low <= middle && middle <= high
        };
        let within: u64 = self.ascending.iter().filter(inside).map(|bin| bin.2).sum();
        Some(within as f64 / self.count as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percentile(bins: &Bins, percent: &str) -> f64 {
        bins.quantile(Quantile::from_percent(percent).unwrap(), QuantileType::default())
    }

    #[test]
    fn bins_of_one_value_each_are_exact() {
        let bins = Bins::new(vec![(1, 1, 2), (4, 4, 1), (10, 10, 1)]).unwrap();
        assert_eq!((bins.count(), bins.min(), bins.max(), bins.mean()), (4, 1, 10, 4.0));
        assert_eq!(bins.stdev(), Some(18f64.sqrt()));
        // 4 ± 4.24 leaves out the 10.
        assert_eq!(bins.within_stdev(), Some(0.75));
    }

    #[test]
    fn a_wide_bin_counts_as_its_middle_and_its_quantile_is_its_upper_edge() {
        let bins = Bins::new(vec![(0, 9, 1), (10, 19, 2), (20, 29, 1)]).unwrap();
        assert_eq!(bins.mean(), 14.5);
        assert_eq!(bins.stdev(), Some((200f64 / 3.0).sqrt()));
        assert_eq!((bins.min(), bins.max()), (0, 29));
        let found: Vec<f64> = ["0", "25", "25.1", "75", "75.1", "100"].map(|p| percentile(&bins, p)).into();
        assert_eq!(found, [9.0, 9.0, 19.0, 19.0, 29.0, 29.0]);
        assert_eq!(bins.within_stdev(), Some(0.5));
    }

    #[test]
    fn one_value_has_no_spread() {
        let bins = Bins::new(vec![(7, 7, 1)]).unwrap();
        assert_eq!((bins.mean(), bins.stdev(), bins.within_stdev()), (7.0, None, None));
    }

    #[test]
    fn bins_keep_the_digits_of_large_values_with_small_spread() {
        let bins = Bins::new(vec![
            (100_000_001, 100_000_001, 500),
            (100_000_002, 100_000_002, 1),
            (100_000_003, 100_000_003, 500),
        ])
        .unwrap();
        assert_eq!((bins.mean(), bins.stdev()), (100_000_002.0, Some(1.0)));
    }

    #[test]
    fn broken_bins_are_refused() {
        assert_eq!(Bins::new(vec![]), Err(BinsError::Empty));
        assert_eq!(Bins::new(vec![(1, 2, 0)]), Err(BinsError::NoValues(0)));
        assert_eq!(Bins::new(vec![(2, 1, 1)]), Err(BinsError::NotAscending(0)));
        assert_eq!(Bins::new(vec![(1, 5, 1), (5, 6, 1)]), Err(BinsError::NotAscending(1)));
        assert_eq!(Bins::new(vec![(1, 1, u64::MAX), (2, 2, 1)]), Err(BinsError::TooMany));
    }
}
