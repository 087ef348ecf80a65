//! Results on stdout: for people, as JSON, as CSV.

use std::borrow::Cow;
use std::io::{BufWriter, Write};

use clap::ValueEnum;
use serde::Serialize;
use serde_json::{Map, Value};
use textwrap::{Options, WordSeparator, WordSplitter};

use crate::failure::Failure;

/// Version of the JSON layout. Keys are added, never changed in meaning.
pub(crate) const SCHEMA_VERSION: u32 = 1;

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// For people.
    Text,
    /// One JSON object.
    Json,
    /// One row a result.
    Csv,
}

/// Writes rows as JSON (`{"schema_version": 1, "<list>": […]}`) or as CSV with the same columns; text is the caller's.
pub(crate) fn write_rows<T: Serialize>(format: OutputFormat, list: &str, rows: &[T]) -> Result<(), Failure> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    match format {
        OutputFormat::Json => {
            let mut object = Map::new();
            object.insert("schema_version".to_owned(), SCHEMA_VERSION.into());
            object.insert(list.to_owned(), to_value(&rows)?);
            serde_json::to_writer_pretty(&mut out, &Value::Object(object)).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        OutputFormat::Csv => write_csv(&mut out, rows)?,
        OutputFormat::Text => {}
    }
    Ok(out.flush()?)
}

/// Writes rows as CSV; absent values are empty.
pub(crate) fn write_csv<T: Serialize>(out: &mut impl Write, rows: &[T]) -> Result<(), Failure> {
    let objects = rows.iter().map(to_value).collect::<Result<Vec<_>, _>>()?;
    // A row may leave out what it has not; the header has whatever any of them has.
    let mut header: Vec<&String> = Vec::new();
    for key in objects.iter().filter_map(Value::as_object).flat_map(Map::keys) {
        if !header.contains(&key) {
            header.push(key);
        }
    }
    let mut writer = csv::Writer::from_writer(out);
    if !header.is_empty() {
        writer.write_record(&header).map_err(csv_error)?;
    }
    for object in &objects {
        let fields = header.iter().map(|key| match &object[key.as_str()] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        writer.write_record(fields).map_err(csv_error)?;
    }
    Ok(writer.flush()?)
}

fn to_value<T: Serialize>(value: &T) -> Result<Value, Failure> {
    serde_json::to_value(value).map_err(|error| Failure::machine(error.to_string()))
}

fn csv_error(error: csv::Error) -> Failure {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        other => Failure::machine(format!("{other:?}")),
    }
}

/// Lines of at most `width` letters, `first` before the first and as many blanks before the others. They are broken
/// between words only, so that a longer word stands out.
pub(crate) fn wrap<'t>(text: &'t str, width: usize, first: &str) -> Vec<Cow<'t, str>> {
    let rest = " ".repeat(first.chars().count());
    let options = Options::new(width)
        .initial_indent(first)
        .subsequent_indent(&rest)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::wrap(text, options)
}

/// Writes a table for people: columns as wide as their widest field, numbers to the right.
pub(crate) fn write_table(out: &mut impl Write, rows: &[Vec<String>]) -> std::io::Result<()> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|field| field.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for row in rows {
        let mut line = String::new();
        for (field, width) in row.iter().zip(&widths) {
            let is_number = field.starts_with(|first: char| first.is_ascii_digit() || first == '-');
            let padding = " ".repeat(width - field.chars().count());
            let gap = if line.is_empty() { "" } else { "  " };
            let parts = if is_number { [gap, &padding, field] } else { [gap, field, &padding] };
            line.extend(parts);
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words_and_a_long_word_stands_alone() {
        assert_eq!(wrap("ab cd efghijkl m", 5, ""), ["ab cd", "efghijkl", "m"]);
        assert_eq!(wrap("µµ µµ", 5, ""), ["µµ µµ"]);
        assert_eq!(wrap("well-known words", 8, "a "), ["a well-known", "  words"]);
    }
}
