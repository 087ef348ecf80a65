//! One run and one study on disk.

mod histogram;
pub use histogram::Bin;

/// A trace under a temporary name.
#[derive(Debug)]
pub struct StagedTrace;
/// Why a trace could not be written or read.
#[derive(Debug, thiserror::Error)]
#[error("trace")]
pub struct TraceError;
