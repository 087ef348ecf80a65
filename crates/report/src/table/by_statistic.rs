//! Statistics by systems, where there is one number of clients or none.

use vana_types::Cell;

use super::entry::{Digits, Notes, line, remarks};
use super::layout::Systems;
use super::{Findings, Panel, Row, Table, by_workload, significance};
use crate::label;
use crate::slug::file_part;
use crate::view::{Name, Prefixes, View, clients_of, statistics_of};

/// One table per workload and metric with one number of clients or none, unless several workloads share a table.
pub fn draw(view: &View<'_>) -> Vec<Table> {
    if view.layout.is_projected() {
        return Vec::new();
    }
    let mut tables = Vec::new();
    for workload in &view.workloads {
        for metric in view.metrics() {
            let cells = view.cells_of(&workload.id, metric);
            let is_shared = by_workload::sharing(view, metric).iter().any(|(name, _)| name.id == workload.id);
            if let ([clients], false) = (clients_of(&cells).as_slice(), is_shared) {
                tables.push(table(view, workload, metric, *clients, &cells));
            }
        }
    }
    tables
}

fn table(view: &View<'_>, workload: &Name, metric: &str, clients: Option<u32>, cells: &[&Cell]) -> Table {
    let systems = Systems::of(cells, view);
    let prefixes = Prefixes::choose(cells);
    let mut notes = Notes::default();
    let mut rows = Vec::new();
    for statistic in statistics_of(cells) {
        let places = systems.places(|system| view.cell(system, &workload.id, clients, metric, &statistic));
        let of_row = || places.iter().filter_map(|place| place.cell);
        let Some(first) = of_row().next() else { continue };
        let digits = Digits::choose(prefixes.of(first), of_row());
        let label = format!("{}{}", label::statistic_label(&statistic), digits.shown.in_brackets());
        rows.push(Row::new(label, line(&places, |_| digits, &mut notes, view)));
    }
    let (about, below) = remarks(cells, "the row", view);
    let mut panels = vec![Panel { heading: None, rows }];
    let mut columns = systems.headings();
    columns.extend(significance::column(&mut panels, &mut notes, view));
    let mut legend = systems.legend();
    legend.extend(workload.key.is_some().then(|| workload.with_key()));
    legend.extend(below);
    legend.extend(significance::p_remark(cells, view));
    let at = clients.map(|clients| format!(" with {}", label::clients(clients))).unwrap_or_default();
    Table {
        name: format!("{}-{}", file_part(&workload.id), file_part(metric)),
        caption: format!("{} of {}{at} by system.{about}", label::metric_label(metric), workload.short()),
        stub: "Statistic".to_owned(),
        columns,
        panels,
        notes: notes.0,
        remarks: legend,
        is_whole: false,
        findings: Findings::default(),
    }
}
