//! `vana check` finds what was planted, keeps silent on a clean study, and names what is wrong with a published table.

mod support;

use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value;
use support::{Desk, repository};
use tempfile::TempDir;
use vana_analysis::{CHECKS, Check, check, measure};
use vana_reduce::ReduceOptions;
use vana_testkit::{CleanStudy, Request, printed_run, write_printed_study};
use vana_trace::Study;
use vana_types::{Finding, Outcome, Run, Severity, Unit};

/// A study without a flaw; made once for all tests.
static CLEAN: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    CleanStudy::default().write(&folder.path().join("study"), |_, _| {}).unwrap();
    folder
});

/// What checks find in a study.
fn findings(root: &Path, checks: &[&dyn Check]) -> Vec<Finding> {
    let study = Study::open(root).unwrap();
    let options = ReduceOptions { series: true, ..ReduceOptions::default() };
    let measured = measure(&study, &options, &[], || ()).unwrap();
    check(&study, &measured, checks, || ()).unwrap()
}

/// A study of one system with one run, or with as few as a flaw needs.
fn small() -> CleanStudy {
    CleanStudy { systems: 1, clients: vec![4], repetitions: 1, seconds: 2.0, ..CleanStudy::default() }
}

fn plant(study: &CleanStudy, root: &Path, change: impl FnMut(&mut Run, &mut Vec<Request>)) {
    study.write(root, change).unwrap();
}

fn print(root: &Path, runs: &[Run]) {
    write_printed_study(root, runs).unwrap();
}

/// A closed loop whose clients print a rate and a mean time that keep `busy` of them under way.
fn busy(system: &str, clients: u32, busy: f64) -> Run {
    let rate = 1000.0;
    let numbers = [
        ("request_rate", "mean", rate, Unit::PerSecond),
        ("wrk_latency", "mean", busy / rate, Unit::Seconds),
    ];
    printed_run(system, clients, 1, &numbers)
}

fn rate(system: &str, clients: u32, repetition: u32, statistic: &str, value: f64) -> Run {
    printed_run(system, clients, repetition, &[("request_rate", statistic, value, Unit::PerSecond)])
}

/// Plants, as small as possible, what a check is to find.
#[expect(clippy::too_many_lines, reason = "one arm for each check")]
fn plant_for(name: &str, root: &Path) {
    match name {
        // Four clients of which only two are ever busy.
        "littles-law" => plant(&small(), root, |_, requests| {
            requests.retain(|request| request.connection < 2);
        }),
        "starved-connections" => {
            print(root, &[(5, 5.0), (10, 8.0), (20, 8.2), (40, 7.9)].map(|(all, some)| busy("a", all, some)));
        }
        // Every two-hundredth request waits for a packet to be sent again.
        "retransmission-ladder" => plant(&small(), root, |_, requests| {
            for request in requests.iter_mut().step_by(200) {
                request.service_ns += 203_000_000;
            }
        }),
        "common-ceiling" => {
            print(
                root,
                &["a", "b", "c"]
                    .map(|system| rate(system, 10, 1, "max", 5000.0 + f64::from(system.as_bytes()[0]))),
            );
        }
        // The point of the mean time at 20 clients has slipped.
        "suspect-value" => {
            let cell = |clients, mean, stdev| {
                let (time, rate) = ("latency", f64::from(clients) / 0.01);
                let numbers = [
                    (time, "mean", mean, Unit::Seconds),
                    (time, "stdev", stdev, Unit::Seconds),
                    ("request_rate", "mean", rate, Unit::PerSecond),
                ];
                printed_run("a", clients, 1, &numbers)
            };
            print(root, &[cell(10, 0.01, 0.002), cell(20, 0.1, 0.002), cell(40, 0.01, 0.002)]);
        }
        "impossible-summary" => {
            let time = |statistic, value| ("latency", statistic, value, Unit::Seconds);
            print(root, &[printed_run("a", 1, 1, &[time("mean", 0.5), time("max", 0.4)])]);
        }
        // The tool says twice as many requests as there are.
        "reported-differs" => plant(&small(), root, |run, requests| {
            let twice = 2.0 * requests.len() as f64;
            run.reported = printed_run("a", 1, 1, &[("requests", "count", twice, Unit::One)]).reported;
        }),
        "spread-outlier" => {
            let stdevs = [("a", 10.0), ("b", 12.0), ("c", 9.0), ("d", 11.0), ("e", 60.0)];
            print(root, &stdevs.map(|(system, stdev)| rate(system, 1, 1, "stdev", stdev)));
        }
        "outlier" => {
            let rates = [1000.0, 1001.0, 1002.0, 1003.0, 1004.0, 700.0];
            let runs: Vec<Run> = (1..).zip(rates).map(|(n, value)| rate("a", 1, n, "mean", value)).collect();
            print(root, &runs);
        }
        "client-saturated" => {
            let mut run = rate("a", 1, 1, "mean", 1.0);
            run.attributes.insert("client_cpu".to_owned(), "97 %".to_owned());
            print(root, &[run]);
        }
        // From the second half on every request is sent 5 ms late.
        "schedule-lag" => plant(&small(), root, |_, requests| {
            let half = requests.len() / 2;
            for (place, request) in requests.iter_mut().enumerate() {
                request.due_ns = request.sent_ns - if place < half { 0 } else { 5_000_000 };
            }
        }),
        "errors" => plant(&small(), root, |_, requests| {
            for request in requests.iter_mut().step_by(50) {
                request.outcome = Outcome::ErrorStatus;
            }
        }),
        // Each request takes about what the one before it took.
        "autocorrelated" => plant(&small(), root, |_, requests| {
            for (place, request) in requests.iter_mut().enumerate() {
                request.service_ns = 1_000_000 + 10_000 * (place as i64 / 100 % 20);
            }
        }),
        "too-short" => plant(&CleanStudy { seconds: 0.5, ..small() }, root, |_, _| {}),
        "too-few-repetitions" => print(root, &[rate("a", 1, 1, "mean", 1.0)]),
        "blocked-order" => {
            let runs = [("a", 1, 100), ("a", 2, 200), ("b", 1, 300), ("b", 2, 400)];
            print(
                root,
                &runs.map(|(system, repetition, at)| Run {
                    started_unix_ns: Some(at),
                    ..rate(system, 1, repetition, "mean", 1.0)
                }),
            );
        }
        "percentile-unsupported" => plant(&small(), root, |_, requests| requests.truncate(300)),
        other => panic!("nothing is planted for {other}"),
    }
}

