//! What was asked and when, so that it can be asked again: `workload.parquet`, one arrival a row.
//!
//! Arrivals come in any order and are sorted as a trace is (some held in memory, merged on disk where that is not
//! enough). Distinct requests are numbered from 0 in the order of their first arrival, and the row of that arrival
//! alone says what the request is: ten million arrivals of a hundred requests are two columns of numbers.
//!
//! | column | type | meaning |
//! |---|---|---|
//! | `due_ns` | int64, ns since the first arrival | when it arrived |
//! | `request` | uint32 | which of the distinct requests it is |
//! | `method` | string | null but where a request arrives first |
//! | `path` | string | path and query; null as well where the source does not know them |
//! | `headers` | string | lines `Name: value`; null as `method` |
//! | `body` | bytes | null as well where there is none |
//!
//! Key-value metadata: `vana.workload` = `1`.

mod read;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{BinaryBuilder, StringBuilder};
use arrow_array::{Array, ArrayRef, Int64Array, RecordBatch, UInt32Array};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;
use tempfile::NamedTempFile;
use vana_types::{Identity, Outcome};

use crate::writer::make_readable;
use crate::{Column, ROW_GROUP_ROWS, Rows, TraceError, TraceReader, TraceWriter};
pub use read::{WorkloadArrivals, WorkloadReader};

/// The name of the file in a run's folder.
pub const WORKLOAD_FILE: &str = "workload.parquet";

const DUE: &str = "due_ns";
const REQUEST: &str = "request";
const METHOD: &str = "method";
const PATH: &str = "path";
const HEADERS: &str = "headers";
const BODY: &str = "body";
const FORMAT: &str = "vana.workload";

/// Bytes of distinct requests that are held, here and by whoever sends them.
const LIMIT_BYTES: usize = if cfg!(test) { 1 << 16 } else { 256 << 20 };

/// One distinct request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct WorkloadRequest {
    /// Method.
    pub method: String,
    /// Path and query; `None` where the source does not know them.
    pub path: Option<String>,
    /// Names and values, without line ends.
    pub headers: Vec<(String, String)>,
    /// Body, decoded if it was chunked; `None` where there was none.
    pub body: Option<Vec<u8>>,
}

impl WorkloadRequest {
    fn bytes(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
        let path = self.path.as_ref().map_or(0, String::len);
        self.method.len() + path + headers + self.body.as_ref().map_or(0, Vec::len)
    }
}

/// What is known of a workload without reading it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorkloadSummary {
    /// Number of arrivals.
    pub arrivals: u64,
    /// Number of distinct requests.
    pub requests: u32,
    /// The stamp of the first arrival, in the caller's origin.
    pub start_ns: i64,
    /// From the first arrival to the last, nanoseconds.
    pub duration_ns: i64,
    /// Arrivals that came so late that they had to be merged.
    pub late_arrivals: u64,
}

/// Writes a workload under a temporary name. Memory is that of the distinct requests, 256 MiB at most, and of a
/// [`TraceWriter`].
pub struct WorkloadWriter {
    requests: Vec<Arc<WorkloadRequest>>,
    numbers: HashMap<Arc<WorkloadRequest>, u32>,
    bytes: usize,
    /// Arrivals as rows: the stamp is `sent_ns`, the request `connection`.
    sorter: TraceWriter,
    operation: u32,
    rows: Rows,
    folder: std::path::PathBuf,
}

impl WorkloadWriter {
    /// Starts a workload in `folder`, under a temporary name that vanishes unless it is sealed.
    pub fn create(folder: &Path) -> Result<Self, TraceError> {
        let mut sorter = TraceWriter::create(folder)?;
        let operation = sorter.operation("");
        Ok(Self {
            requests: Vec::new(),
            numbers: HashMap::new(),
            bytes: 0,
            sorter,
            operation,
            rows: Rows::default(),
            folder: folder.to_owned(),
        })
    }

    /// The number of a request, the same for the same request; `None` beyond 256 MiB of distinct ones.
    pub fn request(&mut self, request: WorkloadRequest) -> Option<u32> {
        if let Some(&number) = self.numbers.get(&request) {
            return Some(number);
        }
        self.bytes += request.bytes();
        let number = u32::try_from(self.requests.len()).ok().filter(|_| self.bytes <= LIMIT_BYTES)?;
        let request = Arc::new(request);
        self.requests.push(Arc::clone(&request));
        self.numbers.insert(request, number);
        Some(number)
    }

    /// Adds an arrival of a request, a number from [`Self::request`]; arrivals with equal stamps keep their order.
    pub fn arrive(&mut self, due_ns: i64, request: u32) -> Result<(), TraceError> {
        self.rows.push(due_ns, 0, self.operation, Outcome::Ok);
        if let Some(connection) = self.rows.connection.last_mut() {
            *connection = request;
        }
        if self.rows.len() >= ROW_GROUP_ROWS {
            self.sorter.write(std::mem::take(&mut self.rows))?;
        }
        Ok(())
    }

