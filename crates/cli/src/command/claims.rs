//! `vana claims`

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::Args;
use vana_analysis::{Claims as ClaimFile, Reading, check_claims, judge, measure};
use vana_reduce::ReduceOptions;
use vana_types::{CheckedClaim, ClaimVerdict};

use crate::failure::Failure;
use crate::output::{OutputFormat, wrap, write_rows, write_table};
use crate::progress;
use crate::study::open;

/// Check the sentences of a publication against its own numbers.
///
/// A claim of claims.toml is a query over the tables measurements, cells, systems and comparisons, and what it must
/// give. It holds, is contradicted, is undecidable (the cells that it needs are lost), or depends on how an ambiguous
/// name is read.
#[derive(Args)]
pub(crate) struct Claims {
    /// The study, or a package of it.
    study: PathBuf,
    /// Take an ambiguous name for one of its systems: 'LinuxKit or OSv=OSv'.
    #[arg(long, value_name = "NAME=SYSTEM")]
    assume: Vec<Reading>,
    /// End with exit code 1 if a claim is contradicted.
    #[arg(long)]
    strict: bool,
    /// How to write the verdicts.
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

impl Claims {
    pub fn run(&self, quiet: bool) -> Result<(), Failure> {
        let study = open(&self.study)?;
        let claims = ClaimFile::read(study.root())?;
        let bar = progress::bar(quiet, study.runs.len() as u64, "summarizing");
        let measured = measure(&study, &ReduceOptions::default(), &self.assume, || bar.inc(1))?;
        bar.finish_and_clear();
        let order: Vec<String> =
            study.systems(measured.systems()).into_iter().map(|system| system.id).collect();
        let comparisons = judge(&measured.measurements, &order, &study.config)?.comparisons;
        let checked = quietly(|| check_claims(&study, &measured.measurements, &comparisons, &claims))?;
        match self.format {
            OutputFormat::Text => write_text(&checked)?,
            format => write_rows(format, "claims", &checked)?,
        }
        let contradicted = count(&checked, ClaimVerdict::Contradicted);
        if self.strict && contradicted > 0 {
            let what = if contradicted == 1 { "claim is" } else { "claims are" };
            return Err(Failure::gate(format!("{contradicted} {what} contradicted")));
        }
        Ok(())
    }
}

/// A query may make the SQL engine panic. That comes back as an error with its line, so that the panic's own words
/// would say it twice.
fn quietly<T>(work: impl FnOnce() -> T) -> T {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let result = work();
    std::panic::set_hook(hook);
    result
}

fn count(checked: &[CheckedClaim], verdict: ClaimVerdict) -> usize {
    checked.iter().filter(|claim| claim.verdict == verdict).count()
}

/// Width of the lines below a claim.
const WIDTH: usize = 100;

fn write_text(checked: &[CheckedClaim]) -> Result<(), Failure> {
    use ClaimVerdict::{Contradicted, DependsOnReading, Holds, Undecidable};
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut table = vec![["claim", "place", "verdict"].map(str::to_owned).to_vec()];
    for claim in checked {
        let place = claim.place.clone().unwrap_or_default();
        table.push(vec![claim.id.clone(), place, claim.verdict.to_string()]);
    }
    write_table(&mut out, &table)?;
    for claim in checked {
        writeln!(out, "\n{} ({})", claim.id, claim.verdict)?;
        write_wrapped(&mut out, "claim", &claim.statement)?;
        write_wrapped(&mut out, "expected", &claim.expected)?;
        write_wrapped(&mut out, "found", claim.found.as_deref().unwrap_or("nothing"))?;
        if let Some(note) = &claim.note {
            write_wrapped(&mut out, "note", note)?;
        }
    }
    let of = |verdict| format!("{} {verdict}", count(checked, verdict));
    let counts = [Holds, Contradicted, Undecidable, DependsOnReading].map(of).join(", ");
    writeln!(out, "\n{} claims: {counts}", checked.len())?;
    Ok(out.flush()?)
}

/// A labelled paragraph.
fn write_wrapped(out: &mut impl Write, label: &str, text: &str) -> std::io::Result<()> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    wrap(&text, WIDTH, &format!("  {label:<9}")).iter().try_for_each(|line| writeln!(out, "{line}"))
}
