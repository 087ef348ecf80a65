//! Everything that a report or a package shows of a study, computed once.

use vana_analysis::{Reading, measure, results};
use vana_reduce::ReduceOptions;
use vana_report::OutputFile;
use vana_trace::Study;
use vana_types::Results;

use crate::cell_row::{CellRow, OperationRow};
use crate::failure::Failure;
use crate::output::write_csv;
use crate::progress;

/// What is drawn, and the same as tables.
pub(crate) struct Computed {
    /// What is drawn.
    pub results: Results,
    /// `measurements.csv` and the others; a table without rows is left out.
    pub tables: Vec<OutputFile>,
}

/// Summarizes all runs and judges them; with `pulse`, how each run went over time is read as well, for the page.
pub(crate) fn compute(
    study: &Study,
    readings: &[Reading],
    pulse: bool,
    quiet: bool,
) -> Result<Computed, Failure> {
    let runs = study.runs.len() as u64;
    let bar = progress::bar(quiet, runs, "summarizing");
    let options = ReduceOptions { series: true, pulse, ..ReduceOptions::default() };
    let measured = measure(study, &options, readings, || bar.inc(1))?;
    bar.finish_and_clear();
    let measurements = csv_file("measurements.csv", &measured.measurements)?;
    let bar = progress::bar(quiet, runs, "judging");
    let results = results(study, measured, env!("CARGO_PKG_VERSION"), || bar.inc(1))?;
    bar.finish_and_clear();
    let judgement = &results.judgement;
    let mut tables = vec![
        measurements,
        csv_file("cells.csv", &results.cells.iter().map(CellRow::of).collect::<Vec<_>>())?,
        csv_file("operations.csv", &results.operations.iter().map(OperationRow::of).collect::<Vec<_>>())?,
        csv_file("findings.csv", &results.findings)?,
        csv_file("comparisons.csv", &judgement.comparisons)?,
        csv_file("claims.csv", &judgement.claims)?,
    ];
    tables.retain(|table| !table.bytes.is_empty());
    Ok(Computed { results, tables })
}

fn csv_file<T: serde::Serialize>(path: &str, rows: &[T]) -> Result<OutputFile, Failure> {
    let mut bytes = Vec::new();
    write_csv(&mut bytes, rows)?;
    Ok(OutputFile { path: path.to_owned(), bytes })
}
