//! Who may use whom, and who may print, exit and name a column. What cargo cannot forbid is forbidden here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

type Edges = BTreeMap<String, BTreeSet<String>>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn edges(of: &[(&str, &[&str])]) -> Edges {
    let set = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    of.iter().map(|&(name, uses)| (name.to_owned(), set(uses))).collect()
}

/// Each crate of the workspace and the others it may use.
fn allowed() -> Edges {
    edges(&[
        ("vana-types", &[]),
        ("vana-trace", &["vana-types"]),
        ("vana-ingest", &["vana-types", "vana-trace"]),
        ("vana-collect", &["vana-types", "vana-trace"]),
        ("vana-stats", &["vana-types"]),
        ("vana-reduce", &["vana-types", "vana-trace", "vana-stats"]),
        ("vana-analysis", &["vana-types", "vana-trace", "vana-stats", "vana-reduce"]),
        ("vana-report", &["vana-types"]),
        ("vana-launch", &["vana-types"]),
        ("vana-package", &["vana-types", "vana-trace"]),
        // The application under test: what is measured shares nothing with what measures.
        ("vana-server", &[]),
        (
            "vana",
            &[
                "vana-types",
                "vana-trace",
                "vana-ingest",
                "vana-collect",
                "vana-launch",
                "vana-package",
                "vana-stats",
                "vana-reduce",
                "vana-analysis",
                "vana-report",
            ],
        ),
        ("vana-testkit", &["vana-types", "vana-trace"]),
        // It builds first, so it uses none of the others.
        ("xtask", &[]),
    ])
}

/// What each crate of the workspace uses of the others: in itself, and for its tests.
fn used() -> (Edges, Edges) {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let (mut own, mut tests) = (Edges::new(), Edges::new());
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        own.entry(name.to_owned()).or_default();
        tests.entry(name.to_owned()).or_default();
        // Crates of the workspace are those that lie at a path.
        let dependencies = package["dependencies"].as_array().unwrap();
        for dependency in dependencies.iter().filter(|dependency| dependency["path"].is_string()) {
            let edges = if dependency["kind"] == "dev" { &mut tests } else { &mut own };
            let used = dependency["name"].as_str().unwrap().to_owned();
            edges.get_mut(name).unwrap().insert(used);
        }
    }
    (own, tests)
}

#[test]
fn crates_use_each_other_as_the_architecture_says() {
    assert_eq!(used().0, allowed());
}

#[test]
fn tests_use_no_more_than_their_crate_and_the_testkit() {
    let allowed = allowed();
    for (name, used) in used().1 {
        let further: Vec<_> =
            used.difference(&allowed[&name]).filter(|used| *used != "vana-testkit").collect();
        assert!(further.is_empty(), "tests of {name} use {further:?}");
    }
}

#[test]
fn only_programs_print_or_exit() {
    let words =
        ["println!", "eprintln!", "print!(", "eprint!(", "dbg!", "process::exit", "stdout()", "stderr()"];
    let found = crates_with(|code| words.iter().any(|word| code.contains(word)));
    assert_eq!(found, BTreeSet::from(["cli", "server", "xtask"].map(str::to_owned)));
}

#[test]
fn only_trace_names_its_columns() {
    // The other columns have names that are words of their own.
    let names = ["\"sent_ns\"", "\"service_ns\"", "\"due_ns\"", "\"first_byte_ns\""];
    let found = crates_with(|code| names.iter().any(|name| code.contains(name)));
    assert_eq!(found, BTreeSet::from(["trace".to_owned()]));
}

#[test]
fn comments_and_tests_are_no_code() {
    let text =
        "use a;\n// b\n    /// c\n#[cfg(test)]\nmod d;\n#[cfg(test)]\nmod e {\n    f();\n}\n    g(); // h\n";
    assert_eq!(code(text), ["use a;", "    g(); // h"]);
}

/// Folders under `crates` whose sources have a line of code that is `wanted`.
fn crates_with(wanted: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for folder in std::fs::read_dir(root().join("crates")).unwrap() {
        let folder = folder.unwrap();
        let mut sources = Vec::new();
        find_sources(&folder.path().join("src"), &mut sources);
        for source in sources {
            let text = std::fs::read_to_string(&source).unwrap();
            if code(&text).into_iter().any(&wanted) {
                found.insert(folder.file_name().into_string().unwrap());
            }
        }
    }
    found
}

/// All sources but files and folders of tests.
fn find_sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_stem().is_some_and(|name| name == "tests") {
            continue;
        }
        if path.is_dir() {
            find_sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Lines that are neither comments nor in a module of tests, as rustfmt lays them out.
fn code(text: &str) -> Vec<&str> {
    let mut lines = text.lines();
    let mut code = Vec::new();
    while let Some(line) = lines.next() {
        if line == "#[cfg(test)]" {
            let is_file = lines.next().is_some_and(|module| module.ends_with(';'));
            if !is_file {
                lines.by_ref().find(|line| *line == "}");
            }
        } else if !line.trim_start().starts_with("//") {
            code.push(line);
        }
    }
    code
}
