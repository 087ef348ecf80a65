//! How far two empirical distributions are from each other.

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
    debug_assert!(first.is_sorted() && second.is_sorted(), "both columns must be sorted");
    let counts = (first.len() as f64, second.len() as f64);
    let (mut i, mut j) = (0, 0);
    let mut last = *first.first()?.min(second.first()?);
    let mut found = Distance { kolmogorov_smirnov: 0.0, wasserstein: 0.0 };
    let mut gap = 0.0f64;
    while let Some(value) = next(first.get(i), second.get(j)) {
        found.wasserstein += gap * value.abs_diff(last) as f64;
        i += first[i..].iter().take_while(|one| **one == value).count();
        j += second[j..].iter().take_while(|one| **one == value).count();
        gap = (i as f64 / counts.0 - j as f64 / counts.1).abs();
        found.kolmogorov_smirnov = found.kolmogorov_smirnov.max(gap);
        last = value;
    }
    Some(found)
}

fn next(one: Option<&i64>, other: Option<&i64>) -> Option<i64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(*one.min(other)),
        (one, other) => one.or(other).copied(),
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
