//! Other tools' raw output becomes drafts of runs: one file per format, one line in [`FORMATS`].
//!
//! A format says whether a file's first bytes are its own ([`Format::detect`]) and turns the whole file into
//! [`Draft`]s ([`Format::read`]). It knows nothing of studies, paths or statistics, and invents nothing: what a tool
//! printed becomes [`vana_types::Reported`] numbers, histograms become bins, and only a format whose file holds every
//! request writes rows.

mod choice;
mod chunks;
mod delimited;
mod draft;
mod error;
pub mod format;
mod input;
mod lines;
mod number;
mod options;
mod pattern;
mod recording;
mod session;

pub use draft::{Body, Draft, PublishedCells};
pub use error::{ReadError, Result};
pub use format::{Detection, FORMATS, Format};
pub use input::Input;
pub use options::{ColumnMap, ReadOptions};
pub use pattern::{Pattern, PatternError};
pub use recording::Recording;
pub use session::{IdentityOptions, IngestError, IngestOptions, IngestedRun, ingest, read};
