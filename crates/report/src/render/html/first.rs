//! The first screen: what was found, and what not to trust.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};
use vana_types::{ClaimVerdict, RunSheet, Severity, Status, Verdict};

use super::{read_first, words};
use crate::label;
use crate::view::View;

/// The head of the page.
pub fn draw(view: &View<'_>, note: Option<&'static str>) -> Markup {
    let results = view.results;
    html! {
        header {
            h1 dir="auto" { (words::title(view)) }
            p.lede { (measured(view)) }
            @if let Some(source) = &results.source { p.source dir="auto" { (crate::tex::flatten(source)) } }
            (tiles(view))
            @let first = read_first::sentences(view);
            @if !first.is_empty() {
                h2.quiet { "Read first" }
                ul.first { @for sentence in first { li { (sentence) } } }
            }
            @if let Some(note) = note { p.note { (note) } }
            p.stamp {
                "Study " code title="SHA-256 over the study's data" { (results.digest.chars().take(16).collect::<String>()) }
                " · vana " (results.vana)
            }
        }
    }
}

/// `880 of 880 runs: 8 systems, 2 workloads, 11 numbers of clients. 31 published numbers, 2 of them lost.`
fn measured(view: &View<'_>) -> Markup {
    let results = view.results;
    let coverage = Coverage::of(&results.runs);
    let mut parts: Vec<String> = Vec::new();
    if !results.runs.is_empty() {
        let clients: BTreeSet<u32> = results.runs.iter().filter_map(|run| run.identity.clients).collect();
        parts.push(coverage.words());
        parts.push(words::count(coverage.systems, "system"));
        parts.push(words::count(coverage.workloads, "workload"));
        if clients.len() > 1 {
            parts.push(format!("{} numbers of clients", clients.len()));
        }
    }
    let published = || results.measurements.iter().filter(|m| m.repetition.is_none());
    let lost = published().filter(|m| m.status == Status::Lost).count();
    let doubtful = published().filter(|m| !matches!(m.status, Status::Read | Status::Lost)).count();
    if published().next().is_some() {
        parts.push(words::count(published().count(), "published number"));
        parts.extend((lost > 0).then(|| format!("{lost} of them lost")));
        parts.extend((doubtful > 0).then(|| format!("{doubtful} in doubt")));
    }
    if parts.is_empty() {
        parts.push("Nothing was measured".to_owned());
    }
    let missing = coverage.missing(view);
    html! {
        (parts.join(" · ")) "."
        @if !missing.is_empty() { " Missing: " (words::join(&missing, "; ")) "." }
    }
}

/// Which runs there are, and which are missing between them.
#[derive(Default)]
struct Coverage {
    systems: usize,
    workloads: usize,
    found: usize,
    wanted: usize,
    /// Smallest and largest number of repetitions of what was run at all.
    repetitions: (usize, usize),
    gaps: Vec<(String, String, Option<u32>, usize)>,
}

impl Coverage {
    fn of(runs: &[RunSheet]) -> Self {
        let mut counts: BTreeMap<(&str, Option<u32>, &str), usize> = BTreeMap::new();
        for run in runs {
            let run = &run.identity;
            *counts.entry((&run.workload, run.clients, &run.system)).or_default() += 1;
        }
        let mut systems: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (workload, _, system) in counts.keys() {
            systems.entry(workload).or_default().insert(system);
        }
        let places: BTreeSet<(&str, Option<u32>)> =
            counts.keys().map(|(w, clients, _)| (*w, *clients)).collect();
        let usual = usual(counts.values().copied());
        let mut coverage = Self {
            systems: counts.keys().map(|(_, _, system)| system).collect::<BTreeSet<_>>().len(),
            workloads: systems.len(),
            found: runs.len(),
            repetitions: (
                counts.values().copied().min().unwrap_or(0),
                counts.values().copied().max().unwrap_or(0),
            ),
            ..Self::default()
        };
        for (workload, clients) in places {
            for system in systems.get(workload).into_iter().flatten() {
                let found = counts.get(&(workload, clients, system)).copied().unwrap_or(0);
                coverage.wanted += usual.max(found);
                if found < usual {
                    let place = ((*system).to_owned(), workload.to_owned(), clients, usual - found);
                    coverage.gaps.push(place);
                }
            }
        }
        coverage
    }

    fn words(&self) -> String {
        let (least, most) = self.repetitions;
        let each = if least == most { most.to_string() } else { format!("{least} to {most}") };
        format!("{} of {} runs, {each} of each", words::grouped(&self.found.to_string()), self.wanted)
    }

