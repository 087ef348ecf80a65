//! Tables as values: columns, panels, rows, entries, marks. One file per kind of table.

mod by_clients;
mod by_operation;
mod by_statistic;
mod by_workload;
mod comparisons;
mod entry;
mod findings;
mod grid;
mod layout;
mod projected;
mod significance;

use vana_types::CellKey;

use crate::view::View;

pub use entry::{Digits, Note};
pub use findings::{Findings, Footnote};
pub use projected::count as count_projected;

/// A kind of table.
pub struct TableKind {
    /// Kebab-case name.
    pub name: &'static str,
    /// What it shows, in one line.
    pub about: &'static str,
    /// Draws all tables of this kind that the results have numbers for.
    pub draw: fn(&View<'_>) -> Vec<Table>,
}

/// All kinds of tables.
pub const TABLES: &[TableKind] = &[
    TableKind {
        name: "by-clients",
        about: "numbers of clients by systems, one panel per statistic",
        draw: by_clients::draw,
    },
    TableKind {
        name: "by-statistic",
        about: "statistics by systems, where there is one number of clients or none",
        draw: by_statistic::draw,
    },
    TableKind {
        name: "by-workload",
        about: "systems by workloads and statistics, where workloads share a metric: all without clients, few with them",
        draw: by_workload::draw,
    },
    TableKind {
        name: "by-operation",
        about: "operations within requests by systems: how many each second, how long each takes",
        draw: by_operation::draw,
    },
    TableKind {
        name: "projected",
        about: "rows and columns as asked for, what varies beside them in separate tables",
        draw: projected::draw,
    },
    TableKind {
        name: "comparisons",
        about: "systems against the baseline: ratio, p, shift, verdict",
        draw: comparisons::draw,
    },
];

/// One table, as plain text; nothing in it is escaped.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Name of its file without folder and ending, not yet made distinct.
    pub name: String,
    /// One or more sentences.
    pub caption: String,
    /// Heading of the first column.
    pub stub: String,
    /// The columns of numbers.
    pub columns: Vec<Column>,
    /// Rows, in panels.
    pub panels: Vec<Panel>,
    /// What the marks mean, in the order of their letters.
    pub notes: Vec<Note>,
    /// Remarks without a mark: what keys stand for, how many repetitions.
    pub remarks: Vec<String>,
    /// Whether its columns are about the same thing and stay together, smaller where they are too wide.
    pub is_whole: bool,
    /// Findings that are about its numbers.
    pub findings: Findings,
}

/// A column of numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub heading: String,
    /// Heading above it that it shares with its neighbours.
    pub group: Option<String>,
    /// Findings that are about all of its numbers.
    pub findings: Vec<usize>,
}

impl Column {
    /// A column without findings.
    pub fn new(heading: String, group: Option<String>) -> Self {
        Self { heading, group, findings: Vec::new() }
    }
}

/// Rows under a heading.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Statistic and unit; `None` where the rows say it.
    pub heading: Option<String>,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A row of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// First column.
    pub label: String,
    /// Entries from left to right, covering every column once.
    pub entries: Vec<Entry>,
    /// Findings that are about all of its numbers.
    pub findings: Vec<usize>,
}

impl Row {
    /// A row without findings.
    pub fn new(label: String, entries: Vec<Entry>) -> Self {
        Self { label, entries, findings: Vec::new() }
    }
}

/// What stands in one column, or over several.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Number of columns it covers.
    pub span: usize,
    /// What it shows.
    pub content: Content,
    /// Which number of the results it shows, where it is one.
    pub key: Option<CellKey>,
    /// Findings that are about this number.
    pub findings: Vec<usize>,
}

impl Entry {
    /// An entry in one column that shows no number of the results.
    pub fn new(content: Content) -> Self {
        Self { span: 1, content, key: None, findings: Vec::new() }
    }
}

/// A number or its absence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A number with everything that belongs to it.
    Number {
        /// Plain digits: `3940.1`.
        text: String,
        /// `±13.2` or `[3.1, 4.2]`.
        interval: Option<String>,
        /// Its unit, where neither row nor column nor table has one for all.
        unit: Option<String>,
        /// Letters of significance: shared with what it does not differ from.
        letters: Option<String>,
        /// Whether it is the best of its row.
        best: bool,
        /// Index of its note.
        note: Option<usize>,
    },
    /// Words and the index of their note.
    Text {
        /// A word or two.
        text: String,
        /// Index of its note.
        note: Option<usize>,
    },
    /// Nothing is to be expected here.
    Blank,
    /// No number; index of the note that says why.
    Missing {
        /// Index of its note.
        note: usize,
    },
}

/// All tables of all kinds, by the order of the kinds.
pub fn draw_all(view: &View<'_>) -> Vec<Table> {
    let mut tables: Vec<Table> = TABLES.iter().flat_map(|kind| (kind.draw)(view)).collect();
    for table in &mut tables {
        findings::mark(table, &view.doubts);
    }
    tables
}

/// All tables of numbers, without those of comparisons.
pub fn draw_numbers(view: &View<'_>) -> Vec<Table> {
    let kinds = TABLES.iter().filter(|kind| kind.name != "comparisons");
    let mut tables: Vec<Table> = kinds.flat_map(|kind| (kind.draw)(view)).collect();
    for table in &mut tables {
        findings::mark(table, &view.doubts);
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_tables_have_distinct_names_and_a_line_about_them() {
        crate::render::assert_registry(TABLES.iter().map(|kind| (kind.name, kind.about)));
    }
}
