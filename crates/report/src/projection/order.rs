//! Keys and the order of their values, in the words of benchstat's projections.
//!
//! `key` keeps the report's own order, `key@first` that of first appearance, `key@alpha` that of letters, `key@num` that
//! of numbers; `key@(a b c)` is these values in this order, and no others. Fields are separated by commas, and a value
//! with other characters stands in double quotes. The syntax is that of golang.org/x/perf/benchproc/syntax, whose
//! default is `first`.

use vana_types::CellKey;

use super::filter::Subject;
use super::token::{Kind, tokens};
use super::{Key, LayoutError};

/// How the values of a key are ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// As they first appear among the numbers.
    First,
    /// By their letters.
    Alpha,
    /// By the numbers that they are, `2k` after `10`; what is no number comes last.
    Number,
    /// As listed; what is not listed is not shown.
    Fixed(Vec<String>),
}

impl Order {
    /// The place of a value; equal places are ordered by their letters. `first` tells where it first appears.
    pub(crate) fn place(&self, value: &str, first: impl FnOnce() -> usize) -> (usize, u64) {
        match self {
            Self::First => (first(), 0),
            Self::Alpha => (0, 0),
            Self::Number => number(value).map_or((1, 0), |number| (0, ascending(number))),
            // An ambiguous name may stand for one that is listed.
            Self::Fixed(values) => (values.iter().position(|one| one == value).unwrap_or(values.len()), 0),
        }
    }
}

/// Bits that ascend with the number.
fn ascending(number: f64) -> u64 {
    let bits = number.to_bits();
    if number.is_sign_negative() { !bits } else { bits | 1 << 63 }
}

/// A number with a prefix of the SI or of the IEC behind it, or none.
fn number(text: &str) -> Option<f64> {
    const PREFIXES: [(&str, f64); 8] = [
        ("Ki", 1024.0),
        ("Mi", 1_048_576.0),
        ("Gi", 1_073_741_824.0),
        ("Ti", 1_099_511_627_776.0),
        ("k", 1e3),
        ("M", 1e6),
        ("G", 1e9),
        ("T", 1e12),
    ];
    let found = PREFIXES.iter().find_map(|(prefix, factor)| Some((text.strip_suffix(prefix)?, *factor)));
    let (digits, factor) = found.unwrap_or((text, 1.0));
    digits.parse::<f64>().ok().filter(|number| number.is_finite()).map(|number| number * factor)
}

/// The fields of a list, with the orders that they name.
pub(super) fn fields(flag: &'static str, list: &str) -> Result<Vec<(Key, Option<Order>)>, LayoutError> {
    if list.trim().is_empty() {
        return Ok(Vec::new());
    }
    split(list).into_iter().map(|field| parse(flag, field.trim())).collect()
}

/// The parts between commas that stand neither in parentheses nor in quotation marks.
fn split(list: &str) -> Vec<&str> {
    let (mut depth, mut is_quoted, mut is_escaped) = (0i32, false, false);
    list.split(|letter: char| {
        let was_escaped = std::mem::take(&mut is_escaped);
        match letter {
            '\\' if is_quoted && !was_escaped => is_escaped = true,
            '"' if !was_escaped => is_quoted = !is_quoted,
            '(' if !is_quoted => depth += 1,
            ')' if !is_quoted => depth -= 1,
            _ => {}
        }
        letter == ',' && depth == 0 && !is_quoted
    })
    .collect()
}

fn parse(flag: &'static str, field: &str) -> Result<(Key, Option<Order>), LayoutError> {
    let (name, order) =
        field.split_once('@').map_or((field, None), |(name, order)| (name, Some(order.trim())));
    let key = name.trim().parse().map_err(|source| LayoutError::Key { flag, source })?;
    let fail = |what: String| LayoutError::Order { flag, key, what };
    let order = match order {
        None => None,
        Some("first") => Some(Order::First),
        Some("alpha") => Some(Order::Alpha),
        Some("num") => Some(Order::Number),
        Some(text) => {
            let inner = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
            let inner = inner.ok_or_else(|| {
                fail(format!("unknown order \"{text}\" (known: first, alpha, num, or values in parentheses)"))
            })?;
            Some(Order::Fixed(values(inner).map_err(fail)?))
        }
    };
    Ok((key, order))
}

