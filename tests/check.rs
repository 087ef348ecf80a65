//! `vana check` finds what was planted, keeps silent on a clean study, and names what is wrong with a published table.

mod support;

use std::path::Path;

use serde_json::Value;
use support::{Desk, repository};
use vana_analysis::{CHECKS, Check, Measured, check, measure};
use vana_reduce::ReduceOptions;
use vana_testkit::{CleanStudy, Request, printed_run, write_printed_study};
use vana_trace::{Study, UnfinishedRun};
use vana_types::{Finding, Outcome, Run, Severity, Unit};

/// A study and what is measured of it.
fn measured(root: &Path) -> (Study, Measured) {
    let study = Study::open(root).unwrap();
    let options = ReduceOptions { series: true, ..ReduceOptions::default() };
    let measured = measure(&study, &options, &[], || ()).unwrap();
    (study, measured)
}

/// What checks find in a study.
fn findings(root: &Path, checks: &[&dyn Check]) -> Vec<Finding> {
    let (study, measured) = measured(root);
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
            print(root, &[printed_run("a", 1, 1, &[time("mean", 0.5), time("max", 0.3)])]);
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
        // Every other request is of another kind.
        "multimodal" => plant(&small(), root, |_, requests| {
            for request in requests.iter_mut().step_by(2) {
                request.service_ns *= 20;
            }
        }),
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
        "unfinished-run" => {
            let run = rate("a", 1, 1, "mean", 1.0);
            print(root, std::slice::from_ref(&run));
            let left = root.join(".staging-left");
            std::fs::create_dir(&left).unwrap();
            UnfinishedRun::announce(&left, &run).unwrap();
        }
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
        "blocked-order" => vec![(Warning, None, Some(1))],
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

/// What is found of whole numbers, twenty a cell, with this mean, stdev and maximum in milliseconds as published.
fn of_whole_numbers(numbers: [&str; 3], counted: bool) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("study");
    std::fs::create_dir_all(root.join("published")).unwrap();
    let n = if counted { "" } else { "n = 20\n" };
    let config = format!("[[published]]\nmetric = \"latency\"\n{n}integers_in = \"us\"\n");
    std::fs::write(root.join("study.toml"), config).unwrap();
    let header = "table,workload,metric,unit,clients,statistic,system,value,printed,status,note".to_owned();
    let row = |(name, value)| format!("I,http,latency,ms,1,{name},a,{value},{value},read,");
    let numbers = ["mean", "stdev", "max"].into_iter().zip(numbers).map(row);
    let count = counted.then(|| "I,http,latency,1,1,count,a,20,20,read,".to_owned());
    let lines: Vec<String> = std::iter::once(header).chain(numbers).chain(count).collect();
    std::fs::write(root.join("published/table.csv"), lines.join("\n") + "\n").unwrap();
    let checks: Vec<&dyn Check> =
        CHECKS.iter().copied().filter(|check| check.name() == "impossible-summary").collect();
    findings(&root, &checks).into_iter().map(|one| one.message).collect()
}

#[test]
fn whole_numbers_have_not_every_published_mean_and_stdev() {
    for counted in [true, false] {
        assert_eq!(of_whole_numbers(["0.00500", "0.00200", "0.010"], counted), [""; 0]);
        let end = "One of them is a misprint, or they are not of the same values.";
        let mean = "No values have this latency: no 20 whole numbers have this mean (mean 5.03 µs, stdev 2 µs, max 10 µs).";
        assert_eq!(of_whole_numbers(["0.00503", "0.00200", "0.010"], counted), [format!("{mean} {end}")]);
        let stdev = "No values have this latency: no 20 whole numbers have this mean and stdev (mean 5 µs, stdev 2.01 µs, \
                     max 10 µs).";
        assert_eq!(of_whole_numbers(["0.00500", "0.00201", "0.010"], counted), [format!("{stdev} {end}")]);
    }
}

