//! A trace in the making: rows in any order in, one ordered Parquet file out, in bounded memory.
//!
//! Foreign tools write a request when it is done, not when it was sent, so rows come almost in order. The writer holds
//! some rows back and sorts them; only when a row comes later than that is the file merged once more at the end. Memory
//! is the rows held back, one encoded row group, what is said of all row groups, and the dictionary of operations.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::Path;

use arrow_array::StringArray;
use tempfile::NamedTempFile;
use vana_types::{Identity, Outcome};

use crate::encode::Encoder;
use crate::merge::merge;
use crate::salvage::{Journal, PARTIAL};
use crate::{Rows, TraceError};

/// Rows in the first row groups, and what later ones have a multiple of: a sixteenth of what format 1 allows, so that a writer
/// needs little memory and little is lost when it is killed.
pub const ROW_GROUP_ROWS: usize = if cfg!(test) { 1 << 6 } else { 1 << 16 };
/// Segments merged in one pass; each needs an open file and some rows read ahead.
const MERGED_AT_ONCE: usize = if cfg!(test) { 4 } else { 1 << 6 };
/// Distinct operations that are kept apart; a tool that puts a random number into every URL would need no end of them.
const OPERATION_LIMIT: usize = 1 << 16;
/// The operation of all further ones.
const OTHER_OPERATIONS: &str = "(other)";

/// What is known of a trace without reading it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TraceSummary {
    /// Number of rows.
    pub rows: u64,
    /// Rows by outcome.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// The stamp of the first request, in the caller's origin.
    pub start_ns: i64,
    /// From the first request sent to the last one done, nanoseconds.
    pub duration_ns: i64,
    /// Rows that came so late that the file had to be merged.
    pub late_rows: u64,
    /// Whether some operations share the name `(other)`, because there were more than 65,536.
    pub operations_truncated: bool,
}

/// Writes a trace under a temporary name.
pub struct TraceWriter {
    file: NamedTempFile,
    encoder: Encoder,
    /// From the first full row group on.
    journal: Option<Journal>,
    operations: Vec<String>,
    operation_ids: HashMap<String, u32>,
    pending: Rows,
    /// Origin of stamps on disk: the smallest stamp of the first rows.
    base: Option<i64>,
    /// Row groups between which the order holds.
    segments: Vec<Range<usize>>,
    groups: usize,
    last_written_ns: i64,
    last_done_ns: i64,
    first_sent_ns: i64,
    summary: TraceSummary,
}

impl TraceWriter {
    /// Starts a trace in `folder`, under a temporary name that vanishes unless the trace is sealed.
    pub fn create(folder: &Path) -> Result<Self, TraceError> {
        let (file, encoder) = start(folder)?;
        Ok(Self {
            file,
            encoder,
            journal: None,
            operations: Vec::new(),
            operation_ids: HashMap::new(),
            pending: Rows::default(),
            base: None,
            segments: Vec::new(),
            groups: 0,
            last_written_ns: i64::MIN,
            last_done_ns: i64::MIN,
            first_sent_ns: i64::MAX,
            summary: TraceSummary::default(),
        })
    }

    /// The number of an operation, the same for the same name.
    pub fn operation(&mut self, name: &str) -> u32 {
        if let Some(&id) = self.operation_ids.get(name) {
            return id;
        }
        if self.operations.len() >= OPERATION_LIMIT && name != OTHER_OPERATIONS {
            self.summary.operations_truncated = true;
            return self.operation(OTHER_OPERATIONS);
        }
        let id = self.operations.len() as u32;
        self.operations.push(name.to_owned());
        self.operation_ids.insert(name.to_owned(), id);
        id
    }