    /// Ends the arrivals: they are on disk in order, still under a temporary name.
    pub fn stage(mut self) -> Result<StagedWorkload, TraceError> {
        self.sorter.write(std::mem::take(&mut self.rows))?;
        let sorted = NamedTempFile::with_suffix_in(".sorted.partial", &self.folder)
            .map_err(TraceError::io(&self.folder))?
            .into_temp_path();
        let staged = self.sorter.stage()?;
        let found = staged.summary().clone();
        let nobody =
            Identity { system: String::new(), workload: String::new(), clients: None, repetition: 1 };
        staged.seal(&nobody, &sorted)?;
        let mut file = Encoder::new(&self.folder, self.requests)?;
        TraceReader::open(&sorted)?.try_scan(&[Column::Sent, Column::Connection], |batch| {
            let requests = batch.connections().map_or(&[][..], |requests| requests.values());
            file.write(batch.i64s(Column::Sent), requests)
        })?;
        let requests = file.known;
        let summary = WorkloadSummary {
            arrivals: found.rows,
            requests,
            start_ns: found.start_ns,
            duration_ns: found.duration_ns,
            late_arrivals: found.late_rows,
        };
        Ok(StagedWorkload { file: file.finish()?, summary })
    }
}

/// A workload on disk under a temporary name; dropped, it leaves nothing behind.
pub struct StagedWorkload {
    file: NamedTempFile,
    summary: WorkloadSummary,
}

impl std::fmt::Debug for StagedWorkload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StagedWorkload").field("summary", &self.summary).finish_non_exhaustive()
    }
}

impl StagedWorkload {
    /// What is known of it.
    pub const fn summary(&self) -> &WorkloadSummary {
        &self.summary
    }

    /// Flushes to disk and gives the file its name.
    pub fn seal(self, path: &Path) -> Result<(), TraceError> {
        self.file.as_file().sync_all().map_err(TraceError::io(self.file.path()))?;
        let (_, temporary) = self.file.keep().map_err(|error| TraceError::io(path)(error.error))?;
        make_readable(&temporary)?;
        std::fs::rename(&temporary, path).map_err(TraceError::io(path))
    }
}

/// Arrivals in order become the file.
struct Encoder {
    file: NamedTempFile,
    writer: ArrowWriter<std::fs::File>,
    requests: Vec<Arc<WorkloadRequest>>,
    /// The number in the file of each request that has arrived.
    renumbered: Vec<Option<u32>>,
    known: u32,
}

impl Encoder {
    fn new(folder: &Path, requests: Vec<Arc<WorkloadRequest>>) -> Result<Self, TraceError> {
        let file =
            NamedTempFile::with_suffix_in(".workload.partial", folder).map_err(TraceError::io(folder))?;
        let handle = file.reopen().map_err(TraceError::io(file.path()))?;
        let writer = ArrowWriter::try_new(handle, schema(), Some(properties()));
        let writer = writer.map_err(TraceError::parquet(file.path()))?;
        Ok(Self { writer, renumbered: vec![None; requests.len()], requests, known: 0, file })
    }

    fn write(&mut self, due_ns: &[i64], requests: &[u32]) -> Result<(), TraceError> {
        let mut numbers = Vec::with_capacity(requests.len());
        let (mut methods, mut paths) = (StringBuilder::new(), StringBuilder::new());
        let (mut headers, mut bodies) = (StringBuilder::new(), BinaryBuilder::new());
        for &request in requests {
            let (Some(place), Some(content)) =
                (self.renumbered.get_mut(request as usize), self.requests.get(request as usize))
            else {
                continue;
            };
            if let Some(number) = *place {
                numbers.push(number);
                methods.append_null();
                paths.append_null();
                headers.append_null();
                bodies.append_null();
                continue;
            }
            *place = Some(self.known);
            numbers.push(self.known);
            self.known += 1;
            methods.append_value(&content.method);
            paths.append_option(content.path.as_ref());
            headers.append_value(lines(&content.headers));
            bodies.append_option(content.body.as_ref());
        }
        let columns: Vec<ArrayRef> = vec![
            Arc::new(Int64Array::from(due_ns.to_vec())),
            Arc::new(UInt32Array::from(numbers)),
            Arc::new(methods.finish()),
            Arc::new(paths.finish()),
            Arc::new(headers.finish()),
            Arc::new(bodies.finish()) as Arc<dyn Array>,
        ];
        let failed = TraceError::parquet(self.file.path());
        match RecordBatch::try_new(schema(), columns) {
            Ok(batch) => self.writer.write(&batch).map_err(failed),
            Err(error) => Err(failed(error.into())),
        }
    }

    fn finish(self) -> Result<NamedTempFile, TraceError> {
        self.writer.close().map_err(TraceError::parquet(self.file.path()))?;
        Ok(self.file)
    }
}

fn lines(headers: &[(String, String)]) -> String {
    let lines: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    lines.join("\n")
}

fn schema() -> Arc<Schema> {
    let unit = HashMap::from([("unit".to_owned(), "ns".to_owned())]);
    Arc::new(Schema::new(vec![
        Field::new(DUE, DataType::Int64, false).with_metadata(unit),
        Field::new(REQUEST, DataType::UInt32, false),
        Field::new(METHOD, DataType::Utf8, true),
        Field::new(PATH, DataType::Utf8, true),
        Field::new(HEADERS, DataType::Utf8, true),
        Field::new(BODY, DataType::Binary, true),
    ]))
}

/// Delta-encoded stamps, as in a trace. A page ends after so many rows whatever its size, so that reading it needs
/// little memory.
fn properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3).unwrap_or_default()))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_column_dictionary_enabled(ColumnPath::from(DUE), false)
        .set_column_encoding(ColumnPath::from(DUE), Encoding::DELTA_BINARY_PACKED)
        .set_key_value_metadata(Some(vec![KeyValue::new(FORMAT.to_owned(), "1".to_owned())]))
        .set_created_by(concat!("vana ", env!("CARGO_PKG_VERSION")).to_owned())
        .build()
}

#[cfg(test)]
mod tests;
