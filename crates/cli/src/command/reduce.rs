//! `vana reduce`

use std::io::{BufRead, Write};
use std::path::Path;

use clap::Args;
use serde::Serialize;
use vana_reduce::reduce;
use vana_trace::read_run;
use vana_types::{Finding, Measurement};

use super::summarize::Wanted;
use crate::failure::Failure;
use crate::output::SCHEMA_VERSION;

/// Measure runs named on standard input, one JSON line each, for job arrays and clusters.
///
/// Each line of input is the folder of a run. Lines of output come in the order of input and do not depend on where or
/// beside what they were computed.
#[derive(Args)]
pub(crate) struct Reduce {
    /// Read the folders of runs from standard input.
    #[arg(long, required = true)]
    stdin: bool,
    #[command(flatten)]
    wanted: Wanted,
}

#[derive(Serialize)]
struct Line {
    schema_version: u32,
    run: String,
    measurements: Vec<Measurement>,
    findings: Vec<Finding>,
}

impl Reduce {
    pub fn run(&self) -> Result<(), Failure> {
        let options = self.wanted.options();
        let mut out = std::io::stdout().lock();
        for line in std::io::stdin().lock().lines() {
            let folder = line.map_err(|error| Failure::input(format!("standard input: {error}")))?;
            if folder.is_empty() {
                continue;
            }
            let run = read_run(Path::new(&folder))?
                .ok_or_else(|| Failure::input(format!("{folder}: no run.json and no trace.parquet")))?;
            let reduction = reduce(&run, &options)?;
            let line = Line {
                schema_version: SCHEMA_VERSION,
                run: folder,
                measurements: reduction.measurements,
                findings: reduction.findings,
            };
            serde_json::to_writer(&mut out, &line).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        Ok(out.flush()?)
    }
}
