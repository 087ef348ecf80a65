//! All numbers alike.

use super::Distribution;

/// See the head of this file.
pub(super) struct Uniform;

impl Distribution for Uniform {
    fn name(&self) -> &'static str {
        "uniform"
    }

    fn about(&self) -> &'static str {
        "all numbers alike"
    }

    fn source(&self) -> &'static str {
        "sysbench 1.0, --rand-type=uniform"
    }

    fn draw(&self, last: u32, uniform: &mut dyn FnMut() -> f64) -> u32 {
        1 + (uniform() * f64::from(last)) as u32
    }
}
