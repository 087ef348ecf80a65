//! Times and sizes as people type them.

use std::time::Duration;

const UNITS: [(&str, u64); 7] = [
    ("h", 3_600_000_000_000),
    ("min", 60_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];
/// The longest time: a month.
const LONGEST: Duration = Duration::from_secs(31 * 24 * 3600);

/// `10s`, `1m30s`, `500ms`, `1.5s`.
pub(in crate::command) fn parse_time(text: &str) -> Result<Duration, String> {
    let time = parse_time_or_none(text)?;
    if time.is_zero() { Err("it must be longer than nothing".to_owned()) } else { Ok(time) }
}

/// The same, and `0s`.
pub(in crate::command) fn parse_time_or_none(text: &str) -> Result<Duration, String> {
    let refuse = || format!("\"{text}\" is no time, as 10s, 1m30s or 500ms");
    if text.is_empty() {
        return Err(refuse());
    }
    let mut rest = text;
    let mut total_ns = 0.0;
    while !rest.is_empty() {
        let end = rest.find(|letter: char| letter != '.' && !letter.is_ascii_digit()).ok_or_else(refuse)?;
        let (number, after) = rest.split_at(end);
        let end = after.find(|letter: char| letter.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(refuse)?;
        total_ns += number.parse::<f64>().map_err(|_| refuse())? * *factor as f64;
        rest = after;
    }
    let total = Duration::from_nanos(total_ns.round() as u64);
    if total > LONGEST { Err(format!("\"{text}\" is longer than a month")) } else { Ok(total) }
}

/// `200`, `20k`, `1.5M`.
pub(crate) fn parse_number(text: &str) -> Result<f64, String> {
    let (number, factor) = match text.as_bytes().last() {
        Some(b'k') => (&text[..text.len() - 1], 1e3),
        Some(b'M') => (&text[..text.len() - 1], 1e6),
        _ => (text, 1.0),
    };
    let is_plain = number.bytes().all(|byte| byte == b'.' || byte.is_ascii_digit());
    match number.parse::<f64>() {
        Ok(value) if is_plain && value > 0.0 && value * factor <= 1e9 => Ok(value * factor),
        Ok(_) if is_plain => Err("it must be above 0 and at most 1000M".to_owned()),
        _ => Err(format!("\"{text}\" is no number, as 200, 20k or 1.5M")),
    }
}

/// The same without a fraction.
pub(crate) fn parse_count(text: &str) -> Result<u64, String> {
    match parse_number(text)? {
        count if count.fract() == 0.0 => Ok(count as u64),
        _ => Err(format!("\"{text}\" is no whole number")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        for (text, milliseconds) in
            [("10s", 10_000), ("1m30s", 90_000), ("500ms", 500), ("1.5s", 1500), ("1h2min", 3_720_000)]
        {
            assert_eq!(parse_time(text), Ok(Duration::from_millis(milliseconds)));
        }
        assert_eq!(parse_time_or_none("0s"), Ok(Duration::ZERO));
        assert_eq!(parse_time("100us"), Ok(Duration::from_micros(100)));
        for text in ["", "10", "s", "10x", "-1s", "1s2", "1..5s", "10 s", "\u{b5}s"] {
            assert_eq!(parse_time(text), Err(format!("\"{text}\" is no time, as 10s, 1m30s or 500ms")));
        }
        assert_eq!(parse_time("0s"), Err("it must be longer than nothing".to_owned()));
        assert_eq!(parse_time("9999h"), Err("\"9999h\" is longer than a month".to_owned()));
    }

    #[test]
    fn numbers_may_be_in_thousands_and_millions() {
        for (text, value) in [("200", 200.0), ("20k", 20_000.0), ("1.5M", 1_500_000.0), ("0.5", 0.5)] {
            assert_eq!(parse_number(text), Ok(value));
        }
        for text in ["", "k", "1K", "-1", "1e3", "inf", "NaN", "20 k", "1\u{b5}"] {
            assert_eq!(parse_number(text), Err(format!("\"{text}\" is no number, as 200, 20k or 1.5M")));
        }
        for text in ["0", "0k", "1001M"] {
            assert_eq!(parse_number(text), Err("it must be above 0 and at most 1000M".to_owned()));
        }
        assert_eq!(parse_count("2k"), Ok(2000));
        assert_eq!(parse_count("1.5"), Err("\"1.5\" is no whole number".to_owned()));
    }
}
