//! All values of one run, in memory and in the order of time.

mod autocorrelation;
mod moments;
mod selection;
#[cfg(test)]
mod tests;

use std::cell::{OnceCell, RefCell};

use vana_types::Quantile;

use crate::distribution::stdev_bounds;
use crate::{Distribution, QuantileType};
use autocorrelation::effective_size;
pub(crate) use moments::{Extent, Squares, count_within};
use selection::Selection;

/// All values of one run in the order of time, never empty. Every answer is exact up to the last rounding.
///
/// Costs for n values: one pass when built and one for the stdev; the first quantile copies the values and selects, about 3n steps; each
/// further quantile only searches between those known. The order of time is kept for
/// [`Distribution::effective_size`], so from the first quantile on a second copy lives in memory: 4 bytes per value
/// when max − min fits in 32 bits (4.29 s in nanoseconds), else 8.
#[derive(Clone, Debug)]
pub struct Values {
    in_time: Vec<i64>,
    extent: Extent,
    /// Computed when first asked for: quantiles need no second pass.
    stdev: OnceCell<Option<f64>>,
    sorted: RefCell<Option<Sorted>>,
}

#[derive(Clone, Debug)]
enum Sorted {
    /// Distances from the minimum.
    Narrow(Selection<u32>),
    Wide(Selection<i64>),
}

impl Values {
    /// From the values in the order of time; `None` when there are none.
    pub fn new(in_time: Vec<i64>) -> Option<Self> {
        if in_time.is_empty() {
            return None;
        }
        let mut extent = Extent::EMPTY;
        extent.add(&in_time);
        Some(Self { in_time, extent, stdev: OnceCell::new(), sorted: RefCell::new(None) })
    }

    /// The values in the order of time.
    pub fn in_time(&self) -> &[i64] {
        &self.in_time
    }

    /// The value of a rank, 1 for the smallest; ranks outside 1 to n give the extremes.
    pub fn order_statistic(&self, rank: u64) -> i64 {
        if rank <= 1 {
            return self.extent.min;
        }
        if rank >= self.extent.count {
            return self.extent.max;
        }
        let index = (rank - 1) as usize;
        match self.sorted.borrow_mut().get_or_insert_with(|| self.copy()) {
            Sorted::Narrow(selection) => self.extent.min + i64::from(selection.nth(index)),
            Sorted::Wide(selection) => selection.nth(index),
        }
    }

    fn copy(&self) -> Sorted {
        let min = self.extent.min;
        if self.extent.is_narrow() {
            Sorted::Narrow(Selection::new(
                self.in_time.iter().map(|&value| value.wrapping_sub(min) as u32).collect(),
            ))
        } else {
            Sorted::Wide(Selection::new(self.in_time.clone()))
        }
    }
}

impl Distribution for Values {
    fn count(&self) -> u64 {
        self.extent.count
    }

    fn mean(&self) -> f64 {
        self.extent.mean()
    }

    fn stdev(&self) -> Option<f64> {
        *self.stdev.get_or_init(|| {
            let mut squares = Squares::around(self.extent);
            squares.add(&self.in_time);
            squares.stdev()
        })
    }

    fn min(&self) -> i64 {
        self.extent.min
    }

    fn max(&self) -> i64 {
        self.extent.max
    }

    fn quantile(&self, q: Quantile, kind: QuantileType) -> f64 {
        kind.position(q, self.extent.count).value(|rank| self.order_statistic(rank))
    }

    fn within_stdev(&self) -> Option<f64> {
        let (low, high) = stdev_bounds(self.mean(), self.stdev()?);
        Some(count_within(&self.in_time, low, high) as f64 / self.extent.count as f64)
    }

    /// n / (1 + 2 Σ ρₖ), the sum over Geyer's initial positive sequence ("Practical Markov Chain Monte Carlo",
    /// Statistical Science 7 (1992) 473–483), at most n. Costs n steps per lag for the first lags, then n log n.
    fn effective_size(&self) -> Option<f64> {
        effective_size(&self.in_time, self.mean())
    }
}
