//! A load of a plan as `vana load` would have it.

use vana_launch::Probe;
use vana_types::{Identity, Seed};

use super::plan::{Plan, PlannedLoad};
use crate::command::load::typed::Typed;

/// The words after `vana load`.
pub(super) fn words(
    load: &PlannedLoad,
    address: &str,
    identity: &Identity,
    study: &str,
    seed: Seed,
) -> Vec<String> {
    let mut words = vec![load.kind.clone(), load.url.replace("{address}", address)];
    words.extend(load.options.iter().cloned());
    let mut add = |name: &str, value: &str| words.extend([name.to_owned(), value.to_owned()]);
    if !load.options.iter().any(|option| option.starts_with("--workload=")) {
        add("--workload", &identity.workload);
    }
    add("--clients", &identity.clients.unwrap_or(1).to_string());
    add("--seed", &seed.0.to_string());
    add("--system", &identity.system);
    add("--study", study);
    words
}

/// The words that make the tables of a load; none where nothing has to be made.
fn preparation(load: &PlannedLoad, address: &str) -> Option<Vec<String>> {
    let wanted = ["--tables=", "--rows=", "--engine=", "--workload="];
    let mut words = vec![load.kind.clone(), load.url.replace("{address}", address), "--prepare".to_owned()];
    let is_wanted = |option: &&String| wanted.iter().any(|name| option.starts_with(name));
    words.extend(load.options.iter().filter(is_wanted).cloned());
    (load.kind == "sql").then_some(words)
}

/// The preparations of these loads of a plan, each once.
pub(super) fn preparations(
    plan: &Plan,
    loads: impl Iterator<Item = usize>,
    address: &str,
) -> Vec<Vec<String>> {
    let mut all: Vec<_> = loads.filter_map(|load| preparation(&plan.loads[load], address)).collect();
    all.sort();
    all.dedup();
    all
}

/// The seed of a run: no two of a plan have the same arrivals.
pub(super) fn seed(plan: &Plan, run: usize) -> Seed {
    Seed(plan.seed.0.wrapping_add(run as u64))
}

/// A run at an address that stands for any.
pub(super) fn example(load: &PlannedLoad) -> Vec<String> {
    let (system, workload) = ("system".to_owned(), load.name.clone());
    let identity = Identity { system, workload, clients: load.clients.first().copied(), repetition: 1 };
    words(load, "127.0.0.1:1", &identity, "study", Seed(1))
}

/// What a system is asked to see whether it is there.
pub(super) fn probe(load: &PlannedLoad) -> Probe {
    match Typed::read(&example(load)).ok().map(|typed| typed.path()) {
        Some(Some(path)) => Probe::Http { path },
        _ => Probe::Mysql,
    }
}
