use std::fs::File;
use std::path::{Path, PathBuf};

use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, UInt32Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::DataType;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};

use super::{BODY, DUE, FORMAT, HEADERS, METHOD, PATH, REQUEST, WorkloadRequest};
use crate::TraceError;

/// Arrivals decoded at a time.
const AHEAD_ROWS: usize = 4096;

/// An open workload.
#[derive(Debug)]
pub struct WorkloadReader {
    path: PathBuf,
    metadata: ArrowReaderMetadata,
}

impl WorkloadReader {
    /// Opens a file and checks that it is a workload this vana can read.
    pub fn open(path: &Path) -> Result<Self, TraceError> {
        let file = File::open(path).map_err(TraceError::io(path))?;
        let metadata =
            ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(TraceError::parquet(path))?;
        let names: Vec<&str> = metadata.schema().fields().iter().map(|field| field.name().as_str()).collect();
        for column in [DUE, REQUEST, METHOD, PATH, HEADERS, BODY] {
            if !names.contains(&column) {
                let found = names.join(", ");
                return Err(TraceError::MissingColumn { path: path.to_owned(), column, found });
            }
        }
        let pairs = metadata.metadata().file_metadata().key_value_metadata();
        let format = pairs.into_iter().flatten().find(|pair| pair.key == FORMAT);
        if let Some(found) = format.and_then(|pair| pair.value.clone()).filter(|found| found != "1") {
            return Err(TraceError::NewerFormat { path: path.to_owned(), found });
        }
        Ok(Self { path: path.to_owned(), metadata })
    }

    /// Number of arrivals.
    pub fn arrival_count(&self) -> u64 {
        self.metadata.metadata().file_metadata().num_rows().unsigned_abs()
    }

    /// All distinct requests, by number.
    pub fn requests(&self) -> Result<Vec<WorkloadRequest>, TraceError> {
        let mut requests = Vec::new();
        let mut row = 0;
        for batch in self.batches(&[REQUEST, METHOD, PATH, HEADERS, BODY])? {
            let batch = batch.map_err(|error| TraceError::parquet(&self.path)(error.into()))?;
            let numbers = self.column(&batch, REQUEST, &DataType::UInt32)?;
            let texts = [METHOD, PATH, HEADERS].map(|name| self.column(&batch, name, &DataType::Utf8));
            let [methods, paths, headers] = texts;
            let (methods, paths, headers) = (methods?, paths?, headers?);
            let bodies = self.column(&batch, BODY, &DataType::Binary)?;
            let text = |array: &ArrayRef, row: usize| {
                array.is_valid(row).then(|| array.as_string::<i32>().value(row).to_owned())
            };
            for index in 0..batch.num_rows() {
                let number = numbers.as_primitive::<UInt32Type>().value(index) as usize;
                if let Some(method) = text(&methods, index).filter(|_| number == requests.len()) {
                    let body = bodies.is_valid(index);
                    requests.push(WorkloadRequest {
                        method,
                        path: text(&paths, index),
                        headers: split(&text(&headers, index).unwrap_or_default()),
                        body: body.then(|| bodies.as_binary::<i32>().value(index).to_vec()),
                    });
                } else if number >= requests.len() {
                    let message = format!("request {number} arrives before it is said what it is");
                    return Err(self.bad(row + index as u64, message));
                }
            }
            row += batch.num_rows() as u64;
        }
        Ok(requests)
    }

    /// All arrivals in order, decoded as they are asked for.
    pub fn arrivals(&self) -> Result<WorkloadArrivals, TraceError> {
        Ok(WorkloadArrivals {
            reader: Self { path: self.path.clone(), metadata: self.metadata.clone() },
            batches: self.batches(&[DUE, REQUEST])?,
            due_ns: Vec::new(),
            requests: Vec::new(),
            at: 0,
            first_row: 0,
            last_ns: i64::MIN,
        })
    }

    fn batches(&self, columns: &[&str]) -> Result<ParquetRecordBatchReader, TraceError> {
        let file = File::open(&self.path).map_err(TraceError::io(&self.path))?;
        let mask = ProjectionMask::columns(self.metadata.parquet_schema(), columns.iter().copied());
        ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
            .with_projection(mask)
            .with_batch_size(AHEAD_ROWS)
            .build()
            .map_err(TraceError::parquet(&self.path))
    }

    fn column(
        &self,
        batch: &RecordBatch,
        name: &'static str,
        wanted: &DataType,
    ) -> Result<ArrayRef, TraceError> {
        let options = CastOptions { safe: false, ..CastOptions::default() };
        let Some(found) = batch.column_by_name(name) else {
            let found = String::new();
            return Err(TraceError::MissingColumn { path: self.path.clone(), column: name, found });
        };
        cast_with_options(found, wanted, &options)
            .map_err(|error| TraceError::parquet(&self.path)(error.into()))
    }

    fn bad(&self, row: u64, message: String) -> TraceError {
        TraceError::Value { path: self.path.clone(), row, message }
    }
}

fn split(headers: &str) -> Vec<(String, String)> {
    let split = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
    headers.split('\n').filter_map(split).collect()
}

/// Arrivals of a workload: when each is due, nanoseconds since the first, and which request it is.
pub struct WorkloadArrivals {
    reader: WorkloadReader,
    batches: ParquetRecordBatchReader,
    due_ns: Vec<i64>,
    requests: Vec<u32>,
    at: usize,
    first_row: u64,
    last_ns: i64,
}

impl WorkloadArrivals {
    fn decode(&mut self, batch: &RecordBatch) -> Result<(), TraceError> {
        let due = self.reader.column(batch, DUE, &DataType::Int64)?;
        let requests = self.reader.column(batch, REQUEST, &DataType::UInt32)?;
        self.first_row += self.due_ns.len() as u64;
        if due.null_count() + requests.null_count() > 0 {
            return Err(self.reader.bad(self.first_row, "an arrival needs due_ns and request".to_owned()));
        }
        self.due_ns = due.as_primitive::<Int64Type>().values().to_vec();
        self.requests = requests.as_primitive::<UInt32Type>().values().to_vec();
        self.at = 0;
        for (row, &due_ns) in (self.first_row..).zip(&self.due_ns) {
            if due_ns < self.last_ns || due_ns < 0 {
                return Err(self.reader.bad(row, format!("{DUE} is {due_ns} after {}", self.last_ns.max(0))));
            }
            self.last_ns = due_ns;
        }
        Ok(())
    }
}

impl Iterator for WorkloadArrivals {
    type Item = Result<(i64, u32), TraceError>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.at >= self.due_ns.len() {
            let batch = match self.batches.next()? {
                Ok(batch) => batch,
                Err(error) => return Some(Err(TraceError::parquet(&self.reader.path)(error.into()))),
            };
            if let Err(error) = self.decode(&batch) {
                return Some(Err(error));
            }
        }
        let found = (*self.due_ns.get(self.at)?, *self.requests.get(self.at)?);
        self.at += 1;
        Some(Ok(found))
    }
}