#[test]
fn threads_of_sysbench_make_whole_numbers_of_events() {
    let found = |events: &str| {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("study");
        let mut run = rate("a", 8, 1, "mean", 1.0);
        run.attributes.insert("fairness_events".to_owned(), events.to_owned());
        print(&root, &[run]);
        let found = findings(&root, CHECKS).into_iter().filter(|one| one.code == "impossible-summary");
        found.map(|one| (one.severity, one.system, one.clients, one.repetition)).collect::<Vec<_>>()
    };
    assert_eq!(found("1250.1250/12.34"), []);
    assert_eq!(found("1250.1300/12.34"), [(Severity::Error, Some("a".to_owned()), Some(8), Some(1))]);
}

#[test]
fn a_unit_that_moves_no_decimal_point_is_refused() {
    let desk = Desk::with_study();
    desk.write("study/study.toml", "[[published]]\nmetric = \"latency\"\nintegers_in = \"min\"\n");
    let (code, _, stderr) = desk.vana(&["check", "study"]);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("\"min\" is no power of ten of s"), "{stderr}");
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

#[test]
fn littles_law_holds_for_one_system_of_the_paper_and_two_of_them_starve() {
    let found = paper(&[]);
    let expected = [
        row("Container on Bare Metal", None, "3.43e1 7.00e1"),
        row("Container on VM", None, "8.15e1 3.00e1"),
        row("Container on VM-Virtio", None, "1.90e1 6.00e1"),
        row("MirageOS", Some(1), "8.44e1 1.00e0"),
        row("OSv", Some(1), "4.77e-1 1.00e0"),
    ];
    assert_eq!(numbers(&found, "littles-law"), expected);
    let expected = [row("IncludeOS", None, "2.76e1 1.00e2"), row("Rumprun", None, "9.54e0 1.00e2")];
    assert_eq!(numbers(&found, "starved-connections"), expected);
    let bare_metal = found.iter().find(|one| one.code == "littles-law").unwrap();
    let wanted = "It gives 1.1 at 1, 14 at 20, 49 at 30, 56 at 40, 36 at 50, 40 at 60, 34 at 70, 121 at 80 and 87 at 100.";
    assert!(bare_metal.message.contains(wanted), "{}", bare_metal.message);
}

#[test]
fn the_maxima_of_the_paper_lie_on_the_ladder_and_at_the_ceiling() {
    let found = paper(&[]);
    let expected = [
        row("Container on Bare Metal", None, "1.67e0 1.60e0"),
        row("Container on VM", None, "1.74e0 1.60e0"),
        row("Container on VM-Virtio", None, "1.69e0 1.60e0"),
        row("LinuxKit", None, "1.74e0 1.60e0"),
        row("OSv", None, "8.71e-1 8.00e-1"),
    ];
    assert_eq!(numbers(&found, "retransmission-ladder"), expected);
    assert_eq!(numbers(&found, "common-ceiling"), [row("", None, "5.08e3 -")]);
    let ceiling = found.iter().find(|one| one.code == "common-ceiling").unwrap();
    let wanted =
        "The highest rates of 4 systems lie within 1 % of each other, between 5030 and 5080 requests/s";
    assert!(ceiling.message.starts_with(wanted), "{}", ceiling.message);
    let wanted =
        "(\"LinuxKit or OSv\" is one of two systems, and nobody knows which; --assume takes it for one)";
    assert!(ceiling.message.ends_with(wanted), "{}", ceiling.message);
}

#[test]
fn the_slipped_point_and_the_one_window_in_twenty_of_the_paper_are_found() {
    let found = paper(&[]);
    assert_eq!(numbers(&found, "suspect-value"), [row("OSv", Some(40), "9.74e-2 9.74e-3")]);
    assert_eq!(numbers(&found, "impossible-summary"), [row("OSv", Some(1), "2.24e0 2.18e0")]);
    let summary = found.iter().find(|one| one.code == "impossible-summary").unwrap();
    let wanted = "request rate: mean 0.5/s, stdev 2.24/s, max 10/s is exactly what 20 windows give, 1 of 10 and 19 of 0 (95 % \
                  within one stdev): one window in 20 had anything. That is no distribution: do not compare its mean or its \
                  stdev.";
    assert_eq!(summary.message, wanted);
}

