//! How numbers are shown: one prefix per table and metric, about four digits, the same decimals side by side.

use vana_types::Unit;

/// A unit with its prefix, as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Power of ten from the shown to the base unit: −3 for `ms`.
    pub exponent: i32,
    /// As plain text: `µs`, `1/s`, `MB/s`, `%`; empty for a plain number.
    pub symbol: &'static str,
    /// As siunitx wants it; empty for a plain number.
    pub si: &'static str,
}

const fn shown(exponent: i32, symbol: &'static str, si: &'static str) -> Shown {
    Shown { exponent, symbol, si }
}

const SECONDS: &[Shown] = &[
    shown(0, "s", "\\second"),
    shown(-3, "ms", "\\milli\\second"),
    shown(-6, "µs", "\\micro\\second"),
    shown(-9, "ns", "\\nano\\second"),
];
const PER_SECOND: &[Shown] =
    &[shown(6, "M/s", "M/s"), shown(3, "k/s", "k/s"), shown(0, "1/s", "\\per\\second")];
const BYTES: &[Shown] = &[
    shown(12, "TB", "\\tera\\byte"),
    shown(9, "GB", "\\giga\\byte"),
    shown(6, "MB", "\\mega\\byte"),
    shown(3, "kB", "\\kilo\\byte"),
    shown(0, "B", "\\byte"),
];
const BYTES_PER_SECOND: &[Shown] = &[
    shown(9, "GB/s", "\\giga\\byte\\per\\second"),
    shown(6, "MB/s", "\\mega\\byte\\per\\second"),
    shown(3, "kB/s", "\\kilo\\byte\\per\\second"),
    shown(0, "B/s", "\\byte\\per\\second"),
];
/// A share is shown in percent.
pub const PERCENT: Shown = shown(-2, "%", "\\percent");
/// A number without unit.
pub const PLAIN: Shown = shown(0, "", "");

impl Shown {
    /// The prefix that lets at least three quarters of the values (base unit) begin before the decimal point.
    /// Rates keep four digits before a prefix comes: 3940 1/s reads better than 3.94 k/s.
    pub fn choose(unit: Unit, values: &[f64]) -> Self {
        let (prefixes, least) = match unit {
            Unit::Seconds => (SECONDS, 1.0),
            Unit::PerSecond => (PER_SECOND, 10.0),
            Unit::Bytes => (BYTES, 1.0),
            Unit::BytesPerSecond => (BYTES_PER_SECOND, 1.0),
            Unit::One => return PLAIN,
        };
        let mut sizes: Vec<f64> =
            values.iter().map(|value| value.abs()).filter(|size| *size > 0.0 && size.is_finite()).collect();
        sizes.sort_by(f64::total_cmp);
        let Some(&typical) = sizes.get(sizes.len() / 4) else {
            return prefixes.iter().copied().find(|prefix| prefix.exponent == 0).unwrap_or(PLAIN);
        };
        let fits = |prefix: &&Self| prefix.of(typical) >= if prefix.exponent > 0 { least } else { 1.0 };
        prefixes.iter().find(fits).or(prefixes.last()).copied().unwrap_or(PLAIN)
    }

    /// The number to show for a value in base units.
    pub fn of(self, value: f64) -> f64 {
        // Dividing by a power of ten with positive exponent is exact where multiplying with 10^-n is not.
        if self.exponent >= 0 {
            value / 10f64.powi(self.exponent)
        } else {
            value * 10f64.powi(-self.exponent)
        }
    }

    /// ` (ms)`, or nothing for a plain number.
    pub fn in_brackets(self) -> String {
        if self.symbol.is_empty() { String::new() } else { format!(" ({})", self.symbol) }
    }
}

/// Decimals for numbers that stand together: four digits at the median, fewer where none is lost by it.
pub fn decimals(shown: &[f64]) -> usize {
    let mut sizes: Vec<f64> = shown.iter().map(|value| value.abs()).filter(|size| *size > 0.0).collect();
    sizes.sort_by(f64::total_cmp);
    let Some(&middle) = sizes.get(sizes.len() / 2) else { return 0 };
    let before = middle.log10().floor() as i32;
    let mut decimals = (3 - before).clamp(0, 4) as usize;
    let is_whole_at = |decimals: usize| {
        sizes.iter().all(|size| {
            let moved = size * 10f64.powi(decimals as i32);
            (moved - moved.round()).abs() < 1e-9 * moved.max(1.0)
        })
    };
    while decimals > 0 && is_whole_at(decimals - 1) {
        decimals -= 1;
    }
    decimals
}

