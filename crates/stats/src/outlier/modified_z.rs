use super::{Outlier, OutlierRule, finite, graded};
use crate::order::{median, robust_sigma};

/// |z| above which a value is labelled; the second bound, twice the first, is ours.
const BOUNDS: [f64; 2] = [3.5, 7.0];

/// Below this the median absolute deviation is one distance between neighbours and says nothing.
const FEWEST: usize = 5;

/// Distance from the median in robust standard deviations: Φ⁻¹(3/4)·|x − median| / MAD. When MAD = 0, because more
/// than half of the values are equal, the mean absolute deviation takes its place, times √(π/2).
pub(super) struct ModifiedZ;

impl OutlierRule for ModifiedZ {
    fn name(&self) -> &'static str {
        "modified-z"
    }

    fn about(&self) -> &'static str {
        "more than 3.5 (mild) or 7 (severe) robust standard deviations (by MAD) from the median, from 5 values on"
    }

    fn source(&self) -> &'static str {
        "Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993), section 3.3"
    }

    fn find(&self, values: &[f64]) -> Vec<Outlier> {
        let values = finite(values);
        let plain: Vec<f64> = values.iter().map(|&(_, value)| value).collect();
        if plain.len() < FEWEST {
            return Vec::new();
        }
        let Some(center) = median(plain.clone()) else { return Vec::new() };
        let Some(sigma) = robust_sigma(&plain, center) else { return Vec::new() };
        let score = |value: f64| (value - center).abs() / sigma;
        values.iter().filter_map(|&(index, value)| graded(index, score(value), BOUNDS)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::{MAD_OF_NORMAL, MEAN_DEVIATION_OF_NORMAL};
    use crate::outlier::OutlierSeverity::{Mild, Severe};

    #[test]
    fn scores_are_distances_in_units_of_the_mad() {
        let found = ModifiedZ.find(&[1.0, 2.0, 3.0, 4.0, 5.0, 9.0]);
        // Median 3.5, absolute deviations 0.5 0.5 1.5 1.5 2.5 5.5, MAD 1.5.
        assert_eq!(found, []);
        let found = ModifiedZ.find(&[1.0, 2.0, 3.0, 4.0, 5.0, 12.5, 3.5]);
        // Median 3.5, deviations 0 0.5 0.5 1.5 1.5 2.5 9, MAD 1.5.
        let score = 9.0 / (1.5 / MAD_OF_NORMAL);
        assert_eq!(found, [Outlier { index: 5, score, bound: 3.5, severity: Mild }]);
    }

    #[test]
    fn one_stray_value_among_equal_ones_is_found() {
        let mut values = vec![10.0; 11];
        values[3] = 12.0;
        let score = 2.0 / ((2.0 / 11.0) / MEAN_DEVIATION_OF_NORMAL);
        assert_eq!(ModifiedZ.find(&values), [Outlier { index: 3, score, bound: 7.0, severity: Severe }]);
    }
}
