//! What checks look at.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use vana_trace::{Study, StudyRun, UnfinishedRun};
use vana_types::{Cell, CellKey, Finding, Measurement, Status, StudyConfig, Timeline, metric};

use crate::check::scan::RunScan;
use crate::{Measured, cells};

/// Metrics that are the time of one request, the most trustworthy first.
const TIMES: [&str; 4] =
    [metric::SERVICE_TIME, metric::WRK_LATENCY, metric::SYSBENCH_LATENCY, metric::LATENCY];

/// A study with all that is known of it.
#[derive(Debug)]
pub struct Checked<'a> {
    /// What is compared.
    pub config: &'a StudyConfig,
    /// Runs by identity.
    pub runs: &'a [StudyRun],
    /// What killed runs left behind.
    pub unfinished: &'a [UnfinishedRun],
    /// One number each.
    pub measurements: &'a [Measurement],
    /// Requests per second, one a run.
    pub timelines: &'a [Timeline],
    /// Repetitions together.
    pub cells: Vec<Cell>,
    /// What every request tells, run by run; empty unless a check asked for it.
    pub scans: Vec<RunScan>,
    places: HashMap<CellKey, usize>,
}

/// One number of one system over the number of clients.
#[derive(Debug)]
pub struct Line<'a> {
    /// What was asked.
    pub workload: &'a str,
    /// Of whom.
    pub system: &'a str,
    /// Numbers of clients, ascending, and cells with a value.
    pub points: Vec<(u32, &'a Cell)>,
}

impl<'a> Checked<'a> {
    /// Puts repetitions together and remembers where each cell is.
    pub fn new(study: &'a Study, measured: &'a Measured, scans: Vec<RunScan>) -> Self {
        let cells = cells(&measured.measurements, study.config.alpha);
        let places = cells.iter().enumerate().map(|(place, cell)| (cell.key.clone(), place)).collect();
        Self {
            config: &study.config,
            runs: &study.runs,
            unfinished: &study.unfinished,
            measurements: &measured.measurements,
            timelines: &measured.timelines,
            cells,
            scans,
            places,
        }
    }

    /// The cell of the same system, workload and clients for another number, if it has a value.
    pub fn beside(&self, cell: &Cell, metric: &str, statistic: &str) -> Option<(&Cell, f64)> {
        let key = CellKey { metric: metric.to_owned(), statistic: statistic.to_owned(), ..cell.key.clone() };
        let cell = self.cells.get(*self.places.get(&key)?)?;
        Some((cell, cell.estimate.value?))
    }

    /// The first metric of times that a system under a workload has.
    pub fn time_metric(&self, workload: &str, system: &str) -> Option<&'static str> {
        let has = |name: &&str| {
            self.cells.iter().any(|cell| {
                cell.key.workload == workload && cell.key.system == system && cell.key.metric == *name
            })
        };
        TIMES.into_iter().find(has)
    }

    /// A statistic of a metric over the number of clients, line by line, in the order of names.
    pub fn lines(&self, metric: &str, statistic: &str) -> Vec<Line<'_>> {
        let mut lines: BTreeMap<(&str, &str), Vec<(u32, &Cell)>> = BTreeMap::new();
        for cell in &self.cells {
            let is_wanted = cell.key.metric == metric && cell.key.statistic == statistic;
            if let (true, Some(clients), Some(_)) = (is_wanted, cell.key.clients, cell.estimate.value) {
                lines.entry((&cell.key.workload, &cell.key.system)).or_default().push((clients, cell));
            }
        }
        let line = |((workload, system), mut points): ((_, _), Vec<(u32, _)>)| {
            points.sort_by_key(|(clients, _)| *clients);
            Line { workload, system, points }
        };
        lines.into_iter().map(line).collect()
    }

    /// Workloads that are measured, by name.
    pub fn workloads(&self) -> BTreeSet<&str> {
        self.cells.iter().map(|cell| cell.key.workload.as_str()).collect()
    }

    /// How the runs of a system, workload and number of clients are found.
    pub fn scans_of<'s>(&'s self, cell: &'s Cell) -> impl Iterator<Item = &'s RunScan> {
        self.scans.iter().filter(|scan| {
            scan.identity.system == cell.key.system
                && scan.identity.workload == cell.key.workload
                && scan.identity.clients == cell.key.clients
        })
    }
}

/// A sentence about what is doubtful in the cells that a finding rests on; empty where nothing is.
pub(super) fn caveat<'a>(cells: impl IntoIterator<Item = &'a Cell>) -> String {
    let mut doubts = BTreeSet::new();
    for cell in cells {
        match (cell.status, &cell.note) {
            (Status::Ambiguous, _) if !cell.candidates.is_empty() => {
                doubts.insert(format!(
                    "\"{}\" is one of two systems, and nobody knows which; --assume takes it for one",
                    cell.key.system
                ));
            }
            (Status::Ambiguous, Some(note)) => {
                doubts.insert(note.clone());
            }
            (Status::Uncertain, _) => {
                doubts.insert("the column of a number had to be guessed".to_owned());
            }
            _ => {}
        }
    }
    if doubts.is_empty() {
        return String::new();
    }
    format!(" ({})", doubts.into_iter().collect::<Vec<_>>().join("; "))
}

/// A finding about a system under a workload, and about one number of clients where it is about one.
pub(super) fn about(finding: Finding, workload: &str, system: Option<&str>, clients: Option<u32>) -> Finding {
    Finding { workload: Some(workload.to_owned()), system: system.map(str::to_owned), clients, ..finding }
}
