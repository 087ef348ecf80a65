//! What a page says, word by word.

use vana_report::{Layout, Letters, Output, draw_figures, figure_svg, render};
use vana_types::{Finding, Ranking, Results, Severity, Unit, Workload};

use crate::{judged, studies};

fn page(results: &Results) -> String {
    let files = render(results, &Layout::default(), &[Output::Html], &|_| {}).unwrap();
    String::from_utf8(files.into_iter().next().unwrap().bytes).unwrap()
}

/// What a reader reads of a piece of a page.
fn text(markup: &str) -> String {
    let mut text = String::new();
    let mut is_tag = false;
    for c in markup.chars() {
        match c {
            '<' => is_tag = true,
            '>' => is_tag = false,
            c if !is_tag => text.push(c),
            _ => {}
        }
    }
    text
}

/// The sentences of the first screen.
fn read_first(results: &Results) -> Vec<String> {
    let page = page(results);
    let (_, list) = page.split_once("<ul class=\"first\">").unwrap();
    let (list, _) = list.split_once("</ul>").unwrap();
    list.split("<li>").skip(1).map(text).collect()
}

/// Two systems under two workloads with 1 and 10 clients.
fn study() -> Results {
    let mut results = studies::empty();
    results.systems = ["a", "b"].map(studies::system).to_vec();
    results.workloads = ["get", "put"].map(|id| Workload { id: id.into(), label: None }).to_vec();
    for (system, workload) in [("a", "get"), ("b", "get"), ("a", "put"), ("b", "put")] {
        for clients in [1, 10] {
            let place = (system, workload, Some(clients));
            results.cells.push(studies::cell(place, ("request_rate", "mean"), Some(1000.0), Unit::PerSecond));
            results.cells.push(studies::cell(place, ("latency", "p99"), Some(0.5), Unit::Seconds));
        }
    }
    results
}

#[test]
fn a_difference_that_is_read_first_says_what_of_and_under_which_workload() {
    let mut results = study();
    let find = |metric: &str| {
        let found = results.cells.iter().find(|cell| cell.key.metric == metric && cell.key.system == "b");
        found.unwrap().key.clone()
    };
    let (rate, latency) = (find("request_rate"), find("latency"));
    results.judgement.comparisons = vec![
        judged::compare(&rate, Unit::PerSecond, "a", 0.5),
        judged::compare(&latency, Unit::Seconds, "a", 3.0),
    ];
    let first = read_first(&results);
    assert_eq!(
        first[0],
        "worse b: request rate 0.500 times that of a [0.480, 0.525] for get at 1 client, the largest sure difference in it C1"
    );
    assert!(first[1].starts_with("worse b: latency, 99th percentile, 3.000 times that of a"), "{first:?}");
    results.cells.retain(|cell| cell.key.workload == "get");
    results.workloads.truncate(1);
    assert!(read_first(&results)[0].contains("[0.480, 0.525] at 1 client"));
}

fn finding(code: &str, message: &str, system: &str, severity: Severity) -> Finding {
    let (system, workload) = (Some(system.to_owned()), Some("get".to_owned()));
    Finding { system, workload, ..Finding::new(code, severity, message) }
}

#[test]
fn what_not_to_trust_is_of_two_kinds_and_says_where() {
    let mut results = study();
    let warn = |code: &str, message: &str, system: &str| finding(code, message, system, Severity::Warning);
    results.findings = vec![
        warn("little", "Ten.", "a"),
        warn("little", "Eleven.", "b"),
        warn("errors", "Half failed.", "a"),
        warn("errors", "Half failed.", "b"),
        finding("bad", "Wrong.", "a", Severity::Error),
    ];
    assert_eq!(read_first(&results), ["error a, get: Wrong. F1", "warning a, get: Ten. F2"]);
    results.findings.pop();
    assert_eq!(read_first(&results), ["warning a, get: Ten. F1", "warning a, get; b, get: Half failed. F3"]);
    results.findings.truncate(2);
    assert_eq!(read_first(&results), ["warning a, get: Ten. F1", "warning b, get: Eleven. F2"]);
}

#[test]
fn a_mark_of_a_note_is_no_letter_and_its_meaning_stands_below() {
    let mut results = study();
    let key = results.cells[0].key.clone();
    results.cells[2].status = vana_types::Status::Suspect;
    results.cells[2].note = Some("a misprint".into());
    results.findings = vec![Finding {
        metric: Some(key.metric.clone()),
        ..finding("whole", "About all.", "a", Severity::Warning)
    }];
    results.findings[0].system = None;
    let page = page(&results);
    let (_, table) = page.split_once("<caption id=\"table-0\"").unwrap();
    let (table, _) = table.split_once("</div>").unwrap();
    assert!(table.contains("1000<sup>†</sup>"), "{table}");
    let notes = text(table.split_once("<p class=\"notes\"").unwrap().1);
    assert!(notes.contains("† suspect: a misprint. "), "{notes}");
    assert!(notes.ends_with("About the whole table: F1"), "{notes}");
}

#[test]
fn the_tables_that_are_named_are_those_that_are_written() {
    let mut results = study();
    assert!(page(&results).contains("in tables beside this page: cells.csv.</p>"));
    results.findings = vec![finding("code", "Text.", "a", Severity::Info)];
    assert!(page(&results).contains("in tables beside this page: cells.csv, findings.csv.</p>"));
}

#[test]
fn what_an_axis_of_ranks_shows_is_not_cut_off_beside_short_names() {
    let mut results = study();
    results.systems.push(studies::system("c"));
    results.judgement.rankings = vec![Ranking {
        metric: "request_rate".into(),
        statistic: "mean".into(),
        workload: "get".into(),
        blocks: 11,
        p: 0.01,
        critical_difference: 1.2,
        mean_ranks: vec![("a".into(), 1.25), ("b".into(), 2.0), ("c".into(), 2.75)],
    }];
    let figures = draw_figures(&results);
    let ranks = figures.iter().find(|figure| figure.name.ends_with("critical-difference")).unwrap();
    let drawing = figure_svg(ranks, Letters::Any);
    let (before, _) = drawing.split_once("\">Mean rank").unwrap();
    let end = before.rsplit_once("<text x=\"").unwrap().1.split_once('"').unwrap().0;
    // It is 36 wide in letters of this size, and ends there.
    assert!(end.parse::<f64>().unwrap() >= 36.0, "{end}");
}
