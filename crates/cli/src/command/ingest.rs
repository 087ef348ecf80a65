//! `vana ingest`

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use serde::Serialize;
use vana_ingest::{
    ColumnMap, FORMATS, IdentityOptions, IngestOptions, IngestedRun, Pattern, ReadOptions, ingest,
};
use vana_types::{Fidelity, Finding, Scale, Severity};

use crate::failure::{Failure, say};
use crate::interrupt::{cancel_flag, patience};
use crate::output::{OutputFormat, write_rows};
use crate::progress;

/// Read what other tools left behind into a study.
///
/// Each file's format is found from its content. A malformed file is refused with its line, and nothing is added then.
/// What identifies a run comes from the flags, then from --pattern, then from the file itself; the system's name is
/// the file's name without its ending where nothing else says it, and repetitions are numbered on.
#[derive(Args)]
pub(crate) struct Ingest {
    /// Files to read.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The study to add to; made if it is not there.
    #[arg(long, value_name = "DIR")]
    study: PathBuf,
    /// Read as this format, whatever the content looks like (see: vana list formats).
    #[arg(long = "as", value_name = "FORMAT", value_parser = format_names())]
    format_name: Option<String>,
    /// System under test.
    #[arg(long, value_name = "NAME")]
    system: Option<String>,
    /// Workload.
    #[arg(long, value_name = "NAME")]
    workload: Option<String>,
    /// Number of concurrent clients.
    #[arg(long, value_name = "N")]
    clients: Option<u32>,
    /// Repetition, counted from 1; without it the next free one.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    repetition: Option<u32>,
    /// Where in the path the identity stands: '{system}/{workload}_{clients}.txt'; {} is anything.
    #[arg(long, value_name = "PATTERN")]
    pattern: Option<Pattern>,
    /// A column of a table: `latency=elapsed_ms:ms`, `sent=ts:s`, `operation=url`, `run_time=seconds:s`, `system=name`, …
    #[arg(long, value_name = "TARGET=COLUMN[:UNIT]")]
    map: Vec<ColumnMap>,
    /// Unit of numbers whose file does not state it: ns, us, ms, s. Values of a histogram, whole numbers behind an entry of an
    /// access log (Apache's %D), which are no durations without it, and stamps of a trace of arrivals.
    #[arg(long, value_name = "UNIT", value_parser = unit_of_time)]
    value_unit: Option<Scale>,
    /// Do not keep a copy of the originals under raw/.
    #[arg(long)]
    without_raw: bool,
    /// Replace runs that exist; read files again that were read before.
    #[arg(long)]
    force: bool,
    /// How to write what was found.
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

fn format_names() -> Vec<&'static str> {
    FORMATS.iter().map(|format| format.name()).collect()
}

fn unit_of_time(text: &str) -> Result<Scale, String> {
    match text.parse::<Scale>() {
        Ok(scale) if scale.unit == vana_types::Unit::Seconds => Ok(scale),
        Ok(_) => Err(format!("{text} is no unit of time")),
        Err(error) => Err(error.to_string()),
    }
}

/// One run as it is shown.
#[derive(Serialize)]
struct Row<'a> {
    system: &'a str,
    workload: &'a str,
    clients: Option<u32>,
    repetition: Option<u32>,
    file: String,
    format: &'static str,
    fidelity: &'static str,
    requests: Option<u64>,
    findings: usize,
}

impl<'a> Row<'a> {
    fn of(found: &'a IngestedRun) -> Self {
        let identity = &found.run.identity;
        let is_run = found.run.fidelity != Fidelity::Published;
        Self {
            system: if is_run { &identity.system } else { "" },
            workload: if is_run { &identity.workload } else { "" },
            clients: identity.clients,
            repetition: is_run.then_some(identity.repetition),
            file: found.file.display().to_string(),
            format: found.format,
            fidelity: found.run.fidelity.name(),
            requests: found.requests,
            findings: found.run.findings.len(),
        }
    }
}

impl Ingest {
    pub fn run(&self, quiet: bool) -> Result<(), Failure> {
        let cancel = cancel_flag()?;
        let goes_on = patience(&self.study, Arc::clone(&cancel), quiet);
        let options = IngestOptions {
            identity: IdentityOptions {
                system: self.system.clone(),
                workload: self.workload.clone(),
                clients: self.clients,
                repetition: self.repetition,
                pattern: self.pattern.clone(),
            },
            format: self
                .format_name
                .as_ref()
                .and_then(|name| FORMATS.iter().map(|format| format.name()).find(|known| known == name)),
            keep_raw: !self.without_raw,
            force: self.force,
            read: ReadOptions {
                map: self.map.clone(),
                value_unit: self.value_unit,
                cancel,
                ..ReadOptions::default()
            },
        };
        let bar = progress::bar(quiet, self.files.len() as u64, "reading");
        let progress = |path: &Path, _| {
            bar.set_message(path.display().to_string());
            bar.inc(1);
        };
        let runs = ingest(&self.files, &self.study, &options, progress, goes_on)?;
        bar.finish_and_clear();
        if self.format == OutputFormat::Text {
            self.write_text(&runs, quiet)
        } else {
            write_rows(self.format, "runs", &runs.iter().map(Row::of).collect::<Vec<_>>())
        }
    }

    fn write_text(&self, runs: &[IngestedRun], quiet: bool) -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        for found in runs {
            let (file, format, fidelity) = (found.file.display(), found.format, found.run.fidelity);
            let size = match (found.requests, found.run.fidelity) {
                (Some(count), Fidelity::Published) => format!(", {count} cells"),
                (Some(count), Fidelity::Histogram) => format!(", {count} values"),
                (Some(count), _) => format!(", {count} requests"),
                (None, _) => format!(", {} numbers", found.run.reported.len()),
            };
            if found.run.fidelity == Fidelity::Published {
                writeln!(out, "{file}: {format} ({fidelity}{size})")?;
            } else {
                writeln!(out, "{file}: {format} ({fidelity}{size}) -> {}", found.run.identity)?;
            }
        }
        let tables = runs.iter().filter(|found| found.run.fidelity == Fidelity::Published).count();
        let added = match (runs.len() - tables, tables) {
            (0, tables) => plural(tables, "published table"),
            (runs, 0) => plural(runs, "run"),
            (runs, tables) => format!("{} and {}", plural(runs, "run"), plural(tables, "published table")),
        };
        writeln!(out, "{added} added to {}", self.study.display())?;
        out.flush()?;
        if !quiet {
            for (finding, count) in doubts(runs) {
                let runs = if count > 1 { format!(" ({count} runs)") } else { String::new() };
                say(&format!("{}: {}: {}{runs}", finding.severity, finding.code, finding.message));
            }
        }
        Ok(())
    }
}

/// Doubts above mere information, each once.
fn doubts(runs: &[IngestedRun]) -> Vec<(&Finding, usize)> {
    let mut doubts: Vec<(&Finding, usize)> = Vec::new();
    let all = runs.iter().flat_map(|found| &found.run.findings);
    for finding in all.filter(|finding| finding.severity > Severity::Info) {
        match doubts
            .iter_mut()
            .find(|(known, _)| known.code == finding.code && known.message == finding.message)
        {
            Some((_, count)) => *count += 1,
            None => doubts.push((finding, 1)),
        }
    }
    doubts
}

fn plural(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
