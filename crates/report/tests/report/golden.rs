//! Small reports, letter by letter.

use vana_report::{Layout, Letters as Glyphs, draw_figures, figure_svg, render_latex};
use vana_types::{
    Cell, Finding, Identity, Interval, IntervalKind, Letters, Ranking, Results, RunSheet, Severity, Status,
    Unit, Workload,
};

use crate::{judged, studies};

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
    file_as(results, &Layout::default(), path)
}

fn file_as(results: &Results, layout: &Layout, path: &str) -> String {
    let files = render_latex(results, layout, &|_| {}).unwrap();
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
    let drawn: Vec<String> = figures.iter().map(|figure| figure_svg(figure, Glyphs::Any)).collect();
    assert_eq!(drawn, [file(&small(), "figures/http-request_rate-over-clients.svg")]);
}

#[test]
fn a_run_over_time_is_latency_over_processors_over_memory() {
    let mut results = small();
    let run = studies::example(("OSv", "http", 10), &mut studies::Noise(3));
    let of =
        |repetition| RunSheet { identity: Identity { repetition, ..run.identity.clone() }, ..run.clone() };
    results.runs = vec![of(1), of(2), of(3)];
    // What lacks one of the three is passed over.
    let mut partial = run.clone();
    partial.pulse.iter_mut().for_each(|pulse| pulse.usages.retain(|usage| usage.metric == "cpu"));
    results.examples = vec![partial, run.clone()];
    let figures = draw_figures(&results);
    let figure = figures.iter().find(|figure| figure.name == "http-osv-run-over-time-10-clients").unwrap();
    let caption = "Service time over the time of one run, and the processors and the memory that were used meanwhile: \
                   Web_server of OSv with 10 clients. Of 3 repetitions it is number 2, whose rate is the median. Each \
                   point stands for the requests done in 100 ms.";
    assert_eq!(figure.caption, caption);
    let plots: Vec<(String, Vec<(String, usize)>)> = figure
        .plots()
        .into_iter()
        .map(|plot| {
            let series = plot.series.into_iter().map(|series| (series.label, series.points.len()));
            (plot.y.label, series.collect())
        })
        .collect();
    let named = |label: &str, series: &[(&str, usize)]| {
        let series = series.iter().map(|(words, count)| ((*words).to_owned(), *count));
        (label.to_owned(), series.collect::<Vec<_>>())
    };
    // The empty window has no point, and neither has what was read before the run.
    let expected = [
        named("Service time (µs)", &[("Mean", 29), ("Longest", 29)]),
        named("Processors", &[("Used by the system", 30), ("Used by the client", 30)]),
        named("Memory (MB)", &[("Used by the system", 30), ("Used in the guest", 30)]),
    ];
    assert_eq!(plots, expected);
    // The system is one line of the legend, though it is in two plots.
    assert_eq!(figure.legend().len(), 5);
    // Each plot cuts off its own lines.
    let drawn = figure_svg(figure, Glyphs::Any);
    for name in ["plot", "plotb", "plotc"] {
        let places = [format!("id=\"{name}\""), format!("url(#{name})")];
        assert_eq!(places.map(|place| drawn.matches(&place).count()), [1, 1], "{name}");
    }
    let source = file(&results, "figures/http-osv-run-over-time-10-clients.tikz");
    assert_eq!((source.matches("begin{axis}").count(), source.matches("addlegendentry").count()), (3, 5));
}

#[test]
fn progress_is_told_every_figure_before_it_is_drawn() {
    let told = std::cell::RefCell::new(Vec::new());
    render_latex(&small(), &Layout::default(), &|path| told.borrow_mut().push(path.to_owned())).unwrap();
    let figure = "figures/http-request_rate-over-clients";
    let expected = [".svg", ".pdf", ".tikz"].map(|ending| format!("{figure}{ending}"));
    assert_eq!(
        told.into_inner(),
        [expected.as_slice(), &["tables/http-request_rate.tex".to_owned()]].concat()
    );
}

/// The small study with one comparison, letters, and findings about a system, a number of clients and a cell.
fn judged() -> Results {
    let mut results = small();
    let key = results.cells[3].key.clone();
    let mut comparison = judged::compare(&key, Unit::PerSecond, "LinuxKit", 1.119);
    comparison.note = Some("a remark".into());
    results.judgement.comparisons = vec![comparison];
    results.judgement.letters = vec![Letters {
        metric: "request_rate".into(),
        statistic: "mean".into(),
        workload: "http".into(),
        clients: Some(1),
        test: "welch-anova".into(),
        p: Some(0.000_2),
        systems: vec![("Docker".into(), "a".into()), ("OSv".into(), "b".into())],
    }];
    results.judgement.methods = Some(judged::methods());
    let found = |code: &str, system: Option<&str>, clients| {
        let mut finding = Finding::new(code, Severity::Warning, format!("What {code} found."));
        finding.system = system.map(str::to_owned);
        finding.clients = clients;
        finding
    };
    results.findings = vec![
        found("whole-row", None, Some(10)),
        found("one-cell", Some("Docker"), Some(1)),
        found("whole-column", Some("OSv"), None),
        Finding::new("no-place", Severity::Info, "About the study."),
    ];
    results
}

