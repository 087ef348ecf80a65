//! Whole reports, compiled by pdflatex without a single complaint.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use vana_report::{Layout, OutputFile, render_latex};
use vana_types::Results;

use crate::{judged, studies};

/// Beside the checkout lies what was published; absent on most machines.
const PUBLISHED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/paper/tables.csv");

/// Says why a test can not run, and fails on machines that promise to run everything.
fn skip(reason: &str) {
    eprintln!("skipped: {reason}");
    assert!(std::env::var_os("CI").is_none(), "{reason}");
}

fn write(files: &[OutputFile], folder: &Path) {
    for file in files {
        let path = folder.join(&file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.bytes).unwrap();
    }
}

/// An article with every figure's pgfplots source, compiled beside the report.
fn write_all_tikz(files: &[OutputFile], folder: &Path) {
    let mut text = String::from(
        "\\documentclass[10pt]{article}\n\\usepackage[a4paper, margin=22mm]{geometry}\n\\input{preamble}\n\
         \\usepackage{pgfplots}\n\\pgfplotsset{compat=1.17}\n\\raggedbottom\\pagestyle{empty}\n\\begin{document}\n",
    );
    for file in files.iter().filter(|file| Path::new(&file.path).extension().is_some_and(|e| e == "tikz")) {
        _ = writeln!(
            text,
            "\\noindent\\begin{{minipage}}{{0.55\\linewidth}}\\input{{{}}}\\end{{minipage}}\\par\\bigskip",
            file.path
        );
    }
    text += "\\end{document}\n";
    fs::write(folder.join("all-tikz.tex"), text).unwrap();
}

/// Compiles twice and returns every line of the last log that complains; `None` without pdflatex.
fn complaints(folder: &Path, name: &str) -> Option<Vec<String>> {
    for _ in 0..2 {
        let mut command = Command::new("pdflatex");
        command.args(["-interaction=nonstopmode", "-halt-on-error", name]).current_dir(folder);
        command.env("max_print_line", "1000");
        let output = command.output().ok()?;
        let printed = String::from_utf8_lossy(&output.stdout);
        let end = printed.lines().rev().take(25).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>();
        assert!(output.status.success(), "{name}: {}", end.join("\n"));
    }
    let log = fs::read(folder.join(format!("{name}.log"))).unwrap();
    let words = [
        "Overfull",
        "Underfull",
        "undefined",
        "Missing character",
        "Warning",
        "multiply defined",
        "too large",
    ];
    let log = String::from_utf8_lossy(&log).into_owned();
    Some(log.lines().filter(|line| words.iter().any(|word| line.contains(word))).map(str::to_owned).collect())
}

fn assert_compiles(results: &Results, keep_as: &str) {
    assert_compiles_as(results, &Layout::default(), keep_as);
}

fn assert_compiles_as(results: &Results, layout: &Layout, keep_as: &str) {
    let files = render_latex(results, layout, &|_| {}).unwrap();
    let temporary = tempfile::tempdir().unwrap();
    // Someone who wants to look at the pages names a folder to keep them in.
    let kept = std::env::var_os("VANA_KEEP_REPORTS").map(|folder| PathBuf::from(folder).join(keep_as));
    let folder = kept.as_deref().unwrap_or(temporary.path());
    write(&files, folder);
    write_all_tikz(&files, folder);
    for name in ["main", "all-tikz"] {
        let Some(found) = complaints(folder, name) else { return skip("pdflatex not found") };
        assert_eq!(found, Vec::<String>::new(), "{name}");
    }
}

#[test]
fn the_published_tables_compile_without_complaint() {
    match studies::published(Path::new(PUBLISHED)) {
        Some(results) => assert_compiles(&results, "published"),
        None => skip("the published tables are not beside the checkout"),
    }
}

#[test]
fn a_judgement_of_the_published_tables_compiles_without_complaint() {
    let Some(mut results) = studies::published(Path::new(PUBLISHED)) else {
        return skip("the published tables are not beside the checkout");
    };
    judged::judge(&mut results);
    judged::doubt(&mut results);
    assert_compiles(&results, "published-judged");
}

/// Without curves and timelines, which other tests draw.
fn hostile_judged() -> Results {
    let mut results = studies::hostile();
    results.curves.clear();
    results.timelines.clear();
    judged::judge(&mut results);
    judged::doubt(&mut results);
    results
}

#[test]
fn a_judgement_of_hostile_names_compiles_without_complaint() {
    let results = hostile_judged();
    assert_compiles(&results, "hostile-judged");
}

#[test]
fn a_layout_as_asked_for_compiles_without_complaint() {
    let results = hostile_judged();
    let filter = "-clients:(1 OR 2 OR 4 OR 8) -statistic:/^p/ metric:(service_time OR request_rate)";
    let layout = Layout::parse("system,clients", "workload,metric,statistic", filter).unwrap();
    assert_compiles_as(&results, &layout, "projected");
}

#[test]
fn hostile_names_compile_without_complaint() {
    assert_compiles(&studies::hostile(), "hostile");
}

#[test]
fn an_empty_study_compiles_without_complaint() {
    let results = studies::empty();
    let files = render_latex(&results, &Layout::default(), &|_| {}).unwrap();
    let folder = tempfile::tempdir().unwrap();
    write(&files, folder.path());
    match complaints(folder.path(), "main") {
        Some(found) => assert_eq!(found, Vec::<String>::new()),
        None => skip("pdflatex not found"),
    }
}

#[test]
fn the_same_results_give_the_same_bytes() {
    let results = studies::hostile();
    let again: Results = results.clone();
    assert!(
        render_latex(&results, &Layout::default(), &|_| {}).unwrap()
            == render_latex(&again, &Layout::default(), &|_| {}).unwrap()
    );
}
