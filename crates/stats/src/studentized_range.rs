//! The distribution of the range of k normal values in units of an independent standard deviation (Tukey).

use statrs::function::erf::erfc;
use statrs::function::gamma::ln_gamma;

/// Step of the trapezoidal rule over z: for smooth functions that vanish at both ends it is exact beyond all digits
/// once the step is a fraction of their width, and the smallest of 50 normal values has width 0.4.
const STEP: f64 = 0.2;
/// Beyond this normal densities are below 10⁻¹⁸.
const REACH: f64 = 9.0;
/// A range of so many standard deviations has probability 0 in floats.
const LARGEST: f64 = 70.0;
/// Terms below this share of the sum end a sum.
const NEGLIGIBLE: f64 = 1e-16;

/// The studentized range of `groups` normal values with `freedom` degrees of freedom of the standard deviation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StudentizedRange {
    groups: f64,
    freedom: f64,
}

/// Which side of a value.
#[derive(Clone, Copy)]
enum Side {
    Below,
    Above,
}

impl StudentizedRange {
    /// `None` unless there are 2 groups or more and `freedom` is at least 1; it may be a fraction, or infinite for a
    /// known standard deviation. Answers are good to 1e-10 relative up to 50 groups.
    pub fn new(groups: usize, freedom: f64) -> Option<Self> {
        (groups >= 2 && freedom >= 1.0).then_some(Self { groups: groups as f64, freedom })
    }

    /// P(Q ≤ q). NaN for NaN. Costs up to some 10⁴ exponentials when `freedom` is finite, 10² when not.
    pub fn below(&self, q: f64) -> f64 {
        self.probability(q, Side::Below)
    }

    /// P(Q > q), with all its digits even when it is tiny.
    pub fn above(&self, q: f64) -> f64 {
        self.probability(q, Side::Above)
    }

    /// The q with P(Q ≤ q) = `probability`; `None` outside (0, 1).
    pub fn quantile(&self, probability: f64) -> Option<f64> {
        if !(probability > 0.0 && probability < 1.0) {
            return None;
        }
        // Solved on the smaller side, in logarithms of both, where the function is nearly straight.
        let (side, target) = if probability < 0.5 {
            (Side::Below, probability.ln())
        } else {
            (Side::Above, (1.0 - probability).ln())
        };
        let sign = if probability < 0.5 { 1.0 } else { -1.0 };
        let error = |log_q: f64| sign * (self.probability(log_q.exp(), side).ln() - target);
        let (mut low, mut high) = (-1.0, 1.0);
        while error(low) > 0.0 {
            low -= 2.0;
        }
        while error(high) < 0.0 {
            high += 1.0;
        }
        Some(root(error, low, high).exp())
    }

    fn probability(&self, q: f64, side: Side) -> f64 {
        if q.is_nan() {
            return f64::NAN;
        }
        if q <= 0.0 || q == f64::INFINITY {
            return match (side, q > 0.0) {
                (Side::Below, true) | (Side::Above, false) => 1.0,
                _ => 0.0,
            };
        }
        let sum = if self.freedom.is_infinite() { self.of_range(q, side) } else { self.over_scales(q, side) };
        sum.clamp(0.0, 1.0)
    }

    /// ∫ f(u)·P(range ≶ q·eᵘ) du over the logarithm u of the standard deviation, by the trapezoidal rule, from a
    /// place where the integrand is not zero to both sides until it vanishes.
    fn over_scales(&self, q: f64, side: Side) -> f64 {
        let freedom = self.freedom;
        let half = freedom / 2.0;
        // 2(ν/2)^(ν/2)/Γ(ν/2)·exp(ν(u − e²ᵘ/2)), with what is huge for many degrees of freedom taken out.
        let scale = std::f64::consts::LN_2 + log_scale(half);
        let density = |u: f64| (scale + freedom * (u - (2.0 * u).exp_m1() / 2.0)).exp();
        let term = |u: f64| {
            let density = density(u);
            if density > 0.0 { density * self.of_range(q * u.exp(), side) } else { 0.0 }
        };
        let step = (0.3 / freedom.sqrt()).min(0.1);
        // Near the integrand's peak; for the upper side it lies where e^(−w²/4) and the density balance.
        let start = match side {
            Side::Below => 0.0,
            Side::Above => -0.5 * (q / (2.0 * freedom) * q).ln_1p(),
        };
        let mut sum = term(start);
        for direction in [-step, step] {
            let mut last = f64::MAX;
            for place in 1..100_000 {
                let next = term(start + direction * f64::from(place));
                sum += next;
                if next <= last && next <= NEGLIGIBLE * sum {
                    break;
                }
                last = next;
            }
        }
        sum * step
    }

