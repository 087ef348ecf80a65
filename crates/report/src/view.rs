//! The results, indexed for drawing: names in order, cells by key.

use std::collections::{BTreeMap, BTreeSet};

use vana_types::{Cell, CellKey, Results, Status, Unit};

use crate::doubts::Doubts;
use crate::judged::Judged;
use crate::label;
use crate::projection::Layout;
use crate::quantity::{PERCENT, Shown};
use crate::slug::letters;
use crate::tex::{as_shown, flatten};

/// A name longer than this, or with a longer word than [`LONGEST_WORD`], gets a key.
const LONGEST_NAME: usize = 32;
const LONGEST_WORD: usize = 18;

/// A system or workload as the results call it and as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// As it stands in the results.
    pub id: String,
    /// As it is shown; never empty, no line breaks.
    pub full: String,
    /// A capital letter that stands for a name too long for a column.
    pub key: Option<String>,
    /// The systems it may be, for the name of an ambiguous cell.
    pub candidates: Vec<String>,
}

impl Name {
    /// The key, or the name where it is short enough.
    pub fn short(&self) -> &str {
        self.key.as_deref().unwrap_or(&self.full)
    }

    /// The name, with its key in front where it has one.
    pub fn with_key(&self) -> String {
        self.key.as_ref().map_or_else(|| self.full.clone(), |key| format!("{key}: {}", self.full))
    }
}

/// Results, indexed.
#[derive(Debug)]
pub struct View<'a> {
    /// What is indexed.
    pub results: &'a Results,
    /// Systems in their order; those that only cells know come last.
    pub systems: Vec<Name>,
    /// Names of ambiguous cells, in the order of their first cell.
    pub ambiguous: Vec<Name>,
    /// Workloads in their order.
    pub workloads: Vec<Name>,
    /// Letters of significance.
    pub judged: Judged<'a>,
    /// How tables are laid out.
    pub layout: &'a Layout,
    /// Findings, numbered.
    pub doubts: Doubts<'a>,
    cells: BTreeMap<&'a CellKey, &'a Cell>,
    metrics: Vec<String>,
}

impl<'a> View<'a> {
    /// Indexes the results.
    pub fn new(results: &'a Results, layout: &'a Layout) -> Self {
        let mut names: Vec<(String, String)> =
            results.systems.iter().map(|system| (system.id.clone(), system.shown().to_owned())).collect();
        let mut workloads: Vec<(String, String)> = results
            .workloads
            .iter()
            .map(|workload| (workload.id.clone(), workload.shown().to_owned()))
            .collect();
        let mut ambiguous = Vec::new();
        let mut candidates = BTreeMap::new();
        for cell in &results.cells {
            if cell.status == Status::Ambiguous && !cell.candidates.is_empty() {
                add(&mut ambiguous, &cell.key.system);
                candidates.entry(cell.key.system.clone()).or_insert_with(|| cell.candidates.clone());
            } else {
                add(&mut names, &cell.key.system);
            }
            add(&mut workloads, &cell.key.workload);
        }
        for comparison in &results.judgement.comparisons {
            for system in [&comparison.baseline, &comparison.system] {
                if !ambiguous.iter().any(|(known, _)| known == system) {
                    add(&mut names, system);
                }
            }
            add(&mut workloads, &comparison.workload);
        }
        for (system, _) in results.judgement.rankings.iter().flat_map(|ranking| &ranking.mean_ranks) {
            if !ambiguous.iter().any(|(known, _)| known == system) {
                add(&mut names, system);
            }
        }
        let places = (results.curves.iter().map(|curve| (&curve.system, &curve.workload)))
            .chain(results.timelines.iter().map(|timeline| (&timeline.system, &timeline.workload)));
        for (system, workload) in places {
            add(&mut names, system);
            add(&mut workloads, workload);
        }
        let mut keys = 0;
        let systems = with_keys(names, &mut keys);
        let mut ambiguous = with_keys(ambiguous, &mut keys);
        for name in &mut ambiguous {
            name.candidates = candidates.remove(&name.id).unwrap_or_default();
        }
        let workloads = with_keys(workloads, &mut keys);
        let metrics = order_metrics(results);
        let cells = results.cells.iter().map(|cell| (&cell.key, cell)).collect();
        let (judged, doubts) = (Judged::of(&results.judgement), Doubts::of(&results.findings));
        Self { results, systems, ambiguous, workloads, judged, layout, doubts, cells, metrics }
    }

    /// Systems, then the names of ambiguous cells.
    pub fn all_systems(&self) -> impl Iterator<Item = &Name> {
        self.systems.iter().chain(&self.ambiguous)
    }

    /// All metrics in their order.
    pub fn metrics(&self) -> &[String] {
        &self.metrics
    }

