//! Whole reports: small ones letter by letter, large ones compiled.

mod golden;
mod judged;
mod latex;
mod studies;
