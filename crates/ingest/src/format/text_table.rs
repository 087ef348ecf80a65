//! Small delimited tables with a header.

use crate::{Input, ReadError, Result};

use super::printed::whole_text;

/// A table in memory.
#[derive(Debug)]
pub(super) struct Table {
    pub header: Vec<String>,
    pub rows: Vec<Row>,
}

/// One row, which has as many cells as the header.
#[derive(Debug)]
pub(super) struct Row {
    /// Line on which it begins, counted from 1.
    pub line: u64,
    cells: csv::StringRecord,
}

impl Row {
    /// The cell of a column without blanks around it; empty where there is none.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).unwrap_or_default().trim()
    }
}

/// The delimiter of a header: the most frequent of tab, semicolon and comma outside quotes; comma where there is none.
pub(super) fn delimiter(header: &str) -> u8 {
    let count = |wanted: u8| {
        let mut quoted = false;
        header
            .bytes()
            .filter(|&byte| {
                quoted ^= byte == b'"';
                !quoted && byte == wanted
            })
            .count()
    };
    [b'\t', b';'].into_iter().fold(b',', |best, other| if count(other) > count(best) { other } else { best })
}

impl Table {
    /// Reads the whole file.
    pub fn read(input: &Input) -> Result<Self> {
        let text = whole_text(input)?;
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter(text.lines().next().unwrap_or_default()))
            .flexible(true)
            .from_reader(text.as_bytes());
        let malformed = |error: csv::Error| {
            ReadError::at(error.position().map_or(0, csv::Position::line), format!("not a table: {error}"))
        };
        let header: Vec<String> =
            reader.headers().map_err(malformed)?.iter().map(|name| name.trim().to_owned()).collect();
        if header.iter().all(String::is_empty) {
            return Err(ReadError::at(1, "a table without a header"));
        }
        let mut rows = Vec::new();
        let mut lines = Lines { text: text.as_bytes(), counted: 0, line: 1 };
        for record in reader.records() {
            let cells = record.map_err(malformed)?;
            let line = lines.at(cells.position().map_or(0, csv::Position::byte));
            if cells.len() != header.len() {
                let message = format!("{} columns, but the header has {}", cells.len(), header.len());
                return Err(ReadError::at(line, message));
            }
            rows.push(Row { line, cells });
        }
        Ok(Self { header, rows })
    }

    /// The place of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }
}

/// Line numbers of rising offsets. The reader's own are one too small after CR LF and after empty lines, because it
/// notes a record's place before it skips what is left of the line end.
struct Lines<'a> {
    text: &'a [u8],
    counted: usize,
    line: u64,
}

impl Lines<'_> {
    fn at(&mut self, offset: u64) -> u64 {
        let rest = self.text.iter().enumerate().skip(self.counted);
        for (at, &byte) in rest {
            if at as u64 >= offset && !matches!(byte, b'\r' | b'\n') {
                break;
            }
            self.counted = at + 1;
            self.line += u64::from(byte == b'\n');
        }
        self.line
    }
}