#[test]
fn the_stdev_of_every_system_stands_to_its_peers_under_either_reading() {
    for (reading, ranges) in [
        ("OSv", ["OSv 1.99 × (0.0113 to 2.74)", "LinuxKit 1.53 ×"]),
        ("LinuxKit", ["LinuxKit 1.99 × (1.24 to 2.74)", "OSv 0.0113 ×"]),
    ] {
        let found = paper(&["--assume", &format!("LinuxKit or OSv={reading}"), "--code", "spread-outlier"]);
        let of_rate = |one: &&Finding| one.message.starts_with("The stdev of the request rate over that of");
        let message = &found.iter().find(of_rate).unwrap().message;
        for range in ranges {
            assert!(message.contains(range), "{range}: {message}");
        }
        let assumed = format!("(assumed: \"LinuxKit or OSv\" is {reading})");
        assert!(message.ends_with(&assumed), "{message}");
        assert_eq!(numbers(&found, "spread-outlier")[0].0, "Rumprun");
    }
}

#[test]
fn a_reading_adds_its_system_to_littles_law() {
    let systems = |reading: &str| -> Vec<String> {
        let found = paper(&["--assume", &format!("LinuxKit or OSv={reading}"), "--code", "littles-law"]);
        found.into_iter().map(|one| format!("{} {:?}", one.system.unwrap(), one.clients)).collect()
    };
    assert!(systems("OSv").contains(&"OSv None".to_owned()), "{:?}", systems("OSv"));
    let linuxkit = systems("LinuxKit");
    assert!(linuxkit.contains(&"LinuxKit None".to_owned()), "{linuxkit:?}");
    assert!(linuxkit.contains(&"OSv Some(1)".to_owned()), "{linuxkit:?}");
}

#[test]
fn wrk_opens_fewer_connections_than_it_was_asked_for() {
    let dataset = repository().join("datasets/eurosys21-nginx");
    let found = findings(&dataset, CHECKS);
    let expected = [
        row("osv-qemu", Some(30), "3.09e3 2.80e1"),
        row("rump-qemu", Some(30), "1.08e2 2.80e1"),
        row("", Some(30), "2.80e1 3.00e1"),
    ];
    assert_eq!(numbers(&found, "littles-law"), expected);
}

#[test]
fn a_gate_fails_on_findings_of_its_severity() {
    let desk = Desk::new();
    print(&desk.path("study"), &[rate("a", 1, 1, "mean", 1.0)]);
    let warning = "1 warning: numbers may mislead\n\n  too-few-repetitions: a, http\n    1 repetition of a: there is no \
                   interval and no test. Repeat, at least 6 times.\n";
    let gate = "error: 1 finding of severity warning or above\n";
    let said = desk.vana(&["check", "study", "--fail-on", "warning"]);
    assert_eq!(said, (Some(1), warning.to_owned(), gate.to_owned()));
    assert_eq!(desk.prints(&["check", "study", "--fail-on", "error"]), warning);
    assert_eq!(
        desk.prints(&["check", "study", "--code", "errors", "--fail-on", "warning"]),
        "nothing found\n"
    );
    let header = "code,severity,system,workload,clients,repetition,metric,value,expected,message\n";
    let row = "too-few-repetitions,warning,a,http,,,,1.0,6.0,\"1 repetition of a: there is no interval and no test. Repeat, \
               at least 6 times.\"\n";
    assert_eq!(desk.prints(&["check", "study", "--format", "csv"]), format!("{header}{row}"));
    let words = "error: no check is called \"litle\", and no finding has this code\nhint: vana list checks names them \
                 all\n";
    desk.refuses(&["check", "study", "--code", "litle"], 2, words);
}

#[test]
fn the_list_of_checks_is_the_registry() {
    let desk = Desk::new();
    let printed: Value = serde_json::from_str(&desk.prints(&["list", "checks", "--format", "json"])).unwrap();
    let names: Vec<&str> =
        printed["checks"].as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap()).collect();
    assert_eq!(names, CHECKS.iter().map(|check| check.name()).collect::<Vec<_>>());
}
