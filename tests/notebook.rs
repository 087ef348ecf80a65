//! The notebook: those of the repository again, byte for byte; executed on what they were made of, and on falsified copies.

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use support::{Desk, assert_same, copy, repository, skip, tree};
use vana_testkit::{CleanStudy, Load};

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

/// The last lines of a notebook by Jupyter, or of its script without.
fn verified(python: &Path, report: &Path, study: Option<&Path>) -> [Result<String, String>; 2] {
    let execute = repository().join("tests/notebook/execute.py");
    let jupyter = run(python, &execute, &report.join("verify.ipynb"), study);
    let script = run(python, &report.join("verify.py"), Path::new(""), study);
    [jupyter, script].map(|output| {
        let tail = |text: String| {
            text.lines().rev().take(2).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n")
        };
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
    for (name, checks) in DATASETS.into_iter().zip([1228, 5557, 3794, 38155, 71867]) {
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
    for (name, file, from, to, what) in [
        (DATASETS[0], run, printed.as_str(), more.as_str(), "numbers that tools printed: 1 differ"),
        (DATASETS[1], "published/tables.csv", ",4890,", ",4891,", "numbers in print: 1 differ"),
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
    let rename = |run: &mut vana_types::Run, _: &mut Vec<_>| {
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
    let line = text.lines().find(|line| line.contains(",service_time,p99.9,")).unwrap();
    let (before, after) = line.split_once(",p99.9,").unwrap();
    let (value, rest) = after.split_once(',').unwrap();
    let more = value.parse::<f64>().unwrap() * (1.0 + 1e-12);
    std::fs::write(&measurements, text.replace(line, &format!("{before},p99.9,{more},{rest}"))).unwrap();
    for said in verified(&python, &desk.path("r"), None) {
        assert!(
            said.as_ref().is_err_and(|error| error.contains("numbers from requests: 1 differ")),
            "{said:?}"
        );
    }
}
