//! Workloads side by side: at the same numbers of clients, with the few numbers that papers print so.

use std::collections::BTreeMap;

use vana_types::{Cell, metric};

use crate::view::{Name, View, clients_of, value_of};

/// A metric, its statistics in a table, and those of them in figures.
type Kind = (&'static str, &'static [&'static str], &'static [&'static str]);

/// All other numbers have tables and figures workload by workload only. The mean that sysbench prints is that of the
/// service time, whose figure stands for both.
const KINDS: [Kind; 3] = [
    (metric::REQUEST_RATE, &["mean"], &["mean"]),
    (metric::SERVICE_TIME, &["mean", "max", "p95"], &["mean", "p95"]),
    (metric::SYSBENCH_LATENCY, &["mean", "max", "p95"], &[]),
];

/// What stands side by side of a metric.
#[derive(Debug)]
pub struct Beside<'v, 'a> {
    /// Numbers of clients that two workloads or more have, ascending.
    pub clients: Vec<Option<u32>>,
    /// Those workloads with their cells.
    pub workloads: Vec<(&'v Name, Vec<&'a Cell>)>,
    /// Statistics that are drawn in figures.
    pub drawn: &'static [&'static str],
}

impl<'v, 'a> Beside<'v, 'a> {
    /// `None` where no two workloads have the metric at the same number of clients.
    pub fn of(view: &'v View<'a>, metric: &str) -> Option<Self> {
        let &(_, shown, drawn) = KINDS.iter().find(|(known, ..)| *known == metric)?;
        let is_shown = |cell: &&Cell| {
            let is_known = cell.key.clients.is_some() && value_of(cell).is_some();
            is_known && shown.contains(&cell.key.statistic.as_str())
        };
        let cells = |name: &'v Name| view.cells_of(&name.id, metric).into_iter().filter(is_shown).collect();
        let mut workloads: Vec<(&Name, Vec<&Cell>)> =
            view.workloads.iter().map(|name| (name, cells(name))).collect();
        let mut counts = BTreeMap::<Option<u32>, usize>::new();
        for clients in workloads.iter().flat_map(|(_, cells)| clients_of(cells)) {
            *counts.entry(clients).or_default() += 1;
        }
        counts.retain(|_, count| *count > 1);
        for (_, cells) in &mut workloads {
            cells.retain(|cell| counts.contains_key(&cell.key.clients));
        }
        workloads.retain(|(_, cells)| !cells.is_empty());
        (!counts.is_empty()).then(|| Self { clients: counts.into_keys().collect(), workloads, drawn })
    }
}
