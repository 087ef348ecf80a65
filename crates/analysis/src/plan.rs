//! How many more repetitions a wanted precision needs, and whether longer runs would do.

use std::collections::HashMap;

use vana_stats::{
    PlanError, RunMean, Sample, VarianceComponents, repetitions_for_mean, repetitions_for_median,
};
use vana_types::{Measurement, Origin, PlannedCell, Seed, statistic};

use crate::group::{Group, group};

/// Subsets that are drawn for each number of repetitions.
const DRAWS: u32 = 200;

/// From this share of the variance on, it is the runs that differ, and longer ones are in vain.
const MOSTLY_BETWEEN: f64 = 0.75;

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlanOptions {
    /// Half-width of the interval over the mean, above 0.
    pub precision: f64,
    /// 1 − level of the interval, in (0, 1).
    pub alpha: f64,
    /// Seed of the subsets that are drawn.
    pub seed: Seed,
}

/// Plans for every number that `wanted` accepts by metric and statistic, in the order of first appearance. What was
/// published without its repetitions has no plan.
pub fn plan(
    measurements: &[Measurement],
    options: &PlanOptions,
    wanted: impl Fn(&str, &str) -> bool,
) -> Vec<PlannedCell> {
    let groups = group(measurements);
    let errors = errors_of_means(measurements);
    groups
        .iter()
        .filter(|group| wanted(&group.key.metric, &group.key.statistic))
        .filter(|group| group.measurements.iter().all(|found| found.origin != Origin::Published))
        .map(|group| plan_cell(group, &errors, options))
        .collect()
}

/// Which run and metric.
type RunKey<'a> = (&'a str, &'a str, Option<u32>, Option<u32>, &'a str);

fn run_key(found: &Measurement) -> RunKey<'_> {
    (&found.system, &found.workload, found.clients, found.repetition, &found.metric)
}

/// Standard errors of the means of runs, stdev / √`n_eff`, where both are known from the requests.
fn errors_of_means(measurements: &[Measurement]) -> HashMap<RunKey<'_>, f64> {
    let of = |name: &str| -> HashMap<RunKey<'_>, f64> {
        let is_wanted = |found: &&Measurement| {
            found.statistic == name && found.operation.is_none() && found.origin == Origin::Computed
        };
        let values = measurements.iter().filter(is_wanted);
        values.filter_map(|found| Some((run_key(found), found.value?))).collect()
    };
    let sizes = of("n_eff");
    let stdevs = of(statistic::STDEV).into_iter();
    stdevs.filter_map(|(key, stdev)| Some((key, stdev / sizes.get(&key)?.sqrt()))).collect()
}

fn plan_cell(group: &Group<'_>, errors: &HashMap<RunKey<'_>, f64>, options: &PlanOptions) -> PlannedCell {
    let values: Vec<f64> = group.measurements.iter().filter_map(|found| found.value).collect();
    let mut planned = PlannedCell {
        system: group.key.system.clone(),
        workload: group.key.workload.clone(),
        clients: group.key.clients,
        metric: group.key.metric.clone(),
        statistic: group.key.statistic.clone(),
        unit: group.measurements[0].unit,
        n: values.len() as u32,
        mean: None,
        half_width: None,
        wanted: options.precision,
        repetitions_for_mean: None,
        repetitions_for_median: None,
        is_extrapolated: None,
        between_runs: None,
        note: None,
    };
    let Ok(sample) = Sample::new(values) else {
        planned.note = Some("no value".to_owned());
        return planned;
    };
    let level = 1.0 - options.alpha;
    let mean = sample.mean();
    planned.mean = Some(mean);
    let half = sample.t_interval(level).map(|(low, high)| (high - low) / 2.0);
    planned.half_width = half.map(|half| half / mean.abs()).filter(|half| half.is_finite());
    let for_mean = repetitions_for_mean(&sample, options.precision, level);
    let for_median = repetitions_for_median(&sample, options.precision, level, options.seed, DRAWS);
    planned.repetitions_for_mean = for_mean.as_ref().ok().copied();
    planned.repetitions_for_median = for_median.as_ref().ok().map(|plan| plan.count);
    planned.is_extrapolated = for_median.as_ref().ok().map(|plan| plan.is_extrapolated);
    if group.key.statistic == statistic::MEAN {
        planned.between_runs = between_runs(group, errors);
    }
    planned.note = note(&planned, for_mean.as_ref().err(), for_median.as_ref().err());
    planned
}

