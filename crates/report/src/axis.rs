//! Ends and ticks of axes.

use crate::figure::{Axis, Scale, Tick};
use crate::font;
use crate::quantity::{format, group};

const THIN_SPACE: &str = "\u{2009}";
const MINUS: &str = "\u{2212}";

/// An axis for values: logarithmic when they are positive and span more than two decades, else from zero.
pub fn of_values(label: String, values: &[f64]) -> Axis {
    let positive = || values.iter().copied().filter(|value| *value > 0.0 && value.is_finite());
    let (low, high) = (positive().fold(f64::INFINITY, f64::min), positive().fold(0.0, f64::max));
    if low.is_finite() && high / low > 100.0 && values.iter().all(|value| *value >= 0.0) {
        logarithmic(label, low, high)
    } else {
        from_zero(label, values)
    }
}

/// The same from left to right, where labels that would touch are left out: first those between powers of ten.
pub fn across(label: String, values: &[f64]) -> Axis {
    let mut axis = of_values(label, values);
    let fits = |axis: &Axis| {
        let named: Vec<&Tick> = axis.ticks.iter().filter(|tick| !tick.label.is_empty()).collect();
        let free = apart(named.iter().rev().map(|&tick| tick.clone()), axis);
        (free.len() == named.len(), free)
    };
    if !fits(&axis).0 && axis.scale == Scale::Log {
        for tick in
            axis.ticks.iter_mut().filter(|tick| (tick.at.log10() - tick.at.log10().round()).abs() > 1e-9)
        {
            tick.label.clear();
        }
    }
    let (_, free) = fits(&axis);
    for tick in &mut axis.ticks {
        if !free.iter().any(|kept| kept.at.total_cmp(&tick.at).is_eq()) {
            tick.label.clear();
        }
    }
    axis
}

/// An axis for ratios: logarithmic when they are positive and the largest is several times the smallest, else in
/// proportion around them.
pub fn of_ratios(label: String, values: &[f64]) -> Axis {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let (low, high) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
    if low > 0.0 && high / low > 4.0 {
        return logarithmic(label, low, high);
    }
    let margin = 0.04 * (high - low).max(0.01);
    linear(label, low - margin, high + margin)
}

/// A linear axis that begins at zero, or below where there are negative values.
pub fn from_zero(label: String, values: &[f64]) -> Axis {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let low = finite().fold(0.0, f64::min);
    let high = finite().fold(f64::NEG_INFINITY, f64::max);
    let high = if high > low { high } else { low + 1.0 };
    linear(label, low, high + 0.04 * (high - low))
}

/// A linear axis over exactly this range.
pub fn linear(label: String, low: f64, high: f64) -> Axis {
    let step = nice_step((high - low) / 6.0);
    let decimals = (-step.log10().floor()).max(0.0) as usize;
    let first = (low / step).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    let ticks = (first..=last.min(first + 20)).map(|index| {
        let at = index as f64 * step;
        Tick { at, label: group(&format(at, decimals), THIN_SPACE, MINUS) }
    });
    Axis { label, scale: Scale::Linear, low, high, ticks: ticks.collect() }
}

fn nice_step(rough: f64) -> f64 {
    let power = 10f64.powf(rough.log10().floor());
    let nice = [1.0, 2.0, 5.0, 10.0].into_iter().find(|nice| nice * power >= rough * 0.999);
    nice.unwrap_or(10.0) * power
}

fn logarithmic(label: String, low: f64, high: f64) -> Axis {
    let (low, high) = (low / 1.25, high * 1.25);
    let (first, last) = (low.log10().ceil() as i32, high.log10().floor() as i32);
    let every = (last - first) / 7 + 1;
    let decades = (high / low).log10();
    let mut ticks = Vec::new();
    for power in first - 1..=last {
        for digit in 1..=9 {
            let at = f64::from(digit) * 10f64.powi(power);
            let is_named = match digit {
                1 => power.rem_euclid(every) == first.rem_euclid(every),
                2 | 5 => decades <= 3.0,
                _ => false,
            };
            if (low..=high).contains(&at) && (is_named || decades <= 6.0) {
                let label = if is_named { scaled(digit, power) } else { String::new() };
                ticks.push(Tick { at, label });
            }
        }
    }
    Axis { label, scale: Scale::Log, low, high, ticks }
}

