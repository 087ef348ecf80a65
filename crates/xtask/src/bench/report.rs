//! `bench report`: page, notebook, LaTeX and package of a study of 880 runs that are summarized already.

use std::time::Instant;

use anyhow::{Result, bail};

use super::table::{Spread, print_machine};
use super::{THREADS, data, programs};
use crate::command::{command, shown};
use crate::options::Options;

/// Runs of some twenty printed numbers each.
const RUNS: u64 = 880;

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
            let words = [&["--quiet", "--threads", THREADS], words.as_slice()].concat();
            let mut one = command(&programs.vana.to_string_lossy(), &words);
            let begin = Instant::now();
            let output = one.output()?;
            if !output.status.success() {
                bail!("{} failed:\n{}", shown(&one), String::from_utf8_lossy(&output.stderr));
            }
            seconds.push(begin.elapsed().as_secs_f64());
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
    Ok(())
}
