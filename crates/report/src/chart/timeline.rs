//! A number over the time of one run.

use vana_types::Timeline;

use super::{curves, legend};
use crate::axis;
use crate::figure::{Figure, Point, Scale, Series, Shape, thin};
use crate::label;
use crate::quantity::Shown;
use crate::slug::file_part;
use crate::view::View;

/// One figure per workload and metric: the first run of each system at the largest number of clients.
pub fn draw(view: &View<'_>) -> Vec<Figure> {
    let mut lines: Vec<&Timeline> = view.results.timelines.iter().collect();
    lines.sort_by_key(|line| line.repetition);
    let groups = curves::group(view, &lines, |l| (&l.system, &l.workload, l.clients, &l.metric), 1);
    groups.iter().filter_map(|group| figure(group)).collect()
}

fn figure(group: &curves::Group<'_, &Timeline>) -> Option<Figure> {
    let (_, _, first) = group.items.first()?;
    let all = || group.items.iter().flat_map(|(_, _, line)| line.points.iter().copied());
    let values: Vec<f64> = all().map(|point| point.1).collect();
    let shown = Shown::choose(first.unit, &values);
    let ends: Vec<f64> = values.iter().map(|value| shown.of(*value)).collect();
    let words = label::metric_label(&group.metric);
    let longest = all().map(|point| point.0).filter(|s| s.is_finite()).fold(0.0, f64::max);
    let x = axis::linear(
        "Time since the start of the run (s)".to_owned(),
        0.0,
        if longest > 0.0 { longest } else { 1.0 },
    );
    let y = axis::of_values(format!("{words}{}", shown.in_brackets()), &ends);
    let points = |line: &Timeline| {
        let drawn = |(s, value): &&(f64, f64)| {
            *s >= 0.0 && s.is_finite() && value.is_finite() && (y.scale == Scale::Linear || *value > 0.0)
        };
        let all = line.points.iter().filter(drawn).map(|(s, value)| Point::new(*s, shown.of(*value)));
        thin(all.collect(), &x, &y)
    };
    let series: Vec<Series> = group
        .items
        .iter()
        .map(|(style, name, line)| Series {
            label: name.with_key(),
            style: *style,
            hollow: false,
            points: points(line),
        })
        .filter(|series| !series.points.is_empty())
        .collect();
    let names = group.items.iter().map(|(_, name, _)| *name).chain([group.workload]);
    (!series.is_empty()).then(|| Figure {
        name: format!(
            "{}-{}-timeline{}",
            file_part(&group.workload.id),
            file_part(&group.metric),
            group.file_ending()
        ),
        caption: format!(
            "{words} of {}{} over the time of one run, the first of each system.{}{}",
            group.workload.short(),
            group.at_clients(),
            group.chosen,
            legend(names)
        ),
        shape: Shape::Line,
        x,
        y,
        series,
        guides: Vec::new(),
        below: Vec::new(),
    })
}
