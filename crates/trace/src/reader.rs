//! Reads traces: vana's own, and any Parquet file with the same columns whatever writer made it.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, DictionaryArray, RecordBatch};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::{DataType, TimeUnit};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowPredicateFn, ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowFilter,
};
use parquet::errors::ParquetError;
use parquet::file::statistics::Statistics;
use vana_types::Outcome;

use crate::encode::ATTRIBUTES;
use crate::{Batch, Column, Rows, TraceError};

/// Rows of one batch of a scan.
const BATCH_ROWS: usize = 1 << 16;

/// An open trace.
#[derive(Debug)]
pub struct TraceReader {
    path: PathBuf,
    metadata: ArrowReaderMetadata,
    /// Requests sent before are passed over.
    since_ns: i64,
    /// The only operation whose rows are read, and their number.
    only: Option<(String, u64)>,
}

impl TraceReader {
    /// Opens a file and checks that it is a trace this vana can read.
    pub fn open(path: &Path) -> Result<Self, TraceError> {
        let file = File::open(path).map_err(TraceError::io(path))?;
        let metadata =
            ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(TraceError::parquet(path))?;
        let reader = Self { path: path.to_owned(), metadata, since_ns: i64::MIN, only: None };
        reader.check_format()?;
        for column in Column::ALL.into_iter().filter(|column| column.is_required()) {
            if !reader.has(column) {
                let schema = reader.metadata.schema();
                let found = schema.fields().iter().map(|field| field.name().as_str()).collect::<Vec<_>>();
                return Err(TraceError::MissingColumn {
                    path: path.to_owned(),
                    column: column.name(),
                    found: found.join(", "),
                });
            }
        }
        Ok(reader)
    }

    /// The same, and of all rows only those of an operation. One pass over that column.
    pub fn open_operation(path: &Path, operation: &str) -> Result<Self, TraceError> {
        let mut reader = Self::open(path)?;
        let mut rows = 0;
        reader.scan(&[Column::Operation], |batch| {
            let (keys, names) = batch.operations();
            let wanted = names.iter().position(|name| *name == operation);
            rows += keys.iter().filter(|key| Some(**key as usize) == wanted).count() as u64;
        })?;
        reader.only = Some((operation.to_owned(), rows));
        Ok(reader)
    }

    fn check_format(&self) -> Result<(), TraceError> {
        let pairs = self.metadata.metadata().file_metadata().key_value_metadata();
        let format = pairs.into_iter().flatten().find(|pair| pair.key == "vana.format");
        match format.and_then(|pair| pair.value.as_deref()) {
            None | Some("1") => Ok(()),
            Some(other) => Err(TraceError::NewerFormat { path: self.path.clone(), found: other.to_owned() }),
        }
    }

    /// What the run of the file says of itself; nothing where no vana wrote it.
    pub fn attributes(&self) -> Result<BTreeMap<String, String>, TraceError> {
        let pairs = self.metadata.metadata().file_metadata().key_value_metadata();
        let found = pairs.into_iter().flatten().find(|pair| pair.key == ATTRIBUTES);
        let Some(text) = found.and_then(|pair| pair.value.as_deref()) else { return Ok(BTreeMap::new()) };
        serde_json::from_str(text).map_err(|error| {
            let message = format!("{ATTRIBUTES} are no names with texts: {error}");
            TraceError::parquet(&self.path)(ParquetError::General(message))
        })
    }

