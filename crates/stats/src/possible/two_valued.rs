use super::Printed;

/// Values that are all either the smallest or the largest, and reproduce what was printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TwoValued {
    /// How many values there are.
    pub count: u64,
    /// How many of them are the largest one; the others are the smallest.
    pub at_max: u64,
}

/// The fewest values, from 2 to `most`, all of them `min` or `max`, whose mean, sample standard deviation and share
/// within mean ± stdev (in percent, ends included) print as given; of equally many the fewest at `max`. `None` when
/// there are none, so a summary that has such an explanation hides a few stalls among nothing, not a distribution.
///
/// k of n values at max give mean min + (max − min)·k/n and stdev (max − min)·√(k(n−k)/(n(n−1))). Costs `most`²/2.
pub fn two_valued(
    mean: Printed,
    stdev: Printed,
    (min, max): (f64, f64),
    within_percent: Option<Printed>,
    most: u64,
) -> Option<TwoValued> {
    if !(min < max && (max - min).is_finite()) {
        return None;
    }
    (2..=most).find_map(|count| {
        (1..count).map(|at_max| TwoValued { count, at_max }).find(|candidate| {
            let (found_mean, found_stdev, within) = candidate.summary(min, max);
            mean.covers(found_mean)
                && stdev.covers(found_stdev)
                && within_percent.is_none_or(|printed| printed.covers(within))
        })
    })
}

impl TwoValued {
    /// Mean, stdev and the percentage within mean ± stdev.
    fn summary(self, min: f64, max: f64) -> (f64, f64, f64) {
        let (count, tops) = (self.count as f64, self.at_max as f64);
        let mean = min + (max - min) * tops / count;
        let stdev = (max - min) * (tops * (count - tops) / (count * (count - 1.0))).sqrt();
        // mean − min ≤ stdev means k(n−1) ≤ n(n−k), in whole numbers; likewise at the other end.
        let bottoms = self.count - self.at_max;
        let is_low_within = self.at_max * (self.count - 1) <= bottoms * self.count;
        let is_high_within = bottoms * (self.count - 1) <= self.at_max * self.count;
        let within = [(is_low_within, bottoms), (is_high_within, self.at_max)];
        let inside: u64 = within.iter().filter(|(is_within, _)| *is_within).map(|(_, number)| number).sum();
        (mean, stdev, 100.0 * inside as f64 / count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(mean: &str, stdev: &str, max: f64, within: Option<&str>) -> Option<(u64, u64)> {
        let printed = |text: &str| text.parse::<Printed>().unwrap();
        two_valued(printed(mean), printed(stdev), (0.0, max), within.map(printed), 400)
            .map(|found| (found.count, found.at_max))
    }

    #[test]
    fn one_window_in_twenty_explains_a_mean_of_one_half() {
        for mean in ["0.5", "0.50"] {
            assert_eq!(find(mean, "2.24", 10.0, Some("95.00")), Some((20, 1)));
            assert_eq!(find(mean, "2.24", 10.0, None), Some((20, 1)));
        }
    }

    #[test]
    fn what_two_values_cannot_give_has_no_explanation() {
        assert_eq!(find("0.50", "2.24", 10.0, Some("94.00")), None);
        assert_eq!(find("0.50", "2.30", 10.0, None), None);
        assert_eq!(find("5.00", "1.00", 10.0, None), None);
        assert_eq!(find("0.00", "0.00", 0.0, None), None);
    }

    #[test]
    fn halves_at_both_ends_lie_within_one_stdev() {
        assert_eq!(find("5.00", "5.27", 10.0, Some("100.00")), Some((10, 5)));
    }
}
