//! `bench report`: page, notebook, LaTeX and package of a study of 880 runs that are summarized already, and how soon its
//! page shows a chart; the page of a study of many requests, where that is there.

use std::path::Path;
use std::time::Instant;

use anyhow::{Result, bail};

use super::table::{Spread, print_machine};
use super::{Programs, THREADS, data, first_chart, programs};
use crate::command::{command, shown};
use crate::options::Options;

/// Runs of some twenty printed numbers each.
const RUNS: u64 = 880;
/// The study of `bench analysis`: requests in 440 runs.
const MANY: &str = "study-100000000";

/// Makes the study, writes everything of it several times, and prints what that took.
pub(crate) fn run(options: &Options) -> Result<()> {
    let rounds = options.count("--rounds", 5);
    let programs = programs()?;
    let folder = options.folder();
    let study = data::provide(&programs, &folder, "printed", RUNS)?;
    let study = study.to_string_lossy().into_owned();
    let out = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let (all, latex, notebook, package) = (out("report"), out("latex"), out("notebook"), out("package.zip"));
    let questions: [(&str, Vec<&str>); 5] = [
        ("numbers alone (`vana check`)", vec!["check", &study]),
        ("LaTeX", vec!["report", &study, "--latex", "--out", &latex]),
        ("notebook", vec!["report", &study, "--notebook", "--out", &notebook]),
        ("report, everything", vec!["report", &study, "--out", &all]),
        (
            "package",
            vec!["export", &study, "--as", "ro-crate,data-package,croissant", "--force", "--out", &package],
        ),
    ];
    let mut seconds = vec![Vec::new(); questions.len()];
    for _ in 0..=rounds {
        for ((_, words), seconds) in questions.iter().zip(&mut seconds) {
            seconds.push(timed(&programs, words)?);
        }
    }
    let title = format!("Everything of {RUNS} runs that are summarized already");
    print_machine(&title, &format!("cargo run --release -p xtask -- bench report {}", options.text()));
    println!("{rounds} rounds after one that is not counted: median (least to most), whole processes.\n");
    println!("| written | wall (s) |\n|---|---:|");
    let mut sum = 0.0;
    for ((name, _), seconds) in questions.iter().zip(&seconds) {
        let spread = Spread::of(seconds[1..].to_vec());
        println!("| {name} | {} |", spread.shown(2));
        if matches!(*name, "report, everything" | "package") {
            sum += spread.median();
        }
    }
    println!("\nReport and package together: {sum:.2} s; the bar is 3 s.");
    let mut pages = vec![(format!("{RUNS} runs"), folder.join("report/index.html"))];
    if let Some(seconds) = page_of_many(&programs, &folder)? {
        println!("\nThe page of 100,000,000 requests in 440 runs, from its requests: {seconds:.1} s.");
        pages.push(("100,000,000 requests in 440 runs".to_owned(), folder.join("page-of-many/index.html")));
    }
    pages.extend(first_chart::of_repository()?);
    first_chart::print(&programs, rounds, &pages)
}

/// Runs vana and says how many seconds it took.
fn timed(programs: &Programs, words: &[&str]) -> Result<f64> {
    let words = [&["--quiet", "--threads", THREADS], words].concat();
    let mut vana = command(&programs.vana.to_string_lossy(), &words);
    let begin = Instant::now();
    let output = vana.output()?;
    if !output.status.success() {
        bail!("{} failed:\n{}", shown(&vana), String::from_utf8_lossy(&output.stderr));
    }
    Ok(begin.elapsed().as_secs_f64())
}

/// Writes the page of the study of `bench analysis`; the seconds that took, `None` where that study was not made.
fn page_of_many(programs: &Programs, folder: &Path) -> Result<Option<f64>> {
    let (study, out) = (folder.join(MANY), folder.join("page-of-many"));
    if !study.exists() {
        println!("\n{} is not there: `bench analysis` makes it.", study.display());
        return Ok(None);
    }
    let words = ["report", &study.to_string_lossy(), "--html", "--out", &out.to_string_lossy()];
    timed(programs, &words).map(Some)
}
