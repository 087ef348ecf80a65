//! Systems by workloads, where there is one number of clients or none, and at numbers of clients that workloads share.

use std::collections::BTreeSet;

use vana_types::{Cell, Status};

use super::{Bars, curves, legend, parts};
use crate::axis;
use crate::beside::Beside;
use crate::figure::{Axis, Figure, Point, Scale, Series, Shape, Tick};
use crate::label;
use crate::slug::file_part;
use crate::view::{Name, Prefixes, View, clients_of, statistics_of, value_of};

/// Numbers of clients of a metric that are drawn.
const MOST: usize = 3;

/// Workloads with their cells of one statistic, at most one a system.
type Workloads<'v, 'a> = Vec<(&'v Name, Vec<&'a Cell>)>;

/// What tells a figure from others of the same metric.
#[derive(Default)]
struct Place {
    /// The file's name.
    name: String,
    /// ` with 8 clients`.
    at_clients: String,
    /// What to say of numbers of clients that are not drawn.
    chosen: String,
}

/// Per metric, one figure over all workloads that have it with one number of clients or none; and of the few numbers that
/// papers print side by side one for each of some numbers of clients that workloads share. Several where one would be
/// higher than a page.
pub fn draw(view: &View<'_>) -> Vec<Figure> {
    let mut figures = Vec::new();
    for metric in view.metrics() {
        let alone = alone(view, metric);
        let whole = Some(&alone).filter(|alone| systems(alone).len() > 1);
        let whole = whole.and_then(|alone| figure(view, metric, alone, of_all(alone, metric)));
        let is_alone = |id: &str| alone.iter().any(|(name, _)| name.id == id);
        let is_drawn = |beside: &Beside<'_, '_>| beside.workloads.iter().all(|(name, _)| is_alone(&name.id));
        let beside = Beside::of(view, metric).filter(|beside| whole.is_none() || !is_drawn(beside));
        figures.extend(whole);
        figures.extend(beside.iter().flat_map(|beside| at_clients(view, metric, beside)));
    }
    figures.iter().flat_map(parts::split).collect()
}

/// Workloads with one number of clients or none, each with its first statistic.
fn alone<'v, 'a>(view: &'v View<'a>, metric: &str) -> Workloads<'v, 'a> {
    let all = view.workloads.iter().map(|name| (name, view.cells_of(&name.id, metric)));
    all.filter(|(_, cells)| clients_of(cells).len() == 1)
        .filter_map(|(name, cells)| {
            let statistic = statistics_of(&cells).into_iter().next()?;
            let first = cells.into_iter().filter(|c| c.key.statistic == statistic && value_of(c).is_some());
            Some((name, first.collect::<Vec<_>>())).filter(|(_, cells)| !cells.is_empty())
        })
        .collect()
}

fn systems<'a>(workloads: &Workloads<'_, 'a>) -> BTreeSet<&'a str> {
    workloads.iter().flat_map(|(_, cells)| cells.iter().map(|cell| cell.key.system.as_str())).collect()
}

fn of_all(workloads: &Workloads<'_, '_>, metric: &str) -> Place {
    let stem = match workloads.as_slice() {
        [(name, _)] => format!("{}-", file_part(&name.id)),
        _ => String::new(),
    };
    Place { name: format!("{stem}{}-bars", file_part(metric)), ..Place::default() }
}

/// The figures of a metric that workloads have at the same numbers of clients.
fn at_clients(view: &View<'_>, metric: &str, beside: &Beside<'_, '_>) -> Vec<Figure> {
    let drawn = curves::choose(&beside.clients, MOST);
    let chosen = if drawn.len() < beside.clients.len() {
        format!(" One of {} numbers of clients.", beside.clients.len())
    } else {
        String::new()
    };
    let mut figures = Vec::new();
    for clients in drawn.into_iter().flatten() {
        for (index, statistic) in beside.drawn.iter().enumerate() {
            let is_it = |cell: &&Cell| cell.key.clients == Some(clients) && cell.key.statistic == *statistic;
            let own = beside
                .workloads
                .iter()
                .map(|(name, cells)| (*name, cells.iter().copied().filter(is_it).collect::<Vec<_>>()));
            let own: Workloads<'_, '_> = own.filter(|(_, cells)| !cells.is_empty()).collect();
            let further = if index == 0 { String::new() } else { format!("-{}", file_part(statistic)) };
            let place = Place {
                name: format!("{}{further}-bars-{clients}-clients", file_part(metric)),
                at_clients: format!(" with {}", label::clients(clients)),
                chosen: chosen.clone(),
            };
            figures.extend(figure(view, metric, &own, place));
        }
    }
    figures
}

fn figure(view: &View<'_>, metric: &str, workloads: &Workloads<'_, '_>, place: Place) -> Option<Figure> {
    let cells: Vec<&Cell> = workloads.iter().flat_map(|(_, cells)| cells.iter().copied()).collect();
    let shown = Prefixes::choose(&cells).of(cells.first()?);
    let same_unit = cells.iter().all(|cell| cell.unit == cells[0].unit);
    let is_named = |name: &&Name| cells.iter().any(|cell| cell.key.system == name.id);
    let systems: Vec<&Name> = view.all_systems().filter(is_named).collect();
    if !same_unit {
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
    Some(Figure {
        name: place.name,
        caption: format!(
            "{words} of {} by system{}: {}.{}{}{long}",
            list(&names),
            place.at_clients,
            statistic.to_lowercase(),
            bars.sentence(),
            place.chosen
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
