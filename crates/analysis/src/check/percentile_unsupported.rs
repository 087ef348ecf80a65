use std::collections::{BTreeMap, BTreeSet};

use vana_types::{Finding, Measurement, Origin, Quantile, Severity, Unit, statistic};

use super::checked::about;
use super::message::{count, list};
use super::{Check, Checked};

/// A percentile of too few requests is their maximum by another name.
pub(super) struct PercentileUnsupported;

impl Check for PercentileUnsupported {
    fn name(&self) -> &'static str {
        "percentile-unsupported"
    }

    fn about(&self) -> &'static str {
        "A percentile of fewer requests than its interval of order statistics needs: 368 for p99, 3688 for p99.9 at 95 %."
    }

    fn source(&self) -> &'static str {
        "Conover, Practical Nonparametric Statistics, 3rd ed. (1999), section 3.2"
    }

    fn find(&self, study: &Checked<'_>, out: &mut Vec<Finding>) {
        let counts = counts(study.measurements);
        let mut groups: BTreeMap<Group<'_>, Vec<Unsupported<'_>>> = BTreeMap::new();
        for one in study.measurements.iter().filter(|one| one.operation.is_none() && one.value.is_some()) {
            // Those of tools' windows are of seconds, not of requests.
            if one.unit != Unit::Seconds {
                continue;
            }
            let Some(needed) = needed(&one.statistic, study.config.alpha) else { continue };
            let count = counts.get(&place(one, &one.metric)).or_else(|| counts.get(&place(one, "requests")));
            if let Some(&requests) = count.filter(|count| **count < needed) {
                // What vana computes by itself nobody may have asked for.
                let severity =
                    if one.origin == Origin::Computed { Severity::Info } else { Severity::Warning };
                let group = groups.entry((&one.workload, severity)).or_default();
                group.push(Unsupported { one, requests, needed });
            }
        }
        for ((workload, severity), found) in groups {
            out.extend(finding(self.name(), workload, severity, &found));
        }
    }
}

type Group<'a> = (&'a str, Severity);

/// A percentile of too few requests.
struct Unsupported<'a> {
    one: &'a Measurement,
    requests: u64,
    needed: u64,
}

fn finding(code: &str, workload: &str, severity: Severity, found: &[Unsupported<'_>]) -> Option<Finding> {
    let mut percentiles: BTreeMap<(u64, &str), BTreeSet<Run<'_>>> = BTreeMap::new();
    for unsupported in found {
        let runs = percentiles.entry((unsupported.needed, &unsupported.one.statistic)).or_default();
        runs.insert(run_of(unsupported.one));
    }
    let shown = percentiles.iter().map(|((needed, name), runs)| {
        let runs = count(runs.len(), "run");
        format!("{name} needs {needed} ({runs} with fewer)")
    });
    let shown: Vec<String> = shown.collect();
    let fewest = found.iter().min_by_key(|unsupported| unsupported.requests)?;
    let message = format!(
        "A percentile needs so many requests of a run before its interval has two ends: {}. The fewest are {}, of {}. \
         With so few it moves with single requests: leave it out, or measure longer.",
        list(&shown),
        fewest.requests,
        fewest.one.system
    );
    let &(needed, _) = percentiles.keys().next()?;
    let finding =
        Finding::new(code, severity, message).with_value(fewest.requests as f64, Some(needed as f64));
    let systems: BTreeSet<&str> = found.iter().map(|unsupported| unsupported.one.system.as_str()).collect();
    let runs: BTreeSet<Run<'_>> = found.iter().map(|unsupported| run_of(unsupported.one)).collect();
    let system = if systems.len() == 1 { Some(fewest.one.system.as_str()) } else { None };
    let clients = if runs.len() == 1 { fewest.one.clients } else { None };
    Some(about(finding, workload, system, clients))
}

/// System, clients, repetition.
type Run<'a> = (&'a str, Option<u32>, Option<u32>);

fn run_of(one: &Measurement) -> Run<'_> {
    (&one.system, one.clients, one.repetition)
}

/// How many values the interval of a percentile needs: the extremes must miss it on either side with at most α/2, so
/// max(p, 1 − p)ⁿ ≤ α/2. `None` for what is no percentile or an extreme.
fn needed(statistic: &str, alpha: f64) -> Option<u64> {
    let probability = Quantile::from_percent(statistic.strip_prefix('p')?).ok()?.probability();
    let far = probability.max(1.0 - probability);
    (far < 1.0 && alpha > 0.0 && alpha < 1.0).then(|| ((alpha / 2.0).ln() / far.ln()).ceil() as u64)
}

type Place<'a> = (&'a str, &'a str, Option<u32>, Option<u32>, &'a str);

fn place<'a>(one: &'a Measurement, metric: &'a str) -> Place<'a> {
    (&one.system, &one.workload, one.clients, one.repetition, metric)
}

fn counts(measurements: &[Measurement]) -> BTreeMap<Place<'_>, u64> {
    let all = measurements.iter().filter(|one| one.statistic == statistic::COUNT && one.operation.is_none());
    all.filter_map(|one| Some((place(one, &one.metric), one.value? as u64))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_needs_as_many_values_as_its_interval() {
        let at_95 = ["p50", "p95", "p99", "p99.9", "p99.99", "p1"].map(|name| needed(name, 0.05));
        assert_eq!(at_95, [6, 72, 368, 3688, 36_887, 368].map(Some));
        assert_eq!(needed("p99", 0.01), Some(528));
        assert_eq!(["p100", "p0", "mean", "payload"].map(|name| needed(name, 0.05)), [None; 4]);
    }
}
