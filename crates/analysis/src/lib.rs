//! Measurements become cells, and a study becomes everything that a report draws.
//!
//! [`measure`] reduces all runs of a study on all threads and adds what was published; [`cells`] puts repetitions
//! together; [`compare`] says which systems differ, [`shifts`] how two runs do, [`check`] what not to trust, [`check_claims`] which sentences hold, [`verify_numbers`] which
//! printed numbers can be repeated; [`results`] orders it all for a report. The crate draws nothing and prints nothing.

mod cell;
mod check;
mod claim;
mod compare;
mod example;
mod group;
mod judge;
mod measure;
mod operations;
mod plan;
mod reading;
mod results;
mod shift;
mod verify;

pub use cell::cells;
pub use check::{CHECKS, Check, Checked, RunScan, Rung, check};
pub use claim::{CLAIMS_FILE, Claim, Claims, ClaimsError, check_claims};
pub use compare::{Against, CompareError, CompareOptions, compare};
pub use judge::{judge, letters_test};
pub use measure::{AnalysisError, Measured, measure};
pub use plan::{PlanOptions, plan};
pub use reading::{Reading, ReadingError};
pub use results::{merge_findings, results};
pub use shift::{ShiftOptions, shifts, single_run};
pub use verify::{RankAgreement, Verified, verify_files, verify_numbers};
