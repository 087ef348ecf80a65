//! A study becomes everything that a report draws.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use vana_trace::{Study, StudyRun};
use vana_types::{Cell, Curve, Finding, Pulse, Results, RunSheet, Status, Timeline};

use crate::cell::operation_cells;
use crate::example::examples;
use crate::operations::operations;
use crate::{AnalysisError, CHECKS, CLAIMS_FILE, Claims, Measured, cells, check, check_claims, judge};

/// Judges and orders what was measured with its series for a report. `version` is vana's own; `done` hears of each run
/// whose requests were read once more for the checks.
pub fn results(
    study: &Study,
    measured: Measured,
    version: &str,
    done: impl Fn() + Sync,
) -> Result<Results, AnalysisError> {
    let checked = check(study, &measured, CHECKS, done)?;
    let within = operations(study)?;
    let systems = study.systems(measured.systems());
    let order: Vec<String> = systems.into_iter().map(|system| system.id).collect();
    let mut judgement = judge(&measured.measurements, &order, &study.config)?;
    if study.root().join(CLAIMS_FILE).exists() {
        let claims = Claims::read(study.root())?;
        judgement.claims = check_claims(study, &measured.measurements, &judgement.comparisons, &claims)?;
    }
    let cells = worth_drawing(cells(&measured.measurements, study.config.alpha));
    let is_whole = |cell: &&Cell| cell.candidates.is_empty();
    let offered = cells.iter().flat_map(|cell| cell.candidates.iter().map(String::as_str));
    let systems: BTreeSet<&str> =
        cells.iter().filter(is_whole).map(|cell| cell.key.system.as_str()).chain(offered).collect();
    let workloads: BTreeSet<&str> = cells.iter().map(|cell| cell.key.workload.as_str()).collect();
    let mut findings = merge_findings(measured.findings);
    // A check says which cell it means, and tables mark that one.
    findings.extend(checked);
    findings.extend(merge_findings(within.findings));
    findings.extend(of_statuses(&cells));
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let (systems, workloads) = (study.systems(systems), study.workloads(workloads));
    let of_systems: Vec<String> = systems.iter().map(|system| system.id.clone()).collect();
    let of_workloads: Vec<String> = workloads.iter().map(|workload| workload.id.clone()).collect();
    let examples = examples(study, &measured.measurements, &measured.pulses, &of_systems, &of_workloads)?;
    Ok(Results {
        title: study.title(),
        source: study.config.source.clone(),
        systems,
        workloads,
        cells,
        operations: operation_cells(&within.measurements, study.config.alpha),
        measurements: measured.measurements,
        runs: sheets(study, measured.pulses),
        examples,
        curves: pooled(measured.curves),
        timelines: first_repetitions(measured.timelines),
        findings,
        judgement,
        assumed: measured.assumed,
        digest: study.digest()?,
        vana: version.to_owned(),
    })
}

/// Where each run comes from, and what it did over time.
fn sheets(study: &Study, pulses: Vec<Option<Pulse>>) -> Vec<RunSheet> {
    let pulses = pulses.into_iter().chain(std::iter::repeat(None));
    study.runs.iter().zip(pulses).map(|(run, pulse)| sheet(run, pulse)).collect()
}

/// Where a run comes from, with what it did over time.
pub(crate) fn sheet(run: &StudyRun, pulse: Option<Pulse>) -> RunSheet {
    RunSheet {
        identity: run.run.identity.clone(),
        fidelity: run.run.fidelity,
        source: run.run.source.clone(),
        tool: run.run.tool.clone(),
        pulse,
    }
}

/// Leaves out bookkeeping: metrics of which only a count or a total is known (requests sent, length of the run, socket
/// errors). They are measurements like others, but no paper has a table of them.
fn worth_drawing(cells: Vec<Cell>) -> Vec<Cell> {
    let is_bookkeeping = |cell: &Cell| matches!(cell.key.statistic.as_str(), "count" | "total");
    let metrics: HashSet<String> =
        cells.iter().filter(|cell| !is_bookkeeping(cell)).map(|cell| cell.key.metric.clone()).collect();
    cells.into_iter().filter(|cell| metrics.contains(&cell.key.metric)).collect()
}

/// The same doubt raised by reading many runs is one finding, which is then about no single one.
pub fn merge_findings(findings: Vec<Finding>) -> Vec<Finding> {
    let mut groups: Vec<(Finding, u32)> = Vec::new();
    for finding in findings {
        let same = groups
            .iter_mut()
            .find(|(known, _)| known.code == finding.code && known.message == finding.message);
        match same {
            Some((_, count)) => *count += 1,
            None => groups.push((finding, 1)),
        }
    }
    groups
        .into_iter()
        .map(|(finding, count)| {
            if count == 1 {
                return finding;
            }
            let message = format!("{} ({count} runs)", finding.message);
            Finding::new(&finding.code, finding.severity, message)
        })
        .collect()
}

/// What was published with doubt is said once for each kind of doubt.
fn of_statuses(cells: &[Cell]) -> Vec<Finding> {
    let mut counts = BTreeMap::<Status, u32>::new();
    for cell in cells.iter().filter(|cell| cell.status != Status::Read) {
        *counts.entry(cell.status).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|(status, count)| {
            let message = match status {
                Status::Ambiguous => {
                    "ambiguous: the number belongs to one of several systems, and nobody knows which"
                }
                Status::Lost => "lost: the source does not show the number",
                Status::Uncertain => "uncertain: the column of the number had to be guessed",
                Status::Suspect => "suspect: the number is probably a misprint",
                Status::Read => "as printed",
            };
            let code = format!("published-{status}");
            let finding = Finding::new(
                &code,
                vana_types::Severity::Warning,
                format!("published cells: {count} {message}"),
            );
            finding.with_value(f64::from(count), None)
        })
        .collect()
}

/// The mean over repetitions of each quantile; the repetitions' grids may reach differently far into the tail.
fn pooled(curves: Vec<Curve>) -> Vec<Curve> {
    let mut groups: Vec<Vec<Curve>> = Vec::new();
    for curve in curves {
        let is_same = |group: &&mut Vec<Curve>| {
            let first = &group[0];
            (&first.system, &first.workload, first.clients, &first.metric)
                == (&curve.system, &curve.workload, curve.clients, &curve.metric)
        };
        match groups.iter_mut().find(is_same) {
            Some(group) => group.push(curve),
            None => groups.push(vec![curve]),
        }
    }
    groups.into_iter().map(mean_curve).collect()
}

fn mean_curve(mut group: Vec<Curve>) -> Curve {
    let runs = group.len() as u32;
    let mut sums = BTreeMap::<u64, (f64, f64, u32)>::new();
    for (probability, value) in group.iter().flat_map(|curve| curve.points.iter().copied()) {
        let sum = sums.entry(probability.to_bits()).or_insert((probability, 0.0, 0));
        sum.1 += value;
        sum.2 += 1;
    }
    // A quantile that only some repetitions can tell would bend the curve.
    let points = sums.into_values().filter(|(_, _, count)| *count == runs);
    let points = points.map(|(probability, sum, _)| (probability, sum / f64::from(runs))).collect();
    Curve { runs, points, ..group.swap_remove(0) }
}

/// One run of each cell shows how the rate went over time.
fn first_repetitions(timelines: Vec<Timeline>) -> Vec<Timeline> {
    let mut seen = HashSet::new();
    timelines
        .into_iter()
        .filter(|line| {
            seen.insert((line.system.clone(), line.workload.clone(), line.clients, line.metric.clone()))
        })
        .collect()
}
