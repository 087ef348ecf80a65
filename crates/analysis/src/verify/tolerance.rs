//! How far apart equal numbers may be.

/// Half a unit of the last printed digit, in base units, where a printed 1 is `scale` of them.
///
/// `0.89` ms is 5e-6 s; `7.55GB` is half of 10 MB of its kind; `6.0E7` is half of 1e6.
pub(crate) fn half_unit(printed: &str, scale: f64) -> Option<f64> {
    parts(printed).map(|(_, half)| half * scale).filter(|half| half.is_finite())
}

/// How much in base units a printed 1 is, told by a number and what it was read as. A zero does not tell.
pub(crate) fn scale(printed: &str, value: f64) -> Option<f64> {
    let (number, _) = parts(printed)?;
    let scale = (value / number).abs();
    (number != 0.0 && scale.is_normal()).then_some(scale)
}

/// The printed number without its unit, and half a unit of its last digit.
fn parts(printed: &str) -> Option<(f64, f64)> {
    let text = printed.trim();
    let is_of_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+');
    let until = |text: &str| text.find(|c: char| !is_of_number(c)).unwrap_or(text.len());
    let (mantissa, rest) = text.split_at(until(text));
    let exponent = rest.strip_prefix(['e', 'E']).and_then(|rest| rest[..until(rest)].parse::<i32>().ok());
    let exponent = exponent.unwrap_or(0);
    let decimals = mantissa.split_once('.').map_or(0, |(_, decimals)| decimals.len() as i32);
    let number = mantissa.parse::<f64>().ok()? * 10f64.powi(exponent);
    Some((number, 0.5 * 10f64.powi(exponent - decimals)))
}

/// Relative error of a number that went through a 32-bit float.
pub(crate) const SINGLE: f64 = 1.0 / 16_777_216.0;

/// Relative error of sums and conversions in 64 bits.
pub(crate) const DOUBLE: f64 = 1e-12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_printed_digit_counts_in_the_printed_unit() {
        for (printed, value, half) in [
            ("158683.36", 158_683.36, 0.005),
            ("0.89", 0.000_89, 5e-6),
            ("175.77us", 0.000_175_77, 5e-9),
            ("7.55GB", 7.55 * 1_073_741_824.0, 0.005 * 1_073_741_824.0),
            ("96.39%", 0.9639, 5e-5),
            ("6.0E7", 6e7, 5e5),
            ("4890", 4890.0, 0.5),
        ] {
            let found = half_unit(printed, scale(printed, value).unwrap()).unwrap();
            assert!((found - half).abs() < 1e-9 * half, "{printed}: {found}");
        }
    }

    #[test]
    fn a_zero_does_not_tell_its_unit() {
        assert_eq!((scale("0.00", 0.0), scale("-nan", f64::NAN)), (None, None));
        assert_eq!(half_unit("0.00", 1e-3), Some(5e-6));
    }
}
