//! One row by its id, without a transaction around it.

use super::{SqlWorkload, Step};
use crate::sql::Statement;

/// See the head of this file.
pub(super) struct OltpPointSelect;

impl SqlWorkload for OltpPointSelect {
    fn name(&self) -> &'static str {
        "oltp_point_select"
    }

    fn about(&self) -> &'static str {
        "one row by its id"
    }

    fn source(&self) -> &'static str {
        "sysbench 1.0, oltp_point_select.lua"
    }

    fn steps(&self) -> &'static [Step] {
        &[Step::Times(Statement::PointSelect, 1)]
    }

    fn is_transaction(&self) -> bool {
        false
    }
}
