//! Small reports, letter by letter.

use vana_report::{Letters, draw_figures, figure_svg, render_latex};
use vana_types::{Cell, Interval, IntervalKind, Results, Status, Unit, Workload};

use crate::studies;

/// Three systems, two numbers of clients, one kind of doubt each.
fn small() -> Results {
    let mut results = studies::empty();
    results.systems = ["Docker", "LinuxKit", "OSv"].map(studies::system).to_vec();
    results.workloads = vec![Workload { id: "http".into(), label: Some("Web_server".into()) }];
    let rate = |system, clients, value| {
        studies::cell((system, "http", Some(clients)), ("request_rate", "mean"), value, Unit::PerSecond)
    };
    let mut sure = rate("Docker", 1, Some(1210.0));
    sure.estimate.n = Some(5);
    let kind = IntervalKind::StudentT;
    sure.estimate.interval = Some(Interval { low: 1190.5, high: 1229.5, level: 0.95, kind });
    let doubtful = |mut cell: Cell, status, note: &str| {
        cell.status = status;
        cell.note = Some(note.to_owned());
        cell
    };
    let mut ambiguous =
        doubtful(rate("LinuxKit or OSv", 10, Some(4370.25)), Status::Ambiguous, "one of seven");
    ambiguous.candidates = vec!["LinuxKit".into(), "OSv".into()];
    results.cells = vec![
        sure,
        doubtful(rate("LinuxKit", 1, None), Status::Lost, "a blot"),
        doubtful(rate("OSv", 1, Some(0.5)), Status::Suspect, "too low"),
        rate("Docker", 10, Some(4890.0)),
        ambiguous,
    ];
    results
}

fn file(results: &Results, path: &str) -> String {
    let files = render_latex(results, &|_| {}).unwrap();
    let found = files.into_iter().find(|file| file.path == path).unwrap();
    String::from_utf8(found.bytes).unwrap()
}

#[test]
fn a_table_shows_every_kind_of_doubt() {
    insta::assert_snapshot!(file(&small(), "tables/http-request_rate.tex"));
}

#[test]
fn macros_cite_every_number_that_there_is() {
    insta::assert_snapshot!(file(&small(), "macros.tex"));
}

#[test]
fn a_figure_as_source_names_every_point() {
    insta::assert_snapshot!(file(&small(), "figures/http-request_rate-over-clients.tikz"));
}

#[test]
fn a_figure_on_screen_is_the_figure_of_the_files() {
    let figures = draw_figures(&small());
    let drawn: Vec<String> = figures.iter().map(|figure| figure_svg(figure, Letters::Any)).collect();
    assert_eq!(drawn, [file(&small(), "figures/http-request_rate-over-clients.svg")]);
}

#[test]
fn progress_is_told_every_figure_before_it_is_drawn() {
    let told = std::cell::RefCell::new(Vec::new());
    render_latex(&small(), &|path| told.borrow_mut().push(path.to_owned())).unwrap();
    let figure = "figures/http-request_rate-over-clients";
    let expected = [".svg", ".pdf", ".tikz"].map(|ending| format!("{figure}{ending}"));
    assert_eq!(
        told.into_inner(),
        [expected.as_slice(), &["tables/http-request_rate.tex".to_owned()]].concat()
    );
}
