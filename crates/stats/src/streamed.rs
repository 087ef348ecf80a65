//! Exact statistics of a run of any size, in a few passes over its values.

use vana_types::Quantile;

use crate::distribution::stdev_bounds;
use crate::external_select::Refinement;
use crate::values::{Extent, Squares, count_within};
use crate::{Distribution, QuantileType, SelectError};

/// A run whose values were streamed, not kept. Exact like [`Values`](crate::Values), but it knows only the quantiles
/// it was built for (any other is NaN), and no order of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Streamed {
    count: u64,
    mean: f64,
    stdev: Option<f64>,
    min: i64,
    max: i64,
    within: Option<f64>,
    /// Rank (1 for the smallest) and value, ascending.
    order: Vec<(u64, i64)>,
}

impl Streamed {
    /// Reads the values; `None` when there are none.
    ///
    /// `scan` replays the whole stream, in blocks of any size and order, into the function it is given. It is called
    /// three times when max − min fits in 32 bits (4.29 s in nanoseconds), at most five times otherwise. Memory:
    /// 512 KiB per wanted quantile, whatever the count.
    pub fn read<E>(
        wanted: &[(Quantile, QuantileType)],
        mut scan: impl FnMut(&mut dyn FnMut(&[i64])) -> Result<(), E>,
    ) -> Result<Option<Self>, SelectError<E>> {
        let mut extent = Extent::EMPTY;
        scan(&mut |block| extent.add(block)).map_err(SelectError::Scan)?;
        let Extent { count, min, max, .. } = extent;
        if count == 0 {
            return Ok(None);
        }
        let ranks = ranks(wanted, count);
        let mut refinement =
            Refinement::new(count, min, max, &ranks).map_err(|rank| SelectError::Rank { rank, count })?;

        let mut squares = Squares::around(extent);
        scan(&mut |block| {
            squares.add(block);
            refinement.count(block);
        })
        .map_err(SelectError::Scan)?;
        refinement.refine().ok_or(SelectError::Changed)?;

        let (mean, stdev) = (extent.mean(), squares.stdev());
        let (low, high) = stdev_bounds(mean, stdev.unwrap_or(0.0));
        let mut inside = 0;
        scan(&mut |block| {
            inside += count_within(block, low, high);
            refinement.count(block);
        })
        .map_err(SelectError::Scan)?;
        refinement.refine().ok_or(SelectError::Changed)?;

        while !refinement.is_done() {
            scan(&mut |block| refinement.count(block)).map_err(SelectError::Scan)?;
            refinement.refine().ok_or(SelectError::Changed)?;
        }
        let order =
            ranks.iter().copied().zip(refinement.values().into_iter().map(|(_, value)| value)).collect();
        let within = stdev.map(|_| inside as f64 / count as f64);
        Ok(Some(Self { count, mean, stdev, min, max, within, order }))
    }

    fn order_statistic(&self, rank: u64) -> Option<i64> {
        let at = self.order.binary_search_by_key(&rank, |&(known, _)| known).ok()?;
        self.order.get(at).map(|&(_, value)| value)
    }
}

/// The ranks the wanted quantiles stand on, ascending, each once.
fn ranks(wanted: &[(Quantile, QuantileType)], count: u64) -> Vec<u64> {
    let mut ranks: Vec<u64> = wanted.iter().flat_map(|&(q, kind)| kind.position(q, count).ranks()).collect();
    ranks.sort_unstable();
    ranks.dedup();
    ranks
}

impl Distribution for Streamed {
    fn count(&self) -> u64 {
        self.count
    }

    fn mean(&self) -> f64 {
        self.mean
    }

    fn stdev(&self) -> Option<f64> {
        self.stdev
    }

    fn min(&self) -> i64 {
        self.min
    }

    fn max(&self) -> i64 {
        self.max
    }

    /// NaN when the order statistics it stands on were not asked for in [`Streamed::read`].
    fn quantile(&self, q: Quantile, kind: QuantileType) -> f64 {
        let position = kind.position(q, self.count);
        if position.ranks().any(|rank| self.order_statistic(rank).is_none()) {
            return f64::NAN;
        }
        position.value(|rank| self.order_statistic(rank).unwrap_or_default())
    }

    fn within_stdev(&self) -> Option<f64> {
        self.within
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::Values;

    fn percentiles() -> Vec<(Quantile, QuantileType)> {
        let percents = ["0", "1", "50", "90", "99", "99.9", "100"];
        let quantiles = percents.map(|percent| Quantile::from_percent(percent).unwrap());
        quantiles.iter().flat_map(|&q| QuantileType::ALL.map(|kind| (q, kind))).collect()
    }

    fn streamed(values: &[i64]) -> (Streamed, u32) {
        let mut passes = 0;
        let run = Streamed::read(&percentiles(), |sink| {
            passes += 1;
            values.chunks(100).for_each(sink);
            Ok::<(), Infallible>(())
        });
        (run.unwrap().unwrap(), passes)
    }

    fn all(run: &dyn Distribution) -> (u64, f64, Option<f64>, i64, i64, Option<f64>, Vec<f64>) {
        let quantiles = percentiles().iter().map(|&(q, kind)| run.quantile(q, kind)).collect();
        (run.count(), run.mean(), run.stdev(), run.min(), run.max(), run.within_stdev(), quantiles)
    }

    #[test]
    fn a_streamed_run_says_what_the_same_run_in_memory_says() {
        let narrow: Vec<i64> = (0..2000i64).map(|i| (i * i * 48_271) % 2_147_483_647).collect();
        let wide: Vec<i64> = narrow.iter().map(|value| (value - 1_000_000_000) << 32).collect();
        for (values, expected_passes) in [(narrow, 3), (wide, 5), (vec![42], 3), (vec![3, 3, 3], 3)] {
            let (run, passes) = streamed(&values);
            assert_eq!(all(&run), all(&Values::new(values).unwrap()));
            assert_eq!(passes, expected_passes);
        }
    }

    #[test]
    fn a_quantile_that_was_not_asked_for_is_not_a_number() {
        let (run, _) = streamed(&(0..1000).collect::<Vec<i64>>());
        assert!(run.quantile(Quantile::from_percent("33").unwrap(), QuantileType::default()).is_nan());
    }

    #[test]
    fn an_empty_stream_is_no_run() {
        let run = Streamed::read(&percentiles(), |_| Ok::<(), Infallible>(()));
        assert_eq!(run, Ok(None));
    }
}
