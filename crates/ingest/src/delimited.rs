//! Delimited text as the tools write it: a header, then records whose fields may be quoted with `"`.

use memchr::memchr;

use crate::lines::each_line;
use crate::{Input, ReadError, Result};

/// The header of a delimited file.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    /// Column names.
    pub names: Vec<String>,
    /// The byte between fields.
    pub delimiter: u8,
    /// Bytes and lines until the first record.
    pub skip: (usize, u64),
}

impl Header {
    /// The first line of a file, if it is one of names: the delimiter is the one of comma, tab and semicolon that
    /// splits it into the most fields.
    pub fn read(input: &Input) -> Option<Self> {
        let head = input.head();
        let mark = if head.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let end = memchr(b'\n', &head[mark..]).map_or(head.len(), |at| mark + at);
        let line = std::str::from_utf8(&head[mark..end]).ok()?.trim_end_matches('\r');
        let delimiter = *b",\t;".iter().max_by_key(|&&delimiter| {
            // Of equals the last one wins, so commas are weighed a little more.
            2 * line.bytes().filter(|&byte| byte == delimiter).count() + usize::from(delimiter == b',')
        })?;
        let mut names = Vec::new();
        split(line.as_bytes(), delimiter, |fields| {
            names = fields.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        });
        Some(Self { names, delimiter, skip: ((end + 1).min(input.head().len()), 1) })
    }

    /// The place of a column.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|found| found == name)
    }

    /// The place of a column that must be there.
    pub fn require(&self, name: &str) -> Result<usize> {
        self.place(name).ok_or_else(|| {
            ReadError::at(1, format!("no column \"{name}\""))
                .hint(format!("columns: {}", self.names.join(", ")))
        })
    }
}

/// Calls `visit` with the line number and the fields of each record of a chunk.
pub(crate) fn each_record(
    bytes: &[u8],
    first_line: u64,
    delimiter: u8,
    mut visit: impl FnMut(u64, &[&[u8]]) -> Result<()>,
) -> Result<()> {
    if memchr(b'"', bytes).is_none() {
        return each_line(bytes, first_line, |number, line| {
            let mut result = Ok(());
            split(line, delimiter, |fields| result = visit(number, fields));
            result
        });
    }
    // Quoted fields may hold line ends: the csv crate finds the records. Lines are counted here, because its own
    // count is one short after CR LF.
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(bytes);
    let mut record = csv::ByteRecord::new();
    let (mut line, mut counted) = (first_line, 0);
    loop {
        let more = reader.read_byte_record(&mut record);
        let mut begin = record.position().map_or(0, csv::Position::byte) as usize;
        while matches!(bytes.get(begin), Some(b'\r' | b'\n')) {
            begin += 1;
        }
        let begin = begin.clamp(counted, bytes.len());
        line += memchr::memchr_iter(b'\n', &bytes[counted..begin]).count() as u64;
        counted = begin;
        if !more.map_err(|error| ReadError::at(line, error.to_string()))? {
            return Ok(());
        }
        // The last record goes to the end of the chunk; with a quote left open it would have swallowed the rest.
        if reader.is_done() && memchr::memchr_iter(b'"', &bytes[begin..]).count() % 2 == 1 {
            return Err(ReadError::at(line, "a quote that is not closed"));
        }
        let fields: Vec<&[u8]> = record.iter().collect();
        visit(line, &fields)?;
    }
}

/// Splits a line; quotes are taken off.
fn split(line: &[u8], delimiter: u8, visit: impl FnOnce(&[&[u8]])) {
    if memchr(b'"', line).is_some() {
        let mut record = csv::ByteRecord::new();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(line);
        if reader.read_byte_record(&mut record).is_ok() {
            let fields: Vec<&[u8]> = record.iter().collect();
            visit(&fields);
        }
        return;
    }
    // Most tools write fewer than 32 columns: their fields live on the stack.
    let mut fields: [&[u8]; 32] = [&[]; 32];
    let mut count = 0;
    let mut start = 0;
    for end in memchr::memchr_iter(delimiter, line).chain([line.len()]) {
        let Some(field) = fields.get_mut(count) else {
            let fields: Vec<&[u8]> = line.split(|&byte| byte == delimiter).collect();
            return visit(&fields);
        };
        *field = &line[start..end];
        count += 1;
        start = end + 1;
    }
    visit(&fields[..count]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_through_quoted_line_ends_and_carriage_returns() {
        let text = b"a,1\r\n\"b\r\nc\",2\r\n\r\nd,3\r\n\"e\",4";
        let mut found = Vec::new();
        each_record(text, 10, b',', |line, fields| {
            found.push((line, String::from_utf8_lossy(fields[0]).into_owned()));
            Ok(())
        })
        .unwrap();
        let expected = [(10, "a"), (11, "b\r\nc"), (14, "d"), (15, "e")];
        assert_eq!(found, expected.map(|(line, text)| (line, text.to_owned())));
    }

    #[test]
    fn lines_without_quotes_are_counted_the_same() {
        let mut found = Vec::new();
        each_record(b"a\tb\n\nc\td\r\n", 2, b'\t', |line, fields| {
            found.push((line, fields.len(), fields[1].to_vec()));
            Ok(())
        })
        .unwrap();
        assert_eq!(found, [(2, 2, b"b".to_vec()), (4, 2, b"d".to_vec())]);
    }
}
