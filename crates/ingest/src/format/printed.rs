//! Printed numbers: from a tool's text to [`Reported`], without losing a digit.

use vana_types::{Reported, Scale, Unit};

use crate::{Input, ReadError, ReadOptions, Result};

/// Plain seconds.
pub(super) const SECONDS: Scale = Scale::decimal(Unit::Seconds, 0);
/// Milliseconds.
pub(super) const MILLISECONDS: Scale = Scale::decimal(Unit::Seconds, -3);
/// Events per second.
pub(super) const PER_SECOND: Scale = Scale::decimal(Unit::PerSecond, 0);
/// Counts and ratios.
pub(super) const ONE: Scale = Scale::decimal(Unit::One, 0);
/// Percentages, which become ratios.
pub(super) const PERCENT: Scale = Scale::decimal(Unit::One, -2);

/// The whole file; an empty one is refused, because a failed run often leaves one behind.
pub(super) fn whole_text(input: &Input) -> Result<String> {
    if input.is_empty() {
        return Err(ReadError::at(0, "empty file").hint("the run that should have filled it probably failed"));
    }
    input.text()
}

/// The unit of a histogram's values where the user gave one. Bins are times, so it must be one too.
pub(super) fn value_unit(options: &ReadOptions) -> Result<Option<Scale>> {
    match options.value_unit {
        Some(scale) if scale.unit != Unit::Seconds => {
            Err(ReadError::at(0, "the unit of a histogram's values must be one of time")
                .hint("one of ns, us, ms, s, min, h"))
        }
        unit => Ok(unit),
    }
}

/// A number with its scale; `printed` is the number alone.
pub(super) fn reported(metric: &str, statistic: &str, scale: Scale, printed: &str) -> Option<Reported> {
    let value = match scale.to_base(printed) {
        None if !is_nan(printed) => return None,
        value => value,
    };
    Some(Reported {
        metric: metric.to_owned(),
        statistic: statistic.to_owned(),
        value,
        unit: scale.unit,
        printed: printed.to_owned(),
    })
}

/// A number with the unit glued to it, as `printed` shows both: `3.82ms`, `17.23k`, `99.41%`.
pub(super) fn reported_glued(
    metric: &str,
    statistic: &str,
    printed: &str,
    scale_of: fn(&str) -> Option<Scale>,
) -> Option<Reported> {
    let (number, unit) = split_unit(printed);
    let mut one = reported(metric, statistic, scale_of(unit)?, number)?;
    printed.clone_into(&mut one.printed);
    Some(one)
}

/// Splits `3.82ms` into `3.82` and `ms`; what C prints for "no number" counts as a number.
pub(super) fn split_unit(text: &str) -> (&str, &str) {
    let sign = text.len() - text.trim_start_matches(['-', '+']).len();
    let digits = match text.get(sign..sign + 3) {
        Some(word) if word.eq_ignore_ascii_case("nan") || word.eq_ignore_ascii_case("inf") => 3,
        _ => text[sign..].find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len() - sign),
    };
    text.split_at(sign + digits)
}

/// Whether C, Java or Go printed that there is no number.
pub(super) fn is_nan(text: &str) -> bool {
    let bare = text.trim_start_matches(['-', '+']);
    bare.eq_ignore_ascii_case("nan") || bare.eq_ignore_ascii_case("inf")
}

/// The statistic of a printed percentage: `p99.9` of `99.900`; `None` where it is no percentage.
pub(super) fn percentile_statistic(percent: &str) -> Option<String> {
    vana_types::Quantile::from_percent(percent).ok()?;
    let short = match percent.split_once('.') {
        Some(_) => percent.trim_end_matches('0').trim_end_matches('.'),
        None => percent,
    };
    Some(format!("p{short}"))
}

/// Whole nanoseconds of a printed time; `None` if it is none or too long.
pub(super) fn nanos(scale: Scale, printed: &str) -> Option<i64> {
    SECONDS.to_nanos(scale.to_base(printed)?)
}

/// Whole nanoseconds of printed seconds since 1970, digit by digit: floating point has too few of them.
pub(super) fn unix_nanos(seconds: &str) -> Option<i64> {
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let nine: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    let nanos = whole.parse::<i64>().ok()?.checked_mul(1_000_000_000)?;
    let fraction = nine.parse::<i64>().ok()?;
    if whole.starts_with('-') { nanos.checked_sub(fraction) } else { nanos.checked_add(fraction) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_split_from_its_number() {
        assert_eq!(split_unit("3.82ms"), ("3.82", "ms"));
        assert_eq!(split_unit("-nan%"), ("-nan", "%"));
        assert_eq!(split_unit("-nanus"), ("-nan", "us"));
        assert_eq!(split_unit("é"), ("", "é"));
        assert_eq!(split_unit("-"), ("-", ""));
    }

    #[test]
    fn a_percentile_loses_its_idle_zeros() {
        assert_eq!(percentile_statistic("99.900").as_deref(), Some("p99.9"));
        assert_eq!(percentile_statistic("100.000").as_deref(), Some("p100"));
        assert_eq!(percentile_statistic("50").as_deref(), Some("p50"));
        assert_eq!(percentile_statistic("101"), None);
    }

    #[test]
    fn seconds_since_1970_keep_their_nanoseconds() {
        assert_eq!(unix_nanos("1441812279.474"), Some(1_441_812_279_474_000_000));
        assert_eq!(unix_nanos("12.0000000019"), Some(12_000_000_001));
        assert_eq!(unix_nanos("99999999999999"), None);
        assert_eq!(unix_nanos("1.2.3"), None);
    }
}
