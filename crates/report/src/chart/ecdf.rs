//! Share of the requests that took no longer.

use vana_types::Curve;

use super::{curves, legend, quantiles};
use crate::axis;
use crate::figure::{Figure, Point, Scale, Series, Shape, thin};
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
    let ends: Vec<f64> =
        values.iter().map(|value| shown.of(*value)).filter(|value| value.is_finite()).collect();
    let words = label::metric_label(&group.metric);
    let x = axis::across(format!("{words}{}", shown.in_brackets()), &ends);
    let y = axis::linear("Requests (%)".to_owned(), 0.0, 102.0);
    let points = |curve: &Curve| {
        let drawn = |(p, value): &&(f64, f64)| {
            p.is_finite() && value.is_finite() && (x.scale == Scale::Linear || *value > 0.0)
        };
        let all = curve.points.iter().filter(drawn).map(|(p, value)| Point::new(shown.of(*value), p * 100.0));
        thin(all.collect(), &x, &y)
    };
    let series: Vec<Series> = group
        .items
        .iter()
        .map(|(style, name, curve)| Series {
            label: name.with_key(),
            style: *style,
            hollow: false,
            points: points(curve),
        })
        .filter(|series| !series.points.is_empty())
        .collect();
    let names = group.items.iter().map(|(_, name, _)| *name).chain([group.workload]);
    (!series.is_empty()).then(|| Figure {
        name: format!(
            "{}-{}-ecdf{}",
            file_part(&group.workload.id),
            file_part(&group.metric),
            group.file_ending()
        ),
        caption: format!(
            "Share of the requests of {}{} with at most this {}, {} pooled.{}{}",
            group.workload.short(),
            group.at_clients(),
            words.to_lowercase(),
            quantiles::runs(group),
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
