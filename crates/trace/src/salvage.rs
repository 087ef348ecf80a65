//! What a killed vana left of a run: its full row groups.
//!
//! A Parquet file can be read by its footer alone, which is written last. So beside a trace in the making lies a
//! journal: after each row group, when its bytes are with the system, the footer of a file with that group alone. The
//! footers together give the one that was not written. `unfinished.json` in the same folder says whose run it was.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use parquet::errors::Result as ParquetResult;
use parquet::file::metadata::{
    FileMetaData, ParquetMetaData, ParquetMetaDataBuilder, ParquetMetaDataReader, ParquetMetaDataWriter,
    RowGroupMetaData,
};
use vana_types::Run;

use crate::sums::relative;
use crate::transaction::STAGING;
use crate::{Column, StudyError, TraceError, TraceReader, TraceWriter};

/// Ending of the file of row groups.
pub(crate) const PARTIAL: &str = ".parquet.partial";
/// Ending of the journal beside it.
const JOURNAL: &str = ".journal";
/// Whose run it was, as `run.json`.
const UNFINISHED: &str = "unfinished.json";
/// Bytes of the longest footer of one row group.
const LONGEST_FOOTER: u64 = 1 << 24;
/// Bytes of a Parquet footer after its metadata: their length, and `PAR1`.
const FOOTER_END: usize = 8;

/// Where the journal of a trace lies.
pub(crate) fn journal_path(partial: &Path) -> PathBuf {
    let mut name = partial.as_os_str().to_owned();
    name.push(JOURNAL);
    name.into()
}

/// The journal of a trace in the making; it goes when the trace is done or dropped.
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
}

impl Journal {
    pub fn create(partial: &Path) -> std::io::Result<Self> {
        let path = journal_path(partial);
        let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        Ok(Self { path, file })
    }

    /// Notes a row group whose bytes are with the system.
    pub fn add(&mut self, file: &FileMetaData, group: &RowGroupMetaData) -> ParquetResult<()> {
        let mut footer = vec![0; 8];
        write_footer(&mut footer, file, vec![group.clone()])?;
        let length = footer.len() as u64 - 8;
        footer[..8].copy_from_slice(&length.to_le_bytes());
        Ok(self.file.write_all(&footer)?)
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

fn write_footer(
    out: &mut impl Write,
    file: &FileMetaData,
    groups: Vec<RowGroupMetaData>,
) -> ParquetResult<()> {
    let rows = groups.iter().map(RowGroupMetaData::num_rows).sum();
    let file = FileMetaData::new(
        file.version(),
        rows,
        file.created_by().map(str::to_owned),
        file.key_value_metadata().cloned(),
        file.schema_descr_ptr(),
        file.column_orders().cloned(),
    );
    let metadata = ParquetMetaDataBuilder::new(file).set_row_groups(groups).build();
    ParquetMetaDataWriter::new(out, &metadata).finish()
}

/// A run that was not finished.
#[derive(Clone, Debug)]
pub struct UnfinishedRun {
    /// Its folder.
    pub folder: PathBuf,
    /// What was known of it when it began.
    pub run: Run,
    /// Requests in its full row groups.
    pub requests: u64,
    partial: Option<PathBuf>,
}

impl UnfinishedRun {
    /// Notes in a staging folder whose run is being made there, so that it can be salvaged if vana is killed.
    pub fn announce(folder: &Path, run: &Run) -> Result<(), StudyError> {
        let path = folder.join(UNFINISHED);
        let json = serde_json::to_string_pretty(run)
            .map_err(|error| StudyError::io(&path)(std::io::Error::other(error)))?;
        std::fs::write(&path, json).map_err(StudyError::io(&path))
    }

    /// Takes the note away: the run is complete.
    pub(crate) fn withdraw(folder: &Path) {
        let _ = std::fs::remove_file(folder.join(UNFINISHED));
    }

    /// Reads a staging folder; `None` if no run was being made in it.
    pub fn open(folder: &Path) -> Result<Option<Self>, StudyError> {
        let path = folder.join(UNFINISHED);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StudyError::io(path)(error)),
        };
        let run = serde_json::from_str(&text).map_err(|error| StudyError::Malformed {
            path,
            line: error.line() as u64,
            message: error.to_string(),
        })?;
        let mut unfinished = Self { folder: folder.to_owned(), run, requests: 0, partial: None };
        for path in crate::study::hidden_entries(folder)? {
            if path.as_os_str().as_encoded_bytes().ends_with(PARTIAL.as_bytes()) {
                let rows: i64 = groups(&path).iter().map(|footer| footer.file_metadata().num_rows()).sum();
                // A merge that was under way has a second file: the one with more rows is the whole.
                if rows.unsigned_abs() > unfinished.requests {
                    (unfinished.requests, unfinished.partial) = (rows.unsigned_abs(), Some(path));
                }
            }
        }
        Ok(Some(unfinished))
    }