fn values(inner: &str) -> Result<Vec<String>, String> {
    let mut values: Vec<String> = Vec::new();
    for token in tokens(inner).map_err(|error| error.what)? {
        match token.kind {
            Kind::Word(value) | Kind::Quoted(value) if !values.contains(&value) => values.push(value),
            Kind::Word(value) | Kind::Quoted(value) => return Err(format!("\"{value}\" is listed twice")),
            other => return Err(format!("expected a value, found {other}; quote it if it is one")),
        }
    }
    if values.is_empty() { Err("no value in parentheses".to_owned()) } else { Ok(values) }
}

/// What shows only the values that are listed, as a filter.
pub(super) fn as_filter(orders: &[(Key, Order)]) -> String {
    let quote = |value: &String| format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""));
    let one = |(key, order): &(Key, Order)| match order {
        Order::Fixed(values) => {
            Some(format!("{key}:({})", values.iter().map(quote).collect::<Vec<_>>().join(" OR ")))
        }
        _ => None,
    };
    orders.iter().filter_map(one).collect::<Vec<_>>().join(" ")
}

/// The value of a key.
pub(crate) fn value_of(key: Key, cell: &CellKey) -> String {
    let subject = Subject::of(cell, &[]);
    let text = match key {
        Key::System => subject.system,
        Key::Workload => subject.workload,
        Key::Metric => subject.metric,
        Key::Statistic => subject.statistic,
        Key::Clients => return cell.clients.map(|clients| clients.to_string()).unwrap_or_default(),
    };
    text.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(order: &Order, values: &[&str]) -> Vec<String> {
        let mut all: Vec<((usize, u64), &str)> =
            values.iter().enumerate().map(|(place, value)| (order.place(value, || place), *value)).collect();
        all.sort_unstable();
        all.into_iter().map(|(_, value)| value.to_owned()).collect()
    }

    #[test]
    fn values_stand_in_the_order_that_is_asked_for() {
        let values = ["b", "2k", "10", "-3", "a"];
        assert_eq!(sorted(&Order::First, &values), values);
        assert_eq!(sorted(&Order::Alpha, &values), ["-3", "10", "2k", "a", "b"]);
        assert_eq!(sorted(&Order::Number, &values), ["-3", "10", "2k", "a", "b"]);
        assert_eq!(sorted(&Order::Number, &["100", "20", "1Ki", "1k"]), ["20", "100", "1k", "1Ki"]);
        let fixed = Order::Fixed(["a", "10"].map(str::to_owned).to_vec());
        assert_eq!(sorted(&fixed, &["10", "b", "a"]), ["a", "10", "b"]);
    }

    #[test]
    fn a_field_may_name_its_order() {
        let fixed =
            |values: &[&str]| Some(Order::Fixed(values.iter().map(|value| (*value).to_owned()).collect()));
        assert_eq!(
            fields("--row", "system@(osv \"Linux, Kit\"), clients@num,metric"),
            Ok(vec![
                (Key::System, fixed(&["osv", "Linux, Kit"])),
                (Key::Clients, Some(Order::Number)),
                (Key::Metric, None),
            ])
        );
        assert_eq!(fields("--row", " "), Ok(Vec::new()));
    }

    #[test]
    fn an_order_that_makes_no_sense_is_refused() {
        let error = |list| fields("--row", list).unwrap_err().to_string();
        let known = "(known: first, alpha, num, or values in parentheses)";
        assert_eq!(error("system@size"), format!("--row: system: unknown order \"size\" {known}"));
        assert_eq!(error("system@(a b"), format!("--row: system: unknown order \"(a b\" {known}"));
        assert_eq!(error("system@()"), "--row: system: no value in parentheses");
        assert_eq!(error("system@(a a)"), "--row: system: \"a\" is listed twice");
        assert_eq!(
            error("system@(a:b)"),
            "--row: system: expected a value, found \":\"; quote it if it is one"
        );
        assert_eq!(
            error("size@alpha"),
            "--row: unknown key \"size\" (known: system, workload, clients, metric, statistic)"
        );
    }
}
