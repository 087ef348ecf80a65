//! Numbers and lists as they stand in messages.

/// Three significant digits, whole numbers in full: `0.0357`, `2.24`, `97.4`, `5030`.
pub(super) fn number(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    let decimals = (2 - value.abs().log10().floor() as i32).clamp(0, 9) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A number of requests under way: whole from ten on, with one decimal from one on.
pub(super) fn in_flight(value: f64) -> String {
    match value {
        many if many >= 9.95 => format!("{many:.0}"),
        some if some >= 0.95 => format!("{some:.1}"),
        few => number(few),
    }
}

/// A time with its unit: `12 µs`, `97.4 ms`, `1670 ms`, `12.5 s`.
pub(super) fn time(seconds: f64) -> String {
    let (factor, unit) = match seconds.abs() {
        size if size >= 10.0 => (1.0, "s"),
        size if size >= 1e-3 => (1e3, "ms"),
        size if size >= 1e-6 => (1e6, "µs"),
        _ => (1e9, "ns"),
    };
    format!("{} {unit}", number(seconds * factor))
}

/// A ratio in percent.
pub(super) fn percent(ratio: f64) -> String {
    format!("{} %", number(ratio * 100.0))
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list<T: AsRef<str>>(items: &[T]) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    match items.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `1 client`, `10 and 20 clients`, and of more than a dozen `10 to 500 clients`.
pub(super) fn clients(numbers: &[u32]) -> String {
    match numbers {
        [1] => "1 client".to_owned(),
        [first, .., last] if numbers.len() > 12 => format!("{first} to {last} clients"),
        _ => format!("{} clients", list(&numbers.iter().map(u32::to_string).collect::<Vec<_>>())),
    }
}

/// `1 run`, `3 runs`.
pub(super) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_with_the_digits_that_matter() {
        let shown = [0.0357, 2.236, 97.4, 5030.0, 0.0, 0.5, 164_696.07].map(number);
        assert_eq!(shown, ["0.0357", "2.24", "97.4", "5030", "0", "0.5", "164696"]);
        assert_eq!([0.477, 5.28, 27.58, 120.7].map(in_flight), ["0.477", "5.3", "28", "121"]);
        assert_eq!([0.0974, 1.67, 12.5, 1.2e-5].map(time), ["97.4 ms", "1670 ms", "12.5 s", "12 µs"]);
    }

    #[test]
    fn lists_read_as_people_write_them() {
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(clients(&[1]), "1 client");
        assert_eq!(clients(&[10, 20]), "10 and 20 clients");
        assert_eq!(clients(&(1..=13).collect::<Vec<_>>()), "1 to 13 clients");
        assert_eq!((count(1, "run"), count(2, "run")), ("1 run".to_owned(), "2 runs".to_owned()));
    }
}
