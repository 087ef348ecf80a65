//! Mean ranks of systems; bars join those that are not further apart than the critical difference.
//!
//! J. Demšar: Statistical Comparisons of Classifiers over Multiple Data Sets. JMLR 7, 2006.

use vana_types::Ranking;

use super::legend;
use crate::figure::{Axis, Figure, Guide, Point, Scale, Series, Shape, Tick};
use crate::label;
use crate::quantity::{format, p_value};
use crate::slug::file_part;
use crate::view::{Name, View};

/// One figure per ranking of two or more systems.
pub fn draw(view: &View<'_>) -> Vec<Figure> {
    view.results.judgement.rankings.iter().filter_map(|ranking| figure(view, ranking)).collect()
}

fn figure(view: &View<'_>, ranking: &Ranking) -> Option<Figure> {
    let systems: Vec<&Name> = view.all_systems().collect();
    let mut ranks: Vec<(f64, usize)> = Vec::new();
    for (system, rank) in ranking.mean_ranks.iter().filter(|(_, rank)| rank.is_finite()) {
        ranks.push((*rank, systems.iter().position(|name| name.id == *system)?));
    }
    ranks.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    if ranks.len() < 2 {
        return None;
    }
    let most = ranks.len().max(ranks.last().map_or(0, |(rank, _)| rank.ceil() as usize));
    let names: Vec<&Name> = ranks.iter().filter_map(|(_, place)| systems.get(*place).copied()).collect();
    let critical = Some(ranking.critical_difference).filter(|d| d.is_finite() && *d > 0.0);
    let values: Vec<f64> = ranks.iter().map(|(rank, _)| *rank).collect();
    let mut guides: Vec<Guide> = critical.map(|d| joins(&values, d)).unwrap_or_default();
    // A difference that no two ranks can have is not drawn, only told.
    guides.extend(critical.filter(|d| *d <= (most - 1) as f64).map(Guide::Length));
    let series = ranks.iter().zip(&names).map(|((rank, style), name)| Series {
        label: name.short().to_owned(),
        style: *style,
        hollow: false,
        points: vec![Point::new(*rank, 0.0)],
    });
    let ticks = (1..=most).map(|rank| Tick { at: rank as f64, label: rank.to_string() });
    let axis = |label: &str, high: f64, ticks| Axis {
        label: label.to_owned(),
        scale: Scale::Linear,
        low: 1.0,
        high,
        ticks,
    };
    let workload = view.workloads.iter().filter(|name| name.id == ranking.workload);
    Some(Figure {
        name: format!(
            "{}-{}-{}-critical-difference",
            file_part(&ranking.workload),
            file_part(&ranking.metric),
            file_part(&ranking.statistic)
        ),
        caption: format!(
            "{}{}",
            caption(view, ranking, critical),
            legend(names.iter().copied().chain(workload))
        ),
        shape: Shape::Ranks,
        x: axis("Mean rank", most as f64, ticks.collect()),
        y: axis("", 2.0, Vec::new()),
        series: series.collect(),
        guides,
        below: Vec::new(),
    })
}

fn caption(view: &View<'_>, ranking: &Ranking, critical: Option<f64>) -> String {
    let p = p_value(ranking.p)
        .map(|p| if p.starts_with(['<', '>']) { format!("p {p}") } else { format!("p = {p}") });
    let p = p.map(|p| format!(" Friedman's test: {p}.")).unwrap_or_default();
    let joined = critical.map(|d| {
        format!(" Bars join systems no further apart than Nemenyi's critical difference, {}.", format(d, 2))
    });
    format!(
        "{} of {}, {}: mean ranks over {} numbers of clients, 1 is best.{p}{}",
        label::metric_label(&ranking.metric),
        view.workload_short(&ranking.workload),
        label::statistic_label(&ranking.statistic).to_lowercase(),
        ranking.blocks,
        joined.unwrap_or_default()
    )
}

/// The longest runs of two or more ranks, ascending, that lie within a difference.
fn joins(ranks: &[f64], difference: f64) -> Vec<Guide> {
    let mut joins = Vec::new();
    let mut joined = 0;
    for (first, low) in ranks.iter().enumerate() {
        let end = ranks.partition_point(|rank| rank - low <= difference);
        // What lies within an earlier run adds nothing.
        if end > joined && end > first + 1 {
            joins.extend(ranks.get(end - 1).map(|high| Guide::Join(*low, *high)));
            joined = end;
        }
    }
    joins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_join_the_longest_runs_only() {
        let joined = joins(&[1.0, 1.5, 2.5, 4.0, 4.5, 7.0], 1.5);
        assert_eq!(joined, [Guide::Join(1.0, 2.5), Guide::Join(2.5, 4.0), Guide::Join(4.0, 4.5)]);
        assert_eq!(joins(&[1.0, 3.0], 1.5), []);
    }
}
