//! One planted flaw for each check, and a study without any.

use std::path::Path;

use vana_analysis::{CHECKS, check};
use vana_testkit::{CleanStudy, Request, printed_run};
use vana_trace::UnfinishedRun;
use vana_types::{Outcome, Run, Severity, Unit};

use super::support::Desk;
use super::{findings, measured, print, rate};

/// A study of one system with one run, or with as few as a flaw needs.
fn small() -> CleanStudy {
    CleanStudy { systems: 1, clients: vec![4], repetitions: 1, seconds: 2.0, ..CleanStudy::default() }
}

fn plant(study: &CleanStudy, root: &Path, change: impl FnMut(&mut Run, &mut Vec<Request>)) {
    study.write(root, change).unwrap();
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

/// Plants, as small as possible, what a check is to find.
fn plant_for(name: &str, root: &Path) {
    assert!(in_requests(name, root) || in_print(name, root), "nothing is planted for {name}");
}

/// The same, for flaws of requests; false where this is none.
fn in_requests(name: &str, root: &Path) -> bool {
    match name {
        // Four clients of which only two are ever busy.
        "littles-law" => plant(&small(), root, |_, requests| {
            requests.retain(|request| request.connection < 2);
        }),
        // Every two-hundredth request waits for a packet to be sent again.
        "retransmission-ladder" => plant(&small(), root, |_, requests| {
            for request in requests.iter_mut().step_by(200) {
                request.service_ns += 203_000_000;
            }
        }),
        // The tool says twice as many requests as there are.
        "reported-differs" => plant(&small(), root, |run, requests| {
            let twice = 2.0 * requests.len() as f64;
            run.reported = printed_run("a", 1, 1, &[("requests", "count", twice, Unit::One)]).reported;
        }),
        // Every other request is of another kind.
        "multimodal" => plant(&small(), root, |_, requests| {
            for request in requests.iter_mut().step_by(2) {
                request.service_ns *= 20;
            }
        }),
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
        // For five of twenty seconds half of the requests are missing.
        "not-steady" => plant(&CleanStudy { seconds: 20.0, ..small() }, root, |_, requests| {
            requests.retain(|request| request.sent_ns >= 5_000_000_000 || request.connection < 2);
        }),
        // Each request takes about what the one before it took.
        "autocorrelated" => plant(&small(), root, |_, requests| {
            for (place, request) in requests.iter_mut().enumerate() {
                request.service_ns = 1_000_000 + 10_000 * (place as i64 / 100 % 20);
            }
        }),
        "too-short" => plant(&CleanStudy { seconds: 0.5, ..small() }, root, |_, _| {}),
        // The client slept when it measured one system, and asked for answers when it measured the other.
        "busy-poll-differs" => {
            let run = |system, way: &str| {
                let mut run = rate(system, 1, 1, "mean", 1.0);
                run.attributes.insert("busy_poll".to_owned(), way.to_owned());
                run
            };
            print(root, &[run("a", "adaptive"), run("b", "never"), rate("c", 1, 1, "mean", 1.0)]);
        }
        "percentile-unsupported" => plant(&small(), root, |_, requests| requests.truncate(300)),
        _ => return false,
    }
    true
}

/// The same, for flaws of what a tool printed.
fn in_print(name: &str, root: &Path) -> bool {
    match name {
        "starved-connections" => {
            print(root, &[(5, 5.0), (10, 8.0), (20, 8.2), (40, 7.9)].map(|(all, some)| busy("a", all, some)));
        }
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
            print(root, &[printed_run("a", 1, 1, &[time("mean", 0.5), time("max", 0.3)])]);
        }
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
        "unfinished-run" => {
            let run = rate("a", 1, 1, "mean", 1.0);
            print(root, std::slice::from_ref(&run));
            let left = root.join(".staging-left");
            std::fs::create_dir(&left).unwrap();
            UnfinishedRun::announce(&left, &run).unwrap();
        }
        _ => return false,
    }
    true
}

/// Code, severity, system, clients.
type Place = (Severity, Option<&'static str>, Option<u32>);

/// Where a check finds what was planted, and how much it weighs.
fn place_of(name: &str) -> Vec<Place> {
    use Severity::{Error, Info, Warning};
    let one = Some("system-1");
    match name {
        "littles-law" | "errors" | "schedule-lag" | "not-steady" | "reported-differs" => {
            vec![(Warning, one, Some(4))]
        }
        "autocorrelated" | "multimodal" | "percentile-unsupported" => vec![(Info, one, Some(4))],
        "retransmission-ladder" | "too-short" => vec![(Warning, one, None)],
        "starved-connections" | "too-few-repetitions" => vec![(Warning, Some("a"), None)],
        "outlier" | "client-saturated" | "unfinished-run" => vec![(Warning, Some("a"), Some(1))],
        "common-ceiling" => vec![(Warning, None, None)],
        "suspect-value" => vec![(Error, Some("a"), Some(20))],
        "impossible-summary" => vec![(Error, Some("a"), Some(1))],
        "spread-outlier" => vec![(Warning, Some("e"), Some(1)), (Info, None, None)],
        "blocked-order" | "busy-poll-differs" => vec![(Warning, None, Some(1))],
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
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("study");
    CleanStudy::default().write(&root, |_, _| {}).unwrap();
    let (study, measured) = measured(&root);
    for one in CHECKS {
        assert_eq!(check(&study, &measured, &[*one], || ()).unwrap(), [], "{}", one.name());
    }
    let desk = Desk::new();
    let root = root.to_str().unwrap();
    assert_eq!(desk.prints(&["check", root, "--fail-on", "warning"]), "nothing found\n");
}
