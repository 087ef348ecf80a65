//! Numbers in, statistics out.
//!
//! This crate turns the values of one run into the numbers a table shows ([`Distribution`], [`STATISTICS`]), and the
//! numbers of several repetitions into intervals ([`Sample`]), tests of two systems ([`TESTS`]) and the size of their
//! difference ([`ratio_of_means`] and its neighbours). It opens no file, prints nothing and reads no clock.
//!
//! One run comes in one of four shapes, all of them a [`Distribution`]: [`Values`] (exact, in memory), [`Bins`]
//! (a histogram), [`Streamed`] (exact, in passes, for what does not fit in memory), and what a tool would have printed
//! ([`wrk`], [`sysbench`]).
//!
//! ```
//! use vana_stats::{Distribution, QuantileType, Values, parse};
//!
//! let run = Values::new(vec![30, 10, 20, 40]).expect("not empty");
//! assert_eq!(run.mean(), 25.0);
//! let median = parse("p50")?;
//! assert_eq!(median.compute(&run, QuantileType::default()), Some(25.0));
//! # Ok::<(), vana_stats::UnknownStatistic>(())
//! ```

#![cfg_attr(test, expect(clippy::float_cmp, reason = "results that must be exact are compared exactly"))]

mod adjust;
mod beta;
mod bins;
mod block_bootstrap;
mod bootstrap;
mod dip;
mod distance;
mod distribution;
mod effect;
mod external_select;
mod group_test;
mod interval;
mod kendall;
mod letters;
mod order;
mod outlier;
mod plan;
mod possible;
mod quantile_type;
mod random;
mod rank_sum;
mod rate_series;
#[cfg(test)]
mod reference;
mod sample;
mod sort;
mod statistic;
mod steady;
mod streamed;
mod student;
mod studentized_range;
pub mod sysbench;
mod test;
mod ties;
mod values;
mod windows;
pub mod wrk;

pub use adjust::{Adjust, UnknownAdjust};
pub use bins::{Bins, BinsError};
pub use block_bootstrap::{BlockBootstrap, BlockStatistic, block_bootstrap, block_length};
pub use bootstrap::{Bootstrapped, bca};
pub use dip::{Dip, DipError, dip};
pub use distance::{Distance, distance, distance_of};
pub use distribution::Distribution;
pub use effect::{
    Equivalence, QuantileShift, RatioInterval, Shift, cliffs_delta, equivalence, equivalence_from_summary,
    hedges_g, hodges_lehmann, ratio_from_summary, ratio_of_means, shift_function, vargha_delaney,
};
pub use external_select::{SelectError, external_select};
pub use group_test::{
    Friedman, FriedmanError, GROUP_TESTS, GroupOutcome, GroupPair, GroupTest, GroupTestError,
    UnknownGroupTest, friedman, nemenyi_critical_difference, nemenyi_p, parse_group_test,
};
pub use kendall::kendall_tau_b;
pub use letters::letters;
pub use outlier::{
    EsdStep, OUTLIER_RULES, Outlier, OutlierRule, OutlierSeverity, Spread, UnknownOutlierRule, esd_steps,
    parse_outlier_rule, spreads,
};
pub use plan::{
    MedianPlan, PlanError, RunMean, VarianceComponents, repetitions_for_mean, repetitions_for_median,
};
pub use possible::{
    Contradiction, Printed, PrintedError, PrintedSummary, TwoValued, contradictions, is_mean_of_integers,
    is_stdev_of_integers, two_valued,
};
pub use quantile_type::{Position, QuantileType, QuantileTypeError};
pub use random::Random;
pub use rate_series::{RateSeries, RateWindows};
pub use sample::{Sample, SampleError};
pub use statistic::{STATISTICS, Statistic, UnknownStatistic, parse};
pub use steady::{Segment, Shape, Steady, SteadyError, SteadyOptions, Truncation, mser5, steady};
pub use streamed::Streamed;
pub use studentized_range::StudentizedRange;
pub use test::{
    Aspect, Context, Outcome, Summary, TESTS, Test, TestError, UnknownTest, difference_from_summary,
    parse_test, welch_from_summary,
};
pub use values::Values;
pub use windows::TooManyWindows;