    /// Leaves requests out of scans that were sent before `since_ns`, nanoseconds since the run's start.
    #[must_use]
    pub fn since(mut self, since_ns: i64) -> Self {
        self.since_ns = since_ns;
        self
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Number of rows of the file, or of the only operation that is read.
    pub fn row_count(&self) -> u64 {
        if let Some((_, rows)) = &self.only {
            return *rows;
        }
        self.metadata.metadata().file_metadata().num_rows().unsigned_abs()
    }

    /// Whether the file has a column.
    pub fn has(&self, column: Column) -> bool {
        self.metadata.schema().field_with_name(column.name()).is_ok()
    }

    /// Whether the file has a column that holds anything but null, as far as its statistics tell.
    pub fn has_values(&self, column: Column) -> bool {
        self.leaf(column).is_some_and(|leaf| {
            self.metadata.metadata().row_groups().iter().any(|group| {
                let nulls = group.column(leaf).statistics().and_then(Statistics::null_count_opt);
                nulls.is_none_or(|nulls| nulls < group.num_rows().unsigned_abs())
            })
        })
    }

    fn leaf(&self, column: Column) -> Option<usize> {
        let columns = self.metadata.parquet_schema().columns();
        columns.iter().position(|leaf| leaf.path().parts() == [column.name()])
    }

    /// The outcome of all rows of a row group, when its statistics say that there is only one.
    fn only_outcome(&self, group: usize) -> Option<Outcome> {
        let chunk = self.metadata.metadata().row_group(group).column(self.leaf(Column::Outcome)?);
        let statistics = chunk.statistics()?;
        let exact = statistics.min_is_exact() && statistics.max_is_exact();
        let (min, max) = (statistics.min_bytes_opt()?, statistics.max_bytes_opt()?);
        if !exact || min != max || statistics.null_count_opt() != Some(0) {
            return None;
        }
        Outcome::from_name(std::str::from_utf8(min).ok()?)
    }

    /// Calls `visit` with all rows that are not left out, in batches that are never empty, in the order of the file. Only the named columns are decoded; of a
    /// column that the file lacks, every value is null.
    pub fn scan(&self, columns: &[Column], mut visit: impl FnMut(&Batch)) -> Result<(), TraceError> {
        self.try_scan(columns, |batch| {
            visit(batch);
            Ok(())
        })
    }

    /// [`Self::scan`] that stops at the first error of `visit`.
    pub fn try_scan<E: From<TraceError>>(
        &self,
        columns: &[Column],
        mut visit: impl FnMut(&Batch) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut first_row = 0;
        let sent: &[Column] = if self.since_ns == i64::MIN { &[] } else { &[Column::Sent] };
        let columns: Vec<Column> =
            columns.iter().chain(sent.iter().filter(|sent| !columns.contains(sent))).copied().collect();
        for group in 0..self.metadata.metadata().num_row_groups() {
            let outcome = columns.contains(&Column::Outcome).then(|| self.only_outcome(group)).flatten();
            let decoded: Vec<Column> = columns
                .iter()
                .copied()
                .filter(|&column| self.has(column) && (column != Column::Outcome || outcome.is_none()))
                .collect();
            if decoded.is_empty() && self.only.is_none() {
                let rows = self.metadata.metadata().row_group(group).num_rows() as usize;
                visit(&Batch { rows, first_row, columns: Vec::new(), outcome, outcomes: Vec::new() })?;
                first_row += rows as u64;
                continue;
            }
            for batch in self.batches(group..group + 1, &decoded, BATCH_ROWS)? {
                let batch = batch
                    .map_err(|error| TraceError::parquet(&self.path)(error.into()))
                    .and_then(|batch| self.canonical(&batch, &decoded, first_row, outcome))?;
                first_row += batch.rows as u64;
                let early = batch.i64s(Column::Sent).partition_point(|&sent_ns| sent_ns < self.since_ns);
                match early {
                    0 => visit(&batch)?,
                    early if early < batch.rows => visit(&batch.without_first(early))?,
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn batches(
        &self,
        groups: Range<usize>,
        columns: &[Column],
        batch_rows: usize,
    ) -> Result<parquet::arrow::arrow_reader::ParquetRecordBatchReader, TraceError> {
        let file = File::open(&self.path).map_err(TraceError::io(&self.path))?;
        let names = columns.iter().map(|column| column.name());
        let mask = ProjectionMask::columns(self.metadata.parquet_schema(), names);
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone());
        if let Some((operation, _)) = &self.only {
            builder = builder.with_row_filter(self.filter(operation));
        }
        builder
            .with_projection(mask)
            .with_row_groups(groups.collect())
            .with_batch_size(batch_rows)
            .build()
            .map_err(TraceError::parquet(&self.path))
    }

    /// Keeps the rows of an operation.
    fn filter(&self, operation: &str) -> RowFilter {
        let column = Column::Operation;
        let mask = ProjectionMask::columns(self.metadata.parquet_schema(), [column.name()]);
        let operation = operation.to_owned();
        RowFilter::new(vec![Box::new(ArrowPredicateFn::new(mask, move |batch| {
            let array = convert(batch.column(0), &column.data_type())?;
            let array = array.as_dictionary::<Int32Type>();
            let names = array.values().as_string::<i32>();
            let wanted = names.iter().position(|name| name == Some(&operation));
            let is_wanted = |key: &i32| Some(*key as usize) == wanted;
            Ok(array.keys().values().iter().map(is_wanted).collect::<Vec<bool>>().into())
        }))])
    }

    fn canonical(
        &self,
        batch: &RecordBatch,
        columns: &[Column],
        first_row: u64,
        outcome: Option<Outcome>,
    ) -> Result<Batch, TraceError> {
        let bad = |row, message| TraceError::Value { path: self.path.clone(), row, message };
        let mut arrays = Vec::with_capacity(columns.len());
        let mut outcomes = Vec::new();
        for &column in columns {
            let name = column.name();
            let Some(found) = batch.column_by_name(name) else { continue };
            let wanted = column.data_type();
            let array = convert(found, &wanted)
                .map_err(|error| bad(first_row, format!("column \"{name}\" is no {wanted}: {error}")))?;
            if column.is_required() && array.null_count() > 0 {
                let row = (0..array.len()).find(|&row| array.is_null(row)).unwrap_or(0);
                return Err(bad(first_row + row as u64, format!("column \"{name}\" is null")));
            }
            if let Some(range) = range(column) {
                let values = array.as_primitive::<Int64Type>();
                let is_out = |row: &usize| values.is_valid(*row) && !range.contains(&values.value(*row));
                // The common case in one pass without a branch; only a suspicion is looked into row by row.
                let is_within = values.values().iter().fold(true, |all, value| all & range.contains(value));
                if let Some(row) = (0..array.len()).filter(|_| !is_within).find(is_out) {
                    let message = format!("{name} is {}", values.value(row));
                    return Err(bad(first_row + row as u64, message));
                }
            }
            if column == Column::Outcome {
                outcomes = self.outcomes(array.as_dictionary(), first_row)?;
            }
            arrays.push((column, array));
        }
        Ok(Batch { rows: batch.num_rows(), first_row, columns: arrays, outcome, outcomes })
    }

    fn outcomes(
        &self,
        array: &DictionaryArray<Int32Type>,
        first_row: u64,
    ) -> Result<Vec<Outcome>, TraceError> {
        let names = array.values().as_string::<i32>();
        let known: Vec<Option<Outcome>> = names.iter().map(|name| Outcome::from_name(name?)).collect();
        // Without a doubtful key a table without bounds does: this is done for every row that is read.
        if let (true, 0, Some(first)) =
            (known.len() <= 256, array.null_count(), known.first().copied().flatten())
            && known.iter().all(Option::is_some)
        {
            let mut table = [first; 256];
            table.iter_mut().zip(known.iter().flatten()).for_each(|(place, outcome)| *place = *outcome);
            return Ok(array.keys().values().iter().map(|&key| table[key as usize & 255]).collect());
        }
        let keys = array.keys().values().iter().enumerate();
        keys.map(|(row, &key)| {
            known.get(key as usize).copied().flatten().ok_or_else(|| TraceError::Value {
                path: self.path.clone(),
                row: first_row + row as u64,
                message: format!("unknown outcome \"{}\"", names.value(key as usize)),
            })
        })
        .collect()
    }

    /// All columns of some row groups as [`Rows`]; operations get the numbers of `operations`.
    pub(crate) fn rows<'a>(
        &'a self,
        groups: Range<usize>,
        batch_rows: usize,
        operations: &'a HashMap<String, u32>,
    ) -> Result<impl Iterator<Item = Result<Rows, TraceError>> + 'a, TraceError> {
        let batches = self.batches(groups, &Column::ALL, batch_rows)?;
        Ok(batches.map(move |batch| {
            let batch = batch.map_err(|error| TraceError::parquet(&self.path)(error.into()))?;
            let batch = self.canonical(&batch, &Column::ALL, 0, None)?;
            Ok(batch.to_rows(|name| operations.get(name).copied().unwrap_or(0)))
        }))
    }
}

/// Times that leave room for sums: 4·10¹⁸ ns are 126 years.
fn range(column: Column) -> Option<std::ops::RangeInclusive<i64>> {
    const LONGEST_NS: i64 = 4_000_000_000_000_000_000;
    match column {
        Column::Sent | Column::Due => Some(-LONGEST_NS..=LONGEST_NS),
        Column::Service => Some(0..=LONGEST_NS),
        _ => None,
    }
}

/// A foreign column in the canonical type; times of other units become nanoseconds first.
fn convert(found: &ArrayRef, wanted: &DataType) -> Result<ArrayRef, arrow_schema::ArrowError> {
    if found.data_type() == wanted {
        return Ok(found.clone());
    }
    let options = CastOptions { safe: false, ..CastOptions::default() };
    let nanos = match found.data_type() {
        DataType::Duration(_) => Some(DataType::Duration(TimeUnit::Nanosecond)),
        DataType::Timestamp(_, zone) => Some(DataType::Timestamp(TimeUnit::Nanosecond, zone.clone())),
        _ => None,
    };
    match nanos {
        Some(nanos) => cast_with_options(&cast_with_options(found, &nanos, &options)?, wanted, &options),
        None => cast_with_options(found, wanted, &options),
    }
}
