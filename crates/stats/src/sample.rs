//! One number from each of several independent repetitions.

use crate::sort::sort;

/// A statistic of independent repetitions: finite numbers, ascending, never empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample(Vec<f64>);

/// Why numbers were refused as a sample.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum SampleError {
    /// No number at all.
    #[error("a sample without values")]
    Empty,
    /// A number that is NaN or infinite, and its index from 0.
    #[error("value {index} of a sample is {value}")]
    NotFinite {
        /// Where it stood.
        index: usize,
        /// What it was.
        value: f64,
    },
}

impl Sample {
    /// From numbers in any order.
    pub fn new(mut values: Vec<f64>) -> Result<Self, SampleError> {
        if let Some((index, &value)) = values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
            return Err(SampleError::NotFinite { index, value });
        }
        if values.is_empty() {
            return Err(SampleError::Empty);
        }
        sort(&mut values);
        Ok(Self(values))
    }

    /// The numbers, ascending.
    pub fn sorted(&self) -> &[f64] {
        &self.0
    }

    /// How many there are, at least 1.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Smallest number.
    pub fn min(&self) -> f64 {
        self.0[0]
    }

    /// Largest number.
    pub fn max(&self) -> f64 {
        self.0[self.0.len() - 1]
    }

    /// Arithmetic mean; equal numbers give that number exactly.
    pub fn mean(&self) -> f64 {
        // Distances from the median keep the digits that adding large numbers would drop.
        let origin = self.median();
        origin + self.0.iter().map(|value| value - origin).sum::<f64>() / self.count() as f64
    }

    /// Sample standard deviation, √(Σ(x−x̄)²/(n−1)), in two passes. `None` for one number.
    pub fn stdev(&self) -> Option<f64> {
        if self.count() < 2 {
            return None;
        }
        let mean = self.mean();
        let squares: f64 = self.0.iter().map(|value| (value - mean).powi(2)).sum();
        Some((squares / (self.count() - 1) as f64).sqrt())
    }

    /// The middle number, or the mean of the middle two.
    pub fn median(&self) -> f64 {
        let middle = self.count() / 2;
        if self.count() % 2 == 1 { self.0[middle] } else { f64::midpoint(self.0[middle - 1], self.0[middle]) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_of_one_value_is_that_value() {
        let one = Sample::new(vec![4.5]).unwrap();
        assert_eq!((one.median(), one.mean(), one.stdev()), (4.5, 4.5, None));
    }

    #[test]
    fn a_sample_is_sorted() {
        let sample = Sample::new(vec![3.0, -1.0, 2.0, 10.0]).unwrap();
        assert_eq!(sample.sorted(), [-1.0, 2.0, 3.0, 10.0]);
        assert_eq!((sample.min(), sample.max(), sample.median(), sample.mean()), (-1.0, 10.0, 2.5, 3.5));
        assert_eq!(sample.stdev(), Some((65f64 / 3.0).sqrt()));
    }

    #[test]
    fn a_sample_of_nothing_or_of_no_numbers_is_refused() {
        assert_eq!(Sample::new(vec![]), Err(SampleError::Empty));
        let infinite = SampleError::NotFinite { index: 1, value: f64::INFINITY };
        assert_eq!(Sample::new(vec![1.0, f64::INFINITY]), Err(infinite));
        assert!(matches!(Sample::new(vec![f64::NAN]), Err(SampleError::NotFinite { index: 0, .. })));
    }

    #[test]
    fn nist_numacc4_keeps_its_digits() {
        let mut values = vec![10_000_000.2];
        values.extend([10_000_000.1, 10_000_000.3].repeat(500));
        let sample = Sample::new(values).unwrap();
        assert_eq!(sample.mean(), 10_000_000.2);
        // The decimal fractions themselves are only known to 2e-9, so neither is the stdev better than 1e-8.
        assert!((sample.stdev().unwrap() - 0.1).abs() < 1e-8);
    }
}
