use std::str::FromStr;

/// A number as printed, with its precision: 2.24 is whatever lies in [2.235, 2.245].
///
/// Both ends count, because tools round halves up, down and to even.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Printed {
    digits: i64,
    decimals: i8,
}

/// Why a text is not a printed number.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("\"{0}\" is not a decimal number of at most 15 digits")]
pub struct PrintedError(String);

/// More digits than a 64-bit float can tell apart are refused.
const MOST_DIGITS: usize = 15;

impl Printed {
    /// `digits`·10^−`decimals`, known to half a unit of the last digit. Decimals may be negative: a time printed as
    /// 1.25 ms but measured in whole microseconds is 125 with −1 decimals. `None` beyond 15 digits or 15 decimals.
    pub const fn new(digits: i64, decimals: i8) -> Option<Self> {
        if digits.unsigned_abs() < 10u64.pow(MOST_DIGITS as u32)
            && decimals.unsigned_abs() <= MOST_DIGITS as u8
        {
            Some(Self { digits, decimals })
        } else {
            None
        }
    }

    /// The number itself.
    pub fn value(self) -> f64 {
        if self.decimals < 0 {
            self.digits as f64 * 10f64.powi(-i32::from(self.decimals))
        } else {
            // A quotient is rounded once, as the text would be.
            self.digits as f64 / 10f64.powi(i32::from(self.decimals))
        }
    }

    /// The smallest number that may have been printed so.
    pub fn low(self) -> f64 {
        let [low, _, scale] = self.halves();
        low as f64 / scale as f64
    }

    /// The largest number that may have been printed so.
    pub fn high(self) -> f64 {
        let [_, high, scale] = self.halves();
        high as f64 / scale as f64
    }

    /// Whether a number may have been printed so; rounding errors of the number itself are forgiven.
    pub fn covers(self, value: f64) -> bool {
        let slack = 1e-12 * value.abs();
        self.low() - slack <= value && value <= self.high() + slack
    }

    /// The same digits with the decimal point `places` further to the right; `None` out of range.
    pub fn scaled(self, places: i8) -> Option<Self> {
        Self::new(self.digits, self.decimals.checked_sub(places)?)
    }

    /// The whole number it must be, when the last digit is that of the ones; `None` otherwise.
    pub(super) fn whole(self) -> Option<i64> {
        (self.decimals == 0).then_some(self.digits)
    }

    /// Lower and upper end as whole numbers over a common whole denominator.
    pub(super) fn halves(self) -> [i128; 3] {
        let power = 10i128.pow(u32::from(self.decimals.unsigned_abs()));
        let (up, down) = if self.decimals < 0 { (power, 1) } else { (1, power) };
        let digits = i128::from(self.digits);
        [(2 * digits - 1) * up, (2 * digits + 1) * up, 2 * down]
    }
}

impl FromStr for Printed {
    type Err = PrintedError;

    /// `-0.50`, `95.00`, `10`: digits with at most one point.
    fn from_str(text: &str) -> Result<Self, PrintedError> {
        let fail = || PrintedError(text.to_owned());
        let (sign, unsigned) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let digits = format!("{whole}{fraction}");
        if whole.is_empty() || digits.len() > MOST_DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit())
        {
            return Err(fail());
        }
        let magnitude: i64 = digits.parse().map_err(|_| fail())?;
        Self::new(sign * magnitude, fraction.len() as i8).ok_or_else(fail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_number_covers_half_a_unit_of_its_last_digit() {
        let printed: Printed = "2.24".parse().unwrap();
        assert_eq!((printed.low(), printed.value(), printed.high()), (2.235, 2.24, 2.245));
        assert!(printed.covers(5f64.sqrt()) && printed.covers(2.245) && !printed.covers(2.2451));
        let whole: Printed = "-10".parse().unwrap();
        assert_eq!((whole.low(), whole.value(), whole.high()), (-10.5, -10.0, -9.5));
    }

    #[test]
    fn a_number_in_another_unit_keeps_its_precision() {
        let micros = "1.25".parse::<Printed>().unwrap().scaled(3).unwrap();
        assert_eq!(micros, Printed::new(125, -1).unwrap());
        assert_eq!((micros.low(), micros.value(), micros.high()), (1245.0, 1250.0, 1255.0));
    }

    #[test]
    fn what_is_no_decimal_number_is_refused() {
        for text in ["", "-", ".5", "1e3", "1.2.3", "nan", "1,5", " 1", "+1", "1234567890123456"] {
            assert_eq!(text.parse::<Printed>(), Err(PrintedError(text.to_owned())));
        }
        assert_eq!(
            (Printed::new(i64::MIN, 0), Printed::new(1, 16), Printed::new(1, -128)),
            (None, None, None)
        );
    }
}
