//! What a run that was just made says: it is read again as any other, and doubted.

use std::path::PathBuf;

use vana_analysis::{CHECKS, Measured, check};
use vana_reduce::{ReduceError, ReduceOptions, Tally, reduce, tally, tally_within};
use vana_trace::{Study, StudyRun};
use vana_types::{Finding, Measurement, Run};

use crate::failure::{Failure, say};

/// Checks that are made of each run at once; `vana check` makes them all.
const SHOWN: [&str; 4] = ["client-saturated", "littles-law", "errors", "schedule-lag"];

/// A run, what was measured in it, and what not to trust in that.
pub(crate) struct Made {
    pub run: Run,
    pub measurements: Vec<Measurement>,
    /// What became of its requests.
    pub tally: Tally,
    /// What became of what lies within them.
    pub within: Tally,
    pub doubts: Vec<Finding>,
}

impl Made {
    /// Says all doubts.
    pub fn say_doubts(&self) {
        for finding in self.run.findings.iter().chain(&self.doubts) {
            say(&format!("{}: {}: {}", finding.severity, finding.code, finding.message));
        }
    }
}

/// Reads the run again as any other, and doubts it by the rules that one run can break.
pub(crate) fn measured(run: Run, folder: PathBuf) -> Result<Made, Failure> {
    let run = StudyRun { run, folder };
    let by_operation = run.run.outermost().is_some();
    let reduced = match reduce(&run, &ReduceOptions { by_operation, ..ReduceOptions::default() }) {
        // Too many for that: the run as a whole it is.
        Err(ReduceError::TooManyRows { .. }) => reduce(&run, &ReduceOptions::default()),
        reduced => reduced,
    };
    let known = Measured { measurements: reduced?.measurements, ..Measured::default() };
    let study = Study::of_run(run.clone());
    let checks: Vec<_> = CHECKS.iter().copied().filter(|check| SHOWN.contains(&check.name())).collect();
    let doubts = check(&study, &known, &checks, || ())?;
    let (tally, within) = (tally(&run)?, tally_within(&run)?);
    Ok(Made { run: run.run, measurements: known.measurements, tally, within, doubts })
}