#[test]
fn letters_and_findings_stand_beside_their_numbers() {
    insta::assert_snapshot!(file(&judged(), "tables/http-request_rate.tex"));
}

#[test]
fn a_table_of_comparisons_says_what_its_columns_mean() {
    insta::assert_snapshot!(file(&judged(), "tables/request_rate-comparisons.tex"));
}

#[test]
fn methods_and_findings_open_the_article() {
    insta::assert_snapshot!(file(&judged(), "main.tex"));
}

#[test]
fn macros_cite_comparisons() {
    let macros = file(&judged(), "macros.tex");
    let own: Vec<&str> = macros.lines().filter(|line| line.contains("gainst")).collect();
    assert_eq!(
        own,
        [
            "% http, Docker against LinuxKit, 10 clients, request_rate, mean: worse",
            "\\newcommand{\\vanaHttpDockerAgainstLinuxKitTenRequestRateMeanRatio}{\\num{1.119}}",
            "\\newcommand{\\vanaHttpDockerAgainstLinuxKitTenRequestRateMeanRatioLow}{\\num{1.074}}",
            "\\newcommand{\\vanaHttpDockerAgainstLinuxKitTenRequestRateMeanRatioHigh}{\\num{1.175}}",
            "\\newcommand{\\vanaHttpDockerAgainstLinuxKitTenRequestRateMeanP}{\\num{0.041}}",
        ]
    );
}

#[test]
fn a_layout_turns_the_table() {
    let layout = Layout::parse("system", "clients", "-system:LinuxKit").unwrap();
    insta::assert_snapshot!(file_as(
        &judged(),
        &layout,
        "tables/http-request_rate-mean-by-system-clients.tex"
    ));
}

#[test]
fn rows_and_columns_stand_in_the_order_that_is_asked_for() {
    let shown = |rows: &str| -> Vec<String> {
        let layout = Layout::parse(rows, "clients", "").unwrap();
        let text = file_as(&judged(), &layout, "tables/http-request_rate-mean-by-system-clients.tex");
        let label = |line: &str| {
            let (label, _) = line.split_once(" & ")?;
            let label = label.split('\\').next()?.trim();
            (!label.is_empty() && !line.starts_with(' ')).then(|| label.to_owned())
        };
        text.lines().filter_map(label).filter(|label| !matches!(label.as_str(), "System" | "p")).collect()
    };
    assert_eq!(shown("system"), ["Docker", "LinuxKit", "OSv", "LinuxKit or OSv"]);
    assert_eq!(shown("system@alpha"), ["Docker", "LinuxKit", "LinuxKit or OSv", "OSv"]);
    // What may be one of them is shown with them.
    assert_eq!(shown("system@(OSv Docker)"), ["OSv", "Docker", "LinuxKit or OSv"]);
}

#[test]
fn a_filter_that_matches_nothing_says_what_there_is() {
    let layout = Layout::parse("", "", "system:Xen").unwrap();
    let error = render_latex(&small(), &layout, &|_| {}).unwrap_err().to_string();
    assert_eq!(
        error,
        "no number matches the filter \"system:Xen\"; system: Docker, LinuxKit, OSv, LinuxKit or OSv"
    );
}

#[test]
fn too_many_tables_are_refused() {
    let layout = Layout::parse("workload", "metric", "").unwrap();
    let error = render_latex(&studies::hostile(), &layout, &|_| {}).unwrap_err().to_string();
    let expected = "this layout makes 1454 tables, more than 200: name system or clients or statistic in --row or --col, or filter";
    assert_eq!(error, expected);
}

#[test]
fn a_judgement_without_numbers_draws_no_empty_figure() {
    let mut results = small();
    let key = results.cells[3].key.clone();
    let mut comparison = judged::compare(&key, Unit::PerSecond, "LinuxKit", f64::NAN);
    (comparison.ratio_low, comparison.ratio_high) = (None, None);
    results.judgement.comparisons = vec![comparison];
    results.judgement.rankings = vec![Ranking {
        metric: "request_rate".into(),
        statistic: "mean".into(),
        workload: "http".into(),
        blocks: 1,
        p: f64::NAN,
        critical_difference: f64::NAN,
        mean_ranks: vec![("Docker".into(), 1.0)],
    }];
    let names: Vec<String> = draw_figures(&results).into_iter().map(|figure| figure.name).collect();
    assert_eq!(names, ["http-request_rate-over-clients"]);
}

#[test]
fn ratios_and_ranks_are_drawn_as_source() {
    let mut results = judged();
    results.judgement.rankings = vec![Ranking {
        metric: "request_rate".into(),
        statistic: "mean".into(),
        workload: "http".into(),
        blocks: 11,
        p: 0.01,
        critical_difference: 1.2,
        mean_ranks: vec![("Docker".into(), 1.25), ("OSv".into(), 2.0), ("LinuxKit".into(), 2.75)],
    }];
    insta::assert_snapshot!(file(&results, "figures/http-request_rate-mean-forest.tikz"));
    insta::assert_snapshot!(file(&results, "figures/http-request_rate-mean-critical-difference.tikz"));
}
