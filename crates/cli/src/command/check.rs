//! `vana check`

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use vana_analysis::{CHECKS, Reading, check, measure, merge_findings};
use vana_reduce::ReduceOptions;
use vana_types::{Finding, Severity};

use crate::failure::Failure;
use crate::output::{OutputFormat, wrap, write_rows};
use crate::progress;
use crate::study::open;

/// Width of a line of text.
const WIDTH: usize = 100;

/// Say what not to trust in a study, and why.
///
/// Looks at requests where there are any and at printed or published numbers elsewhere: whether Little's law holds,
/// packets were lost, systems met a common ceiling, a summary is impossible, runs are too short, too few, not steady, …
/// `vana list checks` names all rules.
#[derive(Args)]
pub(crate) struct CheckStudy {
    /// The study, or a package of it.
    study: PathBuf,
    /// Only findings of these codes: `littles-law`, `errors`, …
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    code: Vec<String>,
    /// Take an ambiguous name for one of its systems: 'LinuxKit or OSv=OSv'.
    #[arg(long, value_name = "NAME=SYSTEM")]
    assume: Vec<Reading>,
    /// Exit with 1 when there is a finding as severe as this.
    #[arg(long, value_enum, value_name = "SEVERITY")]
    fail_on: Option<FailOn>,
    /// How to write the findings.
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

#[derive(Clone, Copy, ValueEnum)]
enum FailOn {
    /// A number may mislead, or worse.
    Warning,
    /// A number is wrong.
    Error,
}

impl CheckStudy {
    pub fn run(&self, quiet: bool) -> Result<(), Failure> {
        let study = open(&self.study)?;
        let runs = study.runs.len() as u64;
        let bar = progress::bar(quiet, runs, "summarizing");
        let options = ReduceOptions { series: true, ..ReduceOptions::default() };
        let measured = measure(&study, &options, &self.assume, || bar.inc(1))?;
        bar.finish_and_clear();
        let is_wanted = |code: &str| self.code.is_empty() || self.code.iter().any(|wanted| wanted == code);
        let wanted: Vec<_> = CHECKS.iter().copied().filter(|check| is_wanted(check.name())).collect();
        let bar = progress::bar(quiet, runs, "checking");
        let mut findings = check(&study, &measured, &wanted, || bar.inc(1))?;
        bar.finish_and_clear();
        // What reading and reducing the runs had to say.
        findings.extend(merge_findings(measured.findings));
        self.refuse_unknown(&findings)?;
        findings.retain(|finding| is_wanted(&finding.code));
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        match self.format {
            OutputFormat::Text => write_text(&findings)?,
            format => write_rows(format, "findings", &findings)?,
        }
        self.gate(&findings)
    }

    /// A misspelt code would find nothing, which looks like a clean study.
    fn refuse_unknown(&self, findings: &[Finding]) -> Result<(), Failure> {
        let is_known = |code: &str| {
            CHECKS.iter().any(|check| check.name() == code)
                || findings.iter().any(|finding| finding.code == code)
        };
        let Some(code) = self.code.iter().find(|code| !is_known(code)) else { return Ok(()) };
        let failure = Failure::input(format!("no check is called \"{code}\", and no finding has this code"));
        Err(failure.hint(Some("vana list checks names them all")))
    }

    fn gate(&self, findings: &[Finding]) -> Result<(), Failure> {
        let (least, name) = match self.fail_on {
            None => return Ok(()),
            Some(FailOn::Warning) => (Severity::Warning, "warning"),
            Some(FailOn::Error) => (Severity::Error, "error"),
        };
        let count = findings.iter().filter(|finding| finding.severity >= least).count();
        if count == 0 {
            return Ok(());
        }
        let noun = if count == 1 { "finding" } else { "findings" };
        Err(Failure::gate(format!("{count} {noun} of severity {name} or above")))
    }
}

/// A block for each finding, the worst first.
fn write_text(findings: &[Finding]) -> Result<(), Failure> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    if findings.is_empty() {
        writeln!(out, "nothing found")?;
    }
    let mut last = None;
    for finding in findings {
        if last != Some(finding.severity) {
            if last.is_some() {
                writeln!(out)?;
            }
            let count = findings.iter().filter(|other| other.severity == finding.severity).count();
            writeln!(out, "{}", heading(finding.severity, count))?;
            last = Some(finding.severity);
        }
        writeln!(out, "\n  {}", title(finding))?;
        for line in wrap(&finding.message, WIDTH, "    ") {
            writeln!(out, "{line}")?;
        }
    }
    Ok(out.flush()?)
}

fn heading(severity: Severity, count: usize) -> String {
    match (severity, count) {
        (Severity::Error, 1) => "1 number is wrong".to_owned(),
        (Severity::Error, _) => format!("{count} numbers are wrong"),
        (Severity::Warning, 1) => "1 warning: numbers may mislead".to_owned(),
        (Severity::Warning, _) => format!("{count} warnings: numbers may mislead"),
        (Severity::Info, _) => format!("{count} good to know"),
    }
}

/// The code, and what it is about.
fn title(finding: &Finding) -> String {
    let clients = finding
        .clients
        .map(|clients| if clients == 1 { "1 client".to_owned() } else { format!("{clients} clients") });
    let repetition = finding.repetition.map(|repetition| format!("repetition {repetition}"));
    let about = [finding.system.clone(), finding.workload.clone(), clients, repetition];
    let about: Vec<String> = about.into_iter().flatten().collect();
    if about.is_empty() { finding.code.clone() } else { format!("{}: {}", finding.code, about.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_says_what_a_finding_is_about() {
        let mut finding = Finding::new("errors", Severity::Warning, "");
        assert_eq!(title(&finding), "errors");
        finding.system = Some("osv".into());
        finding.workload = Some("http".into());
        finding.clients = Some(1);
        finding.repetition = Some(2);
        assert_eq!(title(&finding), "errors: osv, http, 1 client, repetition 2");
    }
}
