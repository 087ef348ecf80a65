//! How long it takes, over the percentile, up to 99.99 %.

use vana_types::Curve;

use super::{curves, legend};
use crate::axis::{self, MOST_NINES, nines};
use crate::figure::{Figure, Point, Series, Shape, thin};
use crate::label;
use crate::quantity::Shown;
use crate::slug::file_part;
use crate::view::View;

/// Up to three figures per workload and metric.
pub fn draw(view: &View<'_>) -> Vec<Figure> {
    let curves: Vec<&Curve> = view.results.curves.iter().collect();
    let groups = curves::group(view, &curves, |c| (&c.system, &c.workload, c.clients, &c.metric), 3);
    groups.iter().filter_map(|group| figure(group)).collect()
}

fn figure(group: &curves::Group<'_, &Curve>) -> Option<Figure> {
    let (_, _, first) = group.items.first()?;
    let values: Vec<f64> =
        group.items.iter().flat_map(|(_, _, curve)| curve.points.iter().map(|p| p.1)).collect();
    let shown = Shown::choose(first.unit, &values);
    let raw: Vec<Vec<Point>> = group.items.iter().map(|(_, _, curve)| points(curve, shown)).collect();
    let ends: Vec<f64> = raw.iter().flatten().map(|point| point.y).collect();
    let most = raw.iter().flatten().map(|point| point.x).fold(1.0, f64::max);
    let words = label::metric_label(&group.metric);
    let x = axis::of_nines(most);
    let y = axis::of_values(format!("{words}{}", shown.in_brackets()), &ends);
    let series: Vec<Series> = group
        .items
        .iter()
        .zip(raw)
        .filter(|(_, points)| !points.is_empty())
        .map(|((style, name, _), points)| Series {
            label: name.with_key(),
            style: *style,
            hollow: false,
            points: thin(points, &x, &y),
        })
        .collect();
    let names = group.items.iter().map(|(_, name, _)| *name).chain([group.workload]);
    (!series.is_empty()).then(|| Figure {
        name: format!(
            "{}-{}-quantiles{}",
            file_part(&group.workload.id),
            file_part(&group.metric),
            group.file_ending()
        ),
        caption: format!(
            "{words} of {}{} at each percentile, {} pooled.{}{}",
            group.workload.short(),
            group.at_clients(),
            runs(group),
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

/// How many runs stand behind the curves.
pub fn runs(group: &curves::Group<'_, &Curve>) -> String {
    let counts = || group.items.iter().map(|(_, _, curve)| curve.runs);
    match (counts().min(), counts().max()) {
        (Some(1), Some(1)) => "1 run each, not".to_owned(),
        (Some(least), Some(most)) if least == most => format!("{most} runs each"),
        (Some(least), Some(most)) => format!("{least} to {most} runs each"),
        _ => "no runs".to_owned(),
    }
}

fn points(curve: &Curve, shown: Shown) -> Vec<Point> {
    let drawn = |(p, value): &(f64, f64)| {
        (0.0..1.0).contains(p) && nines(*p) <= MOST_NINES + 1e-6 && value.is_finite()
    };
    curve
        .points
        .iter()
        .filter(|point| drawn(point))
        .map(|(p, value)| Point::new(nines(*p), shown.of(*value)))
        .collect()
}
