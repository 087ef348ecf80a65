//! Self-similar: a fifth of the range has four fifths of the draws, and so has a fifth of that fifth.

use super::Distribution;

/// See the head of this file.
pub(super) struct Pareto;

impl Distribution for Pareto {
    fn name(&self) -> &'static str {
        "pareto"
    }

    fn about(&self) -> &'static str {
        "few small numbers make up most: a fifth of the range has four fifths of the draws, and so on within it"
    }

    fn source(&self) -> &'static str {
        "sysbench 1.0, --rand-type=pareto with h = 0.2"
    }

    fn draw(&self, last: u32, uniform: &mut dyn FnMut() -> f64) -> u32 {
        // The power that gives a share h of the range 1 - h of the draws.
        let power = 0.2f64.ln() / 0.8f64.ln();
        1 + (uniform().powf(power) * f64::from(last)) as u32
    }
}
