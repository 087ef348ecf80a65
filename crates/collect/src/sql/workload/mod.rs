//! What a transaction consists of, one file per workload.

mod oltp_65_25_10;
mod oltp_point_select;
mod oltp_read_only;
mod oltp_read_write;
mod oltp_write_only;

use super::Statement;

/// A part of a transaction; its table is drawn once, its ids for each statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A statement, so many times.
    Times(Statement, u32),
    /// A row is deleted and inserted again.
    DeleteInsert,
}

/// What a transaction consists of.
pub trait SqlWorkload: Send + Sync {
    /// Name, as sysbench's script where there is one.
    fn name(&self) -> &'static str;
    /// One line for people.
    fn about(&self) -> &'static str;
    /// Where it is described.
    fn source(&self) -> &'static str;
    /// Its parts between `BEGIN` and `COMMIT`.
    fn steps(&self) -> &'static [Step];
    /// Whether there is a `BEGIN` and a `COMMIT`.
    fn is_transaction(&self) -> bool {
        true
    }

    /// The statements of one transaction that does not fail, in their order.
    fn statements(&self) -> Vec<Statement> {
        let mut all = Vec::new();
        if self.is_transaction() {
            all.push(Statement::Begin);
        }
        for step in self.steps() {
            match *step {
                Step::Times(statement, times) => all.extend((0..times).map(|_| statement)),
                Step::DeleteInsert => all.extend([Statement::Delete, Statement::Insert]),
            }
        }
        if self.is_transaction() {
            all.push(Statement::Commit);
        }
        all
    }
}

/// All workloads.
pub static SQL_WORKLOADS: &[&dyn SqlWorkload] = &[
    &oltp_read_only::OltpReadOnly,
    &oltp_read_write::OltpReadWrite,
    &oltp_point_select::OltpPointSelect,
    &oltp_write_only::OltpWriteOnly,
    &oltp_65_25_10::Oltp652510,
];

/// The workload of this name.
pub fn sql_workload(name: &str) -> Option<&'static dyn SqlWorkload> {
    SQL_WORKLOADS.iter().copied().find(|workload| workload.name() == name)
}

#[cfg(test)]
mod tests {
    use super::super::Share;
    use super::*;

    #[test]
    fn names_are_unique_and_everything_is_said_of_each() {
        let mut names: Vec<_> = SQL_WORKLOADS.iter().map(|workload| workload.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), SQL_WORKLOADS.len());
        for workload in SQL_WORKLOADS {
            assert!(!workload.about().is_empty() && !workload.source().is_empty());
        }
    }

    #[test]
    fn reads_writes_and_others_are_as_many_as_sysbench_prints() {
        let counts = |name: &str| {
            let all = sql_workload(name).unwrap().statements();
            [Share::Read, Share::Write, Share::Other]
                .map(|share| all.iter().filter(|statement| statement.share() == share).count())
        };
        assert_eq!(counts("oltp_read_only"), [14, 0, 2]);
        assert_eq!(counts("oltp_read_write"), [14, 4, 2]);
        assert_eq!(counts("oltp_point_select"), [1, 0, 0]);
        assert_eq!(counts("oltp_write_only"), [0, 4, 2]);
        // 65 %, 25 % and 10 % of 20.
        assert_eq!(counts("oltp_65_25_10"), [13, 5, 2]);
    }
}
