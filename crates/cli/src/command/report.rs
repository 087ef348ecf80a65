//! `vana report`

use std::path::{Component, Path, PathBuf};

use clap::Args;
use vana_analysis::{Reading, measure, results};
use vana_reduce::ReduceOptions;
use vana_report::{Layout, Output, OutputFile, RenderError, render};
use vana_trace::Study;
use vana_types::Results;

use crate::cell_row::CellRow;
use crate::failure::{Failure, say};
use crate::output::write_csv;
use crate::progress;

/// Draw the tables and figures of a paper.
///
/// Writes tables, figures (SVG, PDF, pgfplots source), a macro for every number and a main.tex that shows them all and
/// compiles with pdflatex. The same study gives the same bytes.
#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Report {
    /// The study.
    study: PathBuf,
    /// LaTeX: tables, figures, macros and main.tex (what is written when no kind is named).
    #[arg(long)]
    latex: bool,
    /// One page for everything, which opens offline: index.html.
    #[arg(long)]
    html: bool,
    /// A table for a pull request or a README, and a picture of 1200 by 630 pixels: summary.md, summary.png.
    #[arg(long)]
    markdown: bool,
    /// Where to write; an earlier report there is replaced.
    #[arg(long, short, value_name = "DIR", default_value = "report")]
    out: PathBuf,
    /// Take an ambiguous name for one of its systems: 'LinuxKit or OSv=OSv'.
    #[arg(long, value_name = "NAME=SYSTEM")]
    assume: Vec<Reading>,
    /// Only these numbers: key:value, key:(a OR b), -key:value, several at once; keys are system, workload, clients,
    /// metric and statistic.
    #[arg(long, value_name = "EXPRESSION", default_value = "")]
    filter: String,
    /// Lay out the tables of numbers with these keys down the side: clients,system.
    #[arg(long, value_name = "KEYS", default_value = "")]
    row: String,
    /// The same for the columns; keys in neither make separate tables.
    #[arg(long, value_name = "KEYS", default_value = "")]
    col: String,
    /// Write into a folder that holds something else.
    #[arg(long)]
    force: bool,
}

/// Lists the files of a report, so that the next one can remove those it does not have.
const MANIFEST: &str = "MANIFEST";

impl Report {
    pub fn run(&self, quiet: bool) -> Result<(), Failure> {
        self.check_out()?;
        let layout = Layout::parse(&self.row, &self.col, &self.filter)
            .map_err(|error| Failure::input(error.to_string()))?;
        let study = Study::open(&self.study)?;
        let bar = progress::bar(quiet, study.runs.len() as u64, "summarizing");
        let options = ReduceOptions { series: true, pulse: self.html, ..ReduceOptions::default() };
        let measured = measure(&study, &options, &self.assume, || bar.inc(1))?;
        bar.finish_and_clear();
        let measurements = csv_file("measurements.csv", &measured.measurements)?;
        let bar = progress::bar(quiet, study.runs.len() as u64, "judging");
        let results = results(&study, measured, env!("CARGO_PKG_VERSION"), || bar.inc(1))?;
        bar.finish_and_clear();
        let bar = progress::bar(quiet, 0, "drawing");
        let mut files = render(&results, &layout, &self.outputs(), &|path| {
            bar.set_message(path.to_owned());
            bar.inc(1);
        })
        .map_err(|error| match error {
            RenderError::Layout(error) => Failure::input(error.to_string()),
            error => Failure::machine(error.to_string()),
        })?;
        bar.finish_and_clear();
        files.push(measurements);
        files.push(csv_file("cells.csv", &results.cells.iter().map(CellRow::of).collect::<Vec<_>>())?);
        files.push(csv_file("findings.csv", &results.findings)?);
        let judgement = &results.judgement;
        files.push(csv_file("comparisons.csv", &judgement.comparisons)?);
        files.push(csv_file("claims.csv", &judgement.claims)?);
        files.retain(|file| !file.bytes.is_empty());
        let names = files.iter().flat_map(|file| [file.path.as_str(), "\n"]).collect::<String>();
        files.push(OutputFile { path: MANIFEST.to_owned(), bytes: names.into_bytes() });
        write(&self.out, &files)
            .map_err(|(path, error)| Failure::machine(format!("{}: {error}", path.display())))?;
        if !quiet {
            self.say(&results, &files);
        }
        Ok(())
    }

