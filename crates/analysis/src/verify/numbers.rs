//! Every printed number beside the recomputed one.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;
use vana_reduce::{ReduceOptions, Selection};
use vana_stats::QuantileType;
use vana_trace::{Study, StudyRun};
use vana_types::{
    Fidelity, Finding, Measurement, Origin, Quantile, Severity, Status, Unit, VerifiedCell, VerifyVerdict,
};

use super::definition::{definitions, reason};
use super::known::{Known, Numbers, computed};
use super::rank::{RankAgreement, kendall_tau_b};
use super::tolerance::{DOUBLE, SINGLE, half_unit, scale};

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
    let mut statistics: Vec<String> = options.statistic_names().into_iter().map(str::to_owned).collect();
    statistics.extend(printed.iter().map(|one| one.number.statistic.clone()));
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

/// What is known of a run.
struct Source<'a> {
    run: &'a StudyRun,
    /// From its requests or histogram.
    computed: Numbers,
    /// These, and what the tool printed beyond them.
    all: Numbers,
    finding: Option<Finding>,
}

impl<'a> Source<'a> {
    fn of(run: &'a StudyRun, options: &ReduceOptions) -> Self {
        let (computed, finding) = match computed(run, options) {
            Ok(computed) => (computed, None),
            Err(error) => {
                let message = format!("the data of a run cannot be read: {error}");
                let mut finding = Finding::new("run-unreadable", Severity::Error, message);
                finding.system = Some(run.run.identity.system.clone());
                finding.workload = Some(run.run.identity.workload.clone());
                finding.clients = run.run.identity.clients;
                finding.repetition = Some(run.run.identity.repetition);
                (Numbers::new(), Some(finding))
            }
        };
        let mut all = computed.clone();
        for one in &run.run.reported {
            if let Some(value) = one.value {
                let key = (one.metric.clone(), one.statistic.clone());
                all.entry(key).or_insert(Known::exact(value, Origin::Reported));
            }
        }
        Self { run, computed, all, finding }
    }
}

/// A printed number and the runs that it is about.
struct Printed {
    number: Measurement,
    runs: Vec<usize>,
}

fn printed(study: &Study) -> Vec<Printed> {
    let mut printed = Vec::new();
    for (at, run) in study.runs.iter().enumerate() {
        let identity = &run.run.identity;
        printed.extend(run.run.reported.iter().map(|one| Printed {
            number: Measurement {
                system: identity.system.clone(),
                workload: identity.workload.clone(),
                clients: identity.clients,
                repetition: Some(identity.repetition),
                metric: one.metric.clone(),
                statistic: one.statistic.clone(),
                value: one.value,
                unit: one.unit,
                origin: Origin::Reported,
                operation: None,
                status: Status::Read,
                printed: Some(one.printed.clone()),
                note: None,
            },
            runs: vec![at],
        }));
    }
    let named = Names::of(study);
    printed.extend(study.published.iter().map(|number| {
        let is_meant = |run: &StudyRun| {
            let identity = &run.run.identity;
            named.system(&number.system) == identity.system
                && named.workload(&number.workload) == identity.workload
        };
        let of_pair: Vec<usize> = (0..study.runs.len()).filter(|&at| is_meant(&study.runs[at])).collect();
        let clients = |at: &usize| study.runs[*at].run.identity.clients;
        // A table that does not say the number of clients means the only one there was.
        let is_only = of_pair.windows(2).all(|pair| clients(&pair[0]) == clients(&pair[1]));
        let fits = |at: &usize| clients(at) == number.clients || (number.clients.is_none() && is_only);
        Printed { number: number.clone(), runs: of_pair.into_iter().filter(fits).collect() }
    }));
    printed
}

/// Systems and workloads by id, and by the label that study.toml gives them.
struct Names<'a>(HashMap<&'a str, &'a str>, HashMap<&'a str, &'a str>);

impl<'a> Names<'a> {
    fn of(study: &'a Study) -> Self {
        let systems = study.config.systems.iter().map(|one| (one.shown(), one.id.as_str()));
        let workloads = study.config.workloads.iter().map(|one| (one.shown(), one.id.as_str()));
        Self(systems.collect(), workloads.collect())
    }

    fn system<'b>(&'b self, name: &'b str) -> &'b str {
        self.0.get(name).copied().unwrap_or(name)
    }

    fn workload<'b>(&'b self, name: &'b str) -> &'b str {
        self.1.get(name).copied().unwrap_or(name)
    }
}

type Scales = HashMap<(String, Unit, Origin), f64>;

/// How much a printed 1 is for each kind of number, for the zeros, which do not tell.
fn scales(printed: &[Printed]) -> Scales {
    let mut scales = Scales::new();
    for Printed { number, .. } in printed {
        if let (Some(text), Some(value)) = (&number.printed, number.value)
            && let Some(found) = scale(text, value)
        {
            let known = scales.entry((number.metric.clone(), number.unit, number.origin)).or_insert(found);
            *known = known.min(found);
        }
    }
    scales
}

fn tolerance(number: &Measurement, scales: &Scales) -> Option<f64> {
    let (text, value) = (number.printed.as_deref()?, number.value?);
    let kin = || scales.get(&(number.metric.clone(), number.unit, number.origin)).copied();
    half_unit(text, scale(text, value).or_else(kin)?)
}

