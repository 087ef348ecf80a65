//! How soon pages show their first chart in Chromium.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::Programs;
use crate::command::{command, shown};
use crate::workspace::{root, script};

/// Prints sizes of pages, when Chromium paints them first, and when their first chart is there; a page is a name and its
/// place.
pub(super) fn print(programs: &Programs, rounds: u64, pages: &[(String, PathBuf)]) -> Result<()> {
    if command("chromium", ["--version"]).output().is_err() {
        println!("\nThere is no chromium: when the first chart is there was not measured.");
        return Ok(());
    }
    let mut look = command(&programs.python.to_string_lossy(), [script("first_chart.py")]);
    look.arg(rounds.to_string()).args(pages.iter().map(|(_, page)| page));
    let output = look.output().with_context(|| shown(&look))?;
    if !output.status.success() {
        bail!("{} failed:\n{}", shown(&look), String::from_utf8_lossy(&output.stderr));
    }
    println!("\n| page | size (kB) | first paint (ms) | first chart (ms) |\n|---|---:|---:|---:|");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = |name: &str, bytes: u64, line: &str| -> Result<()> {
        let (paint, chart) =
            line.split_once(' ').with_context(|| format!("first_chart.py printed {line}"))?;
        println!("| {name} | {} | {paint} | {chart} |", bytes / 1000);
        Ok(())
    };
    let mut lines = text.lines();
    line("nothing but a stroke", 0, lines.next().unwrap_or_default())?;
    for ((name, page), found) in pages.iter().zip(lines) {
        line(name, std::fs::metadata(page).with_context(|| page.display().to_string())?.len(), found)?;
    }
    println!("\nMedians of {rounds}; the bar for the first chart is 1000 ms.");
    Ok(())
}

/// The pages of the repository's own reports, by name.
pub(super) fn of_repository() -> Result<Vec<(String, PathBuf)>> {
    let folder = root().join("reports");
    let mut pages = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let page = entry.path().join("index.html");
        if page.exists() {
            pages.push((entry.file_name().to_string_lossy().into_owned(), page));
        }
    }
    pages.sort();
    Ok(pages)
}
