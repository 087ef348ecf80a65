//! How it was judged, and where every run comes from.

use std::collections::BTreeMap;

use maud::{Markup, html};
use vana_types::{Methods, Results, RunSheet};

use super::{Budget, words};
use crate::label;
use crate::quantity::percent;
use crate::tex::flatten;
use crate::view::View;

/// Method, names and runs.
pub fn draw(view: &View<'_>, budget: Budget) -> Markup {
    let results = view.results;
    html! {
        @match &results.judgement.methods {
            Some(methods) => { ul { @for sentence in sentences(methods) { li { (sentence) } } } }
            None => { p { "Nothing could be compared: that takes two systems with repetitions that differ." } }
        }
        @if !results.assumed.is_empty() {
            p { "Read as asked for: " @for (name, system) in &results.assumed {
                (words::bdi(&words::or_nameless(name))) " is " (words::system(view, system)) ". " } }
        }
        p { "SHA-256 over the study's data: " code { (results.digest) } ". Written by vana " (results.vana)
            ". Everything that is said here is in tables beside this page: " (tables(results).join(", ")) "." }
        h3 { "Systems" }
        ul.names { @for name in view.all_systems() {
            li { (words::bdi(&name.full))
                @if flatten(&name.id) != name.full && !name.id.is_empty() { " (" code { (words::bdi(&flatten(&name.id))) } ")" } }
        } }
        h3 { "Runs" }
        (runs(view, budget))
    }
}

/// The tables that are written beside the page: those that have rows.
fn tables(results: &Results) -> Vec<&'static str> {
    let judgement = &results.judgement;
    let tables = [
        ("measurements.csv", results.measurements.is_empty()),
        ("cells.csv", results.cells.is_empty()),
        ("operations.csv", results.operations.is_empty()),
        ("comparisons.csv", judgement.comparisons.is_empty()),
        ("claims.csv", judgement.claims.is_empty()),
        ("findings.csv", results.findings.is_empty()),
    ];
    tables.into_iter().filter(|(_, is_empty)| !is_empty).map(|(name, _)| name).collect()
}

fn sentences(methods: &Methods) -> Vec<String> {
    let range = |(least, most): (u32, u32)| {
        if least == most { most.to_string() } else { format!("{least} to {most}") }
    };
    let adjusted = match methods.adjust.as_str() {
        "none" => "p values are not adjusted for the number of comparisons".to_owned(),
        name => format!("p values are adjusted by {} within a family", label::adjust_label(name)),
    };
    vec![
        format!(
            "The run is the unit of repetition: each value that is compared is one run's, and a cell has {} of them.",
            range(methods.repetitions)
        ),
        format!(
            "Two systems are compared by {}, all systems at once by {}.",
            label::test_label(&methods.test),
            label::test_label(&methods.group_test)
        ),
        format!(
            "Tests are two-sided with α = {}; {adjusted} of {} comparisons.",
            methods.alpha,
            range(methods.family_sizes)
        ),
        format!(
            "The ratio is that of the means; its interval has {} % confidence.",
            percent(1.0 - methods.alpha)
        ),
        format!(
            "Two systems are equivalent where the interval of their ratio lies within 1 ± {}; where the data show neither a difference nor equivalence the verdict is inconclusive, which is not the same as equal.",
            methods.margin
        ),
        format!("Whatever is random was drawn with the seed {}.", methods.seed),
    ]
}

/// What runs have in common, once.
type Origin<'a> = (&'a str, String, Option<&'a str>, Option<&'a str>);

fn runs(view: &View<'_>, budget: Budget) -> Markup {
    let all = &view.results.runs;
    if all.is_empty() {
        return html! { p { "The study has no runs: its numbers are as a publication printed them." } };
    }
    let mut origins: BTreeMap<Origin<'_>, Vec<&RunSheet>> = BTreeMap::new();
    for run in all {
        let tool = run.tool.as_ref().map_or("–".to_owned(), |tool| {
            [Some(flatten(&tool.name)), tool.version.as_deref().map(flatten)]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" ")
        });
        let command = run.tool.as_ref().and_then(|tool| tool.command.as_deref());
        let file = run.source.as_ref().map(|source| source.file.as_str());
        origins.entry((run.fidelity.name(), tool, command, file)).or_default().push(run);
    }
    html! {
        @if origins.len() > budget.rows {
            p.note { (budget.rows) " of " (origins.len()) " origins are shown; run.json of each run has its own." }
        }
        div.wide tabindex="0" role="region" aria-label="Table of runs" {
            table.sortable {
                thead { tr {
                    th scope="col" { "File" } th.number scope="col" { "Runs" } th scope="col" { "Known" }
                    th scope="col" { "Tool" } th scope="col" { "Command" } th scope="col" { "SHA-256" }
                } }
                tbody {
                    @for ((fidelity, tool, command, file), runs) in origins.iter().take(budget.rows) {
                        tr {
                            th scope="row" { (words::bdi(&file.map_or("–".to_owned(), flatten))) }
                            td.number { (runs.len()) }
                            td { (fidelity) }
                            td dir="auto" { (tool) }
                            td { @if let Some(command) = command { code { (words::bdi(&flatten(command))) } } @else { "–" } }
                            td { @if let Some(source) = runs.first().and_then(|run| run.source.as_ref()) {
                                code { (source.sha256.chars().take(16).collect::<String>()) } } @else { "–" } }
                        }
                    }
                }
            }
        }
    }
}
