//! Validity checks: what not to trust in a study, and why. One file each, and the list.
//!
//! A check looks at what is known already (cells, measurements, runs, series) and, where it needs more, at a scan of
//! each trace. It works at every fidelity: from requests when there are, else from printed or published numbers.

mod autocorrelated;
mod blocked_order;
mod busy_poll_differs;
mod checked;
mod client_saturated;
mod common_ceiling;
mod errors;
mod impossible_summary;
mod little;
mod littles_law;
mod message;
mod multimodal;
mod not_steady;
mod outlier;
mod percentile_unsupported;
mod printed;
mod reported_differs;
mod retransmission_ladder;
mod scan;
mod schedule_lag;
mod spread_outlier;
mod starved_connections;
mod suspect_value;
mod threads;
mod too_few_repetitions;
mod too_short;
mod unfinished_run;

use vana_trace::Study;
use vana_types::Finding;

use crate::{AnalysisError, Measured};
pub use checked::Checked;
pub use scan::{RunScan, Rung};

/// One rule by which numbers are doubted.
pub trait Check: Sync {
    /// The code of its findings, in kebab-case.
    fn name(&self) -> &'static str;

    /// What it looks for, in one sentence.
    fn about(&self) -> &'static str;

    /// Where its rule stands.
    fn source(&self) -> &'static str;

    /// Whether it needs [`Checked::scans`].
    fn reads_requests(&self) -> bool {
        false
    }

    /// Adds its findings, in the order of the study.
    fn find(&self, study: &Checked<'_>, out: &mut Vec<Finding>);
}

/// All checks, in the order of a report.
pub const CHECKS: &[&dyn Check] = &[
    &littles_law::LittlesLaw,
    &starved_connections::StarvedConnections,
    &retransmission_ladder::RetransmissionLadder,
    &common_ceiling::CommonCeiling,
    &suspect_value::SuspectValue,
    &impossible_summary::ImpossibleSummary,
    &reported_differs::ReportedDiffers,
    &spread_outlier::SpreadOutlier,
    &outlier::Outliers,
    &multimodal::Multimodal,
    &client_saturated::ClientSaturated,
    &schedule_lag::ScheduleLag,
    &errors::Errors,
    &not_steady::NotSteady,
    &autocorrelated::Autocorrelated,
    &too_short::TooShort,
    &too_few_repetitions::TooFewRepetitions,
    &blocked_order::BlockedOrder,
    &busy_poll_differs::BusyPollDiffers,
    &percentile_unsupported::PercentileUnsupported,
    &unfinished_run::Unfinished,
];

/// Runs some of [`CHECKS`] over what was measured of a study with its series; the worst findings come first. `done`
/// hears of each run whose requests were read.
pub fn check(
    study: &Study,
    measured: &Measured,
    checks: &[&dyn Check],
    done: impl Fn() + Sync,
) -> Result<Vec<Finding>, AnalysisError> {
    let scans = if checks.iter().any(|check| check.reads_requests()) {
        scan::scan_all(&study.runs, done)?
    } else {
        Vec::new()
    };
    let checked = Checked::new(study, measured, scans);
    let mut findings = Vec::new();
    for check in checks {
        check.find(&checked, &mut findings);
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    Ok(findings)
}
