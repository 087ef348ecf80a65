//! Changes to a study, all or none.
//!
//! Everything is written into a hidden folder beside its place and renamed at the end; what fails before leaves the
//! study as it was, and what is killed in between leaves only complete runs.

mod commit;
mod recover;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use recover::recover;
use tempfile::TempDir;
use vana_types::{Identity, ResourceSample, Run};

use crate::histogram::write_histogram;
use crate::resources::{RESOURCES_FILE, write_resources};
use crate::sums::relative;
use crate::writer::make_readable;
use crate::{
    Bin, StagedTrace, StagedWorkload, Study, StudyError, StudyRun, Sums, TraceError, WORKLOAD_FILE,
    run_folder,
};

/// Folder of what is not yet in its place.
pub(crate) const STAGING: &str = ".staging-";
/// Folder within it of what was in that place before.
const REPLACED: &str = "replaced";
/// Between two looks whether another change has ended.
const LOOK: Duration = Duration::from_millis(20);

/// The data of a run to be added.
#[derive(Debug)]
pub enum RunBody {
    /// Only what is in `run.json`.
    Summary,
    /// Bins per metric.
    Histogram(Vec<(String, Vec<Bin>)>),
    /// Every request.
    Trace(Box<StagedTrace>),
    /// What was asked and when, and every request where more is known of them.
    Recording(Box<StagedWorkload>, Option<Box<StagedTrace>>),
}

/// A change of a study in the making. Dropped without [`Transaction::commit`], it leaves nothing behind.
#[derive(Debug)]
pub struct Transaction {
    root: PathBuf,
    is_new: bool,
    force: bool,
    /// Taken when the transaction ends.
    staging: Option<TempDir>,
    /// Held until the end, so that two of vana do not write one study at a time.
    _lock: File,
    sums: Sums,
    identities: BTreeSet<Identity>,
    /// Runs by the digest of the file they were read from.
    sources: BTreeMap<String, Vec<Identity>>,
    /// Runs whose file is read again; their numbers are given out first.
    freed: BTreeSet<Identity>,
    /// Targets relative to the root, folders or files, in the order of adding.
    targets: Vec<PathBuf>,
}

impl Transaction {
    /// Begins a change of the study at `root`, which need not exist. With `force`, runs that exist are replaced.
    ///
    /// Waits for another change of the same study to end.
    pub fn begin(root: &Path, force: bool) -> Result<Self, StudyError> {
        Self::begin_while(root, force, || true)
    }

