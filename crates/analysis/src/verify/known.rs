//! What a run's data give, number by number, and how exactly.

use std::collections::BTreeMap;

use vana_reduce::{ReduceError, ReduceOptions, reduce};
use vana_trace::{Bin, StudyRun, read_histogram};
use vana_types::{Fidelity, Measurement, Origin, Quantile, metric, statistic};

/// A number and what is known of it: bins only say between which edges a value lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Known {
    pub value: f64,
    pub low: f64,
    pub high: f64,
    pub origin: Origin,
}

impl Known {
    /// A number that is known as such.
    pub const fn exact(value: f64, origin: Origin) -> Self {
        Self { value, low: value, high: value, origin }
    }
}

/// The numbers of a run by metric and statistic; computed ones before what the tool printed.
pub(crate) type Numbers = BTreeMap<(String, String), Known>;

/// What a run's requests or histogram give.
pub(crate) fn computed(run: &StudyRun, options: &ReduceOptions) -> Result<Numbers, ReduceError> {
    let measurements = reduce(run, options)?.measurements;
    let is_computed = |one: &&Measurement| one.origin == Origin::Computed && one.operation.is_none();
    let mut numbers = Numbers::new();
    for one in measurements.iter().filter(is_computed) {
        if let Some(value) = one.value {
            let key = (one.metric.clone(), one.statistic.clone());
            numbers.insert(key, Known::exact(value, Origin::Computed));
        }
    }
    if run.run.fidelity == Fidelity::Histogram {
        // How many values lie within a stdev of the mean, bins cannot tell.
        numbers.retain(|(_, name), _| name != statistic::WITHIN_STDEV);
        for (metric, bins) in read_histogram(&run.histogram())? {
            bound(&metric, &bins, &mut numbers);
        }
    }
    if run.run.source.as_ref().is_some_and(|source| source.format == "wrk2") {
        for (tool, own) in WRK2_NAMES {
            let of_own = numbers.iter().filter(|((metric, _), _)| metric == own);
            let renamed: Numbers =
                of_own.map(|((_, name), known)| ((tool.to_owned(), name.clone()), *known)).collect();
            numbers.extend(renamed);
        }
    }
    Ok(numbers)
}

/// What wrk2 calls the times of which it prints the spectra: its own numbers are of the very same values.
const WRK2_NAMES: [(&str, &str); 2] =
    [("wrk2_latency", metric::RESPONSE_TIME), ("wrk2_uncorrected_latency", metric::SERVICE_TIME)];

/// Puts edges around the numbers that come from bins.
fn bound(metric: &str, bins: &[Bin], numbers: &mut Numbers) {
    for ((_, name), known) in numbers.iter_mut().filter(|((of, _), _)| of == metric) {
        if let Some((low, high)) = edges(name, bins, known.value) {
            *known = Known { low, high, ..*known };
        }
    }
}

/// Between which numbers, in seconds, a statistic of the values behind bins lies.
fn edges(statistic: &str, bins: &[Bin], value: f64) -> Option<(f64, f64)> {
    let count: u64 = bins.iter().map(|bin| bin.count).sum();
    let seconds = |nanos: i64| nanos as f64 / 1e9;
    let total = |edge: fn(&Bin) -> i64| {
        bins.iter().map(|bin| edge(bin) as f64 * bin.count as f64).sum::<f64>() / count as f64 / 1e9
    };
    match statistic {
        "mean" => Some((total(|bin| bin.low_ns), total(|bin| bin.value_ns))),
        // A stdev is a distance from the mean, so it moves by no more than the values do: by half a bin each.
        "stdev" if count > 1 => {
            let half = |bin: &Bin| seconds(bin.value_ns - bin.low_ns) / 2.0;
            let squares: f64 = bins.iter().map(|bin| half(bin).powi(2) * bin.count as f64).sum();
            let slack = (squares / (count - 1) as f64).sqrt();
            Some(((value - slack).max(0.0), value + slack))
        }
        "min" => bins.first().map(|bin| (seconds(bin.low_ns), seconds(bin.value_ns))),
        "max" => bins.last().map(|bin| (seconds(bin.low_ns), seconds(bin.value_ns))),
        _ => {
            let quantile = Quantile::from_percent(statistic.strip_prefix('p')?).ok()?;
            // HdrHistogram in Java takes rank ⌈p·n⌉, in C, as in wrk2, ⌊p·n + 0.5⌋, which is the same one or the one below.
            let (p, q) = (u128::from(quantile.numerator()), u128::from(quantile.denominator()));
            let nearest = ((2 * p * u128::from(count) + q) / (2 * q)) as u64;
            let ceiling = quantile.ceil_rank(count);
            let (first, last) = (bin_of(bins, nearest.min(ceiling))?, bin_of(bins, ceiling)?);
            Some((seconds(first.low_ns), seconds(last.value_ns)))
        }
    }
}

/// The bin that holds a rank, counted from 1.
fn bin_of(bins: &[Bin], rank: u64) -> Option<&Bin> {
    let mut reached = 0;
    bins.iter().find(|bin| {
        reached += bin.count;
        reached >= rank.max(1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One value in 1 to 3 s, two in 5 to 9 s.
    const BINS: [Bin; 2] = [
        Bin { low_ns: 1_000_000_000, value_ns: 3_000_000_000, count: 1 },
        Bin { low_ns: 5_000_000_000, value_ns: 9_000_000_000, count: 2 },
    ];

    #[test]
    fn what_bins_say_holds_for_all_values_that_they_may_hold() {
        assert_eq!(edges("mean", &BINS, 16.0 / 3.0), Some((11.0 / 3.0, 7.0)));
        assert_eq!(edges("min", &BINS, 1.0), Some((1.0, 3.0)));
        assert_eq!(edges("max", &BINS, 9.0), Some((5.0, 9.0)));
        assert_eq!(edges("p100", &BINS, 9.0), Some((5.0, 9.0)));
        // Values of 1, 9, 9 and of 3, 5, 5 s have stdevs of 4.62 and 1.15 s.
        let (low, high) = edges("stdev", &BINS, 2.886_751_345_948_129).unwrap();
        assert!(low < 1.154_7 && high > 4.618_8, "{low} to {high}");
    }

    #[test]
    fn a_quantile_may_be_of_either_rank_that_tools_take() {
        // Of three values, p40 is of rank 2 in Java, ⌈1.2⌉, and of rank 1 in C, ⌊1.7⌋.
        assert_eq!(edges("p40", &BINS, 9.0), Some((1.0, 9.0)));
        assert_eq!(edges("p50", &BINS, 9.0), Some((5.0, 9.0)));
        assert_eq!(edges("p10", &BINS, 3.0), Some((1.0, 3.0)));
    }

    #[test]
    fn a_name_that_is_no_statistic_of_bins_has_no_edges() {
        assert_eq!(edges("n_eff", &BINS, 1.0), None);
    }
}
