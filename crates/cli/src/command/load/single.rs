//! One run that becomes a file, or nothing that lasts, without a study.

use std::fs::File;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use vana_collect::LoadError;
use vana_trace::{RESOURCES_FILE, StagedTrace, UnfinishedRun, write_resources};
use vana_types::{ResourceSample, Run};

use crate::failure::{Failure, say};

/// Hidden folders in which runs are made.
const PREFIX: &str = ".staging-";

/// A run in the making, in a hidden folder beside the file that it becomes; in one of its own where nothing is kept.
pub(crate) struct SingleRun {
    folder: TempDir,
    path: Option<PathBuf>,
    /// Held as long as this vana lives: a folder that nobody holds is of one that was killed.
    _lock: Option<File>,
}

impl SingleRun {
    /// Refuses a file that exists; says what a killed vana left beside it.
    pub fn begin(path: Option<&Path>, quiet: bool) -> Result<Self, Failure> {
        let Some(path) = path else {
            let cannot = |error| Failure::machine(format!("no room for the requests of a run: {error}"));
            return Ok(Self { folder: tempfile::tempdir().map_err(cannot)?, path: None, _lock: None });
        };
        refuse_existing(path)?;
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new("."));
        if !quiet {
            for line in left_behind(parent) {
                say(&line);
            }
        }
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent).map_err(cannot(path))?;
        let lock = lock(folder.path());
        Ok(Self { folder, path: Some(path.to_owned()), _lock: lock })
    }

    /// Where it is made.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Completes the run's files in its folder; where the trace is.
    pub fn seal(
        &self,
        run: &Run,
        trace: StagedTrace,
        resources: &[ResourceSample],
    ) -> Result<PathBuf, Failure> {
        let sealed = self.folder().join("trace.parquet");
        trace.with_attributes(&run.attributes).seal(&run.identity, &sealed).map_err(LoadError::from)?;
        write_resources(&self.folder().join(RESOURCES_FILE), resources).map_err(LoadError::from)?;
        Ok(sealed)
    }

    /// Gives the trace its name, if it has one.
    pub fn keep(&self, sealed: &Path) -> Result<(), Failure> {
        let Some(path) = &self.path else { return Ok(()) };
        // A link refuses a name that was taken in the meantime.
        std::fs::hard_link(sealed, path).map_err(cannot(path))
    }
}

/// What exists is never written over.
pub(crate) fn refuse_existing(path: &Path) -> Result<(), Failure> {
    if path.exists() { Err(Failure::input(format!("{} exists already", path.display()))) } else { Ok(()) }
}

fn cannot(path: &Path) -> impl Fn(std::io::Error) -> Failure {
    move |error| Failure::machine(format!("{}: {error}", path.display()))
}

/// Where locks are not to be had, nobody is told of what was left.
fn lock(folder: &Path) -> Option<File> {
    let file = File::open(folder).ok()?;
    file.try_lock().ok()?;
    Some(file)
}

/// A line for each folder of a killed vana from which requests can be salvaged.
fn left_behind(parent: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
    let hidden = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX));
    let mut lines: Vec<String> = hidden
        .filter_map(|entry| {
            let _lock = lock(&entry.path())?;
            let unfinished = UnfinishedRun::open(&entry.path()).ok()??;
            let folder = entry.path().display().to_string();
            Some(match unfinished.requests {
                0 => format!("info: {folder} is of a run that was killed before anything of it could be salvaged; remove it"),
                requests => format!(
                    "info: {folder} has {requests} requests of a run that was killed; `vana ingest {folder} --study STUDY` \
                     brings them in"
                ),
            })
        })
        .collect();
    lines.sort();
    lines
}
