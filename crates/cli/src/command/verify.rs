//! `vana verify`

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::Args;
use vana_analysis::{RankAgreement, verify_files, verify_numbers};
use vana_package::{
    Difference, Location, UnpackError, broken_sums, compare_sums, locate_to_compare, oddity, special_file,
};
use vana_trace::Study;
use vana_types::{Finding, Severity, VerifiedCell, VerifyVerdict};

use crate::failure::{Failure, harmless, say};
use crate::output::{OutputFormat, write_rows, write_table};
use crate::study::lacks_study;
use crate::{progress, quantity};

/// Check a study's files against its checksums and its printed numbers against its data.
///
/// Every number that a tool or a publication printed is recomputed from requests, from a histogram, or from the runs
/// that it sums up, and compared within half a unit of its last digit. Ends with exit code 1 if a file or a number
/// differs.
///
/// Of a package, every file is compared first: one that changed, is missing or was added is an error.
#[derive(Args)]
pub(crate) struct Verify {
    /// The study, or a package of it.
    study: PathBuf,
    /// Show the numbers that match and those that cannot be recomputed, too.
    #[arg(long)]
    all: bool,
    /// How to write the numbers.
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

impl Verify {
    pub fn run(&self, quiet: bool) -> Result<(), Failure> {
        // Whoever opened these would wait for a writer, or read for ever.
        if let Some(special) = special_file(&self.study)? {
            let message = format!("{}: neither a file nor a folder", special.display());
            return Err(Failure::gate(harmless(&message)));
        }
        let location = match locate_to_compare(&self.study) {
            // A byte that changed is what was asked for, and not a mistake of who asks.
            Err(error @ (UnpackError::Damaged { .. } | UnpackError::Marker { .. })) => {
                return Err(Failure::gate(harmless(&error.to_string())));
            }
            location => location?,
        };
        let mut findings = package_findings(&location)?;
        findings.extend(self.container_finding()?);
        findings.extend(study_findings(&location)?);
        if let Some(message) = lacks_study(&self.study, &location) {
            findings.iter().for_each(tell);
            return Err(Failure::gate(message));
        }
        let study = match Study::open(&location.study) {
            Ok(study) => study,
            Err(error) => {
                // A file that changed is the likely cause, and the verdict on the study.
                findings.iter().for_each(tell);
                let wrong = errors(&findings);
                if wrong == 0 {
                    return Err(error.into());
                }
                return Err(Failure::gate(format!("{}; {error}", files(wrong))));
            }
        };
        let bar = progress::bar(quiet, study.runs.len() as u64, "verifying");
        let verified = verify_numbers(&study, || bar.inc(1));
        bar.finish_and_clear();
        findings.extend(verified.findings);
        findings.iter().for_each(tell);
        match self.format {
            OutputFormat::Text => self.write_text(&verified.cells, &verified.ranks)?,
            format => write_rows(format, "cells", &verified.cells)?,
        }
        let (wrong, differing) = (errors(&findings), count(&verified.cells, VerifyVerdict::Differs));
        match (wrong, differing) {
            (0, 0) => Ok(()),
            (wrong, 0) => Err(Failure::gate(files(wrong))),
            (0, differing) => Err(Failure::gate(numbers(differing))),
            (wrong, differing) => Err(Failure::gate(format!("{}; {}", files(wrong), numbers(differing)))),
        }
    }

    /// What is wrong with a package's container, although its files may be right: it is not the one that was published.
    fn container_finding(&self) -> Result<Option<Finding>, Failure> {
        let oddity = if self.study.is_file() { oddity(&self.study)? } else { None };
        Ok(oddity.map(|what| {
            let message = format!("{}: not as vana export wrote it: {what}", self.study.display());
            Finding::new("container-differs", Severity::Error, message)
        }))
    }

