//! The statements of sysbench's OLTP workloads.

/// The operation of the row of a whole transaction.
pub const TRANSACTION: &str = "transaction";

/// What sysbench counts a statement as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// It reads.
    Read,
    /// It changes rows.
    Write,
    /// It begins or ends a transaction.
    Other,
}

/// A statement as `oltp_common.lua` of sysbench 1.0 defines it, and `ROLLBACK`, which vana sends after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statement {
    /// One row by its id.
    PointSelect,
    /// Rows of a range of ids.
    SimpleRange,
    /// A sum over a range.
    SumRange,
    /// A range, ordered.
    OrderRange,
    /// A range, ordered, each value once.
    DistinctRange,
    /// Changes an indexed column of one row.
    IndexUpdate,
    /// Changes another column of one row.
    NonIndexUpdate,
    /// Removes a row.
    Delete,
    /// Puts it back with new values.
    Insert,
    /// Begins a transaction.
    Begin,
    /// Ends it.
    Commit,
    /// Undoes it.
    Rollback,
}

impl Statement {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 12] = [
        Self::PointSelect,
        Self::SimpleRange,
        Self::SumRange,
        Self::OrderRange,
        Self::DistinctRange,
        Self::IndexUpdate,
        Self::NonIndexUpdate,
        Self::Delete,
        Self::Insert,
        Self::Begin,
        Self::Commit,
        Self::Rollback,
    ];

    /// The name under which the trace knows it.
    pub const fn operation(self) -> &'static str {
        match self {
            Self::PointSelect => "point_select",
            Self::SimpleRange => "simple_range",
            Self::SumRange => "sum_range",
            Self::OrderRange => "order_range",
            Self::DistinctRange => "distinct_range",
            Self::IndexUpdate => "index_update",
            Self::NonIndexUpdate => "non_index_update",
            Self::Delete => "delete",
            Self::Insert => "insert",
            Self::Begin => "begin",
            Self::Commit => "commit",
            Self::Rollback => "rollback",
        }
    }

    /// What sysbench counts it as.
    pub const fn share(self) -> Share {
        match self {
            Self::PointSelect
            | Self::SimpleRange
            | Self::SumRange
            | Self::OrderRange
            | Self::DistinctRange => Share::Read,
            Self::IndexUpdate | Self::NonIndexUpdate | Self::Delete | Self::Insert => Share::Write,
            Self::Begin | Self::Commit | Self::Rollback => Share::Other,
        }
    }

    /// Its text for a table, counted from 1, with `?` for each argument.
    pub fn text(self, table: u32) -> String {
        let table = format!("sbtest{table}");
        match self {
            Self::PointSelect => format!("SELECT c FROM {table} WHERE id=?"),
            Self::SimpleRange => format!("SELECT c FROM {table} WHERE id BETWEEN ? AND ?"),
            Self::SumRange => format!("SELECT SUM(k) FROM {table} WHERE id BETWEEN ? AND ?"),
            Self::OrderRange => format!("SELECT c FROM {table} WHERE id BETWEEN ? AND ? ORDER BY c"),
            Self::DistinctRange => {
                format!("SELECT DISTINCT c FROM {table} WHERE id BETWEEN ? AND ? ORDER BY c")
            }
            Self::IndexUpdate => format!("UPDATE {table} SET k=k+1 WHERE id=?"),
            Self::NonIndexUpdate => format!("UPDATE {table} SET c=? WHERE id=?"),
            Self::Delete => format!("DELETE FROM {table} WHERE id=?"),
            Self::Insert => format!("INSERT INTO {table} (id, k, c, pad) VALUES (?, ?, ?, ?)"),
            Self::Begin => "BEGIN".to_owned(),
            Self::Commit => "COMMIT".to_owned(),
            Self::Rollback => "ROLLBACK".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_numbered_in_their_order() {
        for (number, statement) in Statement::ALL.into_iter().enumerate() {
            assert_eq!(statement as usize, number);
            assert_ne!(statement.operation(), TRANSACTION);
        }
    }
}
