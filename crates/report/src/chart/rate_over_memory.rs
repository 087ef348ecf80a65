//! What is done per second over the memory that it takes: the trade between the two.

use vana_types::{Cell, Unit, metric, statistic};

use super::{Bars, legend};
use crate::figure::{Figure, Point, Series, Shape};
use crate::quantity::Shown;
use crate::slug::file_part;
use crate::view::{Name, View, clients_of, value_of};
use crate::{axis, label};

/// One figure per workload in which the memory of two or more systems is known: each system is a point, at the number of
/// clients at which it does most.
pub fn draw(view: &View<'_>) -> Vec<Figure> {
    view.workloads.iter().filter_map(|workload| figure(view, workload)).collect()
}

/// What is known of a system at its best.
struct Best<'a> {
    style: usize,
    name: &'a Name,
    rate: &'a Cell,
    memory: &'a Cell,
}

fn figure(view: &View<'_>, workload: &Name) -> Option<Figure> {
    let systems = view.systems.iter().enumerate();
    let best: Vec<Best<'_>> =
        systems.filter_map(|(style, name)| best_of(view, workload, style, name)).collect();
    if best.len() < 2 {
        return None;
    }
    let values = |cell: fn(&Best<'_>) -> Option<f64>| best.iter().filter_map(cell).collect::<Vec<f64>>();
    let (rates, memories) = (values(|one| value_of(one.rate)), values(|one| value_of(one.memory)));
    let (by_rate, by_memory) =
        (Shown::choose(Unit::PerSecond, &rates), Shown::choose(Unit::Bytes, &memories));
    let mut bars = Bars::default();
    let series: Vec<Series> = best
        .iter()
        .filter_map(|one| {
            bars.see(one.rate);
            let interval = one.rate.estimate.interval;
            let interval = interval.map(|interval| (by_rate.of(interval.low), by_rate.of(interval.high)));
            let (x, y) = (by_memory.of(value_of(one.memory)?), by_rate.of(value_of(one.rate)?));
            let point = Point { x, y, interval, doubtful: false };
            Some(Series { label: one.name.with_key(), style: one.style, hollow: false, points: vec![point] })
        })
        .collect();
    let ends: Vec<f64> = series
        .iter()
        .flat_map(|series| &series.points)
        .flat_map(|point| {
            [point.y, point.interval.map_or(point.y, |i| i.0), point.interval.map_or(point.y, |i| i.1)]
        })
        .collect();
    let widths: Vec<f64> = memories.iter().map(|value| by_memory.of(*value)).collect();
    let words = [metric::REQUEST_RATE, metric::MEMORY].map(label::metric_label);
    let names = best.iter().map(|one| one.name).chain([workload]);
    Some(Figure {
        name: format!("{}-rate-over-memory", file_part(&workload.id)),
        caption: format!(
            "{} of {} over the memory that each system used, at the number of clients at which it did most. Up and \
             to the left is better.{}{}",
            words[0],
            workload.short(),
            bars.sentence(),
            legend(names)
        ),
        shape: Shape::Points,
        x: axis::across(format!("{}{}", words[1], by_memory.in_brackets()), &widths),
        y: axis::of_values(format!("{}{}", words[0], by_rate.in_brackets()), &ends),
        series,
        guides: Vec::new(),
        below: Vec::new(),
    })
}

/// Rate and memory of a system at the number of clients at which it does most.
fn best_of<'n>(view: &'n View<'_>, workload: &Name, style: usize, name: &'n Name) -> Option<Best<'n>> {
    let cells = view.cells_of(&workload.id, metric::REQUEST_RATE);
    let pairs = clients_of(&cells).into_iter().filter_map(|clients| {
        let cell = |metric, statistic| view.cell(&name.id, &workload.id, clients, metric, statistic);
        let (rate, memory) =
            (cell(metric::REQUEST_RATE, statistic::MEAN)?, cell(metric::MEMORY, statistic::USED)?);
        value_of(memory)?;
        Some((value_of(rate)?, rate, memory))
    });
    let (_, rate, memory) = pairs.max_by(|one, other| one.0.total_cmp(&other.0))?;
    Some(Best { style, name, rate, memory })
}
