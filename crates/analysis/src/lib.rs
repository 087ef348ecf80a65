//! Measurements become cells, and a study becomes everything that a report draws.
//!
//! [`measure`] reduces all runs of a study on all threads and adds what was published; [`cells`] puts repetitions
//! together; [`check`] says what not to trust; [`results`] orders it all for a report. The crate draws nothing and prints nothing.

mod cell;
mod check;
mod measure;
mod reading;
mod results;

pub use cell::cells;
pub use check::{CHECKS, Check, Checked, RunScan, Rung, check};
pub use measure::{AnalysisError, Measured, measure};
pub use reading::{Reading, ReadingError};
pub use results::{merge_findings, results};
