//! The reads of `oltp_read_only`, then the writes of `oltp_write_only`.

use super::{SqlWorkload, Step};
use crate::sql::Statement;

/// See the head of this file.
pub(super) struct OltpReadWrite;

impl SqlWorkload for OltpReadWrite {
    fn name(&self) -> &'static str {
        "oltp_read_write"
    }

    fn about(&self) -> &'static str {
        "ten rows by id, four ranges, two updates, a row deleted and inserted again, in a transaction"
    }

    fn source(&self) -> &'static str {
        "sysbench 1.0, oltp_read_write.lua"
    }

    fn steps(&self) -> &'static [Step] {
        &[
            Step::Times(Statement::PointSelect, 10),
            Step::Times(Statement::SimpleRange, 1),
            Step::Times(Statement::SumRange, 1),
            Step::Times(Statement::OrderRange, 1),
            Step::Times(Statement::DistinctRange, 1),
            Step::Times(Statement::IndexUpdate, 1),
            Step::Times(Statement::NonIndexUpdate, 1),
            Step::DeleteInsert,
        ]
    }
}
