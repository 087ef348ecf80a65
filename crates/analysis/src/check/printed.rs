//! How precisely a number was printed.

use vana_stats::Printed;
use vana_types::Measurement;

/// A number in its base unit with the precision of its print: `169.50us` is 0.0001695 s, known to 5 ns. Where it was not
/// printed in a power of ten of the base unit, its shortest decimal counts. `None` for what is no number.
pub(super) fn printed(one: &Measurement) -> Option<Printed> {
    let value = one.value?;
    let of_print = one.printed.as_deref().and_then(|text| in_base(text, value));
    of_print.or_else(|| value.to_string().parse().ok())
}

fn in_base(text: &str, value: f64) -> Option<Printed> {
    let text = text.trim();
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let (digits, _) = text.split_at(end);
    let printed: Printed = digits.parse().ok()?;
    let places = (value / printed.value()).log10();
    let is_power = (places - places.round()).abs() < 1e-9;
    if is_power { printed.scaled(places.round() as i8) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_precision_of_print_is_that_of_its_last_digit_in_the_base_unit() {
        let half =
            |text, value| in_base(text, value).map(|found| format!("{:.3e}", found.high() - found.value()));
        assert_eq!(half("169.50us", 169.5e-6).as_deref(), Some("5.000e-9"));
        assert_eq!(half("11.82k", 11_820.0).as_deref(), Some("5.000e0"));
        assert_eq!(half("95.00%", 0.95).as_deref(), Some("5.000e-5"));
        assert_eq!((half("1.00m", 60.0), half("-nan", 1.0), half("0", 0.0)), (None, None, None));
    }
}
