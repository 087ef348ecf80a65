//! What the numbers that a tool printed say of each other.

use vana_types::{Origin, Reported, Run, metric, statistic};

use super::known::{Known, Numbers};
use super::tolerance::{half_unit, scale};

/// Tools that print a rate beside the count and the length of the run that it comes from.
const TOOLS: [&str; 2] = ["wrk", "wrk2"];

/// What is counted, how it is called, and the rate that it gives.
const RATES: [(&str, &str, &str); 2] = [
    ("requests", statistic::COUNT, metric::REQUEST_RATE),
    ("bytes_received", "total", metric::TRANSFER_RATE),
];

/// The rates of a run from its printed counts and its printed length, as exactly as these are printed.
pub(crate) fn derived(run: &Run) -> Numbers {
    let mut numbers = Numbers::new();
    let is_known = run.source.as_ref().is_some_and(|source| TOOLS.contains(&source.format.as_str()));
    let find = |metric: &str, statistic: &str| {
        run.reported.iter().find(|one| one.metric == metric && one.statistic == statistic).and_then(bounds)
    };
    let Some((shortest, length, longest)) = find(metric::DURATION, "total").filter(|_| is_known) else {
        return numbers;
    };
    for (counted, name, rate) in RATES {
        if let Some((least, count, most)) = find(counted, name)
            && shortest > 0.0
        {
            let (low, high) = (least / longest, most / shortest);
            let known = Known { value: count / length, low, high, origin: Origin::Reported };
            numbers.insert((rate.to_owned(), statistic::MEAN.to_owned()), known);
        }
    }
    numbers
}

/// A printed number between the least and the most that is printed alike.
fn bounds(one: &Reported) -> Option<(f64, f64, f64)> {
    let value = one.value?;
    let is_count = one.statistic == statistic::COUNT;
    let half = if is_count { 0.0 } else { half_unit(&one.printed, scale(&one.printed, value)?)? };
    Some((value - half, value, value + half))
}

#[cfg(test)]
mod tests {
    use vana_types::{Fidelity, Identity, Unit};

    use super::*;

    fn run(format: &str) -> Run {
        let identity = Identity { system: "a".into(), workload: "w".into(), clients: Some(1), repetition: 1 };
        let mut run = Run::new(identity, Fidelity::Summary);
        let reported = |metric: &str, statistic: &str, value, unit, printed: &str| Reported {
            metric: metric.into(),
            statistic: statistic.into(),
            value: Some(value),
            unit,
            printed: printed.into(),
        };
        run.reported = vec![
            reported("requests", "count", 6000.0, Unit::One, "6000"),
            reported("duration", "total", 60.0, Unit::Seconds, "1.00m"),
        ];
        run.source = Some(vana_types::Source {
            file: "a.txt".into(),
            format: format.into(),
            sha256: String::new(),
            raw: None,
            line: None,
        });
        run
    }

    #[test]
    fn a_rate_is_as_exact_as_the_printed_length_of_the_run() {
        let numbers = derived(&run("wrk"));
        let known = numbers[&("request_rate".to_owned(), "mean".to_owned())];
        assert_eq!((known.value, numbers.len()), (100.0, 1));
        assert!((known.low - 6000.0 / 60.3).abs() < 1e-9 && (known.high - 6000.0 / 59.7).abs() < 1e-9);
    }

    #[test]
    fn a_tool_of_unknown_ways_gives_nothing() {
        assert_eq!(derived(&run("sysbench")), Numbers::new());
    }
}