    /// P(range ≶ w) of normal values with known standard deviation: with z the smallest of them, k∫φ(z)·P(all others
    /// lie in (z, z + w]) dz. The other side is summed by itself, so that it keeps its digits.
    fn of_range(&self, w: f64, side: Side) -> f64 {
        if w > LARGEST {
            return if matches!(side, Side::Below) { 1.0 } else { 0.0 };
        }
        let others = self.groups - 1.0;
        let low = -REACH - w / 2.0;
        let nodes = ((REACH - low) / STEP) as u32 + 1;
        let mut sum = 0.0;
        for node in 0..=nodes {
            let z = low + STEP * f64::from(node);
            let (above, beyond) = (upper_tail(z), upper_tail(z + w));
            let share = match side {
                Side::Below => (above - beyond).max(0.0).powf(others),
                Side::Above => -above.powf(others) * (others * (-beyond / above).ln_1p()).exp_m1(),
            };
            sum += (-z * z / 2.0).exp() * share;
        }
        let density = 1.0 / (2.0 * std::f64::consts::PI).sqrt();
        self.groups * density * STEP * sum
    }
}

/// h·ln h − h − ln Γ(h); by Stirling's series where the terms would cancel.
fn log_scale(half: f64) -> f64 {
    if half < 100.0 {
        return half * half.ln() - half - ln_gamma(half);
    }
    let inverse = 1.0 / half;
    (half / (2.0 * std::f64::consts::PI)).ln() / 2.0 - inverse / 12.0 + inverse.powi(3) / 360.0
}

/// P(Z > z) of a standard normal value.
fn upper_tail(z: f64) -> f64 {
    erfc(z * std::f64::consts::FRAC_1_SQRT_2) / 2.0
}

/// The root of an ascending function between two places around it, by false position with halving (Illinois) kept
/// inside the bracket.
fn root(error: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    let (mut at_low, mut at_high) = (error(low), error(high));
    let mut last_side = 0;
    for _ in 0..200 {
        let crossing = (low * at_high - high * at_low) / (at_high - at_low);
        let middle = if crossing > low && crossing < high { crossing } else { f64::midpoint(low, high) };
        let found = error(middle);
        if found == 0.0 || high - low < 1e-14 * high.abs().max(1.0) || found.abs() < 1e-14 {
            return middle;
        }
        let side = if found < 0.0 { -1 } else { 1 };
        if side < 0 {
            (low, at_low) = (middle, found);
            at_high = if last_side == side { at_high / 2.0 } else { at_high };
        } else {
            (high, at_high) = (middle, found);
            at_low = if last_side == side { at_low / 2.0 } else { at_low };
        }
        last_side = side;
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) -> bool {
        (found - expected).abs() <= 1e-9 * expected.abs()
    }

    /// From `reference/studentized_range.py`.
    #[test]
    fn probabilities_and_quantiles_agree_with_scipy() {
        for line in include_str!("../reference/studentized_range.tsv").lines() {
            let fields: Vec<f64> = line.split('\t').map(|field| field.parse().unwrap()).collect();
            let [groups, freedom, q, below, above] = fields[..] else { panic!("{line}") };
            let range = StudentizedRange::new(groups as usize, freedom).unwrap();
            assert!(near(range.below(q), below), "{line}: {}", range.below(q));
            assert!(near(range.above(q), above), "{line}: {}", range.above(q));
            if below > 1e-6 && above > 1e-6 {
                let found = range.quantile(below).unwrap();
                // A probability near 1 has few digits of what is left.
                assert!((found - q).abs() <= 1e-9 * q * (1.0 + 1e-3 / above), "{line}: {found}");
            }
        }
    }

    #[test]
    fn two_groups_are_students_t() {
        use statrs::function::beta::beta_reg;
        for freedom in [1.0, 2.5, 7.0, 60.0, 5000.0, 1e6] {
            for q in [0.01, 1.0, 4.0, 30.0, 1000.0] {
                let t: f64 = q / std::f64::consts::SQRT_2;
                let expected = beta_reg(freedom / 2.0, 0.5, freedom / (freedom + t * t));
                let found = StudentizedRange::new(2, freedom).unwrap().above(q);
                assert!(
                    (found - expected).abs() <= 1e-9 * expected + 1e-250,
                    "{freedom} {q}: {found} {expected}"
                );
            }
        }
    }

    #[test]
    fn ends_and_nonsense_have_their_answers() {
        let range = StudentizedRange::new(3, 10.0).unwrap();
        assert_eq!((range.below(0.0), range.above(-1.0), range.below(f64::INFINITY)), (0.0, 1.0, 1.0));
        assert!(range.below(f64::NAN).is_nan());
        assert_eq!((range.quantile(0.0), range.quantile(1.0), range.quantile(f64::NAN)), (None, None, None));
        assert_eq!((StudentizedRange::new(1, 5.0), StudentizedRange::new(3, 0.5)), (None, None));
    }
}
