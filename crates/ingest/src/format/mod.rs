//! The registry of input formats. A new format is one file here and one line in [`FORMATS`].

mod hdr_encoding;
mod hgrm;
mod hlog;
mod printed;
mod published;
mod redis_benchmark;
mod redis_terminal;
mod runs_csv;
mod spectrum;
mod sysbench;
mod sysbench_interval;
mod table;
mod wrk;
mod wrk2;
mod wrk_text;
mod wrk_units;

use vana_types::Fidelity;

use crate::{Draft, Input, ReadOptions, Result};

/// Whether a file is of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detection {
    /// Certainly.
    Yes,
    /// Certainly not.
    No,
    /// It could be, when the user says so with `--as`.
    Unsure,
}

/// One foreign format.
pub trait Format: Sync {
    /// Kebab-case name, for `--as`.
    fn name(&self) -> &'static str;
    /// One line: what it is.
    fn about(&self) -> &'static str;
    /// Where its layout is documented.
    fn source(&self) -> &'static str;
    /// What is known of a run read from it.
    fn fidelity(&self) -> Fidelity;
    /// Whether the file is of this format, from its first bytes and never from its name.
    fn detect(&self, input: &Input) -> Detection;
    /// The runs in the file, in its order. A file without any is malformed.
    fn read(&self, input: &Input, options: &ReadOptions) -> Result<Vec<Draft>>;
}

/// All formats, in the order of the manual.
pub const FORMATS: &[&dyn Format] = &[
    &wrk::Wrk,
    &wrk2::Wrk2,
    &hgrm::Hgrm,
    &hlog::Hlog,
    &sysbench::Sysbench,
    &redis_benchmark::RedisBenchmark,
    &runs_csv::RunsCsv,
    &published::Published,
];
