use super::{Printed, is_mean_of_integers, is_stdev_of_integers};

/// What was printed about some values; what was not is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PrintedSummary {
    /// How many values.
    pub count: Option<u64>,
    /// Arithmetic mean.
    pub mean: Option<Printed>,
    /// Sample standard deviation (n − 1).
    pub stdev: Option<Printed>,
    /// Smallest value.
    pub min: Option<Printed>,
    /// Largest value.
    pub max: Option<Printed>,
    /// Whether the values themselves are whole numbers in this unit.
    pub is_whole: bool,
}

/// Why no values have a summary. Bounds are in the unit of the summary.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Contradiction {
    /// The smallest value is above the largest.
    MinAboveMax,
    /// The mean is below the smallest or above the largest value.
    MeanOutside,
    /// The stdev is negative.
    NegativeStdev,
    /// The stdev is larger than any values between min and max (with that mean) can have.
    StdevTooLarge {
        /// The largest possible one.
        most: f64,
    },
    /// The stdev is smaller than any values that reach both min and max can have.
    StdevTooSmall {
        /// The smallest possible one.
        least: f64,
    },
    /// No whole numbers, so many, have that mean (GRIM).
    MeanOfIntegers,
    /// No whole numbers, so many, have that mean and that stdev (GRIMMER).
    StdevOfIntegers,
}

/// Every reason why no values have this summary, within its printed precision; empty when none was found. The range
/// and the mean are checked before what builds on them.
///
/// With n values in [m, M] the stdev is at most √(n/(n−1)·(M − x̄)(x̄ − m)) (Bhatia and Davis, "A Better Bound on the
/// Variance", American Mathematical Monthly 107 (2000) 353–357), without a mean √(n/(n−1))·(M − m)/2 (Popoviciu 1935);
/// n/(n−1) is 2 when n is not known. It is at least that of one value at m, one at M and all others equal.
pub fn contradictions(summary: &PrintedSummary) -> Vec<Contradiction> {
    let mut found = Vec::new();
    found.extend(range(summary));
    if found.is_empty() {
        found.extend(stdev(summary));
        found.extend(whole(summary));
    }
    found
}

fn range(summary: &PrintedSummary) -> Option<Contradiction> {
    let PrintedSummary { mean, min, max, .. } = *summary;
    if min.zip(max).is_some_and(|(min, max)| min.low() > max.high()) {
        return Some(Contradiction::MinAboveMax);
    }
    let below = mean.zip(min).is_some_and(|(mean, min)| mean.high() < min.low());
    let above = mean.zip(max).is_some_and(|(mean, max)| mean.low() > max.high());
    (below || above).then_some(Contradiction::MeanOutside)
}

fn stdev(summary: &PrintedSummary) -> Option<Contradiction> {
    let stdev = summary.stdev?;
    if stdev.high() < 0.0 {
        return Some(Contradiction::NegativeStdev);
    }
    let (min, max) = summary.min.zip(summary.max)?;
    let most = largest_stdev(summary, min.low(), max.high());
    if stdev.low() > most * (1.0 + 1e-12) {
        return Some(Contradiction::StdevTooLarge { most });
    }
    let least = smallest_stdev(summary, min, max)?;
    (stdev.high() < least * (1.0 - 1e-12)).then_some(Contradiction::StdevTooSmall { least })
}

fn largest_stdev(summary: &PrintedSummary, min: f64, max: f64) -> f64 {
    let middle = f64::midpoint(min, max);
    // The product is largest in the middle of the range, or as near to it as the mean may be.
    let mean = summary.mean.map_or(middle, |mean| middle.clamp(mean.low(), mean.high()));
    let correction = match summary.count {
        Some(count) if count > 1 => count as f64 / (count - 1) as f64,
        _ => 2.0,
    };
    (correction * (max - mean) * (mean - min)).max(0.0).sqrt()
}

/// Needs the number of values: among many the two ends weigh nothing. `None` when it is not known or below 2.
fn smallest_stdev(summary: &PrintedSummary, min: Printed, max: Printed) -> Option<f64> {
    let count = summary.count.filter(|&count| count > 1)? as f64;
    let range = (max.low() - min.high()).max(0.0);
    // With all others equal the squares around the mean are (M − m)²/2 + 2n/(n−2)·(mean − middle)², so the mean that
    // is nearest to the middle counts.
    let middle = [f64::midpoint(min.low(), max.low()), f64::midpoint(min.high(), max.high())];
    let off_center =
        summary.mean.map_or(0.0, |mean| (mean.low() - middle[1]).max(middle[0] - mean.high()).max(0.0));
    let others = if count > 2.0 { 2.0 * count / (count - 2.0) * off_center * off_center } else { 0.0 };
    Some(((range * range / 2.0 + others) / (count - 1.0)).sqrt())
}

