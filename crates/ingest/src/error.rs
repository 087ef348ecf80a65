//! Why a file was refused.

use std::path::PathBuf;

/// Result of reading a file.
pub type Result<T, E = ReadError> = std::result::Result<T, E>;

/// Why a file was refused, with the line where there is one.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The content is not what the format says.
    #[error("{message}")]
    Malformed {
        /// Line, counted from 1; 0 where the file has no lines (binary) or it is about the whole.
        line: u64,
        /// Lowercase fragment: what is wrong.
        message: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// The file could not be read.
    #[error("cannot be read: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The user wanted to stop.
    #[error("interrupted; nothing was added")]
    Cancelled,
    /// The trace could not be written.
    #[error(transparent)]
    Trace(#[from] vana_trace::TraceError),
}

impl ReadError {
    /// A malformed line.
    pub fn at(line: u64, message: impl Into<String>) -> Self {
        Self::Malformed { line, message: message.into(), hint: None }
    }

    /// The same error with advice.
    #[must_use]
    pub fn hint(mut self, advice: impl Into<String>) -> Self {
        if let Self::Malformed { hint, .. } = &mut self {
            *hint = Some(advice.into());
        }
        self
    }
}