/// A digit times a power of ten.
fn scaled(digit: i32, power: i32) -> String {
    if digit != 1 || (-4..=6).contains(&power) {
        let value = f64::from(digit) * 10f64.powi(power);
        return group(&format(value, (-power).max(0) as usize), THIN_SPACE, MINUS);
    }
    let digits = power.abs().to_string();
    let raised =
        digits.chars().map(|c| ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'][c as usize - '0' as usize]);
    format!("10{}{}", if power < 0 { "⁻" } else { "" }, raised.collect::<String>())
}

/// An axis for numbers of clients: in proportion when they are spaced evenly, logarithmic when they multiply.
pub fn of_clients(clients: &[u32]) -> Axis {
    let mut sorted = clients.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let (low, high) = (f64::from(*sorted.first().unwrap_or(&0)), f64::from(*sorted.last().unwrap_or(&1)));
    let mut gaps: Vec<u32> = sorted.windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort_unstable();
    let middle = gaps.get(gaps.len() / 2).copied().unwrap_or(1);
    let multiplies = gaps.len() > 2 && gaps.last().is_some_and(|widest| *widest > 3 * middle) && low > 0.0;
    let label = "Clients".to_owned();
    let named =
        |client: &u32| Tick { at: f64::from(*client), label: group(&client.to_string(), THIN_SPACE, MINUS) };
    if multiplies {
        let margin = (high / low).powf(0.03);
        let axis = Axis { label, scale: Scale::Log, low: low / margin, high: high * margin, ticks: vec![] };
        return Axis { ticks: apart(sorted.iter().rev().map(named), &axis), ..axis };
    }
    let margin = 0.03 * (high - low).max(1.0);
    let mut axis = linear(label, low - margin, high + margin);
    axis.ticks.retain(|tick| tick.at >= 0.0 && tick.at.fract() == 0.0);
    if sorted.len() <= 6 {
        axis.ticks = apart(sorted.iter().rev().map(named), &axis);
    }
    axis
}

/// The ticks whose labels do not touch, where they come from the largest down.
fn apart(all: impl Iterator<Item = Tick>, axis: &Axis) -> Vec<Tick> {
    // About the width of a plot, in letters of size 1.
    let room = 200.0 / 7.0;
    let mut ticks: Vec<Tick> = Vec::new();
    for tick in all {
        let is_free = ticks.last().is_none_or(|last| {
            let needed = f64::midpoint(font::width(&tick.label, 1.0), font::width(&last.label, 1.0)) + 0.4;
            (axis.place(last.at) - axis.place(tick.at)) * room > needed
        });
        if is_free {
            ticks.push(tick);
        }
    }
    ticks.reverse();
    ticks
}

/// Probability as the number of nines, −log₁₀(1 − p): 0.9 is 1, 0.99 is 2.
pub fn nines(probability: f64) -> f64 {
    -(1.0 - probability).log10()
}

/// The most that a quantile axis shows: 99.99 %.
pub const MOST_NINES: f64 = 4.0;

/// An axis for probabilities in nines.
pub fn of_nines(high: f64) -> Axis {
    let ticks = [(0.0, "0"), (0.5, "50"), (0.9, "90"), (0.99, "99"), (0.999, "99.9"), (0.9999, "99.99")];
    let ticks = ticks.map(|(p, label)| Tick { at: nines(p), label: label.to_owned() });
    let ticks = ticks.into_iter().filter(|tick| tick.at <= high + 1e-6).collect();
    Axis { label: "Percentile (%)".to_owned(), scale: Scale::Linear, low: 0.0, high: high * 1.02, ticks }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|tick| tick.label.as_str()).filter(|label| !label.is_empty()).collect()
    }

    #[test]
    fn labels_that_would_touch_are_left_out_between_powers_of_ten() {
        let named = |low: f64, high: f64| {
            let axis = across("m".into(), &[low, high]);
            let labels = axis.ticks.into_iter().map(|tick| tick.label).filter(|label| !label.is_empty());
            labels.collect::<Vec<_>>()
        };
        assert_eq!(named(4.5, 500.0), ["5", "10", "20", "50", "100", "200", "500"]);
        assert_eq!(named(450.0, 300_000.0), ["1000", "10\u{2009}000", "100\u{2009}000"]);
    }

    #[test]
    fn a_wide_span_is_drawn_logarithmically() {
        let axis = of_values("t".into(), &[0.49, 954.0]);
        assert_eq!((axis.scale, labels(&axis)), (Scale::Log, vec!["1", "10", "100", "1000"]));
    }

    #[test]
    fn a_narrow_span_begins_at_zero() {
        let axis = of_values("r".into(), &[3880.0, 4890.0]);
        assert_eq!((axis.scale, axis.low), (Scale::Linear, 0.0));
        assert_eq!(labels(&axis), ["0", "1000", "2000", "3000", "4000", "5000"]);
        assert_eq!(labels(&from_zero("r".into(), &[])), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
    }

    #[test]
    fn clients_that_double_are_spaced_evenly() {
        let doubling = of_clients(&[1, 2, 4, 8, 16, 32]);
        assert_eq!((doubling.scale, labels(&doubling)), (Scale::Log, vec!["1", "2", "4", "8", "16", "32"]));
        let wide = of_clients(&[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096]);
        assert_eq!(labels(&wide), ["1", "2", "4", "8", "16", "32", "64", "256", "1024", "4096"]);
        let even = of_clients(&[1, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
        assert_eq!((even.scale, labels(&even)), (Scale::Linear, vec!["0", "20", "40", "60", "80", "100"]));
    }

    #[test]
    fn percentiles_stand_by_their_nines() {
        assert_eq!(labels(&of_nines(3.0)), ["0", "50", "90", "99", "99.9"]);
        assert!((nines(0.999) - 3.0).abs() < 1e-9);
    }
}
