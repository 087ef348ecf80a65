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

#[cfg(test)]
mod tests {
    use super::*;

    fn nanos(milliseconds: &str) -> i64 {
        (milliseconds.parse::<f64>().unwrap() * 1e6) as i64
    }

    /// What the real sysbench (1.0.20) printed, by `reference/sysbench.py`.
    #[test]
    fn percentiles_and_buckets_agree_with_the_real_sysbench() {
        for line in include_str!("../reference/sysbench.txt").lines() {
            let mut fields = line.split(' ');
            let (percent, printed) = (fields.next().unwrap(), fields.next().unwrap());
            let mut events = Vec::new();
            for (middle, count) in fields.map(|field| field.split_once(':').unwrap()) {
                assert_eq!(format!("{:.3}", center_ms(bucket(nanos(middle)))), middle);
                events.resize(events.len() + count.parse::<usize>().unwrap(), nanos(middle));
            }
            let latency = SysbenchLatency::new(events).unwrap();
            let found = latency.percentile_ms(Quantile::from_percent(percent).unwrap());
            assert_eq!(format!("{found:.2}"), printed, "{line}");
        }
    }

    #[test]
    fn one_event_is_exact_in_its_extremes_and_rounded_in_its_percentile() {
        let latency = SysbenchLatency::new([241_470_000]).unwrap();
        assert_eq!((latency.min(), latency.max(), latency.mean()), (241_470_000, 241_470_000, 241_470_000.0));
        assert_eq!((latency.stdev(), latency.within_stdev()), (None, None));
        let p95 = Quantile::from_percent("95").unwrap();
        assert_eq!(format!("{:.2}", latency.percentile_ms(p95)), "240.02");
        assert_eq!(latency.quantile(p95, QuantileType::default()), latency.percentile_ms(p95) * 1e6);
    }

    #[test]
    fn events_outside_the_range_fall_into_the_outer_buckets() {
        let found = [i64::MIN, 0, 1, 1000, 100_000_000_000, i64::MAX].map(bucket);
        assert_eq!(found, [0, 0, 0, 0, 1023, 1023]);
    }

    #[test]
    fn no_events_are_no_run() {
        assert!(SysbenchLatency::new([]).is_none());
    }
}
