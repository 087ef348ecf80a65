//! Systems by workloads, where there is one number of clients or none.

use vana_types::{Cell, Status};

use super::{Bars, legend, parts};
use crate::axis;
use crate::figure::{Axis, Figure, Point, Scale, Series, Shape, Tick};
use crate::label;
use crate::slug::file_part;
use crate::view::{Name, Prefixes, View, clients_of, statistics_of, value_of};

/// One figure per metric, over all workloads that have it with one number of clients or none; several where it would
/// be higher than a page.
pub fn draw(view: &View<'_>) -> Vec<Figure> {
    view.metrics().iter().filter_map(|metric| figure(view, metric)).flat_map(|f| parts::split(&f)).collect()
}

fn figure(view: &View<'_>, metric: &str) -> Option<Figure> {
    let all = view.workloads.iter().map(|name| (name, view.cells_of(&name.id, metric)));
    let workloads: Vec<(&Name, Vec<&Cell>)> = all
        .filter(|(_, cells)| clients_of(cells).len() == 1)
        .filter_map(|(name, cells)| {
            let statistic = statistics_of(&cells).into_iter().next()?;
            let first = cells.into_iter().filter(|c| c.key.statistic == statistic && value_of(c).is_some());
            Some((name, first.collect::<Vec<_>>())).filter(|(_, cells)| !cells.is_empty())
        })
        .collect();
    let cells: Vec<&Cell> = workloads.iter().flat_map(|(_, cells)| cells.iter().copied()).collect();
    let shown = Prefixes::choose(&cells).of(cells.first()?);
    let same_unit = cells.iter().all(|cell| cell.unit == cells[0].unit);
    let is_named = |name: &&Name| cells.iter().any(|cell| cell.key.system == name.id);
    let systems: Vec<&Name> = view.all_systems().filter(is_named).collect();
    if systems.len() < 2 || !same_unit {
        return None;
    }
    let mut bars = Bars::default();
    let mut ends = Vec::new();
    let mut series = Vec::new();
    for (index, (workload, cells)) in workloads.iter().enumerate() {
        let mut points = Vec::new();
        for (row, system) in systems.iter().enumerate() {
            let Some(cell) = cells.iter().find(|cell| cell.key.system == system.id) else { continue };
            let Some(value) = value_of(cell) else { continue };
            bars.see(cell);
            let doubtful = cell.status != Status::Read;
            bars.doubtful |= doubtful;
            let interval = cell.estimate.interval.map(|i| (shown.of(i.low), shown.of(i.high)));
            ends.extend([shown.of(value), interval.map_or(0.0, |interval| interval.1)]);
            points.push(Point { x: shown.of(value), y: row as f64, interval, doubtful });
        }
        series.push(Series { label: workload.with_key(), style: fill(index), hollow: false, points });
    }
    let words = label::metric_label(metric);
    let statistic = cells.first().map(|cell| label::statistic_label(&cell.key.statistic)).unwrap_or_default();
    let names: Vec<&str> = workloads.iter().map(|(name, _)| name.short()).collect();
    let long = legend(systems.iter().copied().chain(workloads.iter().map(|(name, _)| *name)));
    let stem: Vec<String> = workloads.iter().take(1).map(|(name, _)| file_part(&name.id)).collect();
    let stem = if workloads.len() == 1 { format!("{}-", stem.concat()) } else { String::new() };
    Some(Figure {
        name: format!("{stem}{}-bars", file_part(metric)),
        caption: format!(
            "{words} of {} by system: {}.{}{long}",
            list(&names),
            statistic.to_lowercase(),
            bars.sentence()
        ),
        shape: Shape::Bars,
        x: axis::from_zero(format!("{words}{}", shown.in_brackets()), &ends),
        y: categories(&systems),
        series,
        guides: Vec::new(),
        below: Vec::new(),
    })
}

/// Wide areas of black are loud; blue and orange come first.
fn fill(index: usize) -> usize {
    match index {
        0 => 2,
        2 => 0,
        _ => index,
    }
}

fn list(names: &[&str]) -> String {
    match names {
        [most @ .., last] if !most.is_empty() => format!("{} and {last}", most.join(", ")),
        _ => names.concat(),
    }
}

/// One category per system, from top to bottom.
fn categories(systems: &[&Name]) -> Axis {
    let ticks = systems.iter().enumerate().map(|(row, name)| Tick { at: row as f64, label: name.with_key() });
    Axis {
        label: String::new(),
        scale: Scale::Linear,
        low: systems.len() as f64 - 0.5,
        high: -0.5,
        ticks: ticks.collect(),
    }
}
