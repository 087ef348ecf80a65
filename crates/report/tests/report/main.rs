//! Whole reports: small ones letter by letter, large ones compiled.

mod golden;
mod latex;
mod studies;
