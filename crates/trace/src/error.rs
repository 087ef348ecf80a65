//! Why a trace or a study could not be read or written.

use std::io;
use std::path::PathBuf;

/// Why a trace could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// A file could not be opened, read, written or renamed.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The bytes are no Parquet file or a damaged one.
    #[error("{}: {source}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// Why.
        source: parquet::errors::ParquetError,
    },
    /// A Parquet file without a column that a trace needs.
    #[error("{}: no column \"{column}\" (found: {found})", path.display())]
    MissingColumn {
        /// The file.
        path: PathBuf,
        /// The column.
        column: &'static str,
        /// The columns there are.
        found: String,
    },
    /// A column holds what its meaning does not allow.
    #[error("{}: row {row}: {message}", path.display())]
    Value {
        /// The file.
        path: PathBuf,
        /// Row, counted from 0.
        row: u64,
        /// Lowercase fragment: what is wrong.
        message: String,
    },
    /// Written by a newer vana.
    #[error(
        "{}: trace format {found}; this vana reads format 1 (a newer vana wrote it: install that or a later one)",
        path.display()
    )]
    NewerFormat {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: String,
    },
}

impl TraceError {
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn parquet(path: impl Into<PathBuf>) -> impl FnOnce(parquet::errors::ParquetError) -> Self {
        let path = path.into();
        move |source| Self::Parquet { path, source }
    }
}

/// Why a study could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    /// A file could not be opened, read, written or renamed.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file of the study says what it may not say.
    #[error("{}:{line}: {message}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line, counted from 1.
        line: u64,
        /// Lowercase fragment: what is wrong.
        message: String,
    },
    /// The folder holds neither runs nor published cells.
    #[error("{}: a study without runs", .0.display())]
    Empty(PathBuf),
    /// The run is there already.
    #[error("run {identity} exists already in {}", study.display())]
    Exists {
        /// Which run.
        identity: String,
        /// The study.
        study: PathBuf,
    },
    /// Written by a newer vana.
    #[error("{}: run format {found}; this vana reads format 1 (a newer vana wrote it)", path.display())]
    NewerFormat {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u64,
    },
    /// Nobody wanted to wait any longer for another change of it to end.
    #[error("{}: interrupted while another vana was at work there; nothing was added", .0.display())]
    Interrupted(PathBuf),
    /// A trace or histogram of it.
    #[error(transparent)]
    Trace(#[from] TraceError),
}

impl StudyError {
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