    /// The first gaps in words.
    fn missing(&self, view: &View<'_>) -> Vec<Markup> {
        const NAMED: usize = 4;
        let gap = |(system, workload, clients, count): &(String, String, Option<u32>, usize)| {
            html! {
                (words::count(*count, "run")) " of " (words::system(view, system)) ", " (words::workload(view, workload))
                @if let Some(clients) = clients { ", " (label::clients(*clients)) }
            }
        };
        let mut named: Vec<Markup> = self.gaps.iter().take(NAMED).map(gap).collect();
        let more = self.gaps.len().saturating_sub(NAMED);
        named.extend((more > 0).then(|| html! { "and " (words::count(more, "more place")) }));
        named
    }
}

/// The most frequent number, the largest of several.
fn usual(counts: impl Iterator<Item = usize>) -> usize {
    let mut frequencies = BTreeMap::<usize, usize>::new();
    counts.for_each(|count| *frequencies.entry(count).or_default() += 1);
    frequencies
        .into_iter()
        .max_by_key(|(count, frequency)| (*frequency, *count))
        .map_or(0, |(count, _)| count)
}

/// A number, what it counts, and where it leads.
struct Tile {
    count: usize,
    words: String,
    kind: &'static str,
    link: &'static str,
}

fn tiles(view: &View<'_>) -> Markup {
    let judgement = &view.results.judgement;
    let claims = |verdict| judgement.claims.iter().filter(|claim| claim.verdict == verdict).count();
    let findings = |severity| view.results.findings.iter().filter(|found| found.severity == severity).count();
    let verdicts = |verdict| judgement.comparisons.iter().filter(|row| row.verdict == verdict).count();
    let tile = |count, words: &str, kind, link| Tile { count, words: words.to_owned(), kind, link };
    let mut groups: Vec<(&str, Vec<Tile>)> = Vec::new();
    if !judgement.claims.is_empty() {
        let holding = claims(ClaimVerdict::Holds);
        let mut tiles = vec![
            tile(holding, if holding == 1 { "holds" } else { "hold" }, "good", "#claims"),
            tile(claims(ClaimVerdict::Contradicted), "contradicted", "bad", "#claims"),
            tile(claims(ClaimVerdict::Undecidable), "undecidable", "open", "#claims"),
        ];
        let depends = claims(ClaimVerdict::DependsOnReading);
        let words = if depends == 1 { "depends on a reading" } else { "depend on a reading" };
        tiles.extend((depends > 0).then(|| tile(depends, words, "open", "#claims")));
        groups.push(("Claims", tiles));
    }
    if !judgement.comparisons.is_empty() {
        let sure = verdicts(Verdict::Better) + verdicts(Verdict::Worse) + verdicts(Verdict::Different);
        let tiles = vec![
            tile(sure, if sure == 1 { "differs" } else { "differ" }, "good", "#comparisons"),
            tile(verdicts(Verdict::Equivalent), "equivalent", "good", "#comparisons"),
            tile(verdicts(Verdict::Inconclusive), "inconclusive", "open", "#comparisons"),
        ];
        groups.push(("Comparisons", tiles));
    }
    let of_severity = [(Severity::Error, "bad"), (Severity::Warning, "warn"), (Severity::Info, "open")];
    let tiles = of_severity.iter().zip(["error", "warning", "note"]);
    let tiles = tiles.map(|((severity, kind), name)| {
        let count = findings(*severity);
        tile(count, &label::plural(count, name), kind, "#findings")
    });
    groups.push(("Findings", tiles.collect()));
    html! {
        div.tiles {
            @for (heading, tiles) in groups {
                div.group {
                    h2.quiet { (heading) }
                    ul { @for tile in tiles {
                        li class={ "tile " @if tile.count > 0 { (tile.kind) } @else { "none" } } {
                            a href=(tile.link) { strong { (tile.count) } " " span { (tile.words) } }
                        }
                    } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use vana_types::{Fidelity, Identity};

    use super::*;

    fn run(system: &str, clients: u32, repetition: u32) -> RunSheet {
        let identity =
            Identity { system: system.into(), workload: "w".into(), clients: Some(clients), repetition };
        RunSheet { identity, fidelity: Fidelity::Trace, source: None, tool: None, pulse: None }
    }

    #[test]
    fn a_run_that_others_have_is_missing() {
        let mut runs: Vec<RunSheet> = Vec::new();
        for clients in [1, 10] {
            runs.extend((1..=3).flat_map(|repetition| ["a", "b"].map(|name| run(name, clients, repetition))));
        }
        let whole = Coverage::of(&runs);
        assert_eq!((whole.words().as_str(), whole.gaps.len()), ("12 of 12 runs, 3 of each", 0));
        runs.pop();
        let broken = Coverage::of(&runs);
        assert_eq!(broken.words(), "11 of 12 runs, 2 to 3 of each");
        assert_eq!(broken.gaps, [("b".into(), "w".into(), Some(10), 1)]);
        assert_eq!(Coverage::of(&[]).wanted, 0);
    }
}
