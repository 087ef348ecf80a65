//! All runs of a study become measurements.

use std::collections::BTreeSet;

use rayon::prelude::*;
use vana_reduce::{ReduceError, ReduceOptions, Reduction, reduce};
use vana_trace::{Study, StudyError};
use vana_types::{Curve, Finding, Measurement, Pulse, Timeline};

use crate::reading::candidates;
use crate::{ClaimsError, CompareError, Reading, ReadingError};

/// Everything that was measured, reported or published in a study.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// Runs by identity, then published cells in the order of their files.
    pub measurements: Vec<Measurement>,
    /// Distributions, one a run.
    pub curves: Vec<Curve>,
    /// Requests per second, one a run.
    pub timelines: Vec<Timeline>,
    /// Each run over time, in the order of the runs, when asked for.
    pub pulses: Vec<Option<Pulse>>,
    /// Doubts, one for each run that has it.
    pub findings: Vec<Finding>,
    /// Readings that were asked for.
    pub assumed: Vec<(String, String)>,
}

impl Measured {
    /// Names of all systems that have numbers of their own, without repetition; what may belong to one of several
    /// systems is no system.
    pub fn systems(&self) -> BTreeSet<&str> {
        let is_whole = |found: &&Measurement| candidates(&found.system, found.status).is_empty();
        self.measurements.iter().filter(is_whole).map(|found| found.system.as_str()).collect()
    }
}

/// Why a study could not be analysed.
#[derive(Debug, thiserror::Error)]
pub enum AnalysisError {
    /// A run could not be reduced.
    #[error(transparent)]
    Reduce(#[from] ReduceError),
    /// Systems could not be compared.
    #[error(transparent)]
    Compare(#[from] CompareError),
    /// The claims could not be checked.
    #[error(transparent)]
    Claims(#[from] ClaimsError),
    /// A reading does not fit the study.
    #[error(transparent)]
    Reading(#[from] ReadingError),
    /// The study could not be read.
    #[error(transparent)]
    Study(#[from] StudyError),
}

/// Reduces all runs on all threads; `done` hears of each that is finished. The result does not depend on the threads.
pub fn measure(
    study: &Study,
    options: &ReduceOptions,
    readings: &[Reading],
    done: impl Fn() + Sync,
) -> Result<Measured, AnalysisError> {
    let reductions = study
        .runs
        .par_iter()
        .map(|run| {
            let reduction = reduce(run, options);
            done();
            reduction
        })
        .collect::<Vec<Result<Reduction, ReduceError>>>();
    let mut measured = Measured::default();
    // Of several errors the first run's counts, on any number of threads.
    for reduction in reductions {
        let reduction = reduction?;
        measured.measurements.extend(reduction.measurements);
        measured.curves.extend(reduction.curves);
        measured.timelines.extend(reduction.timelines);
        measured.pulses.push(reduction.pulse);
        measured.findings.extend(reduction.findings);
    }
    let mut published = study.published.clone();
    crate::reading::assume(&mut published, readings)?;
    published.retain(|cell| options.metrics.has(&cell.metric) && options.statistics.has(&cell.statistic));
    measured.measurements.extend(published);
    measured.assumed =
        readings.iter().map(|reading| (reading.name.clone(), reading.system.clone())).collect();
    Ok(measured)
}