    /// The unfinished runs of a study that nobody is at work in, by folder.
    pub fn of_study(root: &Path) -> Result<Vec<Self>, StudyError> {
        let lock = File::open(root).map_err(StudyError::io(root))?;
        if lock.try_lock().is_err() {
            // What is being made now is not unfinished.
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for folder in crate::study::hidden_entries(root)? {
            if relative(root, &folder).starts_with(STAGING) && folder.is_dir() {
                found.extend(Self::open(&folder)?);
            }
        }
        Ok(found)
    }

    /// Removes what was salvaged.
    pub fn remove(self) -> Result<(), StudyError> {
        std::fs::remove_dir_all(&self.folder).map_err(StudyError::io(&self.folder))
    }

    /// Writes the rows of the full row groups into `writer`. What is salvaged stays as it is.
    pub fn rows(&self, writer: &mut TraceWriter) -> Result<(), TraceError> {
        let Some(partial) = &self.partial else { return Ok(()) };
        let failed = TraceError::parquet(partial);
        let footers = groups(partial);
        let Some(file) = footers.first().map(|footer| footer.file_metadata().clone()) else { return Ok(()) };
        let all = footers.iter().flat_map(|footer| footer.row_groups().iter().cloned()).collect();
        // Whole as a file of its own, so that any reader would take it; a link costs nothing, a copy is no risk.
        let whole =
            tempfile::NamedTempFile::new_in(writer.folder()).map_err(TraceError::io(writer.folder()))?;
        std::fs::copy(partial, whole.path()).map_err(TraceError::io(partial))?;
        let mut end = OpenOptions::new().append(true).open(whole.path()).map_err(TraceError::io(partial))?;
        write_footer(&mut end, &file, all).map_err(failed)?;
        TraceReader::open(whole.path())?.try_scan(&Column::ALL, |batch| {
            let rows = batch.to_rows(|name| writer.operation(name));
            writer.write(rows)
        })
    }
}

/// The footers of a journal, as far as the row groups that they speak of are there in full.
fn groups(partial: &Path) -> Vec<ParquetMetaData> {
    let mut footers = Vec::new();
    let (Ok(length), Ok(mut journal)) =
        (partial.metadata().map(|metadata| metadata.len()), File::open(journal_path(partial)))
    else {
        return footers;
    };
    let mut size = [0; 8];
    while journal.read_exact(&mut size).is_ok() {
        let size = u64::from_le_bytes(size);
        let mut footer = Vec::new();
        let is_whole = size <= LONGEST_FOOTER
            && (&mut journal).take(size).read_to_end(&mut footer).is_ok_and(|read| read as u64 == size);
        let metadata =
            footer.len().checked_sub(FOOTER_END).filter(|_| is_whole).and_then(|end| footer.get(..end));
        let Some(Ok(footer)) = metadata.map(ParquetMetaDataReader::decode_metadata) else { break };
        let is_there = footer.row_groups().iter().flat_map(RowGroupMetaData::columns).all(|column| {
            let (start, bytes) = column.byte_range();
            start.saturating_add(bytes) <= length
        });
        if !is_there {
            break;
        }
        footers.push(footer);
    }
    footers
}

#[cfg(test)]
mod tests {
    use vana_types::{Fidelity, Identity, Outcome};

    use super::*;
    use crate::{ROW_GROUP_ROWS, Rows};