    /// The same, as long as `goes_on` says so: it is asked again and again while another change has to be awaited.
    pub fn begin_while(root: &Path, force: bool, goes_on: impl FnMut() -> bool) -> Result<Self, StudyError> {
        let is_new = match std::fs::create_dir(root) {
            Ok(()) => true,
            Err(error) if error.kind() == ErrorKind::AlreadyExists && root.is_dir() => false,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Err(StudyError::io(root)(ErrorKind::NotADirectory.into()));
            }
            Err(error) => return Err(StudyError::io(root)(error)),
        };
        let lock = lock(root, goes_on)?;
        recover(root);
        let staging =
            tempfile::Builder::new().prefix(STAGING).tempdir_in(root).map_err(StudyError::io(root))?;
        let mut identities = BTreeSet::new();
        let mut sources = BTreeMap::<String, Vec<Identity>>::new();
        for StudyRun { run, .. } in Study::open_or_empty(root)?.runs {
            if let Some(source) = run.source {
                sources.entry(source.sha256).or_default().push(run.identity.clone());
            }
            identities.insert(run.identity);
        }
        Ok(Self {
            is_new,
            force,
            staging: Some(staging),
            _lock: lock,
            sums: Sums::read(root)?,
            root: root.to_owned(),
            identities,
            sources,
            freed: BTreeSet::new(),
            targets: Vec::new(),
        })
    }

    /// Where traces in the making may lie: a folder of the same file system.
    pub fn staging(&self) -> &Path {
        self.staging.as_ref().map_or(&self.root, TempDir::path)
    }

    /// The run that was read from a file with this digest before, if there is one.
    pub fn already_ingested(&self, sha256: &str) -> Option<&Identity> {
        self.sources.get(sha256)?.first()
    }

    /// Reads a file again: its runs may be replaced, and keep their numbers.
    pub fn read_again(&mut self, sha256: &str) {
        self.freed.extend(self.sources.get(sha256).into_iter().flatten().cloned());
    }

    /// The first repetition that is free; `None` after the last of all.
    pub fn next_repetition(&self, system: &str, workload: &str, clients: Option<u32>) -> Option<u32> {
        let same = |identity: &&Identity| {
            identity.system == system && identity.workload == workload && identity.clients == clients
        };
        if let Some(freed) = self.freed.iter().find(same) {
            return Some(freed.repetition);
        }
        let last = self.identities.iter().filter(same).map(|identity| identity.repetition).max();
        last.unwrap_or(0).checked_add(1)
    }

    /// Adds a run.
    pub fn add_run(&mut self, run: &Run, body: RunBody) -> Result<(), StudyError> {
        let is_known = !self.identities.insert(run.identity.clone());
        let target = Path::new("runs").join(run_folder(&run.identity));
        let is_taken = is_known || self.root.join(&target).exists();
        if is_taken && (!self.force || self.targets.contains(&target)) {
            return Err(StudyError::Exists { identity: run.identity.to_string(), study: self.root.clone() });
        }
        self.freed.remove(&run.identity);
        if let Some(source) = &run.source {
            self.sources.entry(source.sha256.clone()).or_default().push(run.identity.clone());
        }
        let folder = self.make_folder(&target)?;
        match body {
            RunBody::Summary => {}
            RunBody::Histogram(metrics) => write_histogram(&folder.join("histogram.parquet"), &metrics)?,
            RunBody::Trace(trace) => seal(*trace, run, &folder)?,
            RunBody::Recording(workload, trace) => {
                workload.seal(&folder.join(WORKLOAD_FILE))?;
                if let Some(trace) = trace {
                    seal(*trace, run, &folder)?;
                }
            }
        }
        self.targets.push(target);
        self.describe_run(run)
    }

    /// Where a run that was added lies until the commit.
    pub fn staged_run(&self, identity: &Identity) -> PathBuf {
        self.staging().join("runs").join(run_folder(identity))
    }

    /// Describes a run that was added anew.
    pub fn describe_run(&self, run: &Run) -> Result<(), StudyError> {
        let path = self.staged_run(&run.identity).join("run.json");
        let mut json = serde_json::to_string_pretty(run)
            .map_err(|error| StudyError::io(&path)(std::io::Error::other(error)))?;
        json.push('\n');
        std::fs::write(&path, json).map_err(StudyError::io(&path))
    }

    /// Adds what system and client used in a run that was added before; nothing where nothing was read.
    pub fn add_resources(&self, identity: &Identity, samples: &[ResourceSample]) -> Result<(), StudyError> {
        if samples.is_empty() {
            return Ok(());
        }
        Ok(write_resources(&self.staged_run(identity).join(RESOURCES_FILE), samples)?)
    }

    /// Keeps an ingested original, byte for byte, under `raw/`; returns its path relative to the study.
    pub fn keep_raw(&mut self, file: &Path, sha256: &str) -> Result<String, StudyError> {
        let name = plain(&file.file_name().unwrap_or_default().to_string_lossy());
        let digest = &sha256[..sha256.len().min(8)];
        let mut target = Path::new("raw").join(&name);
        if self.root.join(&target).exists() || self.targets.contains(&target) {
            if self.sums.0.get(&relative(Path::new(""), &target)).is_some_and(|known| known == sha256) {
                return Ok(relative(Path::new(""), &target));
            }
            target = Path::new("raw").join(format!("{digest}-{name}"));
        }
        if self.targets.contains(&target) {
            return Ok(relative(Path::new(""), &target));
        }
        self.make_folder(Path::new("raw"))?;
        let staged = self.staging().join(&target);
        std::fs::copy(file, &staged).map_err(StudyError::io(file))?;
        make_readable(&staged)?;
        self.targets.push(target.clone());
        Ok(relative(Path::new(""), &target))
    }

    /// Adds a file of published cells; one of that name may not exist.
    pub fn add_published(&mut self, name: &str, bytes: &[u8]) -> Result<(), StudyError> {
        let target = Path::new("published").join(plain(name));
        if (self.root.join(&target).exists() || self.targets.contains(&target)) && !self.force {
            let (identity, study) = (relative(Path::new(""), &target), self.root.clone());
            return Err(StudyError::Exists { identity, study });
        }
        self.make_folder(Path::new("published"))?;
        let path = self.staging().join(&target);
        std::fs::write(&path, bytes).map_err(StudyError::io(&path))?;
        self.targets.push(target);
        Ok(())
    }

    fn make_folder(&self, target: &Path) -> Result<PathBuf, StudyError> {
        let folder = self.staging().join(target);
        std::fs::create_dir_all(&folder).map_err(StudyError::io(&folder))?;
        Ok(folder)
    }
}

impl Drop for Transaction {
    /// A study that got nothing is no study: its folder goes with the transaction that made it.
    fn drop(&mut self) {
        drop(self.staging.take());
        if self.is_new {
            let _ = std::fs::remove_dir(&self.root);
        }
    }
}

fn seal(trace: StagedTrace, run: &Run, folder: &Path) -> Result<(), TraceError> {
    trace.with_attributes(&run.attributes).seal(&run.identity, &folder.join("trace.parquet"))
}

/// Takes the lock of a study. While somebody else has it, `goes_on` is asked again and again whether to wait.
fn lock(root: &Path, mut goes_on: impl FnMut() -> bool) -> Result<File, StudyError> {
    let lock = File::open(root).map_err(StudyError::io(root))?;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::Error(error)) => return Err(StudyError::io(root)(error)),
            Err(TryLockError::WouldBlock) if goes_on() => std::thread::sleep(LOOK),
            Err(TryLockError::WouldBlock) => return Err(StudyError::Interrupted(root.to_owned())),
        }
    }
}

/// A name without control characters: a line end would end its line in `SHA256SUMS`.
fn plain(name: &str) -> String {
    name.chars().map(|letter| if letter.is_control() { '_' } else { letter }).collect()
}
