//! The number n as often as n to the power of -0.8, by rejection-inversion.

use super::Distribution;

/// sysbench's default exponent.
const EXPONENT: f64 = 0.8;

/// See the head of this file.
pub(super) struct Zipfian;

/// The integral of the hat x^-e from 1 to x.
fn area(x: f64) -> f64 {
    (x.powf(1.0 - EXPONENT) - 1.0) / (1.0 - EXPONENT)
}

/// Where that integral reaches a value.
fn point(area: f64) -> f64 {
    (1.0 + area * (1.0 - EXPONENT)).max(0.0).powf(1.0 / (1.0 - EXPONENT))
}

impl Distribution for Zipfian {
    fn name(&self) -> &'static str {
        "zipfian"
    }

    fn about(&self) -> &'static str {
        "the number n as often as n to the power of -0.8"
    }

    fn source(&self) -> &'static str {
        "Hörmann, Derflinger: Rejection-inversion to generate variates from monotone discrete distributions, \
         ACM TOMACS 6 (1996); sysbench's development version, --rand-type=zipfian (1.0 has none)"
    }

    /// About one pair of powers a draw.
    fn draw(&self, last: u32, uniform: &mut dyn FnMut() -> f64) -> u32 {
        // The first number gets exactly its own weight, 1, below the area up to 1.5.
        let (low, high) = (area(1.5) - 1.0, area(f64::from(last) + 0.5));
        loop {
            let drawn = high + uniform() * (low - high);
            let rank = point(drawn).round().clamp(1.0, f64::from(last));
            if drawn >= area(rank + 0.5) - rank.powf(-EXPONENT) {
                return rank as u32;
            }
        }
    }
}
