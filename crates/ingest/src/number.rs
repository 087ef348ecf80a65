//! Numbers of foreign files, parsed from bytes without rounding where the file does not round.

/// Durations beyond this are refused as absurd: eleven and a half days.
pub(crate) const LONGEST_NS: i64 = 1_000_000_000_000_000;

/// Stamps beyond these (1843 and 2096) are refused, so that sums with a duration fit.
pub(crate) const STAMPS_NS: std::ops::RangeInclusive<i64> =
    -4_000_000_000_000_000_000..=4_000_000_000_000_000_000;

/// A whole number without sign.
pub(crate) fn whole(bytes: &[u8]) -> Option<u64> {
    if bytes.is_empty() || bytes.len() > 19 {
        return None;
    }
    bytes.iter().try_fold(0u64, |value, byte| match byte {
        b'0'..=b'9' => Some(value * 10 + u64::from(byte - b'0')),
        _ => None,
    })
}

/// A decimal number times 10^`exponent`, as a whole number; further digits are rounded half away from zero.
///
/// `exponent` is 6 for milliseconds as nanoseconds. `None` if it is no finite decimal number or does not fit.
pub(crate) fn scaled(bytes: &[u8], exponent: u32) -> Option<i64> {
    let (is_negative, digits) = match bytes.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, bytes),
    };
    let dot = digits.iter().position(|&byte| byte == b'.').unwrap_or(digits.len());
    let (integer, fraction) = (&digits[..dot], digits.get(dot + 1..).unwrap_or_default());
    if integer.is_empty() && fraction.is_empty() {
        return None;
    }
    if digits.iter().any(|byte| matches!(byte, b'e' | b'E')) {
        let value: f64 = std::str::from_utf8(bytes).ok()?.parse().ok()?;
        let value = (value * 10f64.powi(exponent as i32)).round();
        return (value.abs() < 9e18).then_some(value as i64);
    }
    let mut value: i64 = 0;
    for place in 0..integer.len() + exponent as usize {
        let byte = integer.get(place).or_else(|| fraction.get(place - integer.len()));
        value = value.checked_mul(10)?.checked_add(digit(*byte.unwrap_or(&b'0'))?)?;
    }
    let further = fraction.get(exponent as usize..).unwrap_or_default();
    for byte in further {
        digit(*byte)?;
    }
    if further.first().is_some_and(|byte| *byte >= b'5') {
        value = value.checked_add(1)?;
    }
    Some(if is_negative { -value } else { value })
}

fn digit(byte: u8) -> Option<i64> {
    byte.is_ascii_digit().then(|| i64::from(byte - b'0'))
}

/// Nanoseconds since 1970-01-01 UTC of an RFC 3339 stamp: `2024-08-21T23:39:15.986067803-03:00`.
pub(crate) fn rfc3339(bytes: &[u8]) -> Option<i64> {
    let field = |from: usize, to: usize| whole(bytes.get(from..to)?).map(|value| value as i64);
    let sign = |at: usize, byte: u8| bytes.get(at) == Some(&byte);
    let is_separated = sign(4, b'-') && sign(7, b'-') && sign(13, b':') && sign(16, b':');
    if !is_separated || !matches!(bytes.get(10)?, b'T' | b't' | b' ') {
        return None;
    }
    let (year, month, day) = (field(0, 4)?, field(5, 7)?, field(8, 10)?);
    let (hour, minute, second) = (field(11, 13)?, field(14, 16)?, field(17, 19)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 24 || minute > 59 || second > 60 {
        return None;
    }
    let rest = &bytes[19..];
    let zone = rest.iter().position(|byte| matches!(byte, b'Z' | b'z' | b'+' | b'-'))?;
    let nanos = match &rest[..zone] {
        [] => 0,
        [b'.', _, ..] => scaled(&rest[..zone], 9)?,
        _ => return None,
    };
    let offset = match &rest[zone..] {
        [b'Z' | b'z'] => 0,
        [sign, h1, h2, b':', m1, m2] => {
            let minutes = whole(&[*h1, *h2])? as i64 * 60 + whole(&[*m1, *m2])? as i64;
            if *sign == b'-' { -minutes } else { minutes }
        }
        _ => return None,
    };
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset * 60;
    seconds.checked_mul(1_000_000_000)?.checked_add(nanos)
}

/// Days from 1970-01-01 to a date of the Gregorian calendar (years counted from March, so that a leap day ends one).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let from_march = (month + 9) % 12;
    let of_year = (153 * from_march + 2) / 5 + day - 1;
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_digits_become_whole_numbers_without_rounding() {
        assert_eq!(scaled(b"5836.624437", 6), Some(5_836_624_437));
        assert_eq!(scaled(b"0.1", 6), Some(100_000));
        assert_eq!(scaled(b"12", 6), Some(12_000_000));
        assert_eq!(scaled(b"-1.5", 0), Some(-2));
        assert_eq!(scaled(b"1e3", 6), Some(1_000_000_000));
        assert_eq!(scaled(b".5", 3), Some(500));
        for bad in [&b""[..], b".", b"-", b"1.2.3", b"NaN", b"inf", b"1x", b"99999999999999999999", b"1e300"]
        {
            assert_eq!(scaled(bad, 6), None, "{}", String::from_utf8_lossy(bad));
        }
    }

    #[test]
    fn stamps_agree_with_the_calendar_of_jiff() {
        for text in [
            "2024-08-21T23:39:15.986067803-03:00",
            "1970-01-01T00:00:00Z",
            "2000-02-29T12:00:00.5+05:30",
            "1969-12-31T23:59:59.999999999Z",
            "2100-03-01T00:00:00Z",
        ] {
            let expected: jiff::Timestamp = text.parse().unwrap();
            assert_eq!(rfc3339(text.as_bytes()), Some(expected.as_nanosecond() as i64), "{text}");
        }
        for bad in
            ["", "2024-08-21", "2024-13-21T00:00:00Z", "2024-08-21T00:00:00", "2024-08-21T00:00:00+0300"]
        {
            assert_eq!(rfc3339(bad.as_bytes()), None, "{bad}");
        }
    }
}
