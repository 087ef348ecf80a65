//! The mix that Mavridis and Karatza (2019) saw: 65 % reads, 25 % writes, 10 % other. They do not say which sysbench they
//! ran; the mix suggests 0.4, whose transaction has a further index update of the row that is deleted; of its 21 statements
//! 14 read, 5 write and 2 are others. With nine rows by id in place of ten the shares are exactly those that the paper
//! states.

use super::{SqlWorkload, Step};
use crate::sql::Statement;

/// See the head of this file.
pub(super) struct Oltp652510;

impl SqlWorkload for Oltp652510 {
    fn name(&self) -> &'static str {
        "oltp_65_25_10"
    }

    fn about(&self) -> &'static str {
        "nine rows by id, four ranges, three updates, a row deleted and inserted again: 65 % reads, 25 % writes, 10 % other"
    }

    fn source(&self) -> &'static str {
        "Mavridis, Karatza: Lightweight Virtualization Approaches for Software-Defined Systems and Cloud Computing, SDS 2019"
    }

    fn steps(&self) -> &'static [Step] {
        &[
            Step::Times(Statement::PointSelect, 9),
            Step::Times(Statement::SimpleRange, 1),
            Step::Times(Statement::SumRange, 1),
            Step::Times(Statement::OrderRange, 1),
            Step::Times(Statement::DistinctRange, 1),
            Step::Times(Statement::IndexUpdate, 2),
            Step::Times(Statement::NonIndexUpdate, 1),
            Step::DeleteInsert,
        ]
    }
}
