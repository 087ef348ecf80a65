//! The units that wrk glues to its numbers (`src/units.c`). The next one is used from 0.85 of it on, so `0.93m` is legal.

use vana_types::{Scale, Unit};

use super::printed::{ONE, PERCENT};

/// wrk's times. `m` are minutes.
pub(super) fn time(unit: &str) -> Option<Scale> {
    match unit {
        "m" => "min".parse().ok(),
        "us" | "ms" | "s" | "h" => unit.parse().ok(),
        _ => None,
    }
}

/// wrk's events per second, in decimal prefixes.
pub(super) fn rate(unit: &str) -> Option<Scale> {
    decimal_prefix(unit).map(|exponent| Scale::decimal(Unit::PerSecond, exponent))
}

/// Plain counts.
pub(super) fn count(unit: &str) -> Option<Scale> {
    unit.is_empty().then_some(ONE)
}

fn decimal_prefix(prefix: &str) -> Option<i32> {
    Some(match prefix {
        "" => 0,
        "k" => 3,
        "M" => 6,
        "G" => 9,
        "T" => 12,
        "P" => 15,
        _ => return None,
    })
}

/// wrk's bytes, whose `KB`, `MB`, `GB` are powers of 1024.
pub(super) fn bytes(unit: &str) -> Option<Scale> {
    binary(unit, Unit::Bytes)
}

/// wrk's bytes per second, likewise.
pub(super) fn bytes_per_second(unit: &str) -> Option<Scale> {
    binary(unit, Unit::BytesPerSecond)
}

fn binary(text: &str, unit: Unit) -> Option<Scale> {
    let power = match text {
        "B" => 0,
        "KB" => 1,
        "MB" => 2,
        "GB" => 3,
        "TB" => 4,
        "PB" => 5,
        _ => return None,
    };
    Some(Scale { unit, exponent: 0, factor: 1 << (10 * power) })
}

/// Percentages.
pub(super) fn percent(unit: &str) -> Option<Scale> {
    (unit == "%").then_some(PERCENT)
}
