//! Whether printed summaries can come from any values at all.

mod bounds;
mod integers;
mod printed;
mod two_valued;

pub use bounds::{Contradiction, PrintedSummary, contradictions};
pub use integers::{is_mean_of_integers, is_stdev_of_integers};
pub use printed::{Printed, PrintedError};
pub use two_valued::{TwoValued, two_valued};