impl Printed {
    fn verify(&self, sources: &[Source<'_>], tolerance: Option<f64>) -> VerifiedCell {
        let number = &self.number;
        let Some(value) = number.value.filter(|_| number.status != Status::Ambiguous) else {
            let why = match (number.origin, number.status) {
                (Origin::Reported, _) => "the tool printed that it has none".to_owned(),
                (_, status) => status.to_string(),
            };
            return self.cell(tolerance, VerifyVerdict::Unreadable, Some(why));
        };
        let runs: Vec<&Source<'_>> = self.runs.iter().map(|&at| &sources[at]).collect();
        let numbers: Vec<&Numbers> = runs
            .iter()
            .map(|source| if number.origin == Origin::Reported { &source.computed } else { &source.all })
            .collect();
        let allowed = allowed(value, tolerance, &runs);
        match best(value, allowed, &definitions(&numbers, &number.metric, &number.statistic)) {
            Some((how, known)) => self.compared(value, known, tolerance, allowed, how),
            None => {
                let why = self.why_not(&runs, &numbers);
                self.cell(tolerance, VerifyVerdict::NotRecomputable, Some(why))
            }
        }
    }

    fn why_not(&self, runs: &[&Source<'_>], numbers: &[&Numbers]) -> String {
        let of_tool = |source: &&Source<'_>| source.run.run.fidelity == Fidelity::Summary;
        if runs.is_empty() {
            "the study has no run of it".to_owned()
        } else if runs.iter().any(|source| source.finding.is_some()) {
            "the data of the run cannot be read".to_owned()
        } else if self.number.origin == Origin::Reported && runs.iter().all(of_tool) {
            "only what the tool printed is known of the run".to_owned()
        } else {
            reason(numbers, &self.number.metric, &self.number.statistic)
        }
    }

    fn compared(
        &self,
        value: f64,
        known: Known,
        tolerance: Option<f64>,
        allowed: f64,
        how: &str,
    ) -> VerifiedCell {
        let mut notes = Vec::new();
        if !how.is_empty() {
            notes.push(how.to_owned());
        }
        if known.low < known.high {
            notes.push("known from bins only, within their edges".to_owned());
        }
        if !matches!(self.number.status, Status::Read) {
            notes.push(format!("{} in print", self.number.status));
        }
        if tolerance.is_none() {
            notes.push("how precisely it was printed is not known".to_owned());
        }
        let fits = is_equal(value, known, allowed);
        let verdict = if fits { VerifyVerdict::Matches } else { VerifyVerdict::Differs };
        let note = (!notes.is_empty()).then(|| notes.join("; "));
        VerifiedCell {
            recomputed: Some(known.value),
            difference: Some(known.value - value),
            ..self.cell(Some(allowed), verdict, note)
        }
    }

    fn cell(&self, tolerance: Option<f64>, verdict: VerifyVerdict, note: Option<String>) -> VerifiedCell {
        let number = &self.number;
        VerifiedCell {
            system: number.system.clone(),
            workload: number.workload.clone(),
            clients: number.clients,
            repetition: number.repetition,
            metric: number.metric.clone(),
            statistic: number.statistic.clone(),
            unit: number.unit,
            published: number.value,
            recomputed: None,
            difference: None,
            tolerance,
            verdict,
            note,
        }
    }
}

/// How far the recomputed number may lie from the printed one: half a unit of the last digit, what arithmetic loses,
/// and what the tool is known to lose. JMeter keeps some numbers as 32-bit floats.
fn allowed(value: f64, tolerance: Option<f64>, runs: &[&Source<'_>]) -> f64 {
    let is_jmeter = |source: &&Source<'_>| {
        source.run.run.source.as_ref().is_some_and(|source| source.format.starts_with("jmeter"))
    };
    let relative = if runs.iter().any(is_jmeter) { SINGLE } else { DOUBLE };
    tolerance.unwrap_or(0.0) + relative * value.abs()
}

fn is_equal(value: f64, known: Known, allowed: f64) -> bool {
    value >= known.low - allowed && value <= known.high + allowed
}

/// The first definition that gives the printed number, or the one that comes nearest.
fn best(value: f64, allowed: f64, defined: &[(String, Known)]) -> Option<(&str, Known)> {
    let fitting = defined.iter().find(|(_, known)| is_equal(value, *known, allowed));
    let distance = |known: &Known| (known.value - value).abs();
    let nearest = || defined.iter().min_by(|one, other| distance(&one.1).total_cmp(&distance(&other.1)));
    fitting.or_else(nearest).map(|(how, known)| (how.as_str(), *known))
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
            Selection(names.collect::<std::collections::BTreeSet<String>>().into_iter().collect())
        };
        let options = ReduceOptions {
            metrics: names(|cell| &cell.metric),
            statistics: names(|cell| &cell.statistic),
            quantile_type,
            ..ReduceOptions::default()
        };
        let runs: std::collections::BTreeSet<usize> =
            open.iter().flat_map(|&at| printed[at].runs.iter().copied()).collect();
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
    let agreement =
        |((workload, clients, metric, statistic), pairs): (Key<'_>, Vec<(f64, f64)>)| RankAgreement {
            workload: workload.to_owned(),
            clients,
            metric: metric.to_owned(),
            statistic: statistic.to_owned(),
            systems: pairs.len() as u32,
            tau: kendall_tau_b(&pairs),
        };
    groups.into_iter().filter(|(_, pairs)| pairs.len() > 1).map(agreement).collect()
}
