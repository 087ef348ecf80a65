//! What wrk 4.x would have printed about a run.
//!
//! wrk's `Latency` line is not the statistics of its requests, and its `Req/Sec` line is not the rate of the run. Both
//! are rebuilt here from service times and completion times, rule by rule after wrk's own source (`src/wrk.c` and
//! `src/stats.c` of <https://github.com/wg/wrk>), so that they can stand beside the true numbers. Units are wrk's:
//! microseconds, and requests per second.

mod latency;
mod rate;
mod stats;

#[cfg(test)]
mod tests;

pub use latency::WrkLatency;
pub use rate::WrkRate;
pub use stats::WrkStats;
