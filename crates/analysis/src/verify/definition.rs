//! What a published number over repetitions may have been computed as.

use vana_stats::Sample;
use vana_types::{metric, statistic};

use super::known::{Known, Numbers};

/// A number and how it was made; the name is empty where there is one way only.
pub(crate) type Defined = (String, Known);

/// The numbers that a published statistic of these runs may be, the likeliest first.
///
/// Of one run it is that run's. Over several, "stdev", "min" and "max" may be taken over the runs' means or be those
/// within runs, and nothing in print says which; the one that fits is named.
pub(crate) fn definitions(runs: &[&Numbers], metric: &str, name: &str) -> Vec<Defined> {
    let of = |statistic: &str| -> Option<Vec<Known>> {
        let key = (metric.to_owned(), statistic.to_owned());
        runs.iter().map(|numbers| numbers.get(&key).copied()).collect()
    };
    let name = if name == "median" { statistic::P50 } else { name };
    if let [_] = runs {
        return of(name).into_iter().flatten().map(|known| (String::new(), known)).collect();
    }
    let n = runs.len();
    let mut found = Vec::new();
    let means = of(statistic::MEAN);
    let mut over_means = |how: &str, combine: fn(&Sample) -> Option<f64>| {
        if let Some(known) = means.as_ref().and_then(|means| combined(means, combine)) {
            found.push((format!("{how} of the means of {n} runs"), known));
        }
    };
    match name {
        statistic::MEAN => over_means("mean", |sample| Some(sample.mean())),
        statistic::STDEV => over_means("stdev", Sample::stdev),
        statistic::MIN => over_means("smallest", |sample| Some(sample.min())),
        statistic::MAX => over_means("largest", |sample| Some(sample.max())),
        statistic::P50 => over_means("median", |sample| Some(sample.median())),
        _ => {}
    }
    if name == statistic::MEAN {
        return found;
    }
    if let Some(own) = of(name) {
        let extreme: Option<fn(&Sample) -> Option<f64>> = match name {
            statistic::MIN => Some(|sample| Some(sample.min())),
            statistic::MAX => Some(|sample| Some(sample.max())),
            _ => None,
        };
        if let Some(known) = extreme.and_then(|extreme| combined(&own, extreme)) {
            found.push((format!("{name} within {n} runs"), known));
        }
        if let Some(known) = combined(&own, |sample| Some(sample.mean())) {
            found.push((format!("mean of the {name} of {n} runs"), known));
        }
        let total = |sample: &Sample| Some(sample.sorted().iter().sum());
        if let Some(known) = matches!(name, "count" | "total").then(|| combined(&own, total)).flatten() {
            found.push((format!("sum over {n} runs"), known));
        }
    }
    found
}

/// Combines numbers and, for those from bins, their edges: all of these rise with each of the values, but for the
/// stdev, of which the edges are only those of the ends.
fn combined(numbers: &[Known], combine: fn(&Sample) -> Option<f64>) -> Option<Known> {
    let of = |edge: fn(&Known) -> f64| combine(&Sample::new(numbers.iter().map(edge).collect()).ok()?);
    let (value, low, high) = (of(|one| one.value)?, of(|one| one.low)?, of(|one| one.high)?);
    let origin = numbers.iter().map(|one| one.origin).max()?;
    Some(Known { value, low: low.min(high).min(value), high: high.max(low).max(value), origin })
}

/// Why there is nothing to recompute a metric from.
pub(crate) fn reason(runs: &[&Numbers], name: &str, statistic: &str) -> String {
    let metrics: std::collections::BTreeSet<&str> =
        runs.iter().flat_map(|numbers| numbers.keys()).map(|(metric, _)| metric.as_str()).collect();
    let is_time =
        |name: &&&str| **name != metric::DURATION && (name.ends_with("_time") || name.ends_with("_latency"));
    let kin: Vec<&str> = metrics.iter().filter(is_time).copied().collect();
    if name == metric::LATENCY && !kin.is_empty() {
        return format!("which time \"{name}\" is, is not said; the runs have {}", kin.join(", "));
    }
    if metrics.contains(name) {
        format!("the runs do not give the {statistic} of {name}")
    } else {
        format!("the runs do not give {name}")
    }
}
