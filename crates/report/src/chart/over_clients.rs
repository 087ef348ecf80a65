//! What the charts over the number of clients share.

use vana_types::{Cell, Status, Unit};

use super::{Bars, legend};
use crate::figure::{Figure, Point, Series, Shape};
use crate::quantity::Shown;
use crate::slug::file_part;
use crate::view::{Name, View, clients_of, statistics_of, value_of};
use crate::{axis, label};

/// One figure per workload and metric in one of `units`, where there are two or more numbers of clients.
pub fn draw(view: &View<'_>, units: &[Unit]) -> Vec<Figure> {
    let mut figures = Vec::new();
    for workload in &view.workloads {
        for metric in view.metrics() {
            let cells = view.cells_of(&workload.id, metric);
            // The first in the order of statistics: the mean where there is one.
            let Some(statistic) = statistics_of(&cells).into_iter().next() else { continue };
            let drawn = |cell: &&Cell| {
                cell.key.statistic == statistic && units.contains(&cell.unit) && cell.key.clients.is_some()
            };
            let cells: Vec<&Cell> = cells.into_iter().filter(drawn).collect();
            if clients_of(&cells).len() > 1 {
                figures.extend(figure(view, workload, metric, &statistic, &cells));
            }
        }
    }
    figures
}

fn figure(
    view: &View<'_>,
    workload: &Name,
    metric: &str,
    statistic: &str,
    cells: &[&Cell],
) -> Option<Figure> {
    let values: Vec<f64> = cells.iter().filter_map(|cell| value_of(cell)).collect();
    let shown = Shown::choose(cells.first()?.unit, &values);
    let mut bars = Bars::default();
    let mut series = Vec::new();
    let mut ends = Vec::new();
    let mut names = Vec::new();
    for (style, name) in view.all_systems().enumerate() {
        let own = cells.iter().filter(|cell| cell.key.system == name.id);
        let points: Vec<Point> = own.filter_map(|cell| point(cell, shown, &mut bars)).collect();
        if points.is_empty() {
            continue;
        }
        ends.extend(
            points
                .iter()
                .flat_map(|p| [p.y, p.interval.map_or(p.y, |i| i.0), p.interval.map_or(p.y, |i| i.1)]),
        );
        let hollow = !name.candidates.is_empty();
        bars.doubtful |= hollow;
        series.push(Series { label: name.with_key(), style, hollow, points });
        names.push(name);
    }
    let clients: Vec<u32> = cells.iter().filter_map(|cell| cell.key.clients).collect();
    let words = label::metric_label(metric);
    let statistic = label::statistic_label(statistic);
    let about = bars.sentence();
    let legend = legend(names.into_iter().chain([workload]));
    (!series.is_empty()).then(|| Figure {
        name: format!("{}-{}-over-clients", file_part(&workload.id), file_part(metric)),
        caption: format!(
            "{words} of {} over the number of clients: {}.{about}{legend}",
            workload.short(),
            statistic.to_lowercase()
        ),
        shape: Shape::Points,
        x: axis::of_clients(&clients),
        y: axis::of_values(format!("{words}{}", shown.in_brackets()), &ends),
        series,
        guides: Vec::new(),
        below: Vec::new(),
    })
}

/// The point of a cell.
fn point(cell: &Cell, shown: Shown, bars: &mut Bars) -> Option<Point> {
    let (clients, value) = (cell.key.clients?, value_of(cell)?);
    bars.see(cell);
    let doubtful = cell.status != Status::Read;
    bars.doubtful |= doubtful;
    let interval = cell.estimate.interval.map(|interval| (shown.of(interval.low), shown.of(interval.high)));
    let interval = interval.filter(|(low, high)| low.is_finite() && high.is_finite());
    Some(Point { x: f64::from(clients), y: shown.of(value), interval, doubtful })
}
