//! Systems by workloads and statistics, where workloads share a metric: without numbers of clients, or with the same ones.

use vana_types::Cell;

use super::entry::{Digits, Notes, Place, line, remarks};
use super::{Column, Entry, Findings, Panel, Row, Table, significance};
use crate::beside::Beside;
use crate::label;
use crate::slug::file_part;
use crate::view::{Name, Prefixes, View, clients_of, statistics_of};

/// One table per metric that two or more workloads have without numbers of clients, with all of its statistics; one per
/// metric that papers print side by side, with a panel for each number of clients that two or more workloads have.
pub fn draw(view: &View<'_>) -> Vec<Table> {
    if view.layout.is_projected() {
        return Vec::new();
    }
    let mut tables = Vec::new();
    for metric in view.metrics() {
        let without = sharing(view, metric);
        if !without.is_empty() {
            tables.push(table(view, metric, &without, &[None]));
        }
        if let Some(beside) = Beside::of(view, metric) {
            tables.push(table(view, metric, &beside.workloads, &beside.clients));
        }
    }
    tables
}

/// The workloads that have a metric without numbers of clients, with their cells; none when there is only one.
pub fn sharing<'v, 'a>(view: &'v View<'a>, metric: &str) -> Vec<(&'v Name, Vec<&'a Cell>)> {
    let all = view.workloads.iter().map(|name| (name, view.cells_of(&name.id, metric)));
    let without: Vec<_> = all.filter(|(_, cells)| clients_of(cells) == [None]).collect();
    if without.len() > 1 { without } else { Vec::new() }
}

/// A column: what it shows, with which digits.
struct Shown<'v> {
    workload: &'v Name,
    statistic: String,
    digits: Digits,
}

fn table(view: &View<'_>, metric: &str, workloads: &[(&Name, Vec<&Cell>)], clients: &[Option<u32>]) -> Table {
    let cells: Vec<&Cell> = workloads.iter().flat_map(|(_, cells)| cells.iter().copied()).collect();
    let prefixes = Prefixes::choose(&cells);
    let mut shown = Vec::new();
    for (workload, own) in workloads {
        for statistic in statistics_of(own) {
            // The same statistic of all workloads, so that their columns can be read side by side.
            let alike: Vec<&Cell> =
                cells.iter().copied().filter(|cell| cell.key.statistic == statistic).collect();
            let Some(first) = alike.first() else { continue };
            let digits = Digits::choose(prefixes.of(first), alike.iter().copied());
            shown.push(Shown { workload, statistic, digits });
        }
    }
    let is_named = |name: &&Name| cells.iter().any(|cell| cell.key.system == name.id);
    let systems: Vec<&Name> = view.all_systems().filter(is_named).collect();
    let mut notes = Notes::default();
    let mut panels = Vec::new();
    for clients in clients {
        let mut rows = rows(view, (metric, *clients), &systems, &shown, &mut notes);
        rows.extend(significance::row(&rows, &mut notes, view));
        panels.push(Panel { heading: clients.map(label::clients), rows });
    }
    let unit = cells.first().map(|cell| prefixes.of(cell).in_brackets()).unwrap_or_default();
    let has_clients = clients.iter().any(Option::is_some);
    let (by, best) = if has_clients {
        ("system, workload and number of clients", "the column at a number of clients")
    } else {
        ("system and workload", "the column")
    };
    let (about, below) = remarks(&cells, best, view);
    let mut legend: Vec<String> = systems.iter().filter(|s| s.key.is_some()).map(|s| s.with_key()).collect();
    legend.extend(workloads.iter().filter(|(w, _)| w.key.is_some()).map(|(w, _)| w.with_key()));
    legend.extend(below);
    legend.extend(significance::p_remark(&cells, view));
    Table {
        name: format!("{}-by-workload", file_part(metric)),
        caption: format!("{}{unit} by {by}.{about}", label::metric_label(metric)),
        stub: "System".to_owned(),
        columns: shown.iter().map(|column| heading(column, &unit)).collect(),
        panels,
        notes: notes.0,
        remarks: legend,
        is_whole: false,
        findings: Findings::default(),
    }
}

/// The unit stands in the caption; a column with another one names its own.
fn heading(column: &Shown<'_>, unit: &str) -> Column {
    let own = column.digits.shown.in_brackets();
    let own = if own == unit { "" } else { own.as_str() };
    let heading = format!("{}{own}", label::statistic_short(&column.statistic));
    Column::new(heading, Some(column.workload.short().to_owned()))
}

/// Lines are compared down the columns, so entries are made column by column and then turned.
fn rows(
    view: &View<'_>,
    (metric, clients): (&str, Option<u32>),
    systems: &[&Name],
    shown: &[Shown<'_>],
    notes: &mut Notes,
) -> Vec<Row> {
    let mut rows: Vec<Row> =
        systems.iter().map(|name| Row::new(name.short().to_owned(), Vec::new())).collect();
    for column in shown {
        let cell =
            |name: &&Name| view.cell(&name.id, &column.workload.id, clients, metric, &column.statistic);
        let places: Vec<Place<'_>> = systems
            .iter()
            .map(|name| Place { span: 1, cell: cell(name), expected: name.candidates.is_empty() })
            .collect();
        let entries: Vec<Entry> = line(&places, |_| column.digits, notes, view);
        for (row, entry) in rows.iter_mut().zip(entries) {
            row.entries.push(entry);
        }
    }
    rows
}
