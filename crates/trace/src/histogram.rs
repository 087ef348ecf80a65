//! Histograms of a run: `histogram.parquet`.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::DataType;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::TraceError;

/// Values between two edges and how many there were.
///
/// A quantile of binned values is the upper edge of the bin that holds its rank, as HdrHistogram reports it; moments
/// take the middle of the bin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bin {
    /// Lowest value that falls into the bin, nanoseconds.
    pub low_ns: i64,
    /// Highest value that falls into the bin, nanoseconds: what the source calls the bin's value.
    pub value_ns: i64,
    /// Number of values.
    pub count: u64,
}

const METRIC: &str = "metric";
const LOW: &str = "low_ns";
const VALUE: &str = "value_ns";
const COUNT: &str = "count";

/// Writes the bins of each metric.
pub fn write_histogram(path: &Path, metrics: &[(String, Vec<Bin>)]) -> Result<(), TraceError> {
    let rows = || metrics.iter().flat_map(|(metric, bins)| bins.iter().map(move |bin| (metric, bin)));
    let names = StringArray::from_iter_values(rows().map(|(metric, _)| metric));
    let column = |value: fn(&Bin) -> i64| -> ArrayRef {
        Arc::new(Int64Array::from_iter_values(rows().map(|(_, bin)| value(bin))))
    };
    let batch = RecordBatch::try_from_iter([
        (METRIC, Arc::new(names) as ArrayRef),
        (LOW, column(|bin| bin.low_ns)),
        (VALUE, column(|bin| bin.value_ns)),
        (COUNT, column(|bin| bin.count as i64)),
    ]);
    let failed = || TraceError::parquet(path);
    let batch = batch.map_err(|error| failed()(error.into()))?;
    let file = File::create(path).map_err(TraceError::io(path))?;
    let zstd = Compression::ZSTD(ZstdLevel::try_new(1).unwrap_or_default());
    let properties = WriterProperties::builder().set_compression(zstd).build();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).map_err(failed())?;
    writer.write(&batch).map_err(failed())?;
    let file = writer.into_inner().map_err(failed())?;
    file.sync_all().map_err(TraceError::io(path))
}

/// Reads the bins of each metric, in the order of the file.
pub fn read_histogram(path: &Path) -> Result<Vec<(String, Vec<Bin>)>, TraceError> {
    let file = File::open(path).map_err(TraceError::io(path))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .map_err(TraceError::parquet(path))?;
    let mut metrics: Vec<(String, Vec<Bin>)> = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|error| TraceError::parquet(path)(error.into()))?;
        let column = |name: &'static str, data_type: &DataType| {
            let found = batch.column_by_name(name).ok_or_else(|| TraceError::MissingColumn {
                path: path.to_owned(),
                column: name,
                found: batch
                    .schema()
                    .fields()
                    .iter()
                    .map(|field| field.name().clone())
                    .collect::<Vec<_>>()
                    .join(", "),
            })?;
            let options = CastOptions { safe: false, ..CastOptions::default() };
            cast_with_options(found, data_type, &options)
                .map_err(|error| TraceError::parquet(path)(error.into()))
        };
        let names = column(METRIC, &DataType::Utf8)?;
        let [low, value, count] = [
            column(LOW, &DataType::Int64)?,
            column(VALUE, &DataType::Int64)?,
            column(COUNT, &DataType::Int64)?,
        ];
        for row in 0..batch.num_rows() {
            let at = |array: &ArrayRef| array.as_primitive::<Int64Type>().value(row);
            let name = if names.is_null(row) { "" } else { names.as_string::<i32>().value(row) };
            if at(&count) < 1
                || at(&low) > at(&value)
                || [&low, &value, &count].iter().any(|a| a.is_null(row))
            {
                let message = "a bin needs low_ns <= value_ns and a count of at least 1".to_owned();
                return Err(TraceError::Value { path: path.to_owned(), row: row as u64, message });
            }
            let bin = Bin { low_ns: at(&low), value_ns: at(&value), count: at(&count).unsigned_abs() };
            match metrics.iter_mut().find(|(known, _)| known == name) {
                Some((_, bins)) => bins.push(bin),
                None => metrics.push((name.to_owned(), vec![bin])),
            }
        }
    }
    Ok(metrics)
}