fn whole(summary: &PrintedSummary) -> Option<Contradiction> {
    let (count, mean) = summary.count.zip(summary.mean).filter(|_| summary.is_whole)?;
    if !is_mean_of_integers(mean, count) {
        return Some(Contradiction::MeanOfIntegers);
    }
    // Ends that are themselves rounded do not say which whole number they are.
    let range = summary.min.zip(summary.max).and_then(|(min, max)| Some((min.whole()?, max.whole()?)));
    let stdev = summary.stdev.filter(|_| count > 1)?;
    (!is_stdev_of_integers(mean, stdev, count, range)).then_some(Contradiction::StdevOfIntegers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(count: Option<u64>, [mean, stdev, min, max]: [&str; 4]) -> PrintedSummary {
        let printed = |text: &str| text.parse().ok();
        PrintedSummary {
            count,
            mean: printed(mean),
            stdev: printed(stdev),
            min: printed(min),
            max: printed(max),
            is_whole: false,
        }
    }

    #[test]
    fn a_possible_summary_has_no_contradiction() {
        for possible in [
            summary(None, ["", "", "", ""]),
            summary(Some(20), ["0.50", "2.24", "0", "10"]),
            summary(None, ["0.50", "2.24", "0", "10"]),
            summary(Some(2), ["5", "7.07", "0", "10"]),
            summary(Some(1), ["5", "0", "5", "5"]),
            summary(Some(3), ["3.33", "0.00", "3.33", "3.33"]),
        ] {
            assert_eq!(contradictions(&possible), [], "{possible:?}");
        }
        let whole = PrintedSummary { is_whole: true, ..summary(Some(20), ["0.50", "2.24", "0", "10"]) };
        assert_eq!(contradictions(&whole), []);
    }

    #[test]
    fn a_mean_outside_the_range_is_the_first_contradiction() {
        let high = summary(Some(20), ["12", "9", "0", "10"]);
        assert_eq!(contradictions(&high), [Contradiction::MeanOutside]);
        let low = summary(None, ["1.0", "", "1.2", ""]);
        assert_eq!(contradictions(&low), [Contradiction::MeanOutside]);
        assert_eq!(contradictions(&summary(None, ["", "", "2", "0"])), [Contradiction::MinAboveMax]);
        assert_eq!(contradictions(&summary(None, ["5", "-3", "", ""])), [Contradiction::NegativeStdev]);
    }

    #[test]
    fn a_stdev_beyond_the_range_is_too_large() {
        let most = |count, texts| match contradictions(&summary(count, texts))[..] {
            [Contradiction::StdevTooLarge { most }] => most,
            ref other => panic!("{other:?}"),
        };
        // The ends are [−0.005, 10.005], the mean at most 0.505.
        let bound = |correction: f64| (correction * 9.5 * 0.51).sqrt();
        let texts = ["0.50", "3.20", "0.00", "10.00"];
        assert!((most(Some(20), texts) - bound(20.0 / 19.0)).abs() < 1e-12);
        assert!((most(None, texts) - bound(2.0)).abs() < 1e-12);
        assert!(
            (most(Some(20), ["", "5.20", "0.00", "10.00"]) - 5.005 * (20f64 / 19.0).sqrt()).abs() < 1e-12
        );
    }

    #[test]
    fn a_stdev_that_forgets_the_extremes_is_too_small() {
        // 20 values, one of 10 and nineteen of 0, have the smallest stdev that reaches both: 2.24 with mean 0.5; with
        // the mean in the middle it is √(100/2/19) = 1.62.
        assert_eq!(contradictions(&summary(Some(20), ["5.0", "1.62", "0.0", "10.0"])), []);
        let small = contradictions(&summary(Some(20), ["5.0", "1.50", "0.0", "10.0"]));
        let least = 9.9 / 38f64.sqrt();
        assert!(
            matches!(small[..], [Contradiction::StdevTooSmall { least: found }] if (found - least).abs() < 1e-12),
            "{small:?}"
        );
        assert_eq!(contradictions(&summary(None, ["5.0", "1.50", "0.0", "10.0"])), []);
    }

    #[test]
    fn whole_numbers_cannot_have_every_mean_and_stdev() {
        let of_whole = |texts| contradictions(&PrintedSummary { is_whole: true, ..summary(Some(20), texts) });
        assert_eq!(of_whole(["0.51", "2.24", "0", "10"]), [Contradiction::MeanOfIntegers]);
        assert_eq!(of_whole(["0.50", "2.24", "0", "10"]), []);
        assert_eq!(of_whole(["0.50", "2.27", "0", "10"]), [Contradiction::StdevOfIntegers]);
    }
}
