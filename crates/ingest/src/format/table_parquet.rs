//! Parquet: a trace with vana's own columns by whatever writer, or any table with columns that the user names.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, StringArray};
use arrow_cast::cast;
use arrow_schema::DataType;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use vana_trace::{Column, TraceError, TraceReader, TraceWriter};
use vana_types::Fidelity;

use super::table::{Mapping, is_of_requests};
use super::{Detection, Format};
use crate::lines::{Chunk, Joined, Lines};
use crate::number::LONGEST_NS;
use crate::{ColumnMap, Draft, Input, ReadError, ReadOptions, Result};

/// A Parquet file.
pub struct TableParquet;

impl Format for TableParquet {
    fn name(&self) -> &'static str {
        "parquet"
    }

    fn about(&self) -> &'static str {
        "a trace as Parquet with vana's columns, or any Parquet with columns named with --map"
    }

    fn source(&self) -> &'static str {
        "https://parquet.apache.org/docs/file-format/"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Trace
    }

    fn detect(&self, input: &Input) -> Detection {
        if input.head().starts_with(b"PAR1") { Detection::Yes } else { Detection::No }
    }

    fn takes(&self, map: &[ColumnMap]) -> bool {
        is_of_requests(map)
    }

    fn read(&self, input: &Input, options: &ReadOptions) -> Result<Vec<Draft>> {
        if !options.map.is_empty() {
            return Ok(vec![super::traced(read_table(input, options)?, "no rows")?]);
        }
        let reader = TraceReader::open(input.path()).map_err(damaged)?;
        let attributes = reader.attributes().map_err(damaged)?;
        let draft = super::traced(read_trace(&reader, options)?, "no rows")?;
        // They say which of its requests count, and whether it is all of them.
        Ok(vec![Draft { attributes, ..draft }])
    }
}

/// What Parquet's reader says of a damaged file, without the path that the caller adds.
fn damaged(error: TraceError) -> ReadError {
    match error {
        TraceError::Parquet { source, .. } => ReadError::at(0, format!("damaged Parquet: {source}")),
        TraceError::MissingColumn { column, found, .. } => {
            ReadError::at(0, format!("no column \"{column}\" (found: {found})"))
                .hint("name other columns with --map, for example --map latency=elapsed_ms:ms")
        }
        TraceError::Value { row, message, .. } => ReadError::at(0, format!("row {row}: {message}")),
        TraceError::NewerFormat { found, .. } => {
            ReadError::at(0, format!("trace format {found}; this vana reads format 1"))
                .hint("a newer vana wrote it: install that or a later one")
        }
        other @ TraceError::Io { .. } => other.into(),
    }
}

/// Rows pass through the writer, which sorts them and gives the file vana's own layout.
fn read_trace(reader: &TraceReader, options: &ReadOptions) -> Result<Lines> {
    let mut writer = TraceWriter::create(&options.staging)?;
    let mut first_row = 0;
    let scanned = reader.try_scan(&Column::ALL, |batch| -> Result<()> {
        let rows = batch.to_rows(|name| writer.operation(name));
        let is_absurd = |service: &i64| !(0..=LONGEST_NS).contains(service);
        if let Some(row) = rows.service_ns.iter().position(is_absurd) {
            let (at, service) = (first_row + row as u64, rows.service_ns[row]);
            return Err(ReadError::at(0, format!("row {at}: service_ns is {service}")));
        }
        first_row += rows.len() as u64;
        options.check()?;
        Ok(writer.write(rows)?)
    });
    scanned.map_err(|error| match error {
        ReadError::Trace(error) => damaged(error),
        other => other,
    })?;
    Joined::default().finish(writer)
}

fn read_table(input: &Input, options: &ReadOptions) -> Result<Lines> {
    let mapping = Mapping::new(&options.map)?;
    let broken = |error: String| ReadError::at(0, format!("damaged Parquet: {error}"));
    let builder = ParquetRecordBatchReaderBuilder::try_new(input.reader()?)
        .map_err(|error| broken(error.to_string()))?;
    let found: Vec<String> = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    if let Some(missing) = mapping.names().find(|name| !found.iter().any(|found| found == name)) {
        let error = ReadError::at(0, format!("no column \"{missing}\""));
        return Err(error.hint(format!("columns: {}", found.join(", "))));
    }
    let mask = ProjectionMask::columns(builder.parquet_schema(), mapping.names());
    let reader = builder.with_projection(mask).build().map_err(|error| broken(error.to_string()))?;
    let mut writer = TraceWriter::create(&options.staging)?;
    let mut joined = Joined::default();
    let mut first_row = 0;
    for batch in reader {
        let batch = batch.map_err(|error| broken(error.to_string()))?;
        let texts =
            mapping.names().map(|name| text(batch.column_by_name(name), name)).collect::<Result<Vec<_>>>()?;
        let mut chunk = Chunk::default();
        for row in 0..batch.num_rows() {
            let field = |array: &StringArray| {
                if array.is_null(row) { String::new() } else { array.value(row).into() }
            };
            let fields: Vec<String> = texts.iter().map(field).collect();
            let fields: Vec<&[u8]> = fields.iter().map(String::as_bytes).collect();
            // Parquet has no lines: the message names the row.
            mapping
                .add(0, &fields, &mut chunk)
                .map_err(|error| ReadError::at(0, format!("row {}: {error}", first_row + row as u64)))?;
        }
        first_row += batch.num_rows() as u64;
        options.check()?;
        joined.add(chunk, &mut writer)?;
    }
    joined.finish(writer)
}

/// A column as text, which every kind of table has in common.
fn text(column: Option<&ArrayRef>, name: &str) -> Result<StringArray> {
    let column = column.ok_or_else(|| ReadError::at(0, format!("no column \"{name}\"")))?;
    let column = cast(column, &DataType::Utf8)
        .map_err(|error| ReadError::at(0, format!("column \"{name}\" cannot be read as text: {error}")))?;
    Ok(column.as_string::<i32>().clone())
}
