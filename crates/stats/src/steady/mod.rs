//! Whether a run is steady: its phases, what kind of run they make, and what to cut.

mod mser;
mod noise;
mod pelt;

use vana_types::Better;

pub use mser::{Truncation, mser5};

/// With fewer windows phases cannot be told from noise.
const FEWEST: usize = 12;
/// A shorter deviation is a stall, not a phase.
const SHORTEST: usize = 3;

/// What counts as the same and what as a change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SteadyOptions {
    /// Relative difference up to which the means of two phases are the same: 0.05 by default.
    pub tolerance: f64,
    /// Penalty of a change in units of σ²·ln n, σ² the long-run variance: 4 by default.
    pub penalty_factor: f64,
}

impl Default for SteadyOptions {
    fn default() -> Self {
        Self { tolerance: 0.05, penalty_factor: 4.0 }
    }
}

/// What kind of run it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// All phases are the same.
    Flat,
    /// It ends in a steady phase, and no other is better.
    WarmUp,
    /// It ends in a steady phase, and another is better.
    SlowDown,
    /// Less than the last quarter is one phase.
    NoSteadyState,
}

/// Successive windows of one level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// Its first window.
    pub first: usize,
    /// The window after its last.
    pub end: usize,
    /// Mean of its windows.
    pub mean: f64,
}

/// The phases of a run and what follows from them.
#[derive(Clone, Debug, PartialEq)]
pub struct Steady {
    /// What kind of run it is.
    pub shape: Shape,
    /// Its phases, in the order of time.
    pub segments: Vec<Segment>,
    /// How many windows to cut from the start; `None` when no steady state is left.
    pub cut: Option<usize>,
    /// The second opinion of MSER-5; `None` below ten windows.
    pub truncation: Option<Truncation>,
    /// The cost of a change that was asked for, in squared units of the series.
    pub penalty: f64,
    /// Autocorrelation of neighbouring windows, in [0, 0.95].
    pub autocorrelation: f64,
}

/// Why a run cannot be called steady or not.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SteadyError {
    /// Too short.
    #[error("{found} windows, and phases need {FEWEST}")]
    TooFew {
        /// How many there are.
        found: usize,
    },
    /// A window that is NaN or infinite.
    #[error("window {index} is not finite")]
    NotFinite {
        /// Where it stands.
        index: usize,
    },
}

/// Cuts a series of windows of equal length (a rate per second, a mean latency per second) into phases and classifies
/// them.
///
/// Change points minimize Σ(x − mean of its phase)² + penalty·(phases − 1) exactly, by PELT (Killick, Fearnhead and
/// Eckley, "Optimal Detection of Changepoints With a Linear Computational Cost", JASA 107 (2012) 1590–1598), no phase
/// shorter than three windows. The penalty is 4·σ²·ln n, twice Schwarz's criterion: that found changes in 4 % of 400
/// steady runs of 60 independent windows and in 26 % of those whose neighbours are correlated by 0.6; with 4 it was
/// none and 12 %. σ² is the variance that the mean of a long stretch obeys (the long-run variance), not that of one
/// window, so that autocorrelated noise, which wanders, is not taken for phases; it is estimated from differences of
/// neighbours, which a few changes of level do not touch.
///
/// Classes after Barrett et al., "Virtual Machine Warmup Blows Hot and Cold", OOPSLA (2017): means within the
/// tolerance of the last phase are the same; the steady phase is the last and those before it that are the same
/// without a break. Costs n to n² (n when changes are many).
pub fn steady(series: &[f64], better: Better, options: &SteadyOptions) -> Result<Steady, SteadyError> {
    if let Some(index) = series.iter().position(|value| !value.is_finite()) {
        return Err(SteadyError::NotFinite { index });
    }
    let count = series.len();
    if count < FEWEST {
        return Err(SteadyError::TooFew { found: count });
    }
    let noise = noise::estimate(series);
    let penalty = options.penalty_factor * noise.long_run_variance * (count as f64).ln();
    let segments: Vec<Segment> = pelt::change_points(series, penalty, SHORTEST)
        .windows(2)
        .map(|ends| Segment { first: ends[0], end: ends[1], mean: mean(&series[ends[0]..ends[1]]) })
        .collect();
    let (shape, cut) = classify(&segments, count, better, options.tolerance);
    let autocorrelation = noise.autocorrelation;
    Ok(Steady { shape, segments, cut, truncation: mser5(series), penalty, autocorrelation })
}

/// Distances from the first value keep the digits that adding large numbers would drop.
fn mean(values: &[f64]) -> f64 {
    let origin = values[0];
    origin + values.iter().map(|value| value - origin).sum::<f64>() / values.len() as f64
}

fn classify(segments: &[Segment], count: usize, better: Better, tolerance: f64) -> (Shape, Option<usize>) {
    let Some(last) = segments.last() else { return (Shape::NoSteadyState, None) };
    let is_same = |segment: &Segment| (segment.mean - last.mean).abs() <= tolerance * last.mean.abs();
    let steady = segments.iter().rev().take_while(|segment| is_same(segment)).count();
    let first = segments[segments.len() - steady].first;
    if steady == segments.len() {
        return (Shape::Flat, Some(0));
    }
    if 4 * (count - first) < count {
        return (Shape::NoSteadyState, None);
    }
    let is_better = |segment: &Segment| match better {
        Better::Higher => segment.mean > last.mean,
        Better::Lower => segment.mean < last.mean,
    };
    let slows = segments.iter().any(|segment| is_better(segment) && !is_same(segment));
    (if slows { Shape::SlowDown } else { Shape::WarmUp }, Some(first))
}

#[cfg(test)]
mod tests;
