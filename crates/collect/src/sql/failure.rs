//! What a database said no to.

use vana_types::Outcome;

/// Why something could not be done over a connection.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SqlFailure {
    /// What the row says.
    pub outcome: Outcome,
    /// The database's error number; 0 where there is none.
    pub code: u16,
    /// What the database or the system said.
    pub message: String,
    /// Whether sysbench would try the transaction again.
    pub is_retryable: bool,
    /// Whether the connection is of no more use.
    pub is_lost: bool,
}

/// Why tables could not be filled, found or removed.
#[derive(Debug, thiserror::Error)]
pub enum SqlError {
    /// An address that cannot be meant, or an option that the database does not have.
    #[error("{0}")]
    Input(String),
    /// The database refused.
    #[error("{what}: {source}")]
    Database {
        /// Lowercase verb and object.
        what: String,
        /// Why.
        source: SqlFailure,
    },
    /// A table that is not there.
    #[error("table {table} is missing")]
    Missing {
        /// Its name.
        table: String,
    },
    /// A table that is not as sysbench makes it, or not as large as wanted.
    #[error("table {table} is of another shape: {difference}")]
    Shape {
        /// Its name.
        table: String,
        /// What was found and what was expected.
        difference: String,
    },
    /// It was interrupted.
    #[error("interrupted: {rows} rows are there, and the next --prepare goes on from them")]
    Interrupted {
        /// Rows of the table that was being filled.
        rows: u64,
    },
}

impl SqlError {
    pub(crate) fn database(what: impl Into<String>) -> impl FnOnce(SqlFailure) -> Self {
        let what = what.into();
        move |source| Self::Database { what, source }
    }
}
