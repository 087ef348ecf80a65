//! How precisely a number was printed.

/// Half a unit of the last digit of `printed`, in the base unit of `value`: 5 ns for `169.50us`. `None` where the text
/// does not begin with a number, or `value` is 0 and so does not tell the unit.
pub(super) fn half_unit(printed: &str, value: f64) -> Option<f64> {
    let text = printed.trim();
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let (digits, _) = text.split_at(end);
    let mantissa: f64 = digits.parse().ok()?;
    if mantissa <= 0.0 || value <= 0.0 {
        return None;
    }
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    Some(value / mantissa * 0.5 * 10f64.powi(-(decimals as i32)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_unit_of_the_last_digit_is_in_the_base_unit() {
        let half = |printed, value| half_unit(printed, value).map(|half| format!("{half:.3e}"));
        assert_eq!(half("169.50us", 169.5e-6).as_deref(), Some("5.000e-9"));
        assert_eq!(half("11.82k", 11_820.0).as_deref(), Some("5.000e0"));
        assert_eq!(half("95.00%", 0.95).as_deref(), Some("5.000e-5"));
        assert_eq!(half("2.24", 2.24).as_deref(), Some("5.000e-3"));
        assert_eq!((half("-nan", 1.0), half("0", 0.0)), (None, None));
    }
}
