//! Packages in the hands of others: validators of their descriptions, and their own notebooks.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use vana_testkit::{CleanStudy, Load};
use vana_types::Run;

use super::support::resources::add_resources;
use super::support::{Desk, repository, skip};
use super::{EVERYTHING, export, verdict, with_study};

const MAVRIDIS: &str = "mavridis-karatza-2019";

#[test]
fn the_validators_of_others_accept_the_descriptions() {
    let Some(python) = std::env::var_os("VANA_TEST_PYTHON") else {
        return skip("VANA_TEST_PYTHON is not set");
    };
    let desk = with_study();
    let about = ["--license", "CC-BY-4.0", "--author", "Carberry, Josiah (0000-0002-1825-0097)"];
    export(&desk, "requests", &[EVERYTHING, [about[0], about[1]], [about[2], about[3]]].concat());
    export(&desk, "unnamed", &EVERYTHING);
    let dataset = repository().join("datasets").join(MAVRIDIS);
    desk.prints(
        &[&["--quiet", "export", dataset.to_str().unwrap(), "--out", "cells"], &EVERYTHING[..]].concat(),
    );
    for package in ["requests", "unnamed", "cells"] {
        let script = repository().join("tests/package/validate.py");
        let output = Command::new(&python).arg(script).arg(desk.path(package)).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            (output.status.code(), String::from_utf8_lossy(&output.stdout).trim()),
            (Some(0), "valid"),
            "{package}: {said}"
        );
    }
}

/// What `verify.py` of a package says at its end.
fn proves_itself(python: &OsStr, package: &Path) {
    let output =
        Command::new(python).arg(package.join("verify.py")).env_remove("VANA_STUDY").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.ends_with(" checks\nVERIFIED\n"), "{said}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_notebook_of_a_package_without_requests_verifies_it() {
    let Some(python) = std::env::var_os("VANA_TEST_PYTHON") else {
        return skip("VANA_TEST_PYTHON is not set");
    };
    let desk = Desk::new();
    let load = Load { median_ns: 4e6, failed_share: 0.01, ..Load::default() };
    let study = CleanStudy { systems: 2, clients: vec![4], repetitions: 3, seconds: 4.0, load };
    let warm_up = |run: &mut Run, _: &mut Vec<_>| {
        run.attributes.insert("warmup_s".to_owned(), "0.5".to_owned());
    };
    study.write(&desk.path("study"), warm_up).unwrap();
    add_resources(&desk.path("study"));
    for (out, options) in [("none", &["--without-traces"][..]), ("thin", &["--thin", "10"]), ("all", &[])] {
        export(&desk, out, options);
        let measurements = std::fs::read_to_string(desk.path(out).join("tables/measurements.csv")).unwrap();
        assert!(measurements.contains(",cpu_per_request,mean,"));
        proves_itself(&python, &desk.path(out));
        // vana itself gives the same number from the package.
        desk.prints(&["--quiet", "report", out, "--markdown", "--out", &format!("{out}-report")]);
        let again = std::fs::read_to_string(desk.path(&format!("{out}-report/measurements.csv"))).unwrap();
        let of = |text: &str| {
            text.lines()
                .filter(|line| line.contains(",cpu_per_request,"))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(of(&again), of(&measurements), "{out}");
    }
}

#[test]
fn the_notebook_of_a_package_verifies_it() {
    let Some(python) = std::env::var_os("VANA_TEST_PYTHON") else {
        return skip("VANA_TEST_PYTHON is not set");
    };
    let desk = with_study();
    export(&desk, "p", &[]);
    proves_itself(&python, &desk.path("p"));
    assert_eq!(verdict(&desk, "p"), (Some(0), vec![]));
}