    fn write_text(&self, cells: &[VerifiedCell], ranks: &[RankAgreement]) -> Result<(), Failure> {
        let mut out = BufWriter::new(std::io::stdout().lock());
        let shown = |cell: &&VerifiedCell| self.all || cell.verdict == VerifyVerdict::Differs;
        let mut table: Vec<Vec<String>> = cells.iter().filter(shown).map(line).collect();
        if !table.is_empty() {
            table.insert(0, HEADER.map(str::to_owned).to_vec());
            write_table(&mut out, &table)?;
            writeln!(out)?;
        }
        for rank in ranks {
            let clients = rank.clients.map_or_else(String::new, |clients| format!(", {clients} clients"));
            let tau = rank.tau.map_or_else(|| "none".to_owned(), |tau| format!("{tau:.3}"));
            writeln!(
                out,
                "order of {} systems by {} {} ({}{clients}): Kendall's tau-b {tau}",
                rank.systems, rank.metric, rank.statistic, rank.workload
            )?;
        }
        let of = |verdict| count(cells, verdict);
        writeln!(
            out,
            "{} numbers match, {} differ, {} cannot be recomputed, {} unreadable",
            of(VerifyVerdict::Matches),
            of(VerifyVerdict::Differs),
            of(VerifyVerdict::NotRecomputable),
            of(VerifyVerdict::Unreadable)
        )?;
        for (why, count) in reasons(cells) {
            writeln!(out, "  {count} cannot be recomputed: {why}")?;
        }
        Ok(out.flush()?)
    }
}

/// What is wrong with the files of a package as a whole.
fn package_findings(location: &Location) -> Result<Vec<Finding>, Failure> {
    let Some(package) = &location.package else { return Ok(Vec::new()) };
    let differences = compare_sums(package)?;
    let finding = |difference| match difference {
        Difference::Changed(name) => ("checksum-differs", format!("{name}: not the file that was packed")),
        Difference::Missing(name) => ("file-missing", format!("{name}: was packed, but is not there")),
        Difference::Added(name) => ("file-added", format!("{name}: was not packed")),
        Difference::BrokenSums(what) => ("checksums-unreadable", what),
        Difference::NoSums => ("no-checksums", "the package has no SHA256SUMS".to_owned()),
    };
    let findings = differences.into_iter().map(finding);
    Ok(findings.map(|(code, message)| Finding::new(code, Severity::Error, message)).collect())
}

/// What is wrong with the files of a study, its checksums included.
fn study_findings(location: &Location) -> Result<Vec<Finding>, Failure> {
    if !location.study.is_dir() {
        // Opening it says so.
        return Ok(Vec::new());
    }
    verify_files(&location.study).or_else(|error| match broken_sums(&error) {
        Some(what) => Ok(vec![Finding::new("checksums-unreadable", Severity::Error, what)]),
        None => Err(error.into()),
    })
}

fn errors(findings: &[Finding]) -> usize {
    findings.iter().filter(|finding| finding.severity == Severity::Error).count()
}

fn files(wrong: usize) -> String {
    let files = if wrong == 1 { "file is" } else { "files are" };
    format!("{wrong} {files} not what the study says")
}

fn numbers(differing: usize) -> String {
    let numbers = if differing == 1 { "number differs" } else { "numbers differ" };
    format!("{differing} {numbers} from what the data give")
}

const HEADER: [&str; 11] = [
    "system",
    "workload",
    "clients",
    "rep",
    "metric",
    "statistic",
    "published",
    "recomputed",
    "difference",
    "verdict",
    "note",
];

fn line(cell: &VerifiedCell) -> Vec<String> {
    let number = |value: Option<u32>| value.map_or_else(|| "-".to_owned(), |value| value.to_string());
    let shown = |value: Option<f64>| {
        let is_share = cell.statistic == "within_stdev";
        value.map_or_else(|| "--".to_owned(), |value| quantity::show(value, cell.unit, is_share))
    };
    vec![
        cell.system.clone(),
        cell.workload.clone(),
        number(cell.clients),
        number(cell.repetition),
        cell.metric.clone(),
        cell.statistic.clone(),
        shown(cell.published),
        shown(cell.recomputed),
        shown(cell.difference),
        cell.verdict.name().to_owned(),
        cell.note.clone().unwrap_or_default(),
    ]
}

fn count(cells: &[VerifiedCell], verdict: VerifyVerdict) -> usize {
    cells.iter().filter(|cell| cell.verdict == verdict).count()
}

/// Why numbers cannot be recomputed, and how many; in the order of first appearance.
fn reasons(cells: &[VerifiedCell]) -> Vec<(&str, usize)> {
    let mut reasons: Vec<(&str, usize)> = Vec::new();
    for cell in cells.iter().filter(|cell| cell.verdict == VerifyVerdict::NotRecomputable) {
        let why = cell.note.as_deref().unwrap_or("for an unknown reason");
        match reasons.iter_mut().find(|(known, _)| *known == why) {
            Some((_, count)) => *count += 1,
            None => reasons.push((why, 1)),
        }
    }
    reasons
}

fn tell(finding: &Finding) {
    let place = match (&finding.system, finding.repetition) {
        (Some(system), Some(repetition)) => {
            let workload = finding.workload.as_deref().unwrap_or("-");
            let clients = finding.clients.map_or_else(String::new, |clients| format!(" clients={clients}"));
            format!(" (system={system} workload={workload}{clients} repetition={repetition})")
        }
        _ => String::new(),
    };
    say(&harmless(&format!("{}: {}: {}{place}", finding.severity, finding.code, finding.message)));
}
