//! Base units, the scales that foreign tools print in, and newtypes where a mix-up would be silent.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The base units of vana. Every stored number is in one of them; prefixes and percent exist only when shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Unit {
    /// Seconds.
    #[serde(rename = "s")]
    Seconds,
    /// Events per second.
    #[serde(rename = "1/s")]
    PerSecond,
    /// Bytes.
    #[serde(rename = "B")]
    Bytes,
    /// Bytes per second.
    #[serde(rename = "B/s")]
    BytesPerSecond,
    /// A ratio or a count, never a percentage.
    #[serde(rename = "1")]
    One,
}

impl Unit {
    /// The symbol as it stands in files: `s`, `1/s`, `B`, `B/s`, `1`.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::PerSecond => "1/s",
            Self::Bytes => "B",
            Self::BytesPerSecond => "B/s",
            Self::One => "1",
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

/// A unit as a foreign tool prints it: a base unit, a power of ten, and a whole factor.
///
/// The power of ten is kept apart from the factor so that [`Scale::to_base`] can move the decimal point of the
/// printed text instead of multiplying: `0.89 ms` becomes the number nearest to 0.00089.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// The base unit.
    pub unit: Unit,
    /// Power of ten from the printed to the base unit: −3 for `ms`.
    pub exponent: i32,
    /// Whole factor beside the power of ten: 60 for minutes, 1024 for `KiB`.
    pub factor: u64,
}

impl Scale {
    /// A scale that is a power of ten of its base unit.
    pub const fn decimal(unit: Unit, exponent: i32) -> Self {
        Self { unit, exponent, factor: 1 }
    }

    /// The base value of a printed decimal number; `None` if `text` is not a finite decimal number.
    pub fn to_base(self, text: &str) -> Option<f64> {
        let (mantissa, own) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], text[at + 1..].parse::<i32>().ok()?),
            None => (text, 0),
        };
        if !mantissa.bytes().any(|b| b.is_ascii_digit()) {
            return None;
        }
        let exponent = own.checked_add(self.exponent)?;
        let value: f64 = format!("{mantissa}e{exponent}").parse().ok()?;
        let scaled = value * self.factor as f64;
        scaled.is_finite().then_some(scaled)
    }

    /// Nanoseconds of a printed number of seconds, rounded to the nearest; `None` if it is no time or out of range.
    pub fn to_nanos(self, value: f64) -> Option<i64> {
        if self.unit != Unit::Seconds {
            return None;
        }
        let nanos = (value * 10f64.powi(self.exponent + 9) * self.factor as f64).round();
        (nanos.abs() < 9.2e18).then_some(nanos as i64)
    }
}

/// Why a unit was not understood.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "unknown unit \"{0}\" (known: ns us ms s min h; 1/s k/s; B kB MB GB KiB MiB GiB and each with /s; 1 %)"
)]
pub struct UnitError(String);

impl FromStr for Scale {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        use Unit::{Bytes, BytesPerSecond, One, PerSecond, Seconds};
        let (unit, exponent, factor) = match text {
            "ns" => (Seconds, -9, 1),
            "us" | "µs" | "μs" => (Seconds, -6, 1),
            "ms" => (Seconds, -3, 1),
            "s" | "sec" => (Seconds, 0, 1),
            "min" => (Seconds, 0, 60),
            "h" => (Seconds, 0, 3600),
            "1/s" | "/s" | "req/s" | "ops/s" => (PerSecond, 0, 1),
            "k/s" | "1/ms" => (PerSecond, 3, 1),
            "M/s" => (PerSecond, 6, 1),
            "1" | "" => (One, 0, 1),
            "%" => (One, -2, 1),
            _ => {
                let (size, unit) = match text.strip_suffix("/s") {
                    Some(size) => (size, BytesPerSecond),
                    None => (text, Bytes),
                };
                let (exponent, factor) = match size {
                    "B" => (0, 1),
                    "kB" | "KB" => (3, 1),
                    "MB" => (6, 1),
                    "GB" => (9, 1),
                    "TB" => (12, 1),
                    "KiB" => (0, 1 << 10),
                    "MiB" => (0, 1 << 20),
                    "GiB" => (0, 1 << 30),
                    "TiB" => (0, 1 << 40),
                    _ => return Err(UnitError(text.to_owned())),
                };
                (unit, exponent, factor)
            }
        };
        Ok(Self { unit, exponent, factor })
    }
}

/// The seed of all randomness of a study.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seed(pub u64);

/// A probability as a ratio of whole numbers, so that ranks are computed without rounding:
/// ⌈99.9/100 · 1000⌉ is 999, which floating point gets wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Quantile {
    numerator: u64,
    denominator: u64,
}

/// Why a quantile was refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("\"{0}\" is not a percentile from 0 to 100 with at most nine decimals")]
pub struct QuantileError(String);

impl Quantile {
    /// The median.
    pub const MEDIAN: Self = Self { numerator: 1, denominator: 2 };

    /// From a percentage in decimal: `50`, `99.9`, `99.99`.
    pub fn from_percent(text: &str) -> Result<Self, QuantileError> {
        let fail = || QuantileError(text.to_owned());
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || fraction.len() > 9 || !digits(whole) || !digits(fraction) {
            return Err(fail());
        }
        let numerator: u64 = format!("{whole}{fraction}").parse().map_err(|_| fail())?;
        let denominator = 100 * 10u64.pow(fraction.len() as u32);
        if numerator > denominator {
            return Err(fail());
        }
        Ok(Self { numerator, denominator })
    }

    /// Numerator of the probability.
    pub const fn numerator(self) -> u64 {
        self.numerator
    }

    /// Denominator of the probability.
    pub const fn denominator(self) -> u64 {
        self.denominator
    }

    /// The probability as a float, for showing and for interpolation.
    pub fn probability(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }

    /// ⌈p·n⌉ in whole numbers.
    pub fn ceil_rank(self, n: u64) -> u64 {
        (u128::from(self.numerator) * u128::from(n)).div_ceil(u128::from(self.denominator)) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rank_is_computed_in_whole_numbers() {
        assert_eq!(Quantile::from_percent("99.9").unwrap().ceil_rank(1000), 999);
        assert_eq!(Quantile::MEDIAN.ceil_rank(5), 3);
    }

    #[test]
    fn a_percentile_above_one_hundred_is_refused() {
        assert_eq!(Quantile::from_percent("100.1"), Err(QuantileError("100.1".into())));
        assert_eq!(Quantile::from_percent("-1"), Err(QuantileError("-1".into())));
        assert!(Quantile::from_percent("100").is_ok());
    }

    #[test]
    fn printed_numbers_keep_every_digit() {
        let base = |unit: &str, text| unit.parse::<Scale>().unwrap().to_base(text);
        assert_eq!(base("ms", "954.29"), Some(0.95429));
        assert_eq!(base("%", "96.94"), Some(0.9694));
        assert_eq!(base("KiB", "1.5"), Some(1536.0));
        assert_eq!(base("min", "0.89"), Some(53.4));
        assert_eq!(base("us", "6.0014592E7"), Some(60.014_592));
        assert_eq!(base("ms", "-nan"), None);
        assert_eq!(base("ms", ""), None);
        assert_eq!(base("ms", "inf"), None);
    }

    #[test]
    fn an_unknown_unit_lists_the_known_ones() {
        assert_eq!("parsec".parse::<Scale>(), Err(UnitError("parsec".into())));
    }
}
