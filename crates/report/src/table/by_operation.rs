//! Operations within the requests, such as the statements of transactions, by systems.

use std::collections::BTreeSet;

use vana_types::{Cell, metric};

use super::entry::{Digits, Notes, Place, line, remarks};
use super::{Column, Entry, Findings, Panel, Row, Table};
use crate::label;
use crate::slug::file_part;
use crate::view::{Name, Prefixes, View, clients_of};

/// One table per workload that has such operations.
pub fn draw(view: &View<'_>) -> Vec<Table> {
    if view.layout.is_projected() {
        return Vec::new();
    }
    let of = |workload: &Name| -> Vec<&Cell> {
        view.results.operations.iter().filter(|cell| cell.key.workload == workload.id).collect()
    };
    let all = view.workloads.iter().map(|workload| (workload, of(workload)));
    all.filter(|(_, cells)| !cells.is_empty())
        .map(|(workload, cells)| table(view, workload, &cells))
        .collect()
}

/// What a column shows of its system, and with which digits.
struct Kind<'a> {
    metric: &'a str,
    statistic: &'a str,
    digits: Digits,
}

impl Kind<'_> {
    fn heading(&self) -> String {
        let words = match self.metric {
            metric::REQUEST_RATE => "Rate".to_owned(),
            _ => label::statistic_short(self.statistic),
        };
        format!("{words}{}", self.digits.shown.in_brackets())
    }
}

fn table(view: &View<'_>, workload: &Name, cells: &[&Cell]) -> Table {
    let is_named = |name: &&Name| cells.iter().any(|cell| cell.key.system == name.id);
    let systems: Vec<&Name> = view.systems.iter().filter(is_named).collect();
    let kinds = kinds(cells);
    let mut notes = Notes::default();
    let mut panels = Vec::new();
    for clients in clients_of(cells) {
        let own: Vec<&Cell> = cells.iter().copied().filter(|cell| cell.key.clients == clients).collect();
        let operations: BTreeSet<&str> =
            own.iter().filter_map(|cell| cell.key.operation.as_deref()).collect();
        let rows = operations.into_iter().map(|operation| {
            let of_row: Vec<&Cell> =
                own.iter().copied().filter(|cell| cell.key.operation.as_deref() == Some(operation)).collect();
            Row::new(operation.to_owned(), entries(view, &systems, &kinds, &of_row, &mut notes))
        });
        panels.push(Panel { rows: rows.collect(), heading: clients.map(label::clients) });
    }
    let column = |name: &Name, kind: &Kind<'_>| Column::new(kind.heading(), Some(name.short().to_owned()));
    let columns = systems.iter().flat_map(|name| kinds.iter().map(move |kind| column(name, kind)));
    let (about, below) = remarks(cells, "the row", view);
    let mut legend: Vec<String> =
        systems.iter().chain([&workload]).filter(|name| name.key.is_some()).map(|n| n.with_key()).collect();
    legend.extend(below);
    Table {
        name: format!("{}-operations", file_part(&workload.id)),
        caption: format!(
            "Operations within the requests of {}: how many each second, and how long each takes.{about}",
            workload.short()
        ),
        stub: "Operation".to_owned(),
        columns: columns.collect(),
        panels,
        notes: notes.0,
        remarks: legend,
        is_whole: false,
        findings: Findings::default(),
    }
}

/// The numbers of a system, in the order of their columns.
fn kinds<'a>(cells: &[&'a Cell]) -> Vec<Kind<'a>> {
    let prefixes = Prefixes::choose(cells);
    let mut names: Vec<(&str, &str)> = cells
        .iter()
        .map(|cell| (cell.key.metric.as_str(), cell.key.statistic.as_str()))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    names.sort_by_key(|(metric, statistic)| (label::metric_rank(metric), label::statistic_rank(statistic)));
    let kind = |(metric, statistic): (&'a str, &'a str)| {
        let alike = || {
            let is_alike = move |cell: &&&Cell| cell.key.metric == metric && cell.key.statistic == statistic;
            cells.iter().filter(is_alike).copied()
        };
        let digits = Digits::choose(prefixes.of(alike().next()?), alike());
        Some(Kind { metric, statistic, digits })
    };
    names.into_iter().filter_map(kind).collect()
}

/// Systems are compared number by number, and stand beside each other with all of their numbers.
fn entries(
    view: &View<'_>,
    systems: &[&Name],
    kinds: &[Kind<'_>],
    cells: &[&Cell],
    notes: &mut Notes,
) -> Vec<Entry> {
    let mut by_system: Vec<Vec<Entry>> = systems.iter().map(|_| Vec::new()).collect();
    for kind in kinds {
        let of = |name: &Name| {
            let is_it = |cell: &&&Cell| {
                let key = &cell.key;
                key.system == name.id && key.metric == kind.metric && key.statistic == kind.statistic
            };
            cells.iter().find(is_it).copied()
        };
        let places: Vec<Place<'_>> =
            systems.iter().map(|name| Place { span: 1, cell: of(name), expected: true }).collect();
        let line = line(&places, |_| kind.digits, notes, view);
        for (entries, entry) in by_system.iter_mut().zip(line) {
            entries.push(entry);
        }
    }
    by_system.into_iter().flatten().collect()
}
