//! Reads: ten rows by id and four ranges.

use super::{SqlWorkload, Step};
use crate::sql::Statement;

/// See the head of this file.
pub(super) struct OltpReadOnly;

impl SqlWorkload for OltpReadOnly {
    fn name(&self) -> &'static str {
        "oltp_read_only"
    }

    fn about(&self) -> &'static str {
        "ten rows by id and four ranges, in a transaction"
    }

    fn source(&self) -> &'static str {
        "sysbench 1.0, oltp_read_only.lua"
    }

    fn steps(&self) -> &'static [Step] {
        &[
            Step::Times(Statement::PointSelect, 10),
            Step::Times(Statement::SimpleRange, 1),
            Step::Times(Statement::SumRange, 1),
            Step::Times(Statement::OrderRange, 1),
            Step::Times(Statement::DistinctRange, 1),
        ]
    }
}
