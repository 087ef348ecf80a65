use std::collections::BTreeMap;

use vana_types::{Finding, Severity};

use super::checked::about;
use super::message::{count, list, time};
use super::{Check, Checked};

/// Seconds that a run should last, and those that round to it.
const SECONDS: f64 = 10.0;
const ROUNDED: f64 = 9.5;

/// Runs so short that one stall decides them.
pub(super) struct TooShort;

impl Check for TooShort {
    fn name(&self) -> &'static str {
        "too-short"
    }

    fn about(&self) -> &'static str {
        "A run lasts less than 10 s, so that warming up or one stall is a large part of it."
    }

    fn source(&self) -> &'static str {
        "Jain, The Art of Computer Systems Performance Analysis (1991), sections 25.3 and 25.5; threshold is vana's"
    }

    fn find(&self, study: &Checked<'_>, out: &mut Vec<Finding>) {
        let mut workloads: BTreeMap<&str, Vec<(&str, f64)>> = BTreeMap::new();
        let mut all: BTreeMap<&str, usize> = BTreeMap::new();
        for run in study.runs {
            let identity = &run.run.identity;
            *all.entry(&identity.workload).or_default() += 1;
            if let Some(seconds) = run.run.duration_s.filter(|seconds| *seconds < ROUNDED) {
                workloads.entry(&identity.workload).or_default().push((&identity.system, seconds));
            }
        }
        for (workload, runs) in workloads {
            let Some(&(shortest, seconds)) = runs.iter().min_by(|a, b| a.1.total_cmp(&b.1)) else { continue };
            let mut systems: Vec<&str> = runs.iter().map(|(system, _)| *system).collect();
            systems.dedup();
            let message = format!(
                "{} of {} last less than 10 s ({}); the shortest, of {shortest}, {}. Warming up or a single stall is a \
                 large part of such a run: measure longer.",
                runs.len(),
                count(all[workload], "run"),
                list(&systems),
                time(seconds)
            );
            let finding =
                Finding::new(self.name(), Severity::Warning, message).with_value(seconds, Some(SECONDS));
            let system = if let [only] = systems.as_slice() { Some(*only) } else { None };
            out.push(about(finding, workload, system, None));
        }
    }
}
