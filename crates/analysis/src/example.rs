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
        let Some(place) =
            workloads.iter().find_map(|workload| middle(&study.runs, measurements, system, workload))
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
fn middle(runs: &[StudyRun], measurements: &[Measurement], system: &str, workload: &str) -> Option<usize> {
    let is_known = |run: &StudyRun| run.run.fidelity == Fidelity::Trace && run.resources().exists();
    let of = runs.iter().enumerate().filter(|(_, run)| {
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

#[cfg(test)]
mod tests {
    use vana_types::{Identity, Origin, Run, Status, Unit};

    use super::*;

    /// Run and rate of a repetition, with resources or without.
    fn run(folder: &std::path::Path, clients: u32, repetition: u32, rate: f64) -> (StudyRun, Measurement) {
        let (system, workload) = ("a".to_owned(), "http".to_owned());
        let identity = Identity { system, workload, clients: Some(clients), repetition };
        let folder = folder.join(format!("{clients}-{repetition}"));
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("resources.parquet"), "").unwrap();
        let measurement = Measurement {
            system: identity.system.clone(),
            workload: identity.workload.clone(),
            clients: identity.clients,
            repetition: Some(repetition),
            metric: metric::REQUEST_RATE.to_owned(),
            statistic: statistic::MEAN.to_owned(),
            value: Some(rate),
            unit: Unit::PerSecond,
            origin: Origin::Computed,
            operation: None,
            status: Status::Read,
            printed: None,
            note: None,
        };
        (StudyRun { run: Run::new(identity, Fidelity::Trace), folder }, measurement)
    }

    #[test]
    fn the_example_is_the_middle_of_the_repetitions_with_the_most_clients() {
        let folder = tempfile::tempdir().unwrap();
        let of = |clients, repetition, rate| run(folder.path(), clients, repetition, rate);
        let all = [of(1, 1, 99.0), of(5, 1, 30.0), of(5, 2, 10.0), of(5, 3, 20.0), of(5, 4, 15.0)];
        let (runs, rates): (Vec<_>, Vec<_>) = all.into_iter().unzip();
        let middle = |runs: &[StudyRun]| middle(runs, &rates, "a", "http");
        // 10, 15, 20, 30: the lower of the two in the middle.
        assert_eq!(middle(&runs), Some(4));
        // 10, 20, 30: what is not known over time is left out.
        std::fs::remove_file(runs[4].resources()).unwrap();
        assert_eq!(middle(&runs), Some(3));
        assert_eq!((middle(&runs[..1]), middle(&[])), (Some(0), None));
    }
}
