//! How far two empirical distributions are from each other.

use std::convert::Infallible;

/// Distances of two distributions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distance {
    /// Kolmogorov–Smirnov: the largest |F − G|, in [0, 1]. Smirnov, Annals of Mathematical Statistics 19 (1948) 279–281.
    pub kolmogorov_smirnov: f64,
    /// Wasserstein-1, the earth mover's: ∫ |F − G| dx, in the unit of the values. Vallender, Theory of Probability and Its
    /// Applications 18 (1974) 784–786.
    pub wasserstein: f64,
}

/// The distances of two columns, both sorted; `None` if one of them is empty. One pass over both.
pub fn distance(first: &[i64], second: &[i64]) -> Option<Distance> {
    let Ok(found) = distance_of(column(first), column(second));
    found
}

fn column(values: &[i64]) -> (u64, impl Iterator<Item = Result<i64, Infallible>>) {
    (values.len() as u64, values.iter().copied().map(Ok))
}

/// The same of columns that come value by value, each with the number of its values.
pub fn distance_of<E>(
    first: (u64, impl IntoIterator<Item = Result<i64, E>>),
    second: (u64, impl IntoIterator<Item = Result<i64, E>>),
) -> Result<Option<Distance>, E> {
    let (mut one, mut other) = (Steps::new(first)?, Steps::new(second)?);
    let Some(mut last) = one.next.zip(other.next).map(|(one, other)| one.min(other)) else { return Ok(None) };
    let mut found = Distance { kolmogorov_smirnov: 0.0, wasserstein: 0.0 };
    let mut gap = 0.0f64;
    while let Some(value) = one.next.into_iter().chain(other.next).min() {
        debug_assert!(last <= value, "both columns must be sorted");
        found.wasserstein += gap * value.abs_diff(last) as f64;
        gap = (one.share_up_to(value)? - other.share_up_to(value)?).abs();
        found.kolmogorov_smirnov = found.kolmogorov_smirnov.max(gap);
        last = value;
    }
    Ok(Some(found))
}

/// An empirical distribution function, from its first step to its last.
struct Steps<I> {
    values: I,
    next: Option<i64>,
    passed: u64,
    count: f64,
}

impl<E, I: Iterator<Item = Result<i64, E>>> Steps<I> {
    fn new((count, values): (u64, impl IntoIterator<IntoIter = I>)) -> Result<Self, E> {
        let mut values = values.into_iter();
        let next = values.next().transpose()?;
        Ok(Self { values, next, passed: 0, count: count as f64 })
    }

    /// Which part of the values lies at `value` or below.
    fn share_up_to(&mut self, value: i64) -> Result<f64, E> {
        while self.next.is_some_and(|next| next <= value) {
            self.next = self.values.next().transpose()?;
            self.passed += 1;
        }
        Ok(self.passed as f64 / self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::near;

    #[test]
    fn distances_are_those_of_scipy() {
        for line in include_str!("../reference/distance.tsv").lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            let column =
                |text: &str| -> Vec<i64> { text.split(',').map(|value| value.parse().unwrap()).collect() };
            let found = distance(&column(fields[0]), &column(fields[1])).unwrap();
            let expected = [fields[2], fields[3]].map(|field| field.parse::<f64>().unwrap());
            assert!(near(found.kolmogorov_smirnov, expected[0]), "{found:?}, not {expected:?}");
            assert!(near(found.wasserstein, expected[1]), "{found:?}, not {expected:?}");
        }
    }

    #[test]
    fn nothing_has_no_distance() {
        assert_eq!((distance(&[], &[1]), distance(&[1], &[])), (None, None));
    }
}
