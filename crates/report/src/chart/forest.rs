//! Ratio of each system to the baseline with its interval, per number of clients or workload.

use std::collections::BTreeMap;

use vana_types::Comparison;

use super::{legend, parts};
use crate::axis;
use crate::figure::{Axis, Figure, Guide, Point, Scale, Series, Shape, Tick};
use crate::label;
use crate::quantity::percent;
use crate::slug::file_part;
use crate::view::{Name, View};

/// Comparisons of one category, under its label.
type Category<'a> = (String, Vec<&'a Comparison>);

/// One figure per metric, statistic and workload with several numbers of clients; the other workloads share one.
pub fn draw(view: &View<'_>) -> Vec<Figure> {
    let all = &view.results.judgement.comparisons;
    let Some(baseline) = baseline(view, all) else { return Vec::new() };
    let mut groups: BTreeMap<_, BTreeMap<usize, Vec<&Comparison>>> = BTreeMap::new();
    let has_ratio = |c: &&Comparison| c.baseline == baseline && c.ratio.is_some_and(f64::is_finite);
    for c in all.iter().filter(has_ratio) {
        let metric = (label::metric_rank(&c.metric), &c.metric);
        let key = (metric, label::statistic_rank(&c.statistic), &c.statistic);
        groups.entry(key).or_default().entry(view.workload_place(&c.workload)).or_default().push(c);
    }
    let mut figures = Vec::new();
    for workloads in groups.into_values() {
        let mut shared: Vec<Category<'_>> = Vec::new();
        for own in workloads.into_values() {
            let mut clients: BTreeMap<Option<u32>, Vec<&Comparison>> = BTreeMap::new();
            for c in own {
                clients.entry(c.clients).or_default().push(c);
            }
            if clients.len() > 1 {
                let label =
                    |clients: Option<u32>| clients.map_or("–".to_owned(), |clients| clients.to_string());
                let categories: Vec<Category<'_>> =
                    clients.into_iter().map(|(clients, own)| (label(clients), own)).collect();
                figures.extend(figure(view, &baseline, &categories, "Clients"));
            } else {
                let short = |own: &[&Comparison]| own.first().map(|c| view.workload_short(&c.workload));
                shared.extend(clients.into_values().map(|own| (short(&own).unwrap_or_default(), own)));
            }
        }
        figures.extend(figure(view, &baseline, &shared, ""));
    }
    figures.iter().flat_map(parts::split).collect()
}

/// The baseline of most comparisons: of pairs, one figure per first system would be many.
fn baseline(view: &View<'_>, all: &[Comparison]) -> Option<String> {
    let count = |name: &&Name| all.iter().filter(|c| c.baseline == name.id).count();
    let most = view.all_systems().map(|name| count(&name)).max().filter(|most| *most > 0)?;
    view.all_systems().find(|name| count(name) == most).map(|name| name.id.clone())
}

fn figure(view: &View<'_>, baseline: &str, categories: &[Category<'_>], axis: &str) -> Option<Figure> {
    let first = *categories.first()?.1.first()?;
    let mut series = Vec::new();
    let mut names = Vec::new();
    for (style, name) in view.all_systems().enumerate() {
        let points: Vec<Point> = categories
            .iter()
            .enumerate()
            .flat_map(|(row, (_, own))| own.iter().filter(|c| c.system == name.id).map(move |c| (row, *c)))
            .filter_map(|(row, c)| point(row, c))
            .collect();
        if !points.is_empty() {
            series.push(Series { label: name.with_key(), style, hollow: false, points });
            names.push(name);
        }
    }
    let margin = view.results.judgement.methods.as_ref().map(|methods| methods.margin);
    let margin = margin.filter(|margin| *margin > 0.0 && *margin < 1.0);
    let band = margin.map(|margin| Guide::Band(1.0 - margin, 1.0 + margin));
    let against = view.all_systems().filter(|name| name.id == baseline);
    let is_shown = |name: &&Name| categories.iter().flat_map(|(_, own)| own).any(|c| c.workload == name.id);
    let long = legend(names.into_iter().chain(against).chain(view.workloads.iter().filter(is_shown)));
    let words = label::metric_label(&first.metric);
    let is_of_one = !axis.is_empty() || categories.len() == 1;
    let of = if is_of_one { format!(" of {}", view.workload_short(&first.workload)) } else { String::new() };
    let stem = if is_of_one { format!("{}-", file_part(&first.workload)) } else { String::new() };
    (!series.is_empty()).then(|| Figure {
        name: format!("{stem}{}-{}-forest", file_part(&first.metric), file_part(&first.statistic)),
        caption: format!(
            "{words}{of}, {}: ratio of each system to {}.{}{}{long}",
            label::statistic_label(&first.statistic).to_lowercase(),
            view.system_short(baseline),
            bars(view, &series),
            margin.map(|m| format!(" Band: 1 ± {} %.", percent(m))).unwrap_or_default(),
        ),
        shape: Shape::Forest,
        x: axis::of_ratios(format!("Ratio to {}", view.system_short(baseline)), &ends(&series, margin)),
        y: self::categories(categories, axis),
        series,
        guides: band.into_iter().chain([Guide::Line(1.0)]).collect(),
        below: Vec::new(),
    })
}

fn point(row: usize, comparison: &Comparison) -> Option<Point> {
    let ratio = comparison.ratio.filter(|ratio| ratio.is_finite())?;
    let interval = comparison.ratio_low.zip(comparison.ratio_high);
    let interval = interval.filter(|(low, high)| low.is_finite() && high.is_finite());
    Some(Point { x: ratio, y: row as f64, interval, doubtful: false })
}

fn bars(view: &View<'_>, series: &[Series]) -> String {
    let has_intervals = series.iter().flat_map(|series| &series.points).any(|p| p.interval.is_some());
    let level = view.results.judgement.methods.as_ref().map(|methods| 1.0 - methods.alpha);
    match level {
        Some(level) if has_intervals => format!(" Error bars: {} % intervals.", percent(level)),
        _ if has_intervals => " Error bars: intervals of the ratio.".to_owned(),
        _ => String::new(),
    }
}

/// What the axis must show. Intervals that reach far beyond the ratios are cut at its ends.
fn ends(series: &[Series], margin: Option<f64>) -> Vec<f64> {
    let points = || series.iter().flat_map(|series| &series.points);
    let margin = margin.unwrap_or(0.0);
    let mut ends: Vec<f64> = points().map(|point| point.x).chain([1.0 - margin, 1.0 + margin]).collect();
    let low = ends.iter().copied().fold(f64::INFINITY, f64::min);
    let high = ends.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let reach = (high - low).max(0.1);
    let least = if low > 0.0 { (low / 3.0).max(low - reach) } else { low - reach };
    let intervals = points().filter_map(|point| point.interval);
    ends.extend(intervals.flat_map(|(from, to)| [from.max(least), to.min(high + reach)]));
    ends
}

fn categories(categories: &[Category<'_>], label: &str) -> Axis {
    let ticks = categories.iter().enumerate();
    let ticks = ticks.map(|(row, (label, _))| Tick { at: row as f64, label: label.clone() });
    Axis {
        label: label.to_owned(),
        scale: Scale::Linear,
        low: categories.len() as f64 - 0.5,
        high: -0.5,
        ticks: ticks.collect(),
    }
}
