//! Whole reports: small ones letter by letter, large ones compiled.

mod beside;
mod golden;
mod judged;
mod latex;
mod page;
mod studies;