    /// The cell of a key.
    pub fn cell(
        &self,
        system: &str,
        workload: &str,
        clients: Option<u32>,
        metric: &str,
        statistic: &str,
    ) -> Option<&'a Cell> {
        let key = CellKey {
            system: system.to_owned(),
            workload: workload.to_owned(),
            clients,
            metric: metric.to_owned(),
            statistic: statistic.to_owned(),
            operation: None,
        };
        self.cells.get(&key).copied()
    }

    /// The cells of a workload and metric, by key.
    pub fn cells_of(&self, workload: &str, metric: &str) -> Vec<&'a Cell> {
        let is_of = |key: &CellKey| key.workload == workload && key.metric == metric;
        self.cells.values().copied().filter(|cell| is_of(&cell.key)).collect()
    }

    /// Place of a system among all; behind the last for one that is not known.
    pub fn system_place(&self, id: &str) -> usize {
        self.all_systems().position(|name| name.id == id).unwrap_or(usize::MAX)
    }

    /// Place of a workload among all.
    pub fn workload_place(&self, id: &str) -> usize {
        self.workloads.iter().position(|name| name.id == id).unwrap_or(usize::MAX)
    }

    /// A system's key or name.
    pub fn system_short(&self, id: &str) -> String {
        short_of(self.all_systems(), id)
    }

    /// A workload's key or name.
    pub fn workload_short(&self, id: &str) -> String {
        short_of(self.workloads.iter(), id)
    }

    /// The words of a system's id, for a sentence.
    pub fn system_words(&self, id: &str) -> String {
        self.all_systems().find(|name| name.id == id).map_or_else(|| flatten(id), Name::with_key)
    }
}

fn short_of<'n>(mut names: impl Iterator<Item = &'n Name>, id: &str) -> String {
    names.find(|name| name.id == id).map_or_else(|| flatten(id), |name| name.short().to_owned())
}

/// Numbers of clients of cells, ascending, without repetition.
pub fn clients_of(cells: &[&Cell]) -> Vec<Option<u32>> {
    cells.iter().map(|cell| cell.key.clients).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Statistics of cells in the order in which they are shown.
pub fn statistics_of(cells: &[&Cell]) -> Vec<String> {
    let mut ids: Vec<String> =
        cells.iter().map(|cell| cell.key.statistic.clone()).collect::<BTreeSet<_>>().into_iter().collect();
    ids.sort_by_key(|id| label::statistic_rank(id));
    ids
}

/// The value of a cell, where it is a number.
pub fn value_of(cell: &Cell) -> Option<f64> {
    cell.estimate.value.filter(|value| value.is_finite())
}

/// How each unit of a table is shown: one prefix per unit over all its cells.
#[derive(Debug)]
pub struct Prefixes(BTreeMap<Unit, Shown>);

impl Prefixes {
    /// Chooses the prefixes for cells that stand in one table.
    pub fn choose(cells: &[&Cell]) -> Self {
        let mut values: BTreeMap<Unit, Vec<f64>> = BTreeMap::new();
        for cell in cells {
            values.entry(cell.unit).or_default().extend(value_of(cell));
        }
        Self(values.into_iter().map(|(unit, values)| (unit, Shown::choose(unit, &values))).collect())
    }

    /// How a cell's number is shown.
    pub fn of(&self, cell: &Cell) -> Shown {
        if label::is_share(&cell.key.metric, &cell.key.statistic, cell.unit) {
            return PERCENT;
        }
        self.0.get(&cell.unit).copied().unwrap_or_else(|| Shown::choose(cell.unit, &[]))
    }
}

fn add(names: &mut Vec<(String, String)>, id: &str) {
    if !names.iter().any(|(known, _)| known == id) {
        names.push((id.to_owned(), id.to_owned()));
    }
}

fn with_keys(names: Vec<(String, String)>, keys: &mut usize) -> Vec<Name> {
    let labels: Vec<String> = names.iter().map(|(_, label)| flatten(label)).collect();
    let mut all = Vec::new();
    for (index, (id, _)) in names.into_iter().enumerate() {
        let label = labels[index].clone();
        let is_twice = labels.iter().filter(|other| **other == label).count() > 1;
        let full = match label.as_str() {
            "" => "(no name)".to_owned(),
            _ if is_twice => format!("{label} [{}]", flatten(&id)),
            _ => label,
        };
        let key = is_long(&full).then(|| {
            *keys += 1;
            letters(*keys - 1).to_uppercase()
        });
        all.push(Name { id, full, key, candidates: Vec::new() });
    }
    all
}

fn is_long(name: &str) -> bool {
    let length = |text: &str| as_shown(text).chars().count();
    length(name) > LONGEST_NAME || name.split(' ').any(|word| length(word) > LONGEST_WORD)
}

fn order_metrics(results: &Results) -> Vec<String> {
    let mut metrics: Vec<String> = Vec::new();
    for cell in &results.cells {
        if !metrics.contains(&cell.key.metric) {
            metrics.push(cell.key.metric.clone());
        }
    }
    metrics.sort_by_key(|metric| label::metric_rank(metric));
    metrics
}
