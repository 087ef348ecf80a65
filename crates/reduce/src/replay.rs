//! How faithful a replay was: what was recorded beside what was sent.

mod sorted;

use std::path::Path;

use vana_stats::{Distance, QuantileType, Streamed, distance_of, parse};
use vana_trace::{Column, TraceError, TraceReader, WorkloadReader};
use vana_types::Quantile;

use crate::ReduceError;
use sorted::Sorter;

/// Statistics of the lag, in the order of [`ReplayFidelity::lag_s`].
pub const LAG_STATISTICS: [&str; 6] = ["mean", "p50", "p90", "p99", "p99.9", "max"];

/// How faithful a replay was.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplayFidelity {
    /// Requests that were to be sent.
    pub recorded: u64,
    /// Requests that went out.
    pub sent: u64,
    /// From when a request was due until it was sent, seconds: [`LAG_STATISTICS`]; empty if none was sent.
    pub lag_s: Vec<f64>,
    /// Of the gaps between arrivals as recorded, in the replay's time, and those between requests as sent; nanoseconds.
    /// `None` for fewer than two of either.
    pub gaps: Option<Distance>,
}

/// Compares a workload, of which the first `limit` arrivals were replayed `speed` times as fast, with the trace of that
/// replay. Memory does not grow with either: gaps, which have to be in order, are sorted on disk where they are many.
pub fn replay_fidelity(
    workload: &Path,
    limit: u64,
    speed: f64,
    trace: &Path,
) -> Result<ReplayFidelity, ReduceError> {
    let (mut recorded, mut sent) = (Gaps::default(), Gaps::default());
    for arrival in
        WorkloadReader::open(workload)?.arrivals()?.take(usize::try_from(limit).unwrap_or(usize::MAX))
    {
        recorded.stamp(scaled_ns(arrival?.0, speed))?;
    }
    let trace = TraceReader::open(trace)?;
    trace.try_scan(&[Column::Sent, Column::BytesSent], |batch| {
        let stamps = batch.i64s(Column::Sent).iter().enumerate();
        let mut went_out = stamps.filter(|(row, _)| batch.time(Column::BytesSent, *row) > Some(0));
        went_out.try_for_each(|(_, stamp_ns)| sent.stamp(*stamp_ns))
    })?;
    let counts = [recorded.stamps, sent.stamps];
    Ok(ReplayFidelity {
        recorded: counts[0],
        sent: counts[1],
        gaps: recorded.distance(sent)?,
        lag_s: lags(&trace)?,
    })
}

/// When what was due at some time is due in a replay of another speed.
pub fn scaled_ns(due_ns: i64, speed: f64) -> i64 {
    // A number of nanoseconds is exact as f64 up to 104 days, but nothing is to be rounded at all at the same speed.
    if (speed - 1.0).abs() < f64::EPSILON { due_ns } else { (due_ns as f64 / speed).round() as i64 }
}

/// Differences of neighbours.
#[derive(Default)]
struct Gaps {
    stamps: u64,
    last_ns: i64,
    sorter: Sorter,
}

impl Gaps {
    fn stamp(&mut self, stamp_ns: i64) -> Result<(), ReduceError> {
        if self.stamps > 0 {
            self.sorter.push(stamp_ns - self.last_ns).map_err(ReduceError::Sort)?;
        }
        (self.stamps, self.last_ns) = (self.stamps + 1, stamp_ns);
        Ok(())
    }

    fn distance(self, other: Self) -> Result<Option<Distance>, ReduceError> {
        let [one, other] = [self, other].map(|gaps| (gaps.stamps.saturating_sub(1), gaps.sorter.sorted()));
        let sort = ReduceError::Sort;
        distance_of((one.0, one.1.map_err(sort)?), (other.0, other.1.map_err(sort)?)).map_err(sort)
    }
}

/// By how much what went out went out late.
fn lags(trace: &TraceReader) -> Result<Vec<f64>, ReduceError> {
    let kind = QuantileType::default();
    let percentiles =
        LAG_STATISTICS.iter().filter_map(|name| Quantile::from_percent(name.strip_prefix('p')?).ok());
    let wanted: Vec<_> = percentiles.map(|quantile| (quantile, kind)).collect();
    let columns = [Column::Sent, Column::Due, Column::BytesSent];
    let mut block = Vec::new();
    let lags = Streamed::read(&wanted, |visit| -> Result<(), TraceError> {
        trace.scan(&columns, |batch| {
            block.clear();
            for (row, sent_ns) in batch.i64s(Column::Sent).iter().enumerate() {
                if batch.time(Column::BytesSent, row) > Some(0) {
                    block.extend(batch.time(Column::Due, row).map(|due_ns| sent_ns - due_ns));
                }
            }
            visit(&block);
        })
    });
    let Some(lags) = lags.map_err(ReduceError::select(trace.path()))? else { return Ok(Vec::new()) };
    let one = |name: &&str| Some(parse(name).ok()?.compute(&lags, kind)? / 1e9);
    Ok(LAG_STATISTICS.iter().filter_map(one).collect())
}

#[cfg(test)]
mod tests;
