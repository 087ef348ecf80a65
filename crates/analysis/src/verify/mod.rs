//! Whether a study is what it says: its files against their digests, its numbers against what its data give.
//!
//! [`verify_files`] compares digests; [`verify_numbers`] recomputes every number that a tool or a publication printed,
//! from requests, from a histogram, or from the runs that it sums up, and compares within the printed precision.

mod compared;
mod definition;
mod derived;
mod files;
mod known;
mod numbers;
mod printed;
mod rank;
mod tolerance;

pub use files::verify_files;
pub use numbers::{Verified, verify_numbers};
pub use rank::RankAgreement;
