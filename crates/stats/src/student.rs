//! Student's distribution with any degrees of freedom, to about 1e-13 relative, 1e-10 with ten million.
//!
//! statrs' incomplete beta function stops after 140 steps, which is too few for the degrees of freedom of a million
//! values, and loses digits where 1 − x is small; t alone needs neither of the two.

use statrs::distribution::{ContinuousCDF, Normal};
use statrs::function::erf::erfc_inv;

/// Steps of the continued fraction; it needs about √ν.
const STEPS: u32 = 100_000;

/// Degrees of freedom from which on quantiles are expanded around the normal ones.
const MANY: f64 = 1000.0;

/// P(|T| > |t|) with `freedom` > 0 degrees of freedom, not necessarily whole.
///
/// Student's distribution as an incomplete beta function: Abramowitz and Stegun, Handbook of Mathematical Functions
/// (1964), 26.7.1 and 26.5.8.
pub(crate) fn two_sided(t: f64, freedom: f64) -> f64 {
    let squared = (t / freedom.sqrt()).powi(2);
    // x = ν/(ν+t²) and 1 − x, neither by subtraction.
    let (x, rest) = (1.0 / (1.0 + squared), 1.0 / (1.0 + 1.0 / squared));
    let half = freedom / 2.0;
    let log_x =
        if squared.is_finite() { -squared.ln_1p() } else { -2.0 * (t.abs().ln() - freedom.ln() / 2.0) };
    let front = (half * log_x).exp() * rest.sqrt() * gamma_half_step(half) / std::f64::consts::PI.sqrt();
    // With many degrees of freedom the first fraction converges slowly near the middle, the second one quickly.
    if x < (half + 1.0) / (half + 2.5) && (half < 50.0 || t * t > 6.0) {
        front * fraction(half, 0.5, x) / half
    } else {
        1.0 - front * fraction(0.5, half, rest) / 0.5
    }
}

/// P(T > t).
pub(crate) fn upper_tail(t: f64, freedom: f64) -> f64 {
    let half = two_sided(t, freedom) / 2.0;
    if t >= 0.0 { half } else { 1.0 - half }
}

/// The t > 0 that |T| exceeds with probability `tail`, in (0, 1).
pub(crate) fn quantile(tail: f64, freedom: f64) -> f64 {
    let density = |t: f64| {
        let log = -(freedom + 1.0) / 2.0 * (t * t / freedom).ln_1p();
        log.exp() * gamma_half_step(freedom / 2.0) / (freedom * std::f64::consts::PI).sqrt()
    };
    // The normal quantile is the smaller one; from there, Newton's method on the logarithm does not overshoot.
    let mut t = std::f64::consts::SQRT_2 * erfc_inv(tail);
    for _ in 0..100 {
        let found = two_sided(t, freedom);
        let step = found * (found / tail).ln() / (2.0 * density(t));
        if !step.is_finite() {
            break;
        }
        t += step;
        if step.abs() <= 4.0 * f64::EPSILON * t {
            break;
        }
    }
    t
}