    /// What is named, or LaTeX.
    fn outputs(&self) -> Vec<Output> {
        let named =
            [(self.latex, Output::Latex), (self.html, Output::Html), (self.markdown, Output::Markdown)];
        let outputs: Vec<Output> =
            named.into_iter().filter(|(is_named, _)| *is_named).map(|(_, output)| output).collect();
        if outputs.is_empty() { vec![Output::Latex] } else { outputs }
    }

    /// Refuses a folder that holds something other than a report.
    fn check_out(&self) -> Result<(), Failure> {
        let Ok(mut entries) = std::fs::read_dir(&self.out) else { return Ok(()) };
        let is_report = self.out.join(MANIFEST).exists();
        if self.force || is_report || entries.next().is_none() {
            return Ok(());
        }
        let message = format!("{} is not empty and holds no report", self.out.display());
        Err(Failure::input(message).hint(Some("choose another --out, or write into it with --force")))
    }

    fn say(&self, results: &Results, files: &[OutputFile]) {
        let next = match self.outputs().first() {
            Some(Output::Html) => "open index.html in a browser".to_owned(),
            Some(Output::Markdown) => "put summary.md where it is read".to_owned(),
            _ => format!("cd {} && pdflatex main.tex", self.out.display()),
        };
        say(&format!(
            "{} files in {} from {} numbers, {} findings; next: {next}",
            files.len(),
            self.out.display(),
            results.cells.len(),
            results.findings.len(),
        ));
    }
}

fn csv_file<T: serde::Serialize>(path: &str, rows: &[T]) -> Result<OutputFile, Failure> {
    let mut bytes = Vec::new();
    write_csv(&mut bytes, rows)?;
    Ok(OutputFile { path: path.to_owned(), bytes })
}

/// Writes everything beside its place first, so that a full disk leaves the earlier report as it was; then puts file by
/// file in its place and removes what only the earlier report had.
fn write(out: &Path, files: &[OutputFile]) -> Result<(), (PathBuf, std::io::Error)> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |error| (path, error)
    };
    let is_new = !out.exists();
    std::fs::create_dir_all(out).map_err(at(out))?;
    let partial = out.join(format!(".partial-{}", std::process::id()));
    let written = write_partial(&partial, files).and_then(|()| {
        let earlier = std::fs::read_to_string(out.join(MANIFEST)).unwrap_or_default();
        for file in files {
            let place = out.join(&file.path);
            let folder = place.parent().unwrap_or(out);
            std::fs::create_dir_all(folder).map_err(at(folder))?;
            std::fs::rename(partial.join(&file.path), &place).map_err(at(&place))?;
        }
        // Only names below the report are its own, whatever the manifest says.
        let is_inside = |name: &&str| !name.is_empty() && Path::new(name).components().all(is_plain);
        for name in earlier.lines().filter(is_inside) {
            if files.iter().all(|file| file.path != name) {
                let _ = std::fs::remove_file(out.join(name));
            }
        }
        Ok(())
    });
    let _ = std::fs::remove_dir_all(&partial);
    if is_new && written.is_err() {
        let _ = std::fs::remove_dir(out);
    }
    written
}

fn is_plain(component: Component<'_>) -> bool {
    matches!(component, Component::Normal(_))
}

fn write_partial(partial: &Path, files: &[OutputFile]) -> Result<(), (PathBuf, std::io::Error)> {
    for file in files {
        let path = partial.join(&file.path);
        let folder = path.parent().unwrap_or(partial);
        std::fs::create_dir_all(folder).map_err(|error| (folder.to_owned(), error))?;
        std::fs::write(&path, &file.bytes).map_err(|error| (path, error))?;
    }
    Ok(())
}
