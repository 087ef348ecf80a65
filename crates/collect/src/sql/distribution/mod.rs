//! How ids are drawn, one file per distribution.

mod gaussian;
mod pareto;
mod special;
mod uniform;
mod zipfian;

/// How numbers of a range are drawn.
pub trait Distribution: Send + Sync {
    /// Name, as sysbench's.
    fn name(&self) -> &'static str;
    /// One line for people.
    fn about(&self) -> &'static str;
    /// Where it is described.
    fn source(&self) -> &'static str;
    /// Draws a number of 1 to `last`, which is at least 1, from numbers uniform in [0, 1).
    fn draw(&self, last: u32, uniform: &mut dyn FnMut() -> f64) -> u32;
}

/// All distributions; the first is sysbench 1.0's default.
pub static DISTRIBUTIONS: &[&dyn Distribution] =
    &[&special::Special, &uniform::Uniform, &gaussian::Gaussian, &pareto::Pareto, &zipfian::Zipfian];

/// The distribution of this name.
pub fn distribution(name: &str) -> Option<&'static dyn Distribution> {
    DISTRIBUTIONS.iter().copied().find(|distribution| distribution.name() == name)
}

/// The mean of twelve uniform numbers, sysbench's stand-in for a normal one.
fn bell(uniform: &mut dyn FnMut() -> f64) -> f64 {
    (0..12).map(|_| uniform()).sum::<f64>() / 12.0
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Counts of a million draws of 1 to 1000 by sysbench 1.0.20 itself, in bins of 20.
    const SYSBENCH: &str = include_str!("../../../reference/sysbench_ids.tsv");
    const DRAWS: u32 = 200_000;

    fn uniform() -> impl FnMut() -> f64 {
        // SplitMix64, Steele et al. 2014.
        let mut state = 1u64;
        move || {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
        }
    }

    #[test]
    fn names_are_unique_and_everything_is_said_of_each() {
        let mut names: Vec<_> = DISTRIBUTIONS.iter().map(|distribution| distribution.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), DISTRIBUTIONS.len());
        for distribution in DISTRIBUTIONS {
            assert!(!distribution.about().is_empty() && !distribution.source().is_empty());
        }
    }

    #[test]
    fn no_number_lies_outside_the_range() {
        for distribution in DISTRIBUTIONS {
            for last in [1, 2, 3, 100] {
                let mut uniform = uniform();
                for _ in 0..2000 {
                    let drawn = distribution.draw(last, &mut uniform);
                    assert!((1..=last).contains(&drawn), "{}: {drawn} of {last}", distribution.name());
                }
                for edge in [0.0, 1.0 - f64::EPSILON / 2.0] {
                    let drawn = distribution.draw(last, &mut || edge);
                    assert!((1..=last).contains(&drawn), "{}: {drawn} of {last}", distribution.name());
                }
            }
        }
    }

    #[test]
    fn numbers_are_distributed_as_those_of_sysbench() {
        let mut reference = BTreeMap::<&str, Vec<f64>>::new();
        for line in SYSBENCH.lines().filter(|line| !line.starts_with('#')) {
            let cells: Vec<&str> = line.split('\t').collect();
            reference.entry(cells[0]).or_default().push(cells[2].parse().unwrap());
        }
        assert_eq!(reference.len(), 4);
        for (name, expected) in reference {
            let mut counts = vec![0.0; expected.len()];
            let mut uniform = uniform();
            for _ in 0..DRAWS {
                let drawn = distribution(name).unwrap().draw(1000, &mut uniform);
                counts[(drawn as usize - 1) / 20] += 1.0;
            }
            // Two samples of different size: chi-squared of 49 degrees of freedom is below 100 but once in 40,000.
            let total: f64 = expected.iter().sum();
            let (ours, theirs) = ((total / f64::from(DRAWS)).sqrt(), (f64::from(DRAWS) / total).sqrt());
            let cells = counts.iter().zip(&expected).filter(|(one, other)| *one + *other > 0.0);
            let chi_squared: f64 =
                cells.map(|(one, other)| (one * ours - other * theirs).powi(2) / (one + other)).sum();
            assert!(chi_squared < 100.0, "{name}: {chi_squared}");
        }
    }

    #[test]
    fn zipfian_numbers_are_as_frequent_as_the_law_says() {
        let mut counts = [0.0; 10];
        let mut uniform = uniform();
        for _ in 0..DRAWS {
            counts[zipfian::Zipfian.draw(10, &mut uniform) as usize - 1] += 1.0;
        }
        let weights: Vec<f64> = (1..=10).map(|rank| f64::from(rank).powf(-0.8)).collect();
        let total: f64 = weights.iter().sum();
        let expected = weights.iter().map(|weight| weight / total * f64::from(DRAWS));
        let chi_squared: f64 =
            counts.iter().zip(expected).map(|(one, other)| (one - other).powi(2) / other).sum();
        // Nine degrees of freedom: once in 20,000.
        assert!(chi_squared < 35.0, "{chi_squared}");
    }
}