/// Share of the variance of the runs' means that is between runs, if every run knows its own error.
fn between_runs(group: &Group<'_>, errors: &HashMap<RunKey<'_>, f64>) -> Option<f64> {
    let run =
        |found: &&Measurement| Some(RunMean { mean: found.value?, error: *errors.get(&run_key(found))? });
    let runs: Vec<RunMean> = group.measurements.iter().map(run).collect::<Option<_>>()?;
    let components = VarianceComponents::new(&runs).ok()?;
    let total = components.between + components.within;
    (total > 0.0).then(|| components.between / total)
}

fn note(
    planned: &PlannedCell,
    for_mean: Option<&PlanError>,
    for_median: Option<&PlanError>,
) -> Option<String> {
    if let Some(error) = for_mean {
        return Some(error.to_string());
    }
    if planned.half_width.is_some_and(|half| half <= planned.wanted) {
        return Some("precise enough".to_owned());
    }
    let more = planned.repetitions_for_mean?.saturating_sub(u64::from(planned.n));
    let mut advice = format!("{more} more {}", if more == 1 { "repetition" } else { "repetitions" });
    match planned.between_runs {
        Some(share) if share >= MOSTLY_BETWEEN => advice.push_str("; longer runs would not help"),
        Some(_) => advice.push_str(", or longer runs"),
        None => {}
    }
    Some(match for_median {
        Some(PlanError::TooFew { needed, .. }) => {
            format!("{advice}; an interval of the median needs {needed}")
        }
        _ => advice,
    })
}

#[cfg(test)]
mod tests {
    use vana_types::{Status, Unit};

    use super::*;

    fn measurement(repetition: u32, name: &str, value: f64) -> Measurement {
        Measurement {
            system: "osv".to_owned(),
            workload: "http".to_owned(),
            clients: Some(10),
            repetition: Some(repetition),
            metric: "service_time".to_owned(),
            statistic: name.to_owned(),
            value: Some(value),
            unit: Unit::Seconds,
            origin: Origin::Computed,
            operation: None,
            status: Status::Read,
            printed: None,
            note: None,
        }
    }

    fn runs(means: &[f64], stdev: f64) -> Vec<Measurement> {
        (1..)
            .zip(means)
            .flat_map(|(n, &mean)| {
                [measurement(n, "mean", mean), measurement(n, "stdev", stdev), measurement(n, "n_eff", 100.0)]
            })
            .collect()
    }

    fn planned(measurements: &[Measurement]) -> PlannedCell {
        let options = PlanOptions { precision: 0.01, alpha: 0.05, seed: Seed(1) };
        let mut all = plan(measurements, &options, |_, statistic| statistic == "mean");
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    #[test]
    fn runs_that_differ_among_themselves_need_more_runs() {
        let cell = planned(&runs(&[9.0, 10.0, 11.0, 10.0], 0.1));
        // t(n − 1)·0.8165 ≤ 0.1·√n holds from 259 on.
        assert_eq!((cell.n, cell.repetitions_for_mean, cell.repetitions_for_median), (4, Some(259), None));
        assert!(cell.between_runs.is_some_and(|share| share > 0.99), "{cell:?}");
        let note = "255 more repetitions; longer runs would not help; an interval of the median needs 6";
        assert_eq!(cell.note.as_deref(), Some(note));
    }

    #[test]
    fn runs_that_scatter_within_need_longer_ones() {
        let cell = planned(&runs(&[9.8, 10.0, 10.2, 10.0, 9.9, 10.1], 10.0));
        assert_eq!(cell.between_runs, Some(0.0));
        assert!(cell.note.as_deref().is_some_and(|note| note.ends_with("or longer runs")), "{cell:?}");
    }

    #[test]
    fn equal_runs_are_precise_enough_and_one_run_has_no_plan() {
        assert_eq!(planned(&runs(&[5.0; 6], 0.0)).note.as_deref(), Some("precise enough"));
        let one = planned(&runs(&[5.0], 0.0));
        assert_eq!(one.note.as_deref(), Some("1 repetitions, and a plan needs 2"));
    }
}
