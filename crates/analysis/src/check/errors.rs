use std::collections::BTreeMap;

use vana_types::{Finding, Identity, Measurement, Outcome, Severity, metric, statistic};

use super::checked::about;
use super::message::{count, list, percent};
use super::{Check, Checked};

/// This share of the attempts may fail.
const FEW: f64 = 0.001;

/// Attempts failed, and failed ones are quick or not in the times at all.
pub(super) struct Errors;

impl Check for Errors {
    fn name(&self) -> &'static str {
        "errors"
    }

    fn about(&self) -> &'static str {
        "More than 0.1 % of the attempts failed, timed out or did not finish."
    }

    fn source(&self) -> &'static str {
        "Jain, The Art of Computer Systems Performance Analysis (1991), section 3.3: reliability metrics; threshold is vana's"
    }

    fn find(&self, study: &Checked<'_>, out: &mut Vec<Finding>) {
        let mut systems: BTreeMap<(&str, &str), Vec<Failing<'_>>> = BTreeMap::new();
        for run in study.runs {
            let identity = &run.run.identity;
            let Some(ratio) = ratio(study.measurements, identity).filter(|ratio| *ratio > FEW) else {
                continue;
            };
            let outcomes = run.run.outcomes.iter().filter(|(outcome, _)| {
                let is_left = **outcome == Outcome::Unfinished && run.run.leaves_unfinished();
                **outcome != Outcome::Ok && !is_left
            });
            let kinds = outcomes.map(|(outcome, number)| (*outcome, *number)).collect();
            let runs = systems.entry((&identity.workload, &identity.system)).or_default();
            runs.push(Failing { identity, ratio, kinds });
        }
        for ((workload, system), runs) in systems {
            out.extend(finding(self.name(), workload, system, &runs));
        }
    }
}

struct Failing<'a> {
    identity: &'a Identity,
    ratio: f64,
    kinds: BTreeMap<Outcome, u64>,
}

fn finding(code: &str, workload: &str, system: &str, runs: &[Failing<'_>]) -> Option<Finding> {
    let worst = runs.iter().max_by(|a, b| a.ratio.total_cmp(&b.ratio))?;
    let mut kinds: BTreeMap<Outcome, u64> = BTreeMap::new();
    for (outcome, number) in runs.iter().flat_map(|run| &run.kinds) {
        *kinds.entry(*outcome).or_default() += number;
    }
    let kinds: Vec<String> = kinds
        .iter()
        .map(|(outcome, number)| format!("{number} {}", outcome.name().replace('_', " ")))
        .collect();
    let kinds = if kinds.is_empty() { String::new() } else { format!(": {}", list(&kinds)) };
    let message = format!(
        "Up to {} of the attempts failed ({}{kinds}). Failures are answered quickly or not at all, so rates and times \
         of the others flatter the system. Find out why, or show the error ratio beside them.",
        percent(worst.ratio),
        count(runs.len(), "run")
    );
    let finding = Finding::new(code, Severity::Warning, message).with_value(worst.ratio, Some(0.0));
    let clients = runs
        .first()
        .map(|run| run.identity.clients)
        .filter(|clients| runs.iter().all(|run| run.identity.clients == *clients));
    Some(about(finding, workload, Some(system), clients.flatten()))
}

/// Failed over all attempts: computed from requests, else from the counts that a tool printed.
fn ratio(measurements: &[Measurement], identity: &Identity) -> Option<f64> {
    let of = |one: &&Measurement| {
        one.operation.is_none()
            && one.system == identity.system
            && one.workload == identity.workload
            && one.clients == identity.clients
            && one.repetition == Some(identity.repetition)
    };
    let mut own = measurements.iter().filter(of);
    let own: Vec<&Measurement> = own.by_ref().collect();
    let is_ratio =
        |one: &&&Measurement| one.metric == metric::ERROR_RATIO && one.statistic == statistic::MEAN;
    if let Some(known) = own.iter().find(is_ratio) {
        return known.value;
    }
    let is_failure = |name: &str| name == "error_status" || name.starts_with("socket_errors_");
    let failed: f64 = own.iter().filter(|one| is_failure(&one.metric)).filter_map(|one| one.value).sum();
    let requests =
        own.iter().find(|one| one.metric == "requests" && one.statistic == statistic::COUNT)?.value?;
    (requests + failed > 0.0).then(|| failed / (requests + failed))
}
