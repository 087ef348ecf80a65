//! Each format on small files, good and broken.

#![expect(clippy::float_cmp, reason = "printed numbers are read exactly")]

mod broken;
mod good;
mod mutated;
mod recordings;
mod requests;
mod samples;
#[path = "../support/mod.rs"]
mod support;