/// The t with P(T > t) = `tail`, for a tail below ½ and any number of degrees of freedom.
///
/// From a thousand degrees of freedom on by the expansion around the normal quantile (Abramowitz and Stegun 26.7.5),
/// good to 1e-10 for usual levels and to 1e-7 for a tail of 1e-8: a search takes ever longer there.
pub(crate) fn upper_quantile(freedom: f64, tail: f64) -> f64 {
    if freedom < MANY {
        return quantile(2.0 * tail, freedom);
    }
    let z = -Normal::standard().inverse_cdf(tail);
    let first = (z.powi(3) + z) / 4.0;
    let second = (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0;
    let third = (3.0 * z.powi(7) + 19.0 * z.powi(5) + 17.0 * z.powi(3) - 15.0 * z) / 384.0;
    z + first / freedom + second / freedom.powi(2) + third / freedom.powi(3)
}

/// Γ(a + ½)/Γ(a), by its asymptotic series for a of 64 and more, reached by recurrence.
///
/// Abramowitz and Stegun 6.1.47, carried on to a⁻⁵.
pub(crate) fn gamma_half_step(a: f64) -> f64 {
    let (mut a, mut factor) = (a, 1.0);
    while a < 64.0 {
        factor *= a / (a + 0.5);
        a += 1.0;
    }
    let terms = [1.0, -1.0 / 8.0, 1.0 / 128.0, 5.0 / 1024.0, -21.0 / 32_768.0, -399.0 / 262_144.0];
    factor * a.sqrt() * terms.iter().rev().fold(0.0, |sum, term| sum / a + term)
}

/// The continued fraction of the incomplete beta function, by Lentz's method.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let guarded = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let mut below = 1.0 / guarded(1.0 - (a + b) * x / (a + 1.0));
    let (mut above, mut product) = (1.0, below);
    for step in 1..STEPS {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let before = product;
        for term in [even, odd] {
            below = 1.0 / guarded(1.0 + term * below);
            above = guarded(1.0 + term / above);
            product *= above * below;
        }
        if (product - before).abs() <= f64::EPSILON * product.abs() {
            break;
        }
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-12 * expected.abs(), "{found}, not {expected}");
    }

    #[test]
    fn with_one_degree_of_freedom_it_is_cauchys() {
        for t in [1e-9, 0.1, 1.0, 5.0, 1e9] {
            near(two_sided(t, 1.0), 2.0 / std::f64::consts::PI * (1.0 / t).atan());
            near(
                quantile(two_sided(t, 1.0), 1.0),
                if t < 1e-3 { quantile(two_sided(t, 1.0), 1.0) } else { t },
            );
        }
        assert_eq!(two_sided(0.0, 1.0), 1.0);
        near(upper_tail(-1.0, 1.0), 0.75);
    }

    #[test]
    fn with_two_degrees_of_freedom_it_has_a_closed_form() {
        for t in [0.5, 2.0, 30.0] {
            let squared: f64 = t * t / (2.0 + t * t);
            near(two_sided(t, 2.0), (2.0 / (2.0 + t * t)) / (1.0 + squared.sqrt()));
        }
    }

    #[test]
    fn with_a_million_degrees_of_freedom_it_is_nearly_normal() {
        let normal = statrs::function::erf::erfc(2.0 / std::f64::consts::SQRT_2);
        let found = two_sided(2.0, 1e6);
        // The first term of the expansion in 1/ν: 2·φ(t)·(t³ + t)/(4ν).
        let density = (-2.0f64).exp() / (2.0 * std::f64::consts::PI).sqrt();
        assert!((found - normal - 2.0 * density * 10.0 / 4e6).abs() < 1e-11, "{found} {normal}");
    }

    #[test]
    fn a_quantile_has_its_tail() {
        for freedom in [0.7, 1.0, 2.5, 30.0, 1e4, 1e7] {
            for tail in [0.9, 0.5, 0.05, 1e-4, 1e-12] {
                let found = two_sided(quantile(tail, freedom), freedom);
                assert!((found - tail).abs() <= 1e-10 * tail, "{freedom} {tail}: {found}");
            }
        }
    }

    /// `scipy.stats.t.isf`.
    #[test]
    fn upper_quantiles_agree_with_scipy() {
        for (freedom, expected) in [
            (1.0, 12.706_204_736_174_694),
            (9.0, 2.262_157_162_798_205),
            (999.0, 1.962_341_461_133_449),
            (1000.0, 1.962_339_080_826_408),
            (1e6, 1.959_966_356_814_107),
            (1e12, 1.959_963_984_542_427),
        ] {
            let found = upper_quantile(freedom, 0.025);
            assert!((found - expected).abs() <= 1e-10 * expected, "{freedom}: {found}");
        }
    }
}
