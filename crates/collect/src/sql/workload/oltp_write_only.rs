//! Writes: two updates, a delete and an insert.

use super::{SqlWorkload, Step};
use crate::sql::Statement;

/// See the head of this file.
pub(super) struct OltpWriteOnly;

impl SqlWorkload for OltpWriteOnly {
    fn name(&self) -> &'static str {
        "oltp_write_only"
    }

    fn about(&self) -> &'static str {
        "two updates, a row deleted and inserted again, in a transaction"
    }

    fn source(&self) -> &'static str {
        "sysbench 1.0, oltp_write_only.lua"
    }

    fn steps(&self) -> &'static [Step] {
        &[
            Step::Times(Statement::IndexUpdate, 1),
            Step::Times(Statement::NonIndexUpdate, 1),
            Step::DeleteInsert,
        ]
    }
}
