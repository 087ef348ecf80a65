//! Tables of which one field is another one, in every column that a number rests on; and effects that are at an edge.

use std::path::Path;

use vana_testkit::{CleanStudy, Load, Request};
use vana_types::{Outcome, Run};

use super::support::Desk;
use super::{DATASETS, python, run, text, with_dataset};

/// The fields of a line of a table without quotes.
fn fields(line: &str) -> Vec<String> {
    line.split(',').map(str::to_owned).collect()
}

/// A table with another field in a column, in the first row that has one.
fn with_other(table: &str, column: &str) -> String {
    let mut lines: Vec<String> = table.lines().map(str::to_owned).collect();
    let place = fields(&lines[0]).iter().position(|name| name == column).unwrap();
    let is_filled = |line: &String| !line.contains('"') && !fields(line)[place].is_empty();
    let row = 1 + lines[1..].iter().position(is_filled).unwrap();
    let mut other = fields(&lines[row]);
    other[place] = match other[place].parse::<f64>() {
        Ok(value) => (value * 1.000_001).to_string(),
        Err(_) => format!("{}x", other[place]),
    };
    lines[row] = other.join(",");
    lines.join("\n")
}

#[test]
fn no_column_of_a_table_is_falsified_unnoticed() {
    let Some(python) = python() else { return };
    for (table, columns, what) in [
        (
            "comparisons",
            &["difference_low", "difference_high", "unit"][..],
            "effects, p values and verdicts: 1 differ",
        ),
        ("cells", &["unit", "origin", "status", "low"], "numbers of the tables: 1 differ"),
        ("measurements", &["unit"], "their units: 1 differ"),
    ] {
        let desk = with_dataset(DATASETS[0]);
        let report = desk.path(&format!("notebooks-export/{}", DATASETS[0]));
        let path = report.join(format!("{table}.csv"));
        let whole = std::fs::read_to_string(&path).unwrap();
        for column in columns {
            std::fs::write(&path, with_other(&whole, column)).unwrap();
            let said = text(&run(&python, &report.join("verify.py"), Path::new(""), None).stderr);
            assert!(said.contains(what), "{table} {column}: {said}");
        }
    }
}

#[test]
fn a_claim_that_says_something_else_fails() {
    let Some(python) = python() else { return };
    let desk = with_dataset(DATASETS[1]);
    let report = desk.path(&format!("notebooks-export/{}", DATASETS[1]));
    let path = report.join("claims.csv");
    let whole = std::fs::read_to_string(&path).unwrap();
    for (from, to, what) in [
        ("On average OSv serves 18 times", "On average OSv serves 81 times", "what they say: 1 differ"),
        (",IV-B2,", ",IV-B3,", "what they say: 1 differ"),
        (",contradicted,", ",holds,", "claims decided again: 1 differ"),
    ] {
        assert!(whole.contains(from), "{from}");
        std::fs::write(&path, whole.replacen(from, to, 1)).unwrap();
        let said = text(&run(&python, &report.join("verify.py"), Path::new(""), None).stderr);
        assert!(said.contains(what), "{from}: {said}");
    }
}

#[test]
fn a_system_without_errors_beside_one_with_some_is_compared() {
    let Some(python) = python() else { return };
    let desk = Desk::new();
    let load = Load { median_ns: 4e6, ..Load::default() };
    let study = CleanStudy { systems: 2, clients: vec![4], repetitions: 3, seconds: 2.0, load };
    let fail = |run: &mut Run, requests: &mut Vec<Request>| {
        let failing = if run.identity.system == "system-1" { run.identity.repetition as usize } else { 0 };
        for (number, request) in requests.iter_mut().enumerate() {
            request.outcome = if number < failing { Outcome::ErrorStatus } else { Outcome::Ok };
        }
    };
    study.write(&desk.path("study"), fail).unwrap();
    desk.prints(&["--quiet", "report", "study", "--notebook", "--out", "r"]);
    let comparisons = std::fs::read_to_string(desk.path("r/comparisons.csv")).unwrap();
    let row = comparisons.lines().find(|line| line.starts_with("error_ratio,mean,")).unwrap();
    assert!(row.contains(",0.0,"), "{row}");
    let output = run(&python, &desk.path("r/verify.py"), Path::new(""), None);
    assert!(text(&output.stdout).ends_with("VERIFIED\n"), "{}", text(&output.stderr));
}
