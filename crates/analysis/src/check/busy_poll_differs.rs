use std::collections::{BTreeMap, BTreeSet};

use vana_types::{Finding, Severity};

use super::checked::about;
use super::message::{clients, list};
use super::{Check, Checked};

/// The attribute of a run that says how its threads of load waited.
const BUSY_POLL: &str = "busy_poll";

/// Threads of load slept in some runs and asked for answers in others.
pub(super) struct BusyPollDiffers;

impl Check for BusyPollDiffers {
    fn name(&self) -> &'static str {
        "busy-poll-differs"
    }

    fn about(&self) -> &'static str {
        "Runs that are compared differ in how the client waited for answers (busy_poll)."
    }

    fn source(&self) -> &'static str {
        "METHODOLOGY.md, What `vana load` times"
    }

    fn find(&self, study: &Checked<'_>, out: &mut Vec<Finding>) {
        let mut places: BTreeMap<(&str, Option<u32>), Ways<'_>> = BTreeMap::new();
        for run in study.runs {
            // What does not say it may have waited in any way.
            let Some(way) = run.run.attributes.get(BUSY_POLL) else { continue };
            let identity = &run.run.identity;
            let ways = places.entry((&identity.workload, identity.clients)).or_default();
            ways.entry(way).or_default().insert(&identity.system);
        }
        let mut workloads: BTreeMap<&str, (Vec<u32>, Ways<'_>)> = BTreeMap::new();
        for ((workload, clients), ways) in places.into_iter().filter(|(_, ways)| ways.len() > 1) {
            let (at, all) = workloads.entry(workload).or_default();
            at.extend(clients);
            for (way, systems) in ways {
                all.entry(way).or_default().extend(systems);
            }
        }
        out.extend(workloads.iter().map(|(workload, (at, ways))| finding(self.name(), workload, at, ways)));
    }
}

/// Systems by how the client waited for them.
type Ways<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

fn finding(code: &str, workload: &str, at: &[u32], ways: &Ways<'_>) -> Finding {
    let place = if at.is_empty() { String::new() } else { format!(" at {}", clients(at)) };
    let each = ways.iter().map(|(way, systems)| {
        let systems: Vec<&str> = systems.iter().copied().collect();
        format!("{way} for {}", list(&systems))
    });
    let message = format!(
        "The client did not wait in the same way in all runs{place} (--busy-poll={}). Whoever sleeps has to be woken up: \
         the server pays for it, and latencies contain it. Rates and times of these runs do not compare: measure again, all \
         in the same way.",
        each.collect::<Vec<_>>().join("; ")
    );
    let finding = Finding::new(code, Severity::Warning, message).with_value(ways.len() as f64, Some(1.0));
    let systems: BTreeSet<&str> = ways.values().flatten().copied().collect();
    let system = if systems.len() == 1 { systems.first().copied() } else { None };
    about(finding, workload, system, if let [only] = at { Some(*only) } else { None })
}
