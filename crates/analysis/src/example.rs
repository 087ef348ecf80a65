//! One run of each system that shows how a run goes.

use std::collections::BTreeMap;

use vana_reduce::pulse;
use vana_trace::{Study, StudyRun};
use vana_types::{Fidelity, Measurement, Pulse, RunSheet, metric, statistic};

use crate::AnalysisError;
use crate::results::sheet;

/// The examples of [`Results::examples`](vana_types::Results), the system that the others are compared with first. Their
/// requests are read once more unless `pulses` has them.
pub fn examples(
    study: &Study,
    measurements: &[Measurement],
    pulses: &[Option<Pulse>],
    systems: &[String],
    workloads: &[String],
) -> Result<Vec<RunSheet>, AnalysisError> {
    let baseline = study.config.baseline.as_ref();
    let first = systems.iter().filter(|system| Some(*system) == baseline);
    let others = systems.iter().filter(|system| Some(*system) != baseline);
    let mut examples = Vec::new();
    for system in first.chain(others) {
        let Some(place) = workloads.iter().find_map(|workload| middle(study, measurements, system, workload))
        else {
            continue;
        };
        let run = &study.runs[place];
        let known = pulses.get(place).cloned().flatten();
        let pulse = if known.is_some() { known } else { pulse(run)? };
        examples.push(sheet(run, pulse));
    }
    Ok(examples)
}

/// Place of the run whose rate is the median of its repetitions, the lower of two, at the largest number of clients.
fn middle(study: &Study, measurements: &[Measurement], system: &str, workload: &str) -> Option<usize> {
    let is_known = |run: &StudyRun| run.run.fidelity == Fidelity::Trace && run.resources().exists();
    let of = study.runs.iter().enumerate().filter(|(_, run)| {
        (&run.run.identity.system[..], &run.run.identity.workload[..]) == (system, workload)
    });
    let of: Vec<(usize, &StudyRun)> = of.collect();
    let clients = of.iter().filter_map(|(_, run)| run.run.identity.clients).max()?;
    let rates = rates(measurements, system, workload, clients);
    let mut runs: Vec<(f64, u32, usize)> = of
        .into_iter()
        .filter(|(_, run)| run.run.identity.clients == Some(clients) && is_known(run))
        .filter_map(|(place, run)| {
            let repetition = run.run.identity.repetition;
            Some((*rates.get(&repetition)?, repetition, place))
        })
        .collect();
    runs.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    runs.get(runs.len().checked_sub(1)? / 2).map(|(.., place)| *place)
}

/// Rates by repetition.
fn rates(measurements: &[Measurement], system: &str, workload: &str, clients: u32) -> BTreeMap<u32, f64> {
    let is_of = |found: &&Measurement| {
        found.system == system
            && found.workload == workload
            && found.clients == Some(clients)
            && found.metric == metric::REQUEST_RATE
            && found.statistic == statistic::MEAN
            && found.operation.is_none()
    };
    let of = measurements.iter().filter(is_of);
    of.filter_map(|found| Some((found.repetition?, found.value?))).collect()
}
