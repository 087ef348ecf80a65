//! Histograms of a run: `histogram.parquet`.

use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_schema::DataType;

use crate::{TraceError, small_table};

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
    let table = RecordBatch::try_from_iter([
        (METRIC, Arc::new(names) as ArrayRef),
        (LOW, column(|bin| bin.low_ns)),
        (VALUE, column(|bin| bin.value_ns)),
        (COUNT, column(|bin| bin.count as i64)),
    ]);
    small_table::write(path, table)
}

/// Reads the bins of each metric, in the order of the file.
pub fn read_histogram(path: &Path) -> Result<Vec<(String, Vec<Bin>)>, TraceError> {
    let mut metrics: Vec<(String, Vec<Bin>)> = Vec::new();
    small_table::read(path, |rows| {
        let names = rows.column(METRIC, &DataType::Utf8)?;
        let [low, value, count] = [
            rows.column(LOW, &DataType::Int64)?,
            rows.column(VALUE, &DataType::Int64)?,
            rows.column(COUNT, &DataType::Int64)?,
        ];
        for row in 0..rows.len() {
            let at = |array: &ArrayRef| array.as_primitive::<Int64Type>().value(row);
            let name = if names.is_null(row) { "" } else { names.as_string::<i32>().value(row) };
            if at(&count) < 1
                || at(&low) > at(&value)
                || [&low, &value, &count].iter().any(|a| a.is_null(row))
            {
                return Err(rows.wrong(row, "a bin needs low_ns <= value_ns and a count of at least 1"));
            }
            let bin = Bin { low_ns: at(&low), value_ns: at(&value), count: at(&count).unsigned_abs() };
            match metrics.iter_mut().find(|(known, _)| known == name) {
                Some((_, bins)) => bins.push(bin),
                None => metrics.push((name.to_owned(), vec![bin])),
            }
        }
        Ok(())
    })?;
    Ok(metrics)
}
