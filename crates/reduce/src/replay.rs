//! How faithful a replay was: what was recorded beside what was sent.

use std::path::Path;

use vana_stats::{Distance, QuantileType, Values, distance, parse};
use vana_trace::{Column, TraceReader, WorkloadReader};

use crate::ReduceError;

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
/// replay. Memory is 24 bytes a request: distances of distributions need their values in order.
pub fn replay_fidelity(
    workload: &Path,
    limit: u64,
    speed: f64,
    trace: &Path,
) -> Result<ReplayFidelity, ReduceError> {
    let mut due_ns = Vec::new();
    for arrival in
        WorkloadReader::open(workload)?.arrivals()?.take(usize::try_from(limit).unwrap_or(usize::MAX))
    {
        due_ns.push(scaled_ns(arrival?.0, speed));
    }
    let recorded = due_ns.len() as u64;
    let recorded_gaps = gaps(&due_ns);
    drop(due_ns);
    let (mut sent_ns, mut lags_ns) = (Vec::new(), Vec::new());
    let columns = [Column::Sent, Column::Due, Column::BytesSent];
    TraceReader::open(trace)?.scan(&columns, |batch| {
        for (row, &sent) in batch.i64s(Column::Sent).iter().enumerate() {
            if batch.time(Column::BytesSent, row).is_some_and(|bytes| bytes > 0) {
                sent_ns.push(sent);
                lags_ns.extend(batch.time(Column::Due, row).map(|due| sent - due));
            }
        }
    })?;
    let sent = sent_ns.len() as u64;
    Ok(ReplayFidelity {
        recorded,
        sent,
        gaps: distance(&recorded_gaps, &gaps(&sent_ns)),
        lag_s: quantiles(lags_ns),
    })
}

/// When what was due at some time is due in a replay of another speed.
pub fn scaled_ns(due_ns: i64, speed: f64) -> i64 {
    // A number of nanoseconds is exact as f64 up to 104 days, but nothing is to be rounded at all at the same speed.
    if (speed - 1.0).abs() < f64::EPSILON { due_ns } else { (due_ns as f64 / speed).round() as i64 }
}

/// Differences of neighbours, sorted.
fn gaps(stamps_ns: &[i64]) -> Vec<i64> {
    let mut gaps: Vec<i64> = stamps_ns.windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort_unstable();
    gaps
}

fn quantiles(lags_ns: Vec<i64>) -> Vec<f64> {
    let Some(values) = Values::new(lags_ns) else { return Vec::new() };
    let one = |name: &&str| {
        let statistic = parse(name).ok()?;
        Some(statistic.compute(&values, QuantileType::default())? / 1e9)
    };
    LAG_STATISTICS.iter().filter_map(one).collect()
}
