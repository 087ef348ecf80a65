//! How large a difference is: one file for each way to say it.

mod cliffs_delta;
mod equivalence;
mod hedges_g;
mod hodges_lehmann;
mod ratio;
mod shift_function;
#[cfg(test)]
mod tests;
mod vargha_delaney;

pub use cliffs_delta::cliffs_delta;
pub use equivalence::{Equivalence, equivalence, equivalence_from_summary};
pub use hedges_g::hedges_g;
pub use hodges_lehmann::{Shift, hodges_lehmann};
pub use ratio::{RatioInterval, ratio_from_summary, ratio_of_means};
pub use shift_function::{QuantileShift, shift_function};
pub use vargha_delaney::vargha_delaney;
