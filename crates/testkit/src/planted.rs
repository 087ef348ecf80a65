//! Small studies into which a flaw is planted.

use std::path::Path;

use vana_trace::{RunBody, StudyError, Transaction};
use vana_types::{Fidelity, Identity, Reported, Run, Tool, Unit};

use crate::{Load, Request, SplitMix64, write_trace};

/// When the first run starts, nanoseconds since 1970.
const START_UNIX_NS: i64 = 1_700_000_000_000_000_000;
/// From one run's start to the next one's, nanoseconds.
const RUN_EVERY_NS: i64 = 60_000_000_000;
const NANOS_PER_S: f64 = 1e9;

/// Runs without any flaw: systems that differ by a tenth in speed, in turn, each long enough, often enough, steady,
/// without failures and with all clients busy.
#[derive(Clone, Debug)]
pub struct CleanStudy {
    /// Number of systems: `system-1`, `system-2`, …
    pub systems: u32,
    /// Numbers of clients.
    pub clients: Vec<u32>,
    /// Repetitions of each.
    pub repetitions: u32,
    /// Length of a run, seconds.
    pub seconds: f64,
    /// Service times of the first system with one client.
    pub load: Load,
}

impl Default for CleanStudy {
    /// Two systems, two numbers of clients, six repetitions of 13 seconds with 40,000 requests or more each.
    fn default() -> Self {
        let load =
            Load { median_ns: 4e5, spread: 0.2, slow_share: 0.0, failed_share: 0.0, ..Load::default() };
        Self { systems: 2, clients: vec![4, 8], repetitions: 6, seconds: 13.0, load }
    }
}

impl CleanStudy {
    /// Writes the study at `root`, where there may be none yet. `plant` sees each run before it is written and may change
    /// who it is, what is known of it, and its requests.
    pub fn write(
        &self,
        root: &Path,
        mut plant: impl FnMut(&mut Run, &mut Vec<Request>),
    ) -> Result<(), StudyError> {
        let mut transaction = Transaction::begin(root, false)?;
        let mut seeds = SplitMix64::new(self.load.seed);
        let mut number = 0;
        for repetition in 1..=self.repetitions {
            for &clients in &self.clients {
                for system in 1..=self.systems {
                    let name = format!("system-{system}");
                    let identity = Identity {
                        system: name,
                        workload: "http".to_owned(),
                        clients: Some(clients),
                        repetition,
                    };
                    let slower = 1.0 + 0.1 * f64::from(system - 1);
                    let load = Load {
                        seed: seeds.bits(),
                        clients,
                        median_ns: self.load.median_ns * slower * f64::from(clients).sqrt(),
                        ..self.load.clone()
                    };
                    let mut run = Run::new(identity, Fidelity::Trace);
                    run.tool = Some(Tool { name: "vana-testkit".to_owned(), ..Tool::default() });
                    run.started_unix_ns = Some(START_UNIX_NS + number * RUN_EVERY_NS);
                    number += 1;
                    let end_ns = (self.seconds * NANOS_PER_S) as i64;
                    let mut requests: Vec<Request> =
                        load.requests().take_while(|request| request.sent_ns < end_ns).collect();
                    plant(&mut run, &mut requests);
                    add(&mut transaction, run, requests)?;
                }
            }
        }
        transaction.commit()
    }
}

fn add(transaction: &mut Transaction, mut run: Run, mut requests: Vec<Request>) -> Result<(), StudyError> {
    requests.sort_by_key(|request| request.sent_ns);
    let trace = write_trace(transaction.staging(), requests)?;
    let summary = trace.summary();
    run.duration_s = Some(summary.duration_ns as f64 / NANOS_PER_S);
    run.outcomes = summary.outcomes.clone();
    transaction.add_run(&run, RunBody::Trace(Box::new(trace)))
}

/// A study of printed numbers alone, run by run.
pub fn write_printed_study(root: &Path, runs: &[Run]) -> Result<(), StudyError> {
    let mut transaction = Transaction::begin(root, false)?;
    for run in runs {
        transaction.add_run(run, RunBody::Summary)?;
    }
    transaction.commit()
}

/// A run of which a tool printed some numbers, each as metric, statistic, value and unit.
pub fn printed_run(system: &str, clients: u32, repetition: u32, numbers: &[(&str, &str, f64, Unit)]) -> Run {
    let identity = Identity {
        system: system.to_owned(),
        workload: "http".to_owned(),
        clients: Some(clients),
        repetition,
    };
    let reported = numbers.iter().map(|&(metric, statistic, value, unit)| Reported {
        metric: metric.to_owned(),
        statistic: statistic.to_owned(),
        value: Some(value),
        unit,
        printed: value.to_string(),
    });
    Run { reported: reported.collect(), ..Run::new(identity, Fidelity::Summary) }
}
