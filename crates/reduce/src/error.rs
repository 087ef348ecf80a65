//! Why a run could not be reduced.

use vana_stats::{BinsError, SelectError};
use vana_trace::TraceError;

/// Why a run could not be reduced.
#[derive(Debug, thiserror::Error)]
pub enum ReduceError {
    /// Its file could not be read.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// Its histogram is none.
    #[error("{}: {source}", path.display())]
    Histogram {
        /// The file.
        path: std::path::PathBuf,
        /// Why.
        source: BinsError,
    },
    /// The file changed while it was read.
    #[error("{}: changed while it was read", .0.display())]
    Changed(std::path::PathBuf),
    /// There was no room on disk for what does not fit in memory.
    #[error("sorting gaps between requests: {0}")]
    Sort(std::io::Error),
    /// A run so large that its requests cannot be held in memory in the order of time.
    #[error("{}: {rows} requests are too many to look into one run (at most {limit})", path.display())]
    TooLong {
        /// The file.
        path: std::path::PathBuf,
        /// Requests of the run.
        rows: u64,
        /// Requests that are allowed.
        limit: u64,
    },
    /// A run so large that its operations cannot be kept apart in memory.
    #[error(
        "{} rows are too many to keep operations apart (at most {limit}): leave --by operation out",
        rows
    )]
    TooManyRows {
        /// Rows of the run.
        rows: u64,
        /// Rows that are allowed.
        limit: u64,
    },
}

impl ReduceError {
    pub(crate) fn select(path: &std::path::Path) -> impl Fn(SelectError<TraceError>) -> Self {
        let path = path.to_owned();
        move |error| match error {
            SelectError::Scan(error) => Self::Trace(error),
            SelectError::Changed | SelectError::Rank { .. } => Self::Changed(path.clone()),
        }
    }
}
