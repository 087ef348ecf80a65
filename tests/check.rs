//! `vana check` finds what was planted, keeps silent on a clean study, and names what is wrong with a published table.

mod support;

#[path = "check/paper.rs"]
mod paper;
#[path = "check/planted.rs"]
mod planted;

use std::path::Path;

use serde_json::Value;
use support::Desk;
use vana_analysis::{CHECKS, Check, Measured, check, measure};
use vana_reduce::ReduceOptions;
use vana_testkit::{printed_run, write_printed_study};
use vana_trace::Study;
use vana_types::{Finding, Run, Severity, Unit};

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

fn print(root: &Path, runs: &[Run]) {
    write_printed_study(root, runs).unwrap();
}

fn rate(system: &str, clients: u32, repetition: u32, statistic: &str, value: f64) -> Run {
    printed_run(system, clients, repetition, &[("request_rate", statistic, value, Unit::PerSecond)])
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
