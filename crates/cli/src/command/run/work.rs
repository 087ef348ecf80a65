//! A load of a plan as `vana load` would have it.

use clap::Parser;
use vana_launch::Probe;
use vana_types::{Identity, Seed};

use super::plan::{Plan, PlannedLoad};
use crate::command::load::LoadHttp;

/// What may stand after `vana load http`.
#[derive(Parser)]
#[command(name = "vana load http", no_binary_name = true, disable_help_flag = true)]
pub(super) struct Http {
    #[command(flatten)]
    pub options: LoadHttp,
}

/// The words after `vana load KIND`.
pub(super) fn words(
    load: &PlannedLoad,
    address: &str,
    identity: &Identity,
    study: &str,
    seed: Seed,
) -> Vec<String> {
    let mut words = vec![format!("http://{address}{}", load.path)];
    let clients = identity.clients.unwrap_or(1).to_string();
    let fixed = [
        ("--clients", clients.as_str()),
        ("--seed", &seed.0.to_string()),
        ("--system", &identity.system),
        ("--workload", &identity.workload),
        ("--study", study),
    ]
    .map(|(name, value)| [name.to_owned(), value.to_owned()]);
    words.extend(load.options.iter().cloned());
    words.extend(fixed.into_iter().flatten());
    words
}

/// The seed of a run: no two of a plan have the same arrivals.
pub(super) fn seed(plan: &Plan, run: usize) -> Seed {
    Seed(plan.seed.0.wrapping_add(run as u64))
}

/// Reads words; what is wrong with them in one line.
pub(super) fn read(words: &[String]) -> Result<Http, String> {
    Http::try_parse_from(words).map_err(|error| {
        let text = error.to_string();
        let lines =
            text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("Usage:"));
        let lines = lines.filter(|line| !line.starts_with("For more information"));
        lines.map(|line| line.strip_prefix("error: ").unwrap_or(line)).collect::<Vec<_>>().join("; ")
    })
}

/// What a system is asked to see whether it is there.
pub(super) fn probe(load: Option<&PlannedLoad>) -> Probe {
    load.map_or(Probe::Tcp, |load| Probe::Http { path: load.path.clone() })
}
