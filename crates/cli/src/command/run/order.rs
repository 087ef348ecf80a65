//! The order of a campaign.

use vana_stats::Random;
use vana_types::{Identity, Seed};

use super::plan::{BOOT, Plan};

/// A start of a system and what it is asked until it is stopped again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Visit {
    /// The repetition, counted from 1.
    pub block: u32,
    /// Place of the system in the plan.
    pub system: usize,
    /// Place of the load in the plan and number of clients.
    pub runs: Vec<(usize, u32)>,
}

/// Each system once a block, and in it each of its loads at each number of clients once, both in an order drawn anew for
/// each block: what drifts while the campaign goes on is shared by all systems and all numbers of clients.
///
/// One start serves all runs of a visit. A start for each run would draw the noise of starts into every number, but take
/// as long as the loads themselves on virtual machines; this way it is drawn once a block, which is the unit of repetition.
pub(super) fn visits(plan: &Plan) -> Vec<Visit> {
    let mut visits = Vec::new();
    let chunks = plan.systems.len() as u64 + 1;
    for block in 0..plan.repetitions {
        let first = u64::from(block) * chunks;
        for system in shuffled((0..plan.systems.len()).collect(), plan.seed, first) {
            let loads = plan.systems[system].loads.iter();
            let runs =
                loads.flat_map(|load| plan.loads[*load].clients.iter().map(move |clients| (*load, *clients)));
            let runs = shuffled(runs.collect(), plan.seed, first + 1 + system as u64);
            visits.push(Visit { block: block + 1, system, runs });
        }
    }
    visits
}

fn shuffled<T>(mut left: Vec<T>, seed: Seed, chunk: u64) -> Vec<T> {
    let mut random = Random::new(seed, chunk);
    let mut order = Vec::new();
    while !left.is_empty() {
        order.push(left.remove(random.below(left.len() as u64) as usize));
    }
    order
}

impl Visit {
    /// Which run of the study this is.
    pub fn identity(&self, plan: &Plan, (load, clients): (usize, u32)) -> Identity {
        Identity {
            system: plan.systems[self.system].name.clone(),
            workload: plan.loads[load].name.clone(),
            clients: Some(clients),
            repetition: self.block,
        }
    }

    /// The run that says how the system started.
    pub fn boot(&self, plan: &Plan) -> Identity {
        let system = plan.systems[self.system].name.clone();
        Identity { system, workload: BOOT.to_owned(), clients: None, repetition: self.block }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::run::fields::Lines;
    use crate::command::run::plan::{parse, read};
    use crate::command::run::problems::Problems;

    const PLAN: &str = r#"
        [plan]
        repetitions = 3
        clients = [1, 2, 3, 4, 5]
        [[load]]
        name = "http"
        [[system]]
        name = "a"
        kind = "process"
        [[system]]
        name = "b"
        again = "a"
        [[system]]
        name = "c"
        again = "a"
    "#;

    #[test]
    fn each_block_has_every_system_and_every_run_once_in_an_order_of_its_own() {
        let problems = Problems::default();
        let plan = read(&Lines::of(PLAN), parse(PLAN, "p").unwrap(), &problems);
        problems.into_result("p").unwrap();
        let order = visits(&plan);
        assert_eq!(order, visits(&plan));
        assert_ne!(order, visits(&Plan { seed: Seed(2), ..plan.clone() }));
        for (block, visits) in (1..).zip(order.chunks(3)) {
            let mut systems: Vec<usize> = visits.iter().map(|visit| visit.system).collect();
            systems.sort_unstable();
            assert_eq!(systems, [0, 1, 2]);
            for visit in visits {
                let mut runs = visit.runs.clone();
                runs.sort_unstable();
                assert_eq!((visit.block, runs), (block, (1..6).map(|clients| (0, clients)).collect()));
            }
        }
        let runs: std::collections::BTreeSet<_> = order.iter().map(|visit| visit.runs.clone()).collect();
        assert!(runs.len() > 3, "{runs:?}");
    }
}
