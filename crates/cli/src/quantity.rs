//! Numbers with a unit, for people.

use vana_types::Unit;

/// Four significant digits with an SI prefix: `1.234 ms`, `12.35 k/s`, `96.94 %`.
pub(crate) fn show(value: f64, unit: Unit, is_share: bool) -> String {
    match unit {
        Unit::One if is_share => format!("{} %", digits(value * 100.0)),
        Unit::One if value.fract() == 0.0 && value.abs() < 1e15 => format!("{value}"),
        Unit::One => digits(value),
        Unit::Seconds => prefixed(value, "s", &[(1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")]),
        Unit::PerSecond => prefixed(value, "/s", &[(1e6, "M/s"), (1e3, "k/s"), (1.0, "/s")]),
        Unit::Bytes => prefixed(value, "B", &[(1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B")]),
        Unit::BytesPerSecond => {
            prefixed(value, "B/s", &[(1e9, "GB/s"), (1e6, "MB/s"), (1e3, "kB/s"), (1.0, "B/s")])
        }
    }
}

/// A p value: three digits, and no more zeros than anybody can read.
pub(crate) fn show_p(p: f64) -> String {
    if p < 0.0001 {
        "<0.0001".to_owned()
    } else if p < 0.001 {
        format!("{p:.4}")
    } else {
        format!("{p:.3}")
    }
}

/// A share as people write it: `0.02` or `2%`.
pub(crate) fn parse_share(text: &str) -> Result<f64, String> {
    let (number, scale) = match text.strip_suffix('%') {
        Some(percent) => (percent.trim_end(), 100.0),
        None => (text, 1.0),
    };
    match number.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value / scale),
        _ => Err(format!("\"{text}\" is no share, as 0.02 or 2%")),
    }
}

/// Bytes as people write them: `512MiB`, `1G`, `64k`, `4096`.
pub(crate) fn parse_bytes(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, u64); 6] = [
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
        ("k", 1_000),
        ("M", 1_000_000),
        ("G", 1_000_000_000),
    ];
    let found = UNITS.iter().find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, *factor)));
    let (number, factor) = found.unwrap_or((text, 1));
    let bytes = number.trim_end().parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
    bytes
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| format!("\"{text}\" is no number of bytes, as 512MiB, 1G or 64k"))
}

/// The largest prefix that leaves at least 1, after rounding.
fn prefixed(value: f64, base: &str, prefixes: &[(f64, &str)]) -> String {
    let rounded = round(value);
    let fitting = prefixes.iter().find(|(factor, _)| rounded.abs() >= *factor).or(prefixes.last());
    match fitting {
        Some((factor, symbol)) if value != 0.0 => format!("{} {symbol}", digits(value / factor)),
        _ => format!("0 {base}"),
    }
}

/// To four significant digits.
fn round(value: f64) -> f64 {
    format!("{value:.3e}").parse().unwrap_or(value)
}

/// Four significant digits without an exponent.
fn digits(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let decimals = (3 - round(value).abs().log10().floor() as i32).clamp(0, 12) as usize;
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_may_have_a_prefix() {
        let read = ["4096", "64k", "1G", "1GiB", "512 MiB"].map(parse_bytes);
        assert_eq!(read, [4096, 64_000, 1_000_000_000, 1 << 30, 512 << 20].map(Ok));
        for text in ["", "0", "-1", "1.5G", "1T", "99999999999G"] {
            assert_eq!(
                parse_bytes(text),
                Err(format!("\"{text}\" is no number of bytes, as 512MiB, 1G or 64k"))
            );
        }
    }

    #[test]
    fn numbers_are_shown_with_four_digits_and_a_prefix() {
        assert_eq!(show(0.001_234_5, Unit::Seconds, false), "1.234 ms");
        assert_eq!(show(12_345.678, Unit::PerSecond, false), "12.35 k/s");
        assert_eq!(show(0.9694, Unit::One, true), "96.94 %");
        assert_eq!(show(200.0, Unit::One, false), "200");
        assert_eq!(show(0.0, Unit::Seconds, false), "0 s");
        assert_eq!(show(4e-10, Unit::Seconds, false), "0.4000 ns");
        assert_eq!(show(0.999_96, Unit::Seconds, false), "1.000 s");
        assert_eq!(show(1.0 / 20_001.0, Unit::One, false), "0.00005000");
    }
}
