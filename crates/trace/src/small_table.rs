//! Tables that fit into memory: bins, readings.

use std::fs::File;
use std::path::Path;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::{ArrowError, DataType};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::TraceError;

/// Writes a table and waits until it is on disk.
pub(crate) fn write(path: &Path, table: Result<RecordBatch, ArrowError>) -> Result<(), TraceError> {
    let failed = || TraceError::parquet(path);
    let table = table.map_err(|error| failed()(error.into()))?;
    let file = File::create(path).map_err(TraceError::io(path))?;
    let zstd = Compression::ZSTD(ZstdLevel::try_new(3).unwrap_or_default());
    let properties = WriterProperties::builder().set_compression(zstd).build();
    let mut writer = ArrowWriter::try_new(file, table.schema(), Some(properties)).map_err(failed())?;
    writer.write(&table).map_err(failed())?;
    let file = writer.into_inner().map_err(failed())?;
    file.sync_all().map_err(TraceError::io(path))
}

/// Calls `visit` with some rows at a time, in the order of the file.
pub(crate) fn read(
    path: &Path,
    mut visit: impl FnMut(&Rows<'_>) -> Result<(), TraceError>,
) -> Result<(), TraceError> {
    let file = File::open(path).map_err(TraceError::io(path))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .map_err(TraceError::parquet(path))?;
    let mut first = 0;
    for batch in reader {
        let batch = batch.map_err(|error| TraceError::parquet(path)(error.into()))?;
        visit(&Rows { path, batch: &batch, first })?;
        first += batch.num_rows();
    }
    Ok(())
}

/// Some rows of a table.
pub(crate) struct Rows<'a> {
    path: &'a Path,
    batch: &'a RecordBatch,
    /// How many rows come before these.
    first: usize,
}

impl Rows<'_> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.batch.num_rows()
    }

    /// A column in this type, whatever type another tool gave it.
    pub fn column(&self, name: &'static str, data_type: &DataType) -> Result<ArrayRef, TraceError> {
        let found = self.batch.column_by_name(name).ok_or_else(|| {
            let schema = self.batch.schema();
            let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
            TraceError::MissingColumn { path: self.path.to_owned(), column: name, found: names.join(", ") }
        })?;
        let options = CastOptions { safe: false, ..CastOptions::default() };
        cast_with_options(found, data_type, &options)
            .map_err(|error| TraceError::parquet(self.path)(error.into()))
    }

    /// What is wrong with one of these rows.
    pub fn wrong(&self, row: usize, message: &str) -> TraceError {
        let row = (self.first + row) as u64;
        TraceError::Value { path: self.path.to_owned(), row, message: message.to_owned() }
    }
}
