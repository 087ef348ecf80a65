//! Rows become the arrays of one row group, encoded column by column on all threads.

use std::fs::File;
use std::sync::Arc;

use arrow_array::types::{ArrowPrimitiveType, Int32Type, Int64Type, UInt16Type, UInt32Type};
use arrow_array::{ArrayRef, DictionaryArray, Int32Array, Int64Array, PrimitiveArray, StringArray};
use parquet::arrow::ArrowSchemaConverter;
use parquet::arrow::arrow_writer::{ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::Result;
use parquet::file::metadata::{FileMetaData, KeyValue, RowGroupMetaData};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;
use rayon::prelude::*;
use vana_types::Outcome;

use crate::column::SCHEMA;
use crate::rows::{NO_CONNECTION, NO_STATUS, NO_TIME, NO_WORKER};
use crate::{Column, ROW_GROUP_ROWS, Rows};

/// Row groups grow with the file, as what is said of each stays in memory until the end, up to so many times their first
/// size: half of what format 1 allows.
const GROWTH: u64 = 8;
/// A row group may have this part of the rows before it, which is also what a kill may cost.
const PART: u64 = 8;

/// Where a trace keeps what its run says of itself, as JSON.
pub(crate) const ATTRIBUTES: &str = "vana.attributes";

/// A Parquet file in the making, one row group at a time.
pub(crate) struct Encoder {
    file: SerializedFileWriter<File>,
    columns: ArrowRowGroupWriterFactory,
    /// Of the row group that is being written.
    open: Vec<ArrowColumnWriter>,
    open_rows: u64,
    /// In all row groups before it.
    closed_rows: u64,
}

impl Encoder {
    /// Starts a file.
    pub fn new(file: File) -> Result<Self> {
        let properties = Arc::new(properties());
        let schema = ArrowSchemaConverter::new().convert(&SCHEMA)?;
        let mut properties_with_schema = (*properties).clone();
        parquet::arrow::add_encoded_arrow_schema_to_metadata(&SCHEMA, &mut properties_with_schema);
        let file =
            SerializedFileWriter::new(file, schema.root_schema_ptr(), Arc::new(properties_with_schema))?;
        let columns = ArrowRowGroupWriterFactory::new(&file, SCHEMA.clone());
        Ok(Self { file, columns, open: Vec::new(), open_rows: 0, closed_rows: 0 })
    }

    /// Whether the next rows begin a row group.
    pub const fn is_between_groups(&self) -> bool {
        self.open_rows == 0
    }

    /// Writes rows, which are never parted; whether they filled their row group.
    pub fn write(&mut self, rows: &Rows, operations: &StringArray) -> Result<bool> {
        if self.open.is_empty() {
            self.open = self.columns.create_column_writers(self.file.flushed_row_groups().len())?;
        }
        let columns = Column::ALL.into_par_iter().zip(&mut self.open);
        columns.try_for_each(|(column, writer)| {
            let array = array(column, rows, operations);
            compute_leaves(SCHEMA.field(column as usize), &array)?
                .iter()
                .try_for_each(|leaf| writer.write(leaf))
        })?;
        self.open_rows += rows.len() as u64;
        let first = ROW_GROUP_ROWS as u64;
        let is_full = self.open_rows >= (self.closed_rows / PART).clamp(first, GROWTH * first);
        if is_full {
            self.close_group()?;
        }
        Ok(is_full)
    }

    /// Ends the row group that is being written, if there is one.
    pub fn close_group(&mut self) -> Result<()> {
        if self.open.is_empty() {
            return Ok(());
        }
        let writers = std::mem::take(&mut self.open);
        let chunks: Vec<_> = writers.into_par_iter().map(ArrowColumnWriter::close).collect::<Result<_>>()?;
        self.closed_rows += std::mem::take(&mut self.open_rows);
        let mut row_group = self.file.next_row_group()?;
        for chunk in chunks {
            chunk.append_to_row_group(&mut row_group)?;
        }
        row_group.close()?;
        // What is with the system outlives this process.
        self.file.flush()?;
        Ok(())
    }

    /// The row group that was written last, and what is said of the whole file.
    pub fn last(&self) -> Option<(FileMetaData, &RowGroupMetaData)> {
        let group = self.file.flushed_row_groups().last()?;
        let schema = group.schema_descr_ptr();
        let created_by = Some(self.file.properties().created_by().to_owned());
        let pairs = self.file.properties().key_value_metadata().cloned();
        Some((FileMetaData::new(2, group.num_rows(), created_by, pairs, schema, None), group))
    }

    /// Writes the footer with the run's identity as JSON, and its attributes where it has any.
    pub fn finish(mut self, identity: String, attributes: Option<String>) -> Result<File> {
        self.close_group()?;
        self.file.append_key_value_metadata(KeyValue::new("vana.format".to_owned(), "1".to_owned()));
        self.file.append_key_value_metadata(KeyValue::new("vana.run".to_owned(), identity));
        if let Some(attributes) = attributes {
            self.file.append_key_value_metadata(KeyValue::new(ATTRIBUTES.to_owned(), attributes));
        }
        self.file.into_inner()
    }
}

/// Stamps and durations are delta-encoded; statistics per row group let a reader skip a column that holds one value.
fn properties() -> WriterProperties {
    let zstd = Compression::ZSTD(ZstdLevel::try_new(1).unwrap_or_default());
    let mut builder = WriterProperties::builder()
        .set_compression(zstd)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_created_by(concat!("vana ", env!("CARGO_PKG_VERSION")).to_owned());
    for column in Column::ALL {
        let path = ColumnPath::from(column.name());
        let is_dictionary = matches!(
            column,
            Column::Operation | Column::Outcome | Column::Status | Column::Worker | Column::Connection
        );
        builder = builder.set_column_dictionary_enabled(path.clone(), is_dictionary);
        if !is_dictionary {
            builder = builder.set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
        }
    }
    builder.build()
}

/// Values with null for `none`.
fn known<T: ArrowPrimitiveType>(values: &[T::Native], none: T::Native) -> ArrayRef {
    let values = values.iter().map(|&value| (value != none).then_some(value));
    Arc::new(values.collect::<PrimitiveArray<T>>())
}

fn array(column: Column, rows: &Rows, operations: &StringArray) -> ArrayRef {
    let dictionary = |keys: Vec<i32>, values: ArrayRef| -> ArrayRef {
        let keys = Int32Array::from(keys);
        Arc::new(DictionaryArray::<Int32Type>::new(keys, values))
    };
    match column {
        Column::Sent => Arc::new(Int64Array::from(rows.sent_ns.clone())),
        Column::Service => Arc::new(Int64Array::from(rows.service_ns.clone())),
        Column::Due => known::<Int64Type>(&rows.due_ns, NO_TIME),
        Column::FirstByte => known::<Int64Type>(&rows.first_byte_ns, NO_TIME),
        Column::BytesSent => known::<Int64Type>(&rows.bytes_sent, NO_TIME),
        Column::BytesReceived => known::<Int64Type>(&rows.bytes_received, NO_TIME),
        Column::Operation => {
            dictionary(rows.operation.iter().map(|&id| id as i32).collect(), Arc::new(operations.clone()))
        }
        Column::Outcome => {
            let names = StringArray::from_iter_values(Outcome::ALL.iter().map(|outcome| outcome.name()));
            dictionary(rows.outcome.iter().map(|&outcome| outcome as i32).collect(), Arc::new(names))
        }
        Column::Status => known::<UInt16Type>(&rows.status, NO_STATUS),
        Column::Worker => known::<UInt16Type>(&rows.worker, NO_WORKER),
        Column::Connection => known::<UInt32Type>(&rows.connection, NO_CONNECTION),
    }
}
