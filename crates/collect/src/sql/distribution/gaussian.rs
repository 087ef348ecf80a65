//! Around the middle.

use super::Distribution;

/// See the head of this file.
pub(super) struct Gaussian;

impl Distribution for Gaussian {
    fn name(&self) -> &'static str {
        "gaussian"
    }

    fn about(&self) -> &'static str {
        "around the middle, as the mean of twelve uniform numbers"
    }

    fn source(&self) -> &'static str {
        "sysbench 1.0, --rand-type=gaussian"
    }

    fn draw(&self, last: u32, uniform: &mut dyn FnMut() -> f64) -> u32 {
        1 + (super::bell(uniform) * f64::from(last)) as u32
    }
}
