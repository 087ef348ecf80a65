//! A whole study: systems × clients × repetitions.

use std::path::Path;

use vana_trace::{RunBody, StudyError, Transaction};
use vana_types::{Fidelity, Identity, Run, Seed, Tool};

use crate::{Load, SplitMix64, write_trace};

/// When the first run starts, nanoseconds since 1970.
const START_UNIX_NS: i64 = 1_700_000_000_000_000_000;
/// From one run's start to the next one's, nanoseconds.
const RUN_EVERY_NS: i64 = 600_000_000_000;

/// Which runs a study has.
#[derive(Clone, Debug)]
pub struct StudyPlan {
    /// Number of systems; they are named `system-1`, `system-2`, …, each somewhat slower than the one before.
    pub systems: u32,
    /// Numbers of clients.
    pub clients: Vec<u32>,
    /// Repetitions of each.
    pub repetitions: u32,
    /// Requests in all runs together.
    pub requests: u64,
    /// Seed of all randomness.
    pub seed: u64,
}

impl Default for StudyPlan {
    /// 8 systems, 1 and 10 to 100 clients, 5 repetitions: 440 runs.
    fn default() -> Self {
        let clients = std::iter::once(1).chain((10..=100).step_by(10)).collect();
        Self { systems: 8, clients, repetitions: 5, requests: 100_000_000, seed: 1 }
    }
}

impl StudyPlan {
    /// Number of runs.
    pub const fn runs(&self) -> u64 {
        self.systems as u64 * self.clients.len() as u64 * self.repetitions as u64
    }

    /// Writes the study at `root`, where there may be none yet: one run at a time, visible when all are there.
    pub fn write(&self, root: &Path) -> Result<(), StudyError> {
        let mut transaction = Transaction::begin(root, false)?;
        let mut seeds = SplitMix64::new(self.seed);
        let mut number = 0;
        for system in 1..=self.systems {
            for &clients in &self.clients {
                for repetition in 1..=self.repetitions {
                    let system = format!("system-{system}");
                    let identity =
                        Identity { system, workload: "http".to_owned(), clients: Some(clients), repetition };
                    let load = self.load(number, clients, seeds.bits());
                    self.add_run(&mut transaction, identity, &load, number)?;
                    number += 1;
                }
            }
        }
        transaction.commit()
    }

    /// Later systems are slower, and all are slower the more clients there are.
    fn load(&self, number: u64, clients: u32, seed: u64) -> Load {
        let system = number * u64::from(self.systems) / self.runs().max(1);
        let median_ns = 400_000.0 * (1.0 + 0.15 * system as f64) * (1.0 + f64::from(clients) / 8.0);
        Load { seed, clients, median_ns, ..Load::default() }
    }

    fn add_run(
        &self,
        transaction: &mut Transaction,
        identity: Identity,
        load: &Load,
        number: u64,
    ) -> Result<(), StudyError> {
        // The remainder goes to the first runs, so that the sum is what was asked for.
        let requests = self.requests / self.runs() + u64::from(number < self.requests % self.runs());
        let trace = write_trace(transaction.staging(), load.requests().take(requests as usize))?;
        let summary = trace.summary();
        let run = Run {
            tool: Some(Tool { name: "vana-testkit".to_owned(), ..Tool::default() }),
            seed: Some(Seed(load.seed)),
            started_unix_ns: Some(START_UNIX_NS + number as i64 * RUN_EVERY_NS),
            duration_s: Some(summary.duration_ns as f64 / 1e9),
            outcomes: summary.outcomes.clone(),
            ..Run::new(identity, Fidelity::Trace)
        };
        transaction.add_run(&run, RunBody::Trace(Box::new(trace)))
    }
}
