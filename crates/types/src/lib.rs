//! The nouns of vana: whatever crosses a crate boundary or is saved to disk.
//!
//! This crate turns nothing into anything. It says what a [`Run`], a [`Measurement`], a [`Finding`]
//! and a study's [`StudyConfig`] are, with their serde forms and their units, and knows neither
//! files, nor statistics, nor drawings.
//!
//! ```
//! use vana_types::{Unit, Scale};
//!
//! // Units of foreign tools become base units without losing a digit: 0.89 ms is 0.00089 s.
//! let ms: Scale = "ms".parse().unwrap();
//! assert_eq!(ms.unit, Unit::Seconds);
//! assert_eq!(ms.to_base("0.89"), Some(0.00089));
//! ```

mod finding;
mod identity;
mod judgement;
mod measurement;
mod resource;
mod results;
mod review;
mod run;
mod sheet;
mod study;
mod text;
mod unit;

pub use finding::{Finding, Severity};
pub use identity::{Fidelity, Identity, Origin, Outcome, Status};
pub use judgement::{Better, Comparison, Judgement, Letters, Methods, Ranking, Shift, Verdict};
pub use measurement::{Measurement, metric, statistic};
pub use resource::{Resource, ResourceSample, ResourceSource};
pub use results::{Cell, CellKey, Curve, Estimate, Interval, IntervalKind, Results, Timeline};
pub use review::{CheckedClaim, ClaimVerdict, PlannedCell, VerifiedCell, VerifyVerdict};
pub use run::{ANSWERED, IntervalReport, OUTERMOST, RUN_FORMAT, Reported, Run, Source, Tool};
pub use sheet::{MOST_WINDOWS, Pulse, RunSheet, Usage, Window};
pub use study::{Class, PublishedValues, StudyConfig, System, Workload};
pub use text::flatten;
pub use unit::{Quantile, QuantileError, Scale, Seed, Unit, UnitError};
