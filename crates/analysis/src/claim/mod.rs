//! Sentences of a publication as checks on its own numbers.
//!
//! A claim is a query over the study's tables and what it must give. The checks run under every reading of ambiguous
//! names, and for every value that lost cells may have had; what is not settled then is undecidable, never true.

mod answer;
mod check;
mod doubt;
mod expectation;
mod file;
mod order;
mod query;
mod question;
mod tables;
mod world;

pub use check::check_claims;
pub use file::{CLAIMS_FILE, Claim, Claims, ClaimsError};
