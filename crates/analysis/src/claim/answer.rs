//! What a query gives.

use std::cmp::Ordering;

use polars::prelude::{AnyValue, PolarsResult};

use super::query::Query;
use super::tables::Values;

/// A field of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Field {
    /// No value.
    Nothing,
    /// A number; not finite where the query divided by zero.
    Number(f64),
    /// True or false.
    Truth(bool),
    /// A name.
    Text(String),
}

impl Field {
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => is_equal(*one, *other),
            _ => self == other,
        }
    }
}

/// Equal to nine digits, or both not finite in the same way.
pub(crate) fn is_equal(one: f64, other: f64) -> bool {
    if one.is_finite() && other.is_finite() {
        (one - other).abs() <= 1e-9 * one.abs().max(other.abs())
    } else {
        one.total_cmp(&other).is_eq() || (one.is_nan() && other.is_nan())
    }
}

/// Rows of fields. All but the last field of a row say what the last one is about.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    /// Rows, as the query orders them.
    pub rows: Vec<Vec<Field>>,
}

impl Answer {
    /// Asks a query of values in the tables that it was planned over.
    pub fn of(query: &Query, values: &Values) -> Result<Self, String> {
        let frame = query.ask(values)?;
        if frame.width() == 0 {
            return Err("the query gives no column".to_owned());
        }
        let mut rows = Vec::with_capacity(frame.height());
        for row in 0..frame.height() {
            let fields = frame.columns().iter().map(|column| column.get(row).map(|value| field(&value)));
            rows.push(fields.collect::<PolarsResult<Vec<Field>>>().map_err(|error| error.to_string())?);
        }
        Ok(Self { rows })
    }

    /// Whether another answer says the same. Sums depend in their last digits on how many threads made them, so numbers
    /// are the same that agree to nine digits.
    pub fn is_same(&self, other: &Self) -> bool {
        let pairs = self.rows.iter().flatten().zip(other.rows.iter().flatten());
        let lengths = |answer: &Self| answer.rows.iter().map(Vec::len).collect::<Vec<_>>();
        lengths(self) == lengths(other) && pairs.into_iter().all(|(one, other)| one.is_same(other))
    }

    /// The same rows in an order that depends on nothing but themselves.
    pub fn sorted(mut self) -> Self {
        self.rows.sort_by(|one, other| {
            let by_field = one.iter().zip(other).map(|(one, other)| compare(one, other));
            by_field.fold(Ordering::Equal, Ordering::then)
        });
        self
    }
}

fn field(value: &AnyValue<'_>) -> Field {
    match value {
        AnyValue::Null => Field::Nothing,
        AnyValue::Boolean(truth) => Field::Truth(*truth),
        AnyValue::String(text) => Field::Text((*text).to_owned()),
        AnyValue::StringOwned(text) => Field::Text(text.to_string()),
        other => match other.extract::<f64>() {
            Some(number) => Field::Number(number),
            None => Field::Text(other.to_string()),
        },
    }
}

/// Names before numbers; numbers by size.
fn compare(one: &Field, other: &Field) -> Ordering {
    let rank = |field: &Field| match field {
        Field::Nothing => 0,
        Field::Truth(_) => 1,
        Field::Text(_) => 2,
        Field::Number(_) => 3,
    };
    match (one, other) {
        (Field::Text(one), Field::Text(other)) => one.cmp(other),
        (Field::Number(one), Field::Number(other)) => one.total_cmp(other),
        (Field::Truth(one), Field::Truth(other)) => one.cmp(other),
        _ => rank(one).cmp(&rank(other)),
    }
}

/// Four significant digits, without an exponent.
pub(crate) fn digits(number: f64) -> String {
    let rounded: f64 = format!("{number:.3e}").parse().unwrap_or(number);
    rounded.to_string()
}

/// A row for people: `IncludeOS 100: 0.8`.
pub(crate) fn show(row: &[Field]) -> String {
    let one = |field: &Field| match field {
        Field::Nothing => "no value".to_owned(),
        Field::Number(number) => digits(*number),
        Field::Truth(truth) => truth.to_string(),
        Field::Text(text) => text.clone(),
    };
    match row.split_last() {
        Some((last, [])) => one(last),
        Some((last, about)) => {
            format!("{}: {}", about.iter().map(one).collect::<Vec<_>>().join(" "), one(last))
        }
        None => String::new(),
    }
}
