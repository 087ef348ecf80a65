//! Each format on small files, good and broken.

mod broken;
mod good;
mod mutated;
mod samples;
#[path = "../support/mod.rs"]
mod support;
