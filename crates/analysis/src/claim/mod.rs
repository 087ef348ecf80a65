//! Sentences of a publication as checks on its own numbers.
//!
//! A claim is a query over the study's tables ([`Tables`]) and what it must give ([`Expectation`]). The checks run
//! under every reading of ambiguous names, and for every value that lost cells may have had; what is not settled
//! then is undecidable, never true.

mod answer;
mod check;
mod doubt;
mod expectation;
mod file;
mod tables;

pub use check::check_claims;
pub use file::{CLAIMS_FILE, Claim, Claims, ClaimsError};
