//! Delimited text with columns that the user names.

use vana_types::Fidelity;

use super::table::{Mapping, is_of_requests};
use super::{Detection, Format};
use crate::delimited::{Header, each_record};
use crate::lines::{Chunk, Records, read_records};
use crate::{ColumnMap, Draft, Input, ReadError, ReadOptions, Result};

/// A table as CSV: comma, tab or semicolon.
pub struct TableCsv;

impl Format for TableCsv {
    fn name(&self) -> &'static str {
        "table-csv"
    }

    fn about(&self) -> &'static str {
        "any CSV with one request a row, columns named with --map"
    }

    fn source(&self) -> &'static str {
        "https://www.rfc-editor.org/rfc/rfc4180"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Trace
    }

    fn detect(&self, input: &Input) -> Detection {
        let is_text =
            !input.head().contains(&0) && !input.head_text().trim_start().starts_with(['{', '[', '<']);
        let has_columns = Header::read(input).is_some_and(|header| header.names.len() > 1);
        if is_text && has_columns { Detection::Unsure } else { Detection::No }
    }

    fn takes(&self, map: &[ColumnMap]) -> bool {
        is_of_requests(map)
    }

    fn read(&self, input: &Input, options: &ReadOptions) -> Result<Vec<Draft>> {
        let mapping = Mapping::new(&options.map)?;
        let header = Header::read(input).ok_or_else(|| ReadError::at(1, "no header"))?;
        let places = mapping.names().map(|name| header.require(name)).collect::<Result<Vec<_>>>()?;
        let rows = Rows { delimiter: header.delimiter, width: header.names.len(), places, mapping };
        let lines = read_records(input, options, header.skip, &rows)?;
        Ok(vec![super::traced(lines, "no rows after the header")?])
    }
}

struct Rows {
    delimiter: u8,
    width: usize,
    places: Vec<usize>,
    mapping: Mapping,
}

impl Records for Rows {
    fn quote(&self) -> Option<u8> {
        Some(b'"')
    }

    fn parse(&self, bytes: &[u8], first_line: u64, chunk: &mut Chunk) -> Result<()> {
        each_record(bytes, first_line, self.delimiter, |line, fields| {
            if fields.len() != self.width {
                let message = format!("{} fields where the header has {}", fields.len(), self.width);
                return Err(ReadError::at(line, message));
            }
            let picked: Vec<&[u8]> = self.places.iter().map(|&place| fields[place]).collect();
            self.mapping.add(line, &picked, chunk)
        })
    }
}
