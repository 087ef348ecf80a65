//! Reference values that several modules are tested with.

use crate::Sample;

/// Two samples and what a method says of them.
#[derive(Debug)]
pub(crate) struct Row {
    pub method: &'static str,
    pub baseline: Sample,
    pub system: Sample,
    /// NaN where there is no such number.
    pub numbers: Vec<f64>,
}

/// Rows of `reference/two_sample.tsv`.
pub(crate) fn two_sample() -> impl Iterator<Item = Row> {
    include_str!("../reference/two_sample.tsv").lines().map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        let sample =
            |text: &str| Sample::new(text.split(',').map(|value| value.parse().unwrap()).collect()).unwrap();
        Row {
            method: fields[0],
            baseline: sample(fields[2]),
            system: sample(fields[3]),
            numbers: fields[4..].iter().map(|field| field.parse().unwrap_or(f64::NAN)).collect(),
        }
    })
}

/// Whether two numbers are the same to nine digits.
pub(crate) fn near(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-9 * expected.abs()
}
