use super::{Outlier, OutlierRule, finite, graded};
use crate::order::{quantile, sorted};

/// Interquartile ranges beyond the nearer quartile: the inner and the outer fence.
const FENCES: [f64; 2] = [1.5, 3.0];

/// Tukey's fences with quartiles of type 7. The score is the distance from the nearer quartile in interquartile ranges.
pub(super) struct Tukey;

impl OutlierRule for Tukey {
    fn name(&self) -> &'static str {
        "tukey"
    }

    fn about(&self) -> &'static str {
        "more than 1.5 (mild) or 3 (severe) interquartile ranges beyond the quartiles"
    }

    fn source(&self) -> &'static str {
        "Tukey, Exploratory Data Analysis (1977), chapter 2; quartiles of type 7"
    }

    fn find(&self, values: &[f64]) -> Vec<Outlier> {
        let values = finite(values);
        let ascending = sorted(values.iter().map(|&(_, value)| value).collect());
        let (Some(first), Some(third)) = (quantile(&ascending, 1, 4), quantile(&ascending, 3, 4)) else {
            return Vec::new();
        };
        let range = third - first;
        // With half of the values equal every other value would be infinitely many ranges away.
        if !(range > 0.0 && range.is_finite()) {
            return Vec::new();
        }
        let score = |value: f64| (first - value).max(value - third).max(0.0) / range;
        values.iter().filter_map(|&(index, value)| graded(index, score(value), FENCES)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outlier::OutlierSeverity::{Mild, Severe};

    #[test]
    fn a_value_on_a_fence_is_inside_it() {
        // Quartiles 25 and 75 of 0, 25, 50, 75 and the value itself at the end of eight and more copies.
        let with = |last: f64| {
            let mut values = [0.0, 25.0, 50.0, 75.0, 100.0].repeat(20);
            values.push(last);
            Tukey.find(&values)
        };
        assert_eq!(with(150.0), []);
        assert_eq!(with(160.0), [Outlier { index: 100, score: 1.7, bound: 1.5, severity: Mild }]);
        assert_eq!(with(-130.0), [Outlier { index: 100, score: 3.1, bound: 3.0, severity: Severe }]);
    }
}
