//! What is read first: the largest sure differences, and the worst of what not to trust.

use maud::{Markup, html};
use vana_types::{Comparison, Severity, Verdict, statistic};

use super::words;
use crate::doubts::Doubt;
use crate::label;
use crate::quantity::ratio;
use crate::view::View;

/// Differences that are read first.
const DIFFERENCES: usize = 2;
/// Findings that are read first.
const DOUBTS: usize = 2;
/// Places named of each.
const PLACES: usize = 2;

/// The largest sure differences and the worst findings, each with a link to where it stands.
pub fn sentences(view: &View<'_>) -> Vec<Markup> {
    let mut sentences: Vec<Markup> = Vec::new();
    for (index, row) in largest(&view.results.judgement.comparisons) {
        sentences.extend(difference(view, index, row));
    }
    for (doubt, message) in worst(&view.doubts.0) {
        sentences.push(html! {
            span class={ "mark " (doubt.severity) } { (doubt.severity) } " "
            @if let Some(places) = words::places(view, doubt, PLACES) { (places) ": " }
            span dir="auto" { (words::first_sentence(message)) } " "
            a href={ "#finding-" (doubt.number) } aria-label={ "Finding " (doubt.number) } { "F" (doubt.number) }
        });
    }
    sentences
}

/// The worst doubts with their texts: the first of each rule, then others.
fn worst<'d, 'a>(doubts: &'d [Doubt<'a>]) -> Vec<(&'d Doubt<'a>, &'a str)> {
    let severe = doubts.iter().filter(|doubt| doubt.severity != Severity::Info);
    let mut worst: Vec<_> = severe.filter_map(|doubt| Some((doubt, doubt.message?))).collect();
    let is_repeated = |doubt: &Doubt<'_>| doubts.iter().find(|one| one.code == doubt.code) != Some(doubt);
    worst.sort_by_key(|(doubt, _)| (is_repeated(doubt), doubt.number));
    worst.truncate(DOUBTS);
    worst
}

/// The largest sure difference of each of the first metrics that have one, and where they stand.
pub fn largest(comparisons: &[Comparison]) -> Vec<(usize, &Comparison)> {
    let distance = |row: &Comparison| row.ratio.map_or(0.0, |ratio| ratio.ln().abs());
    let mut best: Vec<(usize, &Comparison)> = Vec::new();
    for (index, row) in comparisons.iter().enumerate() {
        let is_sure = matches!(row.verdict, Verdict::Better | Verdict::Worse);
        if !is_sure || !distance(row).is_finite() {
            continue;
        }
        match best.iter_mut().find(|(_, known)| known.metric == row.metric) {
            Some(known) if distance(row) > distance(known.1) => *known = (index, row),
            Some(_) => {}
            None => best.push((index, row)),
        }
    }
    best.sort_by_key(|(_, row)| (label::is_printed(&row.metric), label::metric_rank(&row.metric)));
    best.truncate(DIFFERENCES);
    best
}

fn difference(view: &View<'_>, index: usize, row: &Comparison) -> Option<Markup> {
    let (value, low, high) = (row.ratio?, row.ratio_low, row.ratio_high);
    let metric = label::metric_label(&row.metric).to_lowercase();
    let is_usual = matches!(row.statistic.as_str(), statistic::MEAN | statistic::USED);
    Some(html! {
        span class={ "mark " (row.verdict) } { (row.verdict) } " "
        (words::system(view, &row.system)) ": " (metric)
        @if !is_usual { ", " (label::statistic_label(&row.statistic).to_lowercase()) "," }
        " " strong { (ratio(value)) " times" } " that of "
        (words::system(view, &row.baseline))
        @if let (Some(low), Some(high)) = (low, high) { " [" (ratio(low)) ", " (ratio(high)) "]" }
        @if view.workloads.len() > 1 { " for " (words::workload(view, &row.workload)) }
        @if let Some(clients) = row.clients { " at " (label::clients(clients)) }
        ", the largest sure difference in it "
        a href={ "#comparison-" (index + 1) } aria-label={ "Comparison " (index + 1) } { "C" (index + 1) }
    })
}