    /// Adds rows, whose operations are numbers from [`Self::operation`].
    pub fn write(&mut self, rows: Rows) -> Result<(), TraceError> {
        let mut counts = [0u64; Outcome::ALL.len()];
        for &outcome in &rows.outcome {
            counts[outcome as usize] += 1;
        }
        for (&outcome, count) in Outcome::ALL.iter().zip(counts).filter(|(_, count)| *count > 0) {
            *self.summary.outcomes.entry(outcome).or_default() += count;
        }
        self.summary.rows += rows.len() as u64;
        self.pending.append(rows);
        while self.pending.len() >= 2 * ROW_GROUP_ROWS {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), TraceError> {
        self.pending.sort();
        let mut rows = self.pending.take_front(ROW_GROUP_ROWS);
        let Some(&first) = rows.sent_ns.first() else { return Ok(()) };
        let base = *self.base.get_or_insert(first);
        self.first_sent_ns = self.first_sent_ns.min(first);
        for (sent, service) in rows.sent_ns.iter().zip(&rows.service_ns) {
            self.last_done_ns = self.last_done_ns.max(sent.saturating_add(*service));
        }
        let late = rows.sent_ns.partition_point(|&sent| sent < self.last_written_ns);
        self.summary.late_rows += late as u64;
        if late > 0 {
            // The order holds within a row group.
            self.close_group()?;
        }
        if self.encoder.is_between_groups() {
            match self.segments.last_mut() {
                Some(segment) if late == 0 => segment.end += 1,
                _ => self.segments.push(self.groups..self.groups + 1),
            }
            self.groups += 1;
        }
        self.last_written_ns = rows.sent_ns.last().copied().unwrap_or(i64::MIN);
        rows.rebase(base);
        let operations = StringArray::from_iter_values(&self.operations);
        let is_full =
            self.encoder.write(&rows, &operations).map_err(TraceError::parquet(self.file.path()))?;
        if is_full { self.note() } else { Ok(()) }
    }

    fn close_group(&mut self) -> Result<(), TraceError> {
        if self.encoder.is_between_groups() {
            return Ok(());
        }
        self.encoder.close_group().map_err(TraceError::parquet(self.file.path()))?;
        self.note()
    }

    /// Makes it possible to salvage the row group that was written last.
    fn note(&mut self) -> Result<(), TraceError> {
        let path = self.file.path();
        let Some((file, group)) = self.encoder.last() else { return Ok(()) };
        if self.journal.is_none() {
            self.journal = Some(Journal::create(path).map_err(TraceError::io(path))?);
        }
        match &mut self.journal {
            Some(journal) => journal.add(&file, group).map_err(TraceError::parquet(path)),
            None => Ok(()),
        }
    }

    /// Where it lies.
    pub(crate) fn folder(&self) -> &Path {
        self.file.path().parent().unwrap_or(Path::new("."))
    }

    /// Ends the rows. The trace is on disk in order, still under its temporary name and without a footer.
    pub fn stage(mut self) -> Result<StagedTrace, TraceError> {
        while !self.pending.is_empty() {
            self.flush()?;
        }
        self.close_group()?;
        let base = self.base.unwrap_or(0);
        if self.summary.rows > 0 {
            self.summary.start_ns = self.first_sent_ns;
            self.summary.duration_ns = self.last_done_ns - self.first_sent_ns;
        }
        // Rows were written relative to the first base; what came before it has a negative stamp there.
        let shift = self.first_sent_ns.saturating_sub(base);
        self.ordered(shift)
    }

    /// Merges segments, some at a time, until all rows are in one order, and moves their origin by `shift`.
    fn ordered(mut self, mut shift: i64) -> Result<StagedTrace, TraceError> {
        let operations = StringArray::from_iter_values(&self.operations);
        let folder = self.folder().to_owned();
        let mut segments = std::mem::take(&mut self.segments);
        while segments.len() > 1 {
            let (file, encoder) = start(&folder)?;
            let unordered = std::mem::replace(&mut self.file, file);
            let finished = std::mem::replace(&mut self.encoder, encoder).finish(String::new(), None);
            finished.map_err(TraceError::parquet(unordered.path()))?;
            let mut merged = Vec::new();
            let mut groups = 0;
            for some in segments.chunks(MERGED_AT_ONCE) {
                let begin = groups;
                merge(unordered.path(), some, &self.operation_ids, |mut rows| {
                    rows.rebase(shift);
                    groups += usize::from(self.encoder.is_between_groups());
                    let written = self.encoder.write(&rows, &operations);
                    written.map(drop).map_err(TraceError::parquet(self.file.path()))
                })?;
                self.encoder.close_group().map_err(TraceError::parquet(self.file.path()))?;
                merged.push(begin..groups);
            }
            (segments, shift) = (merged, 0);
        }
        Ok(StagedTrace {
            file: self.file,
            encoder: self.encoder,
            _journal: self.journal,
            summary: self.summary,
            attributes: BTreeMap::new(),
        })
    }
}

fn start(folder: &Path) -> Result<(NamedTempFile, Encoder), TraceError> {
    let file = NamedTempFile::with_suffix_in(PARTIAL, folder).map_err(TraceError::io(folder))?;
    let handle = file.reopen().map_err(TraceError::io(file.path()))?;
    let encoder = Encoder::new(handle).map_err(TraceError::parquet(file.path()))?;
    Ok((file, encoder))
}

/// A trace whose rows are on disk under a temporary name; dropped, it leaves nothing behind.
pub struct StagedTrace {
    file: NamedTempFile,
    encoder: Encoder,
    /// Until the footer is written.
    _journal: Option<Journal>,
    summary: TraceSummary,
    attributes: BTreeMap<String, String>,
}

impl std::fmt::Debug for StagedTrace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StagedTrace").field("summary", &self.summary).finish_non_exhaustive()
    }
}

impl StagedTrace {
    /// What is known of it.
    pub const fn summary(&self) -> &TraceSummary {
        &self.summary
    }

    /// The same with what its run says of itself, so that the file alone says which of its requests count.
    #[must_use]
    pub fn with_attributes(mut self, attributes: &BTreeMap<String, String>) -> Self {
        self.attributes.clone_from(attributes);
        self
    }

    /// Writes the footer, flushes to disk and gives the file its name. Nothing is there under `path` before.
    pub fn seal(self, identity: &Identity, path: &Path) -> Result<(), TraceError> {
        let identity = serde_json::json!({
            "system": identity.system,
            "workload": identity.workload,
            "clients": identity.clients,
            "repetition": identity.repetition,
        });
        let attributes =
            (!self.attributes.is_empty()).then(|| serde_json::json!(self.attributes).to_string());
        let file = self
            .encoder
            .finish(identity.to_string(), attributes)
            .map_err(TraceError::parquet(self.file.path()))?;
        file.sync_all().map_err(TraceError::io(self.file.path()))?;
        let (_, temporary) = self.file.keep().map_err(|error| TraceError::io(path)(error.error))?;
        make_readable(&temporary)?;
        std::fs::rename(&temporary, path).map_err(TraceError::io(path))
    }
}

/// Temporary files are private; a study is read by others.
pub(crate) fn make_readable(path: &Path) -> Result<(), TraceError> {
    use std::os::unix::fs::PermissionsExt;
    let permissions = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(path, permissions).map_err(TraceError::io(path))
}

#[cfg(test)]
mod tests;
