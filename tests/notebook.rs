//! The notebook: those of the repository again, byte for byte; executed on what they were made of, and on falsified copies.

#[path = "notebook/falsified.rs"]
mod falsified;
mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use support::resources::add_resources;
use support::{Desk, assert_same, copy, repository, samples, skip, tree};
use vana_testkit::{CleanStudy, Load, Request};
use vana_types::{Outcome, Run};

const DATASETS: [&str; 5] = [
    "eurosys21-nginx",
    "mavridis-karatza-2019",
    "loopback-mariadb-2026",
    "loopback-nginx-2026",
    "loopback-systems-2026",
];

/// The Python with DuckDB and Jupyter; `None`, and said so, where there is none.
fn python() -> Option<PathBuf> {
    let found = std::env::var_os("VANA_TEST_PYTHON").map(PathBuf::from);
    if found.is_none() {
        skip("VANA_TEST_PYTHON is not set");
    }
    found
}

/// Runs a script on something; `study` stands for the study that the notebook names.
fn run(python: &Path, script: &Path, argument: &Path, study: Option<&Path>) -> Output {
    let mut command = Command::new(python);
    command.arg(script).arg(argument).env_remove("VANA_STUDY").env("PYTHONDONTWRITEBYTECODE", "1");
    if let Some(study) = study {
        command.env("VANA_STUDY", study);
    }
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What a notebook says at its end by Jupyter, and its script without: what was not checked, how many checks, the verdict.
fn verified(python: &Path, report: &Path, study: Option<&Path>) -> [Result<String, String>; 2] {
    let execute = repository().join("tests/notebook/execute.py");
    let jupyter = run(python, &execute, &report.join("verify.ipynb"), study);
    let script = run(python, &report.join("verify.py"), Path::new(""), study);
    [jupyter, script].map(|output| {
        let is_end = |line: &&str| {
            line.starts_with("not checked: ") || line.ends_with(" checks") || *line == "VERIFIED"
        };
        let tail = |text: String| text.lines().filter(is_end).collect::<Vec<_>>().join("\n");
        if output.status.success() { Ok(tail(text(&output.stdout))) } else { Err(text(&output.stderr)) }
    })
}

/// A dataset and its notebook at the places that they have in the repository.
fn with_dataset(name: &str) -> Desk {
    let desk = Desk::new();
    copy(&repository().join("datasets").join(name), &desk.path(&format!("datasets/{name}")));
    let (study, out) = (format!("datasets/{name}"), format!("notebooks-export/{name}"));
    desk.prints(&["--quiet", "report", &study, "--notebook", "--out", &out]);
    desk
}

#[test]
fn the_notebooks_of_the_repository_are_made_again_byte_for_byte() {
    for name in DATASETS {
        let desk = with_dataset(name);
        let folder = format!("notebooks-export/{name}");
        assert_same(&tree(&desk.path(&folder)), &tree(&repository().join(&folder)));
    }
}

#[test]
fn the_notebooks_of_the_repository_verify_their_datasets() {
    let Some(python) = python() else { return };
    for (name, checks) in DATASETS.into_iter().zip([2001, 7815, 7722, 76555, 145_691]) {
        let said = verified(&python, &repository().join("notebooks-export").join(name), None);
        let expected = format!("{checks} checks\nVERIFIED");
        assert_eq!(said, [Ok(expected.clone()), Ok(expected)], "{name}");
    }
}

/// Changes a text in a file below the study and lets the study vouch for it.
fn falsify(study: &Path, file: &str, from: &str, to: &str) {
    let path = study.join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
    std::fs::remove_file(study.join("SHA256SUMS")).unwrap();
}

#[test]
fn a_falsified_dataset_fails() {
    let Some(python) = python() else { return };
    let run = "runs/system=docker/workload=http/clients=30/repetition=1/run.json";
    let value = |text: &str| {
        let at = text.find("\"value\": ").unwrap();
        text[at..].split(',').next().unwrap().to_owned()
    };
    let printed =
        value(&std::fs::read_to_string(repository().join("datasets").join(DATASETS[0]).join(run)).unwrap());
    let more = printed.replacen(": ", ": 1", 1);
    let start = |system: &str| {
        format!("runs/system={system}/workload=boot/clients=__HIVE_DEFAULT_PARTITION__/repetition=1/run.json")
    };
    let (nginx, docker) = (start("nginx"), start("docker"));
    let boot = "\"boot_time_s\": \"";
    let longer = format!("{boot}1");
    let used = "what was used, and how long starts took: 1 differ";
    for (name, file, from, to, what) in [
        (DATASETS[0], run, printed.as_str(), more.as_str(), "numbers that tools printed: 1 differ"),
        (DATASETS[1], "published/tables.csv", ",4890,", ",4891,", "numbers in print: 1 differ"),
        (DATASETS[3], nginx.as_str(), boot, longer.as_str(), used),
        (DATASETS[4], docker.as_str(), boot, longer.as_str(), used),
    ] {
        let report = repository().join("notebooks-export").join(name);
        let desk = Desk::new();
        copy(&repository().join("datasets").join(name), &desk.path("false"));
        falsify(&desk.path("false"), file, from, to);
        for said in verified(&python, &report, Some(&desk.path("false"))) {
            assert!(said.as_ref().is_err_and(|error| error.contains(what)), "{said:?}");
        }
    }
}

#[test]
fn requests_of_another_run_fail() {
    let Some(python) = python() else { return };
    let desk = Desk::new();
    copy(&repository().join("datasets").join(DATASETS[2]), &desk.path("false"));
    let run = desk.path("false/runs/system=mariadb-innodb/workload=oltp_read_only/clients=1");
    std::fs::copy(run.join("repetition=2/trace.parquet"), run.join("repetition=1/trace.parquet")).unwrap();
    std::fs::remove_file(desk.path("false/SHA256SUMS")).unwrap();
    let report = repository().join("notebooks-export").join(DATASETS[2]);
    for said in verified(&python, &report, Some(&desk.path("false"))) {
        assert!(said.as_ref().is_err_and(|error| error.contains("numbers from requests: ")), "{said:?}");
    }
}

#[test]
fn a_falsified_table_fails() {
    let Some(python) = python() else { return };
    for (table, column, what) in [
        ("cells", 5, "numbers of the tables: 1 differ"),
        ("comparisons", 15, "effects, p values and verdicts: 1 differ"),
    ] {
        let desk = with_dataset(DATASETS[0]);
        let report = desk.path(&format!("notebooks-export/{}", DATASETS[0]));
        let path = report.join(format!("{table}.csv"));
        let text = std::fs::read_to_string(&path).unwrap();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut fields: Vec<String> = lines[1].split(',').map(str::to_owned).collect();
        // One part in a million is a thousand times the tolerance.
        fields[column] = (fields[column].parse::<f64>().unwrap() * 1.000_001).to_string();
        lines[1] = fields.join(",");
        std::fs::write(&path, lines.join("\n")).unwrap();
        for said in verified(&python, &report, None) {
            assert!(said.as_ref().is_err_and(|error| error.contains(what)), "{said:?}");
        }
    }
}

/// A table in which the first computed number behind `name` is larger by a share.
fn with_more(table: &str, name: &str, share: f64) -> String {
    let is_wanted = |line: &&str| line.contains(name) && line.contains(",computed,");
    let line = table.lines().find(is_wanted).unwrap();
    let (before, after) = line.split_once(name).unwrap();
    let (value, rest) = after.split_once(',').unwrap();
    let more = value.parse::<f64>().unwrap() * (1.0 + share);
    table.replace(line, &format!("{before}{name}{more},{rest}"))
}

/// Names that are code, markup or nothing somewhere.
const NAMES: [&str; 3] = [
    "'); DROP TABLE cells; -- \"\"\" {0} \\",
    "<img src=x onerror=alert(1)></script>, $x_1$",
    "\u{202e}ü/../%2F",
];

#[test]
fn numbers_from_requests_are_computed_again_whatever_the_systems_are_called() {
    let Some(python) = python() else { return };
    let desk = Desk::new();
    let load = Load { median_ns: 4e6, failed_share: 0.01, ..Load::default() };
    let study = CleanStudy { systems: 3, clients: vec![1, 4], repetitions: 3, seconds: 4.0, load };
    let rename = |run: &mut Run, _: &mut Vec<_>| {
        let number = run.identity.system.trim_start_matches("system-").parse::<usize>().unwrap();
        run.identity.system = NAMES[number - 1].to_owned();
    };
    study.write(&desk.path("study"), rename).unwrap();
    desk.prints(&["--quiet", "report", "study", "--notebook", "--out", "r"]);
    for said in verified(&python, &desk.path("r"), None) {
        assert!(said.as_ref().is_ok_and(|text| text.ends_with(" checks\nVERIFIED")), "{said:?}");
    }
    // A number of one request is another one.
    let measurements = desk.path("r/measurements.csv");
    let text = std::fs::read_to_string(&measurements).unwrap();
    std::fs::write(&measurements, with_more(&text, ",service_time,p99.9,", 1e-12)).unwrap();
    for said in verified(&python, &desk.path("r"), None) {
        assert!(
            said.as_ref().is_err_and(|error| error.contains("numbers from requests: 1 differ")),
            "{said:?}"
        );
    }
}

/// Makes of a run one in a closed loop that drifts and ends with a request under way, one of an open loop, or one of
/// transactions with statements; each has a warm-up.
fn vary(run: &mut Run, requests: &mut Vec<Request>) {
    let mut attribute = |name: &str, value: &str| run.attributes.insert(name.to_owned(), value.to_owned());
    attribute("warmup_s", "0.5");
    match run.identity.system.as_str() {
        "system-1" => {
            attribute("schedule", "closed");
            for (at, request) in requests.iter_mut().enumerate() {
                request.service_ns += 500 * at as i64;
            }
            requests.last_mut().unwrap().outcome = Outcome::Unfinished;
        }
        "system-2" => {
            for (at, request) in requests.iter_mut().enumerate() {
                request.due_ns = request.sent_ns - 1000 * (at as i64 % 7);
            }
        }
        _ => {
            attribute("outermost_operation", "transaction");
            let statements: Vec<Request> = requests
                .iter()
                .map(|request| Request {
                    operation: "point_select",
                    service_ns: request.service_ns / 3,
                    ..request.clone()
                })
                .collect();
            for request in requests.iter_mut() {
                request.operation = "transaction";
            }
            requests.extend(statements);
        }
    }
}

#[test]
fn every_number_of_warm_ups_open_loops_transactions_and_resources_is_computed_again() {
    let Some(python) = python() else { return };
    let desk = Desk::new();
    let load = Load { median_ns: 1e6, failed_share: 0.01, slow_share: 0.02, ..Load::default() };
    let study = CleanStudy { systems: 3, clients: vec![2, 20], repetitions: 2, seconds: 4.0, load };
    study.write(&desk.path("study"), vary).unwrap();
    add_resources(&desk.path("study"));
    desk.prints(&["--quiet", "report", "study", "--notebook", "--out", "r"]);
    let measurements = std::fs::read_to_string(desk.path("r/measurements.csv")).unwrap();
    for name in ["response_time,n_eff", "query_rate,mean", "wrk_latency,p99", "wrk_request_rate,stdev"] {
        assert!(measurements.contains(&format!(",{name},")), "{name}");
    }
    for said in verified(&python, &desk.path("r"), None) {
        let lines: Vec<String> = said.unwrap().lines().map(str::to_owned).collect();
        assert!(lines.len() == 2 && lines[0].ends_with(" checks"), "{lines:?}");
    }
    // Each kind of number is found when it is another one.
    for (name, what) in [
        (",wrk_latency,mean,", "numbers from requests: 1 differ"),
        (",wrk_request_rate,max,", "numbers from requests: 1 differ"),
        (",sysbench_latency,p95,", "numbers from requests: 1 differ"),
        (",service_time,n_eff,", "numbers from requests: 1 differ"),
        (",client_cpu,mean,", "what was used, and how long starts took: 1 differ"),
    ] {
        std::fs::write(desk.path("r/measurements.csv"), with_more(&measurements, name, 1e-6)).unwrap();
        let output = run(&python, &desk.path("r/verify.py"), Path::new(""), None);
        assert!(text(&output.stderr).contains(what), "{name}: {}", text(&output.stderr));
    }
}

#[test]
fn numbers_from_histograms_are_computed_again() {
    let Some(python) = python() else { return };
    let desk = Desk::new();
    for (file, spectrum, system) in [("a.hlog", samples::HLOG, "a"), ("b.hgrm", samples::HGRM, "b")] {
        desk.write(file, spectrum);
        desk.prints(&["--quiet", "ingest", file, "--study", "study", "--system", system]);
    }
    desk.prints(&["--quiet", "report", "study", "--notebook", "--out", "r"]);
    for said in verified(&python, &desk.path("r"), None) {
        let lines: Vec<String> = said.unwrap().lines().map(str::to_owned).collect();
        assert!(lines.len() == 2 && lines[0].ends_with(" checks"), "{lines:?}");
    }
    let measurements = std::fs::read_to_string(desk.path("r/measurements.csv")).unwrap();
    std::fs::write(desk.path("r/measurements.csv"), with_more(&measurements, ",p99,", 1e-12)).unwrap();
    for said in verified(&python, &desk.path("r"), None) {
        assert!(
            said.as_ref().is_err_and(|error| error.contains("numbers from histograms: 1 differ")),
            "{said:?}"
        );
    }
}