    fn run() -> Run {
        let identity = Identity { system: "s".into(), workload: "w".into(), clients: Some(2), repetition: 1 };
        Run::new(identity, Fidelity::Trace)
    }

    /// A folder with what a writer had on disk after so many rows.
    fn left_behind(rows: i64) -> tempfile::TempDir {
        let (folder, left) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        UnfinishedRun::announce(folder.path(), &run()).unwrap();
        let mut writer = TraceWriter::create(folder.path()).unwrap();
        for number in 0..rows {
            let mut row = Rows::default();
            let operation = writer.operation(&format!("GET /{}", number % 3));
            // Pairs come in the wrong order.
            row.push(1000 + (number ^ 1), 5, operation, Outcome::Ok);
            writer.write(row).unwrap();
        }
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let path = entry.unwrap().path();
            std::fs::copy(&path, left.path().join(path.file_name().unwrap())).unwrap();
        }
        left
    }

    /// The stamps that can be salvaged from a folder, and the number it states.
    fn salvaged(folder: &Path) -> (Vec<i64>, u64) {
        let unfinished = UnfinishedRun::open(folder).unwrap().unwrap();
        assert_eq!(unfinished.run, run());
        let place = tempfile::tempdir().unwrap();
        let mut writer = TraceWriter::create(place.path()).unwrap();
        unfinished.rows(&mut writer).unwrap();
        let path = place.path().join("trace.parquet");
        writer.stage().unwrap().seal(&run().identity, &path).unwrap();
        let mut sent = Vec::new();
        let reader = TraceReader::open(&path).unwrap();
        reader.scan(&[Column::Sent], |batch| sent.extend_from_slice(batch.i64s(Column::Sent))).unwrap();
        (sent, unfinished.requests)
    }

    #[test]
    fn all_full_row_groups_can_be_salvaged_and_no_other_row() {
        let group = ROW_GROUP_ROWS as i64;
        for (rows, expected) in [(0, 0), (2 * group - 1, 0), (2 * group, group), (5 * group + 7, 4 * group)] {
            let left = left_behind(rows);
            assert_eq!(salvaged(left.path()), ((0..expected).collect(), expected.unsigned_abs()));
        }
    }

    #[test]
    fn a_journal_that_was_cut_anywhere_gives_the_row_groups_before() {
        let group = ROW_GROUP_ROWS as i64;
        let left = left_behind(4 * group);
        let journal = std::fs::read_dir(left.path()).unwrap().map(|entry| entry.unwrap().path());
        let journal = journal.into_iter().find(|path| path.to_str().unwrap().ends_with(JOURNAL)).unwrap();
        let whole = std::fs::read(&journal).unwrap();
        let mut last = 0;
        for cut in (0..=whole.len()).step_by(whole.len() / 40) {
            std::fs::write(&journal, &whole[..cut]).unwrap();
            let (sent, _) = salvaged(left.path());
            assert_eq!(sent, (0..sent.len() as i64).collect::<Vec<_>>());
            assert!(sent.len() % ROW_GROUP_ROWS == 0 && sent.len() >= last);
            last = sent.len();
        }
        std::fs::write(&journal, &whole).unwrap();
        assert_eq!(salvaged(left.path()).0.len() as i64, 3 * group);
    }

    #[test]
    fn row_groups_whose_bytes_are_missing_are_left_out() {
        let left = left_behind(4 * ROW_GROUP_ROWS as i64);
        let partial = std::fs::read_dir(left.path()).unwrap().map(|entry| entry.unwrap().path());
        let partial = partial.into_iter().find(|path| path.to_str().unwrap().ends_with(PARTIAL)).unwrap();
        let length = partial.metadata().unwrap().len();
        OpenOptions::new().write(true).open(&partial).unwrap().set_len(length - 1).unwrap();
        assert_eq!(salvaged(left.path()).0.len(), 2 * ROW_GROUP_ROWS);
    }

    #[test]
    fn a_folder_without_a_note_holds_no_unfinished_run() {
        let folder = tempfile::tempdir().unwrap();
        assert!(UnfinishedRun::open(folder.path()).unwrap().is_none());
        assert!(UnfinishedRun::of_study(folder.path()).unwrap().is_empty());
    }
}
