//! One run and one study on disk: columns, schema version, writer, reader, and the folder they lie in.
//!
//! Turns [`Rows`] into `trace.parquet` and back, and a folder into a [`Study`]. It refuses to know what a request
//! means, which tool made it, and what may be computed from it.
//!
//! ```
//! use vana_trace::{Column, Rows, TraceReader, TraceWriter};
//! use vana_types::{Identity, Outcome};
//!
//! let folder = tempfile::tempdir()?;
//! let mut writer = TraceWriter::create(folder.path())?;
//! let operation = writer.operation("GET /");
//! let mut rows = Rows::default();
//! rows.push(1_000, 250, operation, Outcome::Ok);
//! writer.write(rows)?;
//!
//! let identity = Identity { system: "osv".into(), workload: "http".into(), clients: Some(1), repetition: 1 };
//! let path = folder.path().join("trace.parquet");
//! writer.stage()?.seal(&identity, &path)?;
//!
//! let reader = TraceReader::open(&path)?;
//! let mut service = Vec::new();
//! reader.scan(&[Column::Service], |batch| service.extend_from_slice(batch.i64s(Column::Service)))?;
//! assert_eq!(service, [250]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod batch;
mod column;
mod encode;
mod error;
mod histogram;
mod merge;
mod partition;
mod published;
mod reader;
mod resources;
mod rows;
mod salvage;
mod small_table;
mod study;
mod sums;
mod transaction;
mod workload;
mod writer;

pub use batch::Batch;
pub use column::Column;
pub use error::{StudyError, TraceError};
pub use histogram::{Bin, read_histogram, write_histogram};
pub use partition::{run_folder, run_identity};
pub use published::{PUBLISHED_COLUMNS, PublishedError, parse_published};
pub use reader::TraceReader;
pub use resources::{RESOURCES_FILE, read_resources, write_resources};
pub use rows::{NO_CONNECTION, NO_STATUS, NO_TIME, NO_WORKER, Rows};
pub use salvage::UnfinishedRun;
pub use study::{Study, StudyRun, read_run};
pub use sums::{FileDigest, SUMS_FILE, Sums, hash_file};
pub use transaction::{RunBody, Transaction};
pub use workload::{
    StagedWorkload, WORKLOAD_FILE, WorkloadArrivals, WorkloadReader, WorkloadRequest, WorkloadSummary,
    WorkloadWriter,
};
pub use writer::{ROW_GROUP_ROWS, StagedTrace, TraceSummary, TraceWriter};
