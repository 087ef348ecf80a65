//! Two single runs against each other, quantile by quantile.

use std::collections::BTreeMap;

use rayon::prelude::*;
use vana_reduce::{ReduceError, durations};
use vana_stats::{Context, shift_function};
use vana_trace::{Study, StudyRun};
use vana_types::{Fidelity, Finding, Identity, Quantile, Seed, Severity, Shift, Unit, metric};

use crate::{Against, AnalysisError, CompareError};

/// Percentiles that are compared when none are named.
const USUAL: [&str; 12] = ["p5", "p10", "p20", "p30", "p40", "p50", "p60", "p70", "p80", "p90", "p95", "p99"];

/// How single runs are compared.
#[derive(Clone, Debug)]
pub struct ShiftOptions {
    /// With whom.
    pub against: Against,
    /// Durations of requests; without any, service time.
    pub metrics: Vec<String>,
    /// Percentiles, as `p99.9`; without any, deciles and some of the tails.
    pub percentiles: Vec<String>,
    /// The band covers all percentiles of a pair at 1 − α; in (0, 1).
    pub alpha: f64,
    /// Seed of the resamples.
    pub seed: Seed,
    /// Number of resamples, two or more.
    pub resamples: u32,
}

impl ShiftOptions {
    /// As a study says: its baseline, α and seed; 999 resamples.
    pub fn of(study: &Study) -> Self {
        let config = &study.config;
        Self {
            against: config.baseline.clone().map_or(Against::Everyone, Against::Baseline),
            metrics: Vec::new(),
            percentiles: Vec::new(),
            alpha: config.alpha,
            seed: config.seed,
            resamples: 999,
        }
    }

    fn metrics(&self) -> Vec<&str> {
        if self.metrics.is_empty() {
            vec![metric::SERVICE_TIME]
        } else {
            self.metrics.iter().map(String::as_str).collect()
        }
    }

    fn percentiles(&self) -> Vec<(&str, Quantile)> {
        let usual = USUAL.into_iter().filter(|_| self.percentiles.is_empty());
        let names = self.percentiles.iter().map(String::as_str).chain(usual);
        names.filter_map(|name| Some((name, Quantile::from_percent(name.strip_prefix('p')?).ok()?))).collect()
    }
}

/// What always has to be said of a comparison of single runs.
pub fn single_run() -> Finding {
    let message =
        "one run of each system: the bands say how sure these two runs are, and nothing about the next ones";
    Finding::new("single-run", Severity::Info, message)
}

/// The shift function of each pair of systems under the same workload and number of clients, between the first run of
/// each that `wanted` accepts and whose requests are known; `done` hears of each run that was read. Rows are in the
/// order of metrics, workloads, clients, pairs and percentiles.
///
/// Costs n·resamples for each pair. The result does not depend on the threads.
pub fn shifts(
    study: &Study,
    options: &ShiftOptions,
    wanted: impl Fn(&Identity) -> bool,
    done: impl Fn() + Sync,
) -> Result<Vec<Shift>, AnalysisError> {
    if !(options.alpha > 0.0 && options.alpha < 1.0) {
        return Err(CompareError::Alpha(options.alpha).into());
    }
    let order: Vec<String> = study
        .systems(study.runs.iter().map(|run| run.run.identity.system.as_str()))
        .into_iter()
        .map(|system| system.id)
        .collect();
    if let Against::Baseline(name) = &options.against
        && !order.contains(name)
    {
        return Err(CompareError::Baseline { name: name.clone(), known: order.join(", ") }.into());
    }
    let is_known = |run: &&StudyRun| run.run.fidelity == Fidelity::Trace && wanted(&run.run.identity);
    let runs: Vec<&StudyRun> = study.runs.iter().filter(is_known).collect();
    let mut found = Vec::new();
    for metric in options.metrics() {
        let read = |run: &&StudyRun| {
            let values = durations(run, metric);
            done();
            values
        };
        // One run of each system under each workload and number of clients; they are in the order of repetitions.
        let mut firsts: BTreeMap<(&str, Option<u32>), BTreeMap<usize, &StudyRun>> = BTreeMap::new();
        for run in &runs {
            let identity = &run.run.identity;
            let Some(place) = order.iter().position(|name| *name == identity.system) else { continue };
            firsts.entry((&identity.workload, identity.clients)).or_default().entry(place).or_insert(run);
        }
        for setting in firsts.into_values() {
            let runs: Vec<&StudyRun> = setting.into_values().collect();
            let series: Vec<Result<Option<Vec<f64>>, ReduceError>> = runs.par_iter().map(read).collect();
            let series = series.into_iter().collect::<Result<Vec<_>, ReduceError>>()?;
            let known: Vec<One<'_>> = runs
                .into_iter()
                .zip(series)
                .filter_map(|(run, series)| Some(One { identity: &run.run.identity, series: series? }))
                .collect();
            for (baseline, system) in pairs(&known, &options.against) {
                found.extend(pair(metric, baseline, system, options));
            }
        }
    }
    Ok(found)
}

/// One run.
struct One<'a> {
    identity: &'a Identity,
    series: Vec<f64>,
}

fn pairs<'a>(known: &'a [One<'a>], against: &Against) -> Vec<(&'a One<'a>, &'a One<'a>)> {
    match against {
        Against::Baseline(name) => {
            let (baseline, others): (Vec<_>, Vec<_>) =
                known.iter().partition(|one| one.identity.system == *name);
            baseline.first().map_or_else(Vec::new, |&baseline| {
                others.into_iter().map(|other| (baseline, other)).collect()
            })
        }
        Against::Everyone => known
            .iter()
            .enumerate()
            .flat_map(|(place, baseline)| known[place + 1..].iter().map(move |system| (baseline, system)))
            .collect(),
    }
}

/// None for a run of fewer than ten requests.
fn pair(metric: &str, baseline: &One<'_>, system: &One<'_>, options: &ShiftOptions) -> Vec<Shift> {
    let percentiles = options.percentiles();
    let quantiles: Vec<Quantile> = percentiles.iter().map(|(_, quantile)| *quantile).collect();
    let context = Context { seed: options.seed, resamples: options.resamples };
    let found = shift_function(&baseline.series, &system.series, &quantiles, 1.0 - options.alpha, &context);
    let shift = |((name, _), one): (&(&str, Quantile), vana_stats::QuantileShift)| Shift {
        metric: metric.to_owned(),
        statistic: (*name).to_owned(),
        workload: baseline.identity.workload.clone(),
        clients: baseline.identity.clients,
        baseline: baseline.identity.system.clone(),
        baseline_repetition: baseline.identity.repetition,
        system: system.identity.system.clone(),
        system_repetition: system.identity.repetition,
        unit: Unit::Seconds,
        baseline_value: one.baseline,
        system_value: one.system,
        shift: one.shift,
        shift_low: one.low,
        shift_high: one.high,
        finding: single_run().code,
    };
    percentiles.iter().zip(found.into_iter().flatten()).map(shift).collect()
}
