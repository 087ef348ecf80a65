//! wrk's statistics of a histogram of whole numbers.

use vana_types::Quantile;

use crate::{Distribution, QuantileType};

/// Whole numbers with their counts, and what wrk computes from them. Never empty.
///
/// One peculiarity is kept: wrk's correction (see [`WrkLatency::correct`](super::WrkLatency::correct)) can add samples
/// below the smallest measured value. wrk counts them, but its sums start at the smallest measured value; so they lower
/// the mean, the stdev, the share within and the percentiles without appearing anywhere.
#[derive(Clone, Debug, PartialEq)]
pub struct WrkStats {
    /// Ascending, from the smallest measured value on.
    entries: Vec<(u64, u64)>,
    /// All samples, also those below the first entry.
    count: u64,
}

impl WrkStats {
    /// From ascending (value, count) pairs and the number of samples below the first of them.
    pub(super) fn new(entries: Vec<(u64, u64)>, hidden: u64) -> Option<Self> {
        let visible: u64 = entries.iter().map(|&(_, count)| count).sum();
        (visible > 0).then_some(Self { entries, count: visible + hidden })
    }

    /// The values with their counts, ascending.
    pub fn entries(&self) -> &[(u64, u64)] {
        &self.entries
    }

    /// The first value whose cumulative count reaches round(p/100·n + 0.5), which in whole numbers is ⌊p/100·n⌋ + 1.
    ///
    /// 0 when no value does: always for 100 %, as in wrk.
    pub fn percentile(&self, q: Quantile) -> u64 {
        let (numerator, denominator) = (u128::from(q.numerator()), u128::from(q.denominator()));
        let rank = numerator * u128::from(self.count) / denominator + 1;
        let mut reached = 0;
        for &(value, count) in &self.entries {
            reached += u128::from(count);
            if reached >= rank {
                return value;
            }
        }
        0
    }
}

impl Distribution for WrkStats {
    /// Number of samples, those that the correction added included.
    fn count(&self) -> u64 {
        self.count
    }

    fn mean(&self) -> f64 {
        let sum: u128 =
            self.entries.iter().map(|&(value, count)| u128::from(value) * u128::from(count)).sum();
        let count = u128::from(self.count);
        (sum / count) as f64 + (sum % count) as f64 / self.count as f64
    }

    /// `None` for one sample, where wrk prints 0.
    fn stdev(&self) -> Option<f64> {
        if self.count < 2 {
            return None;
        }
        let mean = self.mean();
        let square = |&(value, count): &(u64, u64)| (value as f64 - mean).powi(2) * count as f64;
        let squares: f64 = self.entries.iter().map(square).sum();
        Some((squares / (self.count - 1) as f64).sqrt())
    }

    fn min(&self) -> i64 {
        self.entries.first().map_or(0, |&(value, _)| value as i64)
    }

    fn max(&self) -> i64 {
        self.entries.last().map_or(0, |&(value, _)| value as i64)
    }

    /// [`WrkStats::percentile`]; `kind` is ignored.
    fn quantile(&self, q: Quantile, _kind: QuantileType) -> f64 {
        self.percentile(q) as f64
    }

    fn within_stdev(&self) -> Option<f64> {
        let (mean, stdev) = (self.mean(), self.stdev()?);
        let (low, high) = (mean - stdev, mean + stdev);
        let inside = |&&(value, _): &&(u64, u64)| low <= value as f64 && value as f64 <= high;
        let within: u64 = self.entries.iter().filter(inside).map(|&(_, count)| count).sum();
        Some(within as f64 / self.count as f64)
    }
}
