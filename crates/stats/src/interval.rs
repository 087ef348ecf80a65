//! Confidence intervals over repetitions.

use statrs::function::beta::beta_reg;

use crate::Sample;
use crate::student::upper_quantile;

impl Sample {
    /// Student's t interval of the mean, x̄ ± t·s/√n, two-sided. `None` for one number or a `level` outside (0, 1).
    ///
    /// Student, "The Probable Error of a Mean", Biometrika 6 (1908) 1–25.
    pub fn t_interval(&self, level: f64) -> Option<(f64, f64)> {
        let stdev = self.stdev()?;
        if !(level > 0.0 && level < 1.0) {
            return None;
        }
        let count = self.count() as f64;
        let half = upper_quantile(count - 1.0, (1.0 - level) / 2.0) * stdev / count.sqrt();
        Some((self.mean() - half, self.mean() + half))
    }

    /// The narrowest symmetric pair of order statistics that covers the median with at least `level`, and the level it
    /// reaches: [x₍ₖ₊₁₎, x₍ₙ₋ₖ₎] covers it with 1 − 2·P(Binomial(n, ½) ≤ k), whatever the distribution (exactly when
    /// it is continuous, at least when there are ties). `None` when even the extremes do not reach the level (below 6
    /// numbers for 95 %) or `level` is outside (0, 1).
    ///
    /// Conover, Practical Nonparametric Statistics, 3rd ed. (1999), section 3.2.
    pub fn median_interval(&self, level: f64) -> Option<(f64, f64, f64)> {
        let values = self.sorted();
        let count = values.len();
        if !(level > 0.0 && level < 1.0) || coverage(count, 0) < level {
            return None;
        }
        // Coverage falls with k: keep `low` covering and `high` not.
        let (mut low, mut high) = (0, count.div_ceil(2));
        while high - low > 1 {
            let middle = usize::midpoint(low, high);
            if coverage(count, middle) >= level { low = middle } else { high = middle }
        }
        Some((*values.get(low)?, *values.get(count - 1 - low)?, coverage(count, low)))
    }
}

/// 1 − 2·P(Binomial(n, ½) ≤ k), for k < n/2.
fn coverage(count: usize, below: usize) -> f64 {
    // Up to here 2⁻ⁿ is a normal number and the sum of binomials exact enough for 31/32 to be 31/32.
    if count > 1000 {
        return 1.0 - 2.0 * beta_reg((count - below) as f64, below as f64 + 1.0, 0.5);
    }
    let mut binomial = 0.5f64.powi(count as i32);
    let mut sum = binomial;
    for chosen in 0..below {
        binomial *= (count - chosen) as f64 / (chosen + 1) as f64;
        sum += binomial;
    }
    1.0 - 2.0 * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(count: u64) -> Sample {
        Sample::new((1..=count).map(|i| ((7919 * i % 1009) as f64).sqrt()).collect()).unwrap()
    }

    fn near(found: f64, expected: f64) -> bool {
        (found - expected).abs() <= 1e-9 * expected.abs()
    }

    /// From `reference/intervals.py`.
    #[test]
    fn intervals_agree_with_scipy() {
        for line in include_str!("../reference/intervals.tsv").lines() {
            let numbers: Vec<Option<f64>> = line.split('\t').map(|field| field.parse().ok()).collect();
            let [Some(count), Some(level), Some(mean), Some(stdev), Some(low), Some(high), k, reached] =
                numbers[..]
            else {
                panic!("{line}");
            };
            let sample = sample(count as u64);
            let found = sample.t_interval(level).unwrap();
            assert!(near(sample.mean(), mean) && near(sample.stdev().unwrap(), stdev), "{line}");
            assert!(near(found.0, low) && near(found.1, high), "{line}: {found:?}");

            let found = sample.median_interval(level);
            let values = sample.sorted();
            let ends = k.map(|k| (values[k as usize], values[values.len() - 1 - k as usize]));
            assert_eq!(found.map(|(low, high, _)| (low, high)), ends, "{line}");
            let same_level = found.zip(reached).is_none_or(|(found, reached)| near(found.2, reached));
            assert!(same_level, "{line}: {found:?}");
        }
    }

    #[test]
    fn equal_numbers_have_an_interval_of_no_width() {
        let same = Sample::new(vec![0.1; 6]).unwrap();
        assert_eq!(same.t_interval(0.95), Some((0.1, 0.1)));
        assert_eq!(same.median_interval(0.96875), Some((0.1, 0.1, 0.96875)));
    }

    #[test]
    fn one_number_has_no_interval() {
        let one = Sample::new(vec![3.0]).unwrap();
        assert_eq!((one.t_interval(0.95), one.median_interval(0.5)), (None, None));
    }

    #[test]
    fn a_level_that_is_no_probability_has_no_interval() {
        for level in [0.0, 1.0, -1.0, 95.0, f64::NAN] {
            assert_eq!((sample(10).t_interval(level), sample(10).median_interval(level)), (None, None));
        }
    }
}