/// A number with so many decimals; more where it would be shown as zero, and a power of ten where it would not fit.
pub fn format(shown: f64, decimals: usize) -> String {
    let size = shown.abs();
    if size >= 1e9 || (size > 0.0 && size < 1e-7) {
        return format!("{shown:.2e}");
    }
    let text = format!("{shown:.decimals$}");
    let vanished = size > 0.0 && !text.bytes().any(|b| (b'1'..=b'9').contains(&b));
    if vanished {
        return format!("{shown:.*}", (1.0 - size.log10()).ceil() as usize).trim_end_matches('0').to_owned();
    }
    if shown == 0.0 { text.replace('-', "") } else { text }
}

/// The same number with thin spaces between thousands, from five digits before the decimal point on, and a true minus.
pub fn group(number: &str, space: &str, minus: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |digits| (minus, digits));
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let (whole, rest) = digits.split_at(end);
    let mut grouped = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if whole.len() > 4 && index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push_str(space);
        }
        grouped.push(digit);
    }
    grouped + rest
}

/// A share in percent, with the decimals that it has up to three: `95`, `99.9`.
pub fn percent(share: f64) -> String {
    let text = format!("{:.3}", share * 100.0);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A p value as it is printed; `None` where it is none.
pub fn p_value(p: f64) -> Option<String> {
    if !(0.0..=1.0).contains(&p) {
        return None;
    }
    Some(match p {
        _ if p < 0.001 => "< 0.001".to_owned(),
        _ if p < 0.1 => format!("{p:.3}"),
        _ if p > 0.99 => "> 0.99".to_owned(),
        _ => format!("{p:.2}"),
    })
}

/// A ratio with three digits behind the point, fewer from 10 on.
pub fn ratio(value: f64) -> String {
    let before = value.abs().max(1.0).log10().floor() as usize;
    format(value, 3usize.saturating_sub(before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_around_a_millisecond_are_shown_in_milliseconds() {
        let shown = Shown::choose(Unit::Seconds, &[0.00049, 0.00196, 0.01288, 0.95429, 1.67]);
        assert_eq!(shown.symbol, "ms");
        assert_eq!(format(shown.of(0.95429), 2), "954.29");
    }

    #[test]
    fn rates_get_a_prefix_only_when_all_are_large() {
        let symbol = |values: &[f64]| Shown::choose(Unit::PerSecond, values).symbol;
        assert_eq!(symbol(&[0.5, 247.6, 3880.0, 4890.0]), "1/s");
        assert_eq!(symbol(&[52_000.0, 61_000.0, 1_200_000.0]), "k/s");
        assert_eq!(symbol(&[]), "1/s");
        assert_eq!(Shown::choose(Unit::Seconds, &[0.0]).symbol, "s");
        assert_eq!(Shown::choose(Unit::Bytes, &[7e6, 16e6, 97e6, 185e6]).symbol, "MB");
    }

    #[test]
    fn four_digits_are_shown_unless_fewer_say_as_much() {
        assert_eq!(decimals(&[4890.0, 3910.0, 247.58]), 0);
        assert_eq!(decimals(&[0.49, 3.9, 12.25]), 2);
        assert_eq!(decimals(&[7.0, 16.0, 97.0]), 0);
        assert_eq!(decimals(&[0.123_456, 0.2]), 4);
        assert_eq!(decimals(&[]), 0);
    }

    #[test]
    fn no_number_is_shown_as_zero_but_zero() {
        assert_eq!(format(0.5, 0), "0.5");
        assert_eq!(format(0.004, 1), "0.004");
        assert_eq!(format(-0.0, 1), "0.0");
        assert_eq!(format(3e-12, 2), "3.00e-12");
    }

    #[test]
    fn a_p_value_is_never_zero_or_one() {
        let printed = [0.0, 0.000_999, 0.001, 0.0449, 0.234, 0.99, 0.995, 1.0].map(p_value);
        let expected = ["< 0.001", "< 0.001", "0.001", "0.045", "0.23", "0.99", "> 0.99", "> 0.99"];
        assert_eq!(printed, expected.map(|text| Some(text.to_owned())));
        assert_eq!([f64::NAN, -0.1, 1.1].map(p_value), [None, None, None]);
    }

    #[test]
    fn a_ratio_has_four_digits() {
        assert_eq!(
            [0.9512, 1.0, 12.345, 1234.5, 0.0].map(ratio),
            ["0.951", "1.000", "12.35", "1234", "0.000"]
        );
    }

    #[test]
    fn thousands_are_grouped_from_five_digits_on() {
        let grouped = ["1234", "12345.678", "-1234567"].map(|number| group(number, "_", "~"));
        assert_eq!(grouped, ["1234", "12_345.678", "~1_234_567"]);
    }
}
