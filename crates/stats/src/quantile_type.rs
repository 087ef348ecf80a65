//! The nine definitions of a sample quantile, in whole numbers.

use std::fmt;
use std::str::FromStr;

use vana_types::Quantile;

/// One of the nine definitions of a sample quantile, numbered as by Hyndman & Fan, "Sample Quantiles in Statistical
/// Packages", The American Statistician 50 (1996) 361–365. Types 1–3 give values that occurred (type 2 may average
/// two of them), types 4–9 interpolate; all stop at the extremes. Default: 7, as in R, `NumPy`, pandas and k6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct QuantileType(u8);

/// Why a quantile type was refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("\"{0}\" is not a quantile type (1 to 9)")]
pub struct QuantileTypeError(String);

/// Where a quantile lies among n sorted values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// Rank of the value below, from 1 to n.
    pub rank: u64,
    /// How far on the way to the next rank, in [0, 1). 0 when `rank` is n.
    pub weight: f64,
}

impl QuantileType {
    /// All nine.
    pub const ALL: [Self; 9] =
        [Self(1), Self(2), Self(3), Self(4), Self(5), Self(6), Self(7), Self(8), Self(9)];

    /// `None` unless `number` is 1 to 9.
    pub const fn new(number: u8) -> Option<Self> {
        if number >= 1 && number <= 9 { Some(Self(number)) } else { None }
    }

    /// The number, 1 to 9.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Where the quantile lies among `n` sorted values, n ≥ 1. Only the weight is a float: p is a ratio a/b, and every
    /// rank is a quotient of whole numbers.
    pub fn position(self, q: Quantile, n: u64) -> Position {
        let (a, b) = (i128::from(q.numerator()), i128::from(q.denominator()));
        let count = i128::from(n);
        let (numerator, denominator) = match self.0 {
            1 => ((a * count + b - 1) / b, 1),
            2 if (a * count) % b == 0 => (2 * (a * count / b) + 1, 2),
            2 => (a * count / b + 1, 1),
            3 => (nearest_even(2 * a * count - b, 2 * b), 1),
            4 => (a * count, b),
            5 => (2 * a * count + b, 2 * b),
            6 => (a * (count + 1), b),
            8 => (a * (3 * count + 1) + b, 3 * b),
            9 => (2 * a * (4 * count + 1) + 3 * b, 8 * b),
            _ => (a * (count - 1) + b, b),
        };
        let rank = numerator.div_euclid(denominator);
        if rank < 1 {
            Position { rank: 1, weight: 0.0 }
        } else if rank >= count {
            Position { rank: n, weight: 0.0 }
        } else {
            let weight = numerator.rem_euclid(denominator) as f64 / denominator as f64;
            Position { rank: rank as u64, weight }
        }
    }
}

/// The rank of type 3: the nearest one, and of two equally near the even one.
fn nearest_even(numerator: i128, denominator: i128) -> i128 {
    let below = numerator.div_euclid(denominator);
    let exact = numerator.rem_euclid(denominator) == 0;
    if exact && below % 2 == 0 { below } else { below + 1 }
}

impl Position {
    /// The quantile, given how to find the value of a rank (1 to n).
    pub fn value(self, mut at: impl FnMut(u64) -> i64) -> f64 {
        let lower = at(self.rank);
        if self.weight == 0.0 {
            return lower as f64;
        }
        let upper = at(self.rank + 1);
        let step = (i128::from(upper) - i128::from(lower)) as f64;
        (lower as f64 + self.weight * step).min(upper as f64)
    }

    /// The ranks [`Position::value`] will ask for.
    pub fn ranks(self) -> impl Iterator<Item = u64> {
        let next = (self.weight != 0.0).then_some(self.rank + 1);
        std::iter::once(self.rank).chain(next)
    }
}

impl Default for QuantileType {
    fn default() -> Self {
        Self(7)
    }
}

impl fmt::Display for QuantileType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for QuantileType {
    type Err = QuantileTypeError;

    fn from_str(text: &str) -> Result<Self, QuantileTypeError> {
        text.parse().ok().and_then(Self::new).ok_or_else(|| QuantileTypeError(text.to_owned()))
    }
}
