//! What sysbench 1.x would have printed about a run.

use vana_types::Quantile;

use crate::values::Extent;
use crate::{Distribution, QuantileType};

/// Buckets of sysbench's histogram.
const BUCKETS: usize = 1024;
/// Its range in milliseconds; what lies outside falls into the first or the last bucket.
const LOWEST_MS: f64 = 1e-3;
const HIGHEST_MS: f64 = 1e5;

/// Latency per event in nanoseconds, as sysbench reports it: smallest, mean and largest are exact, a percentile is the
/// centre of one of 1024 logarithmic buckets over 0.001 to 100,000 ms, so up to 0.9 % off. From `src/sb_histogram.c` of
/// <https://github.com/akopytov/sysbench>.
///
/// sysbench prints no standard deviation, so there is none here. Memory: 8 KiB.
#[derive(Clone, Debug)]
pub struct SysbenchLatency {
    extent: Extent,
    buckets: Vec<u64>,
}

impl SysbenchLatency {
    /// From the times of all events in nanoseconds, in any order; `None` when there are none.
    pub fn new(events_ns: impl IntoIterator<Item = i64>) -> Option<Self> {
        let mut latency = Self { extent: Extent::EMPTY, buckets: vec![0; BUCKETS] };
        for event in events_ns {
            latency.push(event);
        }
        (latency.extent.count > 0).then_some(latency)
    }

    /// Adds an event.
    pub fn push(&mut self, event_ns: i64) {
        self.extent.add(&[event_ns]);
        self.buckets[bucket(event_ns)] += 1;
    }

    /// The percentile in milliseconds, before sysbench rounds it to two decimals: the centre of the bucket that holds
    /// rank ⌊p·n/100 + 0.5⌋. Rank 0 gives the first bucket, 0.001 ms, as in sysbench.
    pub fn percentile_ms(&self, q: Quantile) -> f64 {
        let (numerator, denominator) = (u128::from(q.numerator()), u128::from(q.denominator()));
        let rank = (2 * numerator * u128::from(self.extent.count) + denominator) / (2 * denominator);
        let mut reached = 0;
        let index = self.buckets.iter().position(|&count| {
            reached += u128::from(count);
            reached >= rank
        });
        center_ms(index.unwrap_or(BUCKETS - 1))
    }
}

fn buckets_per_e() -> f64 {
    (BUCKETS - 1) as f64 / (HIGHEST_MS.ln() - LOWEST_MS.ln())
}

fn bucket(event_ns: i64) -> usize {
    let milliseconds = event_ns as f64 / 1e6;
    let index = ((milliseconds.ln() - LOWEST_MS.ln()) * buckets_per_e() + 0.5).floor();
    // A time of 0 or below has no logarithm: −∞ or NaN become 0 here.
    (index.max(0.0) as usize).min(BUCKETS - 1)
}

fn center_ms(index: usize) -> f64 {
    (index as f64 / buckets_per_e() + LOWEST_MS.ln()).exp()
}

impl Distribution for SysbenchLatency {
    fn count(&self) -> u64 {
        self.extent.count
    }

    fn mean(&self) -> f64 {
        self.extent.mean()
    }

    /// `None`: sysbench prints none.
    fn stdev(&self) -> Option<f64> {
        None
    }

    fn min(&self) -> i64 {
        self.extent.min
    }

    fn max(&self) -> i64 {
        self.extent.max
    }

    /// [`SysbenchLatency::percentile_ms`] in nanoseconds; `kind` is ignored.
    fn quantile(&self, q: Quantile, _kind: QuantileType) -> f64 {
        self.percentile_ms(q) * 1e6
    }

    /// `None`: sysbench prints none.
    fn within_stdev(&self) -> Option<f64> {
        None
    }
}
