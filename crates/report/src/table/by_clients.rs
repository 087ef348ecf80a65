//! Numbers of clients by systems, one panel per statistic.

use vana_types::Cell;

use super::entry::{Digits, Notes, line, remarks};
use super::layout::Systems;
use super::{Findings, Panel, Row, Table, significance};
use crate::label;
use crate::slug::file_part;
use crate::view::{Name, Prefixes, View, clients_of, statistics_of};

/// One table per workload and metric with two or more numbers of clients.
pub fn draw(view: &View<'_>) -> Vec<Table> {
    if view.layout.is_projected() {
        return Vec::new();
    }
    let mut tables = Vec::new();
    for workload in &view.workloads {
        for metric in view.metrics() {
            let cells = view.cells_of(&workload.id, metric);
            if clients_of(&cells).len() > 1 {
                tables.push(table(view, workload, metric, &cells));
            }
        }
    }
    tables
}

fn table(view: &View<'_>, workload: &Name, metric: &str, cells: &[&Cell]) -> Table {
    let systems = Systems::of(cells, view);
    let prefixes = Prefixes::choose(cells);
    let mut notes = Notes::default();
    let mut panels = Vec::new();
    for statistic in statistics_of(cells) {
        let of_panel: Vec<&Cell> =
            cells.iter().copied().filter(|cell| cell.key.statistic == statistic).collect();
        let Some(first) = of_panel.first() else { continue };
        let digits = Digits::choose(prefixes.of(first), of_panel.iter().copied());
        let mut rows = Vec::new();
        for clients in clients_of(&of_panel) {
            let places =
                systems.places(|system| view.cell(system, &workload.id, clients, metric, &statistic));
            let entries = line(&places, |_| digits, &mut notes, view);
            let label = clients.map_or("–".to_owned(), |clients| clients.to_string());
            rows.push(Row::new(label, entries));
        }
        let heading = format!("{}{}", label::statistic_label(&statistic), digits.shown.in_brackets());
        panels.push(Panel { heading: Some(heading), rows });
    }
    let (about, below) = remarks(cells, "the row", view);
    let mut columns = systems.headings();
    columns.extend(significance::column(&mut panels, &mut notes, view));
    let mut legend = systems.legend();
    legend.extend(workload.key.is_some().then(|| workload.with_key()));
    legend.extend(below);
    legend.extend(significance::p_remark(cells, view));
    Table {
        name: format!("{}-{}", file_part(&workload.id), file_part(metric)),
        caption: format!(
            "{} of {} by system and number of clients.{about}",
            label::metric_label(metric),
            workload.short()
        ),
        stub: "Clients".to_owned(),
        columns,
        panels,
        notes: notes.0,
        remarks: legend,
        is_whole: false,
        findings: Findings::default(),
    }
}
