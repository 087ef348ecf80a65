//! Three quarters of the numbers fall into a hundredth of the range; sysbench 1.0's default.

use super::Distribution;

/// See the head of this file.
pub(super) struct Special;

impl Distribution for Special {
    fn name(&self) -> &'static str {
        "special"
    }

    fn about(&self) -> &'static str {
        "three quarters within a hundredth in the middle, the others around the middle"
    }

    fn source(&self) -> &'static str {
        "sysbench 1.0, --rand-type=special with --rand-spec-pct=1, --rand-spec-res=75, --rand-spec-iter=12"
    }

    fn draw(&self, last: u32, uniform: &mut dyn FnMut() -> f64) -> u32 {
        let width = f64::from(last - 1);
        let chosen = uniform();
        // A quarter is bell-shaped over the range.
        let offset = if chosen * 4.0 < 1.0 {
            super::bell(uniform) * width
        } else {
            // sysbench draws no second number here, so that the hundredth begins a quarter of its width late.
            chosen * (width / 100.0 + 1.0) + width / 2.0 - width / 200.0
        };
        (1 + offset as u32).min(last)
    }
}