/// Code, severity, system, clients.
type Place = (Severity, Option<&'static str>, Option<u32>);

/// Where a check finds what was planted, and how much it weighs.
fn place_of(name: &str) -> Vec<Place> {
    use Severity::{Error, Info, Warning};
    let one = Some("system-1");
    match name {
        "littles-law" | "errors" => vec![(Warning, one, Some(4))],
        "schedule-lag" => vec![(Warning, one, Some(4))],
        "starved-connections" => vec![(Warning, Some("a"), None)],
        "retransmission-ladder" => vec![(Warning, one, None)],
        "common-ceiling" => vec![(Warning, None, None)],
        "suspect-value" => vec![(Error, Some("a"), Some(20))],
        "impossible-summary" => vec![(Error, Some("a"), Some(1))],
        "reported-differs" => vec![(Warning, one, Some(4))],
        "spread-outlier" => vec![(Warning, Some("e"), Some(1)), (Info, None, None)],
        "outlier" | "client-saturated" => vec![(Warning, Some("a"), Some(1))],
        "autocorrelated" => vec![(Info, one, Some(4))],
        "too-short" => vec![(Warning, one, None)],
        "too-few-repetitions" => vec![(Warning, Some("a"), None)],
        "blocked-order" => vec![(Warning, None, Some(1))],
        // p99, p99.9 and p99.99.
        "percentile-unsupported" => vec![(Info, one, Some(4)); 3],
        other => panic!("no place for {other}"),
    }
}

#[test]
fn every_check_finds_what_was_planted_and_nothing_else_of_its_kind() {
    let mut names = Vec::new();
    for check in CHECKS {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("study");
        plant_for(check.name(), &root);
        let found = findings(&root, &[*check]);
        let places: Vec<_> =
            found.iter().map(|one| (one.severity, one.system.as_deref(), one.clients)).collect();
        assert_eq!(places, place_of(check.name()), "{}: {found:#?}", check.name());
        assert!(found.iter().all(|one| one.code == check.name()), "{found:#?}");
        let kebab = |letter: char| letter.is_ascii_lowercase() || letter == '-';
        assert!(check.name().chars().all(kebab) && !check.about().is_empty() && !check.source().is_empty());
        names.push(check.name());
    }
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn every_check_is_silent_on_a_clean_study() {
    let root = CLEAN.path().join("study");
    for check in CHECKS {
        assert_eq!(findings(&root, &[*check]), [], "{}", check.name());
    }
    let desk = Desk::new();
    let root = root.to_str().unwrap();
    assert_eq!(desk.prints(&["check", root, "--fail-on", "warning"]), "nothing found\n");
}

/// The findings of the paper's tables, as the binary prints them.
fn paper(further: &[&str]) -> Vec<Finding> {
    let dataset = repository().join("datasets/mavridis-karatza-2019");
    let mut arguments = vec!["check", dataset.to_str().unwrap(), "--format", "json"];
    arguments.extend(further);
    let printed: Value = serde_json::from_str(&Desk::new().prints(&arguments)).unwrap();
    assert_eq!(printed["schema_version"], 1);
    serde_json::from_value(printed["findings"].clone()).unwrap()
}

/// System, clients, and value and expectation to three digits, of all findings of a code.
fn numbers(found: &[Finding], code: &str) -> Vec<(String, Option<u32>, String)> {
    let of_code = found.iter().filter(|finding| finding.code == code);
    let round = |number: Option<f64>| number.map_or_else(|| "-".to_owned(), |number| format!("{number:.2e}"));
    of_code
        .map(|finding| {
            let system = finding.system.clone().unwrap_or_default();
            (system, finding.clients, format!("{} {}", round(finding.value), round(finding.expected)))
        })
        .collect()
}

fn row(system: &str, clients: Option<u32>, numbers: &str) -> (String, Option<u32>, String) {
    (system.to_owned(), clients, numbers.to_owned())
}
