//! Every printed number beside the recomputed one.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use vana_reduce::{ReduceOptions, Selection};
use vana_stats::{QuantileType, kendall_tau_b};
use vana_trace::Study;
use vana_types::{Fidelity, Finding, Origin, Quantile, VerifiedCell, VerifyVerdict};

use super::compared::is_equal;
use super::definition::definitions;
use super::known::{Numbers, computed};
use super::printed::{Printed, Source, printed, scales, tolerance};
use super::rank::RankAgreement;

/// What came of a study's numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verified {
    /// Numbers of tools run by run, then those of publications.
    pub cells: Vec<VerifiedCell>,
    /// How far the published orders of systems are those recomputed.
    pub ranks: Vec<RankAgreement>,
    /// Runs whose data cannot be read.
    pub findings: Vec<Finding>,
}

/// Recomputes every `reported` and `published` number of a study from what is known of its runs. `done` hears of each
/// run. A run that cannot be read is a finding; its numbers are then not recomputable.
pub fn verify_numbers(study: &Study, done: impl Fn() + Sync) -> Verified {
    let printed = printed(study);
    let mut options = ReduceOptions::default();
    let usual = options.statistic_names().into_iter();
    let statistics: BTreeSet<&str> =
        usual.chain(printed.iter().map(|one| one.number.statistic.as_str())).collect();
    let statistics = statistics.into_iter().map(str::to_owned).collect();
    options.statistics = Selection(statistics);
    let sources: Vec<Source<'_>> = study
        .runs
        .par_iter()
        .map(|run| {
            let source = Source::of(run, &options);
            done();
            source
        })
        .collect();
    let scales = scales(&printed);
    let mut cells: Vec<VerifiedCell> =
        printed.iter().map(|one| one.verify(&sources, tolerance(&one.number, &scales))).collect();
    try_other_quantiles(study, &printed, &mut cells);
    Verified {
        ranks: ranks(&cells, &printed),
        cells,
        findings: sources.into_iter().filter_map(|source| source.finding).collect(),
    }
}

/// Tools compute percentiles in nine ways and seldom say in which. Those that differ are tried in the other eight.
fn try_other_quantiles(study: &Study, printed: &[Printed], cells: &mut [VerifiedCell]) {
    let is_percentile = |name: &str| {
        name == "median"
            || name.strip_prefix('p').is_some_and(|percent| Quantile::from_percent(percent).is_ok())
    };
    let has_requests = |at: &usize| study.runs[*at].run.fidelity == Fidelity::Trace;
    let is_open = |cell: &VerifiedCell, one: &Printed| {
        cell.verdict == VerifyVerdict::Differs
            && is_percentile(&cell.statistic)
            && one.runs.iter().all(has_requests)
    };
    for kind in ["1", "2", "3", "4", "5", "6", "8", "9"] {
        let open: Vec<usize> = (0..cells.len()).filter(|&at| is_open(&cells[at], &printed[at])).collect();
        let Ok(quantile_type) = kind.parse::<QuantileType>() else { continue };
        if open.is_empty() {
            return;
        }
        let names = |of: fn(&VerifiedCell) -> &str| {
            let names = open.iter().map(|&at| of(&cells[at]).replace("median", "p50"));
            Selection(names.collect::<BTreeSet<String>>().into_iter().collect())
        };
        let options = ReduceOptions {
            metrics: names(|cell| &cell.metric),
            statistics: names(|cell| &cell.statistic),
            quantile_type,
            ..ReduceOptions::default()
        };
        let runs: BTreeSet<usize> = open.iter().flat_map(|&at| printed[at].runs.iter().copied()).collect();
        let numbers: BTreeMap<usize, Numbers> = runs
            .into_par_iter()
            .filter_map(|at| computed(&study.runs[at], &options).ok().map(|numbers| (at, numbers)))
            .collect();
        for at in open {
            let one = &printed[at];
            let of_runs: Vec<&Numbers> = one.runs.iter().filter_map(|at| numbers.get(at)).collect();
            let (Some(value), Some(allowed)) = (one.number.value, cells[at].tolerance) else { continue };
            let defined = definitions(&of_runs, &one.number.metric, &one.number.statistic);
            if let Some((how, known)) = defined.iter().find(|(_, known)| is_equal(value, *known, allowed)) {
                let how = [how.as_str(), "quantile type "].join(if how.is_empty() { "" } else { "; " });
                cells[at] = one.compared(value, *known, Some(allowed), allowed, &format!("{how}{kind}"));
            }
        }
    }
}

/// The orders of systems, for each published number that was recomputed for two systems or more.
fn ranks(cells: &[VerifiedCell], printed: &[Printed]) -> Vec<RankAgreement> {
    type Key<'a> = (&'a str, Option<u32>, &'a str, &'a str);
    let mut groups: Vec<(Key<'_>, Vec<(f64, f64)>)> = Vec::new();
    for (cell, one) in cells.iter().zip(printed) {
        let (Some(published), Some(recomputed)) = (cell.published, cell.recomputed) else { continue };
        if one.number.origin != Origin::Published {
            continue;
        }
        let key = (cell.workload.as_str(), cell.clients, cell.metric.as_str(), cell.statistic.as_str());
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, pairs)) => pairs.push((published, recomputed)),
            None => groups.push((key, vec![(published, recomputed)])),
        }
    }
    let agreement = |((workload, clients, metric, statistic), pairs): (Key<'_>, Vec<(f64, f64)>)| {
        let (published, recomputed): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
        RankAgreement {
            workload: workload.to_owned(),
            clients,
            metric: metric.to_owned(),
            statistic: statistic.to_owned(),
            systems: pairs.len() as u32,
            tau: kendall_tau_b(&published, &recomputed),
        }
    };
    groups.into_iter().filter(|(_, pairs)| pairs.len() > 1).map(agreement).collect()
}
