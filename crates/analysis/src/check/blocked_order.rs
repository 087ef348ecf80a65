use std::collections::{BTreeMap, BTreeSet};

use vana_types::{Finding, Severity};

use super::checked::about;
use super::message::{clients, list};
use super::{Check, Checked};

/// Systems ran one after the other, so that whatever changed with time looks like a difference between them.
pub(super) struct BlockedOrder;

impl Check for BlockedOrder {
    fn name(&self) -> &'static str {
        "blocked-order"
    }

    fn about(&self) -> &'static str {
        "All repetitions of one system ran before those of the next, instead of in turn."
    }

    fn source(&self) -> &'static str {
        "Mytkowicz, Diwan, Hauswirth, Sweeney, Producing Wrong Data Without Doing Anything Obviously Wrong!, ASPLOS 2009"
    }

    fn find(&self, study: &Checked<'_>, out: &mut Vec<Finding>) {
        let mut places: BTreeMap<(&str, Option<u32>), Vec<Start<'_>>> = BTreeMap::new();
        for run in study.runs {
            let identity = &run.run.identity;
            let Some(started_ns) = run.run.started_unix_ns else { continue };
            let place = places.entry((&identity.workload, identity.clients)).or_default();
            place.push((started_ns, &identity.system));
        }
        let mut workloads: BTreeMap<&str, (Vec<u32>, Vec<&str>)> = BTreeMap::new();
        for ((workload, clients), mut runs) in places {
            runs.sort_unstable();
            if let Some(order) = blocks(&runs) {
                let (at, first_order) = workloads.entry(workload).or_default();
                at.extend(clients);
                if first_order.is_empty() {
                    *first_order = order;
                }
            }
        }
        for (workload, (at, order)) in workloads {
            let place = if at.is_empty() { String::new() } else { format!("At {} ", clients(&at)) };
            let message = format!(
                "{place}all repetitions of one system ran before those of the next ({}). Whatever changed meanwhile \
                 (temperature, neighbours, caches) looks like a difference between systems: run them in turn, in random \
                 order within each repetition.",
                list(&order)
            );
            let finding = Finding::new(self.name(), Severity::Warning, capital(&message))
                .with_value(order.len() as f64 - 1.0, None);
            out.push(about(finding, workload, None, if at.len() == 1 { at.first().copied() } else { None }));
        }
    }
}

/// When a run started, and of which system.
type Start<'a> = (i64, &'a str);

/// The order of the systems, if each ran in one block and two of them at least twice.
fn blocks<'a>(runs: &[Start<'a>]) -> Option<Vec<&'a str>> {
    let mut order: Vec<&str> = runs.iter().map(|(_, system)| *system).collect();
    order.dedup();
    let systems: BTreeSet<&str> = order.iter().copied().collect();
    let often = systems.iter().filter(|system| runs.iter().filter(|(_, one)| one == *system).count() > 1);
    (systems.len() > 1 && order.len() == systems.len() && often.count() > 1).then_some(order)
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_in_turn_are_no_blocks() {
        assert_eq!(blocks(&[(1, "a"), (2, "b"), (3, "a"), (4, "b")]), None);
        assert_eq!(blocks(&[(1, "a"), (2, "a"), (3, "b"), (4, "b")]), Some(vec!["a", "b"]));
        assert_eq!(blocks(&[(1, "a"), (2, "b")]), None);
        assert_eq!(blocks(&[(1, "a"), (2, "a"), (3, "a")]), None);
    }
}
