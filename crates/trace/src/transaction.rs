//! Changes to a study, all or none.
//!
//! Everything is written into a hidden folder beside its place and renamed at the end; what fails before leaves the
//! study as it was, and what is killed in between leaves only complete runs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use vana_types::{Identity, Run};

use crate::histogram::write_histogram;
use crate::sums::relative;
use crate::writer::make_readable;
use crate::{Bin, SUMS_FILE, StagedTrace, Study, StudyError, StudyRun, Sums, hash_file, run_folder};

const STAGING: &str = ".staging-";

/// The data of a run to be added.
#[derive(Debug)]
pub enum RunBody {
    /// Only what is in `run.json`.
    Summary,
    /// Bins per metric.
    Histogram(Vec<(String, Vec<Bin>)>),
    /// Every request.
    Trace(Box<StagedTrace>),
}

/// A change of a study in the making. Dropped without [`Transaction::commit`], it leaves nothing behind.
#[derive(Debug)]
pub struct Transaction {
    root: PathBuf,
    is_new: bool,
    force: bool,
    staging: TempDir,
    /// Held until the end, so that two of vana do not write one study at a time.
    locks: Vec<File>,
    sums: Sums,
    identities: BTreeSet<Identity>,
    source_digests: BTreeMap<String, String>,
    /// Targets relative to the root, folders or files, in the order of adding.
    targets: Vec<PathBuf>,
}

impl Transaction {
    /// Begins a change of the study at `root`, which need not exist. With `force`, runs that exist are replaced.
    pub fn begin(root: &Path, force: bool) -> Result<Self, StudyError> {
        let (is_new, lock) = lock(root)?;
        let home = home(root, is_new);
        let prefix = if is_new {
            format!(".{}{STAGING}", root.file_name().unwrap_or_default().to_string_lossy())
        } else {
            STAGING.to_owned()
        };
        remove_stale(home, &prefix);
        let staging =
            tempfile::Builder::new().prefix(&prefix).tempdir_in(home).map_err(StudyError::io(home))?;
        let mut identities = BTreeSet::new();
        let mut source_digests = BTreeMap::new();
        if !is_new {
            for StudyRun { run, .. } in Study::open_or_empty(root)?.runs {
                if let Some(source) = run.source {
                    source_digests.insert(source.sha256, run.identity.to_string());
                }
                identities.insert(run.identity);
            }
        }
        let sums = if is_new { Sums::default() } else { Sums::read(root)? };
        let root = root.to_owned();
        Ok(Self {
            root,
            is_new,
            force,
            staging,
            locks: vec![lock],
            sums,
            identities,
            source_digests,
            targets: Vec::new(),
        })
    }

    /// Where traces in the making may lie: a folder of the same file system.
    pub fn staging(&self) -> &Path {
        self.staging.path()
    }

    /// The run that was read from a file with this digest before, if there is one.
    pub fn already_ingested(&self, sha256: &str) -> Option<&str> {
        self.source_digests.get(sha256).map(String::as_str)
    }

    /// The first repetition that is free.
    pub fn next_repetition(&self, system: &str, workload: &str, clients: Option<u32>) -> u32 {
        let same = |identity: &&Identity| {
            identity.system == system && identity.workload == workload && identity.clients == clients
        };
        self.identities.iter().filter(same).map(|identity| identity.repetition).max().unwrap_or(0) + 1
    }

    /// Adds a run.
    pub fn add_run(&mut self, run: &Run, body: RunBody) -> Result<(), StudyError> {
        let target = Path::new("runs").join(run_folder(&run.identity));
        if self.targets.contains(&target) {
            return Err(StudyError::Twice(run.identity.to_string()));
        }
        // A folder that holds no run that can be read is somebody's all the same.
        let is_known = !self.identities.insert(run.identity.clone()) || self.root.join(&target).exists();
        if is_known && !self.force {
            return Err(StudyError::Exists { identity: run.identity.to_string(), study: self.root.clone() });
        }
        if let Some(source) = &run.source {
            self.source_digests.insert(source.sha256.clone(), run.identity.to_string());
        }
        let folder = self.make_folder(&target)?;
        match body {
            RunBody::Summary => {}
            RunBody::Histogram(metrics) => write_histogram(&folder.join("histogram.parquet"), &metrics)?,
            RunBody::Trace(trace) => trace.seal(&run.identity, &folder.join("trace.parquet"))?,
        }
        let path = folder.join("run.json");
        let mut json = serde_json::to_string_pretty(run)
            .map_err(|error| StudyError::io(&path)(std::io::Error::other(error)))?;
        json.push('\n');
        std::fs::write(&path, json).map_err(StudyError::io(&path))?;
        self.targets.push(target);
        Ok(())
    }

    /// Keeps an ingested original, byte for byte, under `raw/`; returns its path relative to the study.
    pub fn keep_raw(&mut self, file: &Path, sha256: &str) -> Result<String, StudyError> {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        // A line end in a name would end its line in SHA256SUMS.
        let name = name.replace(char::is_control, "_");
        let digest = &sha256[..sha256.len().min(8)];
        let mut target = Path::new("raw").join(&name);
        if self.sums.0.get(&format!("raw/{name}")).is_some_and(|known| known == sha256) {
            return Ok(relative(Path::new(""), &target));
        }
        if self.root.join(&target).exists() || self.targets.contains(&target) {
            target = Path::new("raw").join(format!("{digest}-{name}"));
        }
        self.make_folder(Path::new("raw"))?;
        let staged = self.staging.path().join(&target);
        std::fs::copy(file, &staged).map_err(StudyError::io(file))?;
        make_readable(&staged)?;
        self.targets.push(target.clone());
        Ok(relative(Path::new(""), &target))
    }

    /// Adds a file of published cells; one of that name may not exist.
    pub fn add_published(&mut self, name: &str, bytes: &[u8]) -> Result<(), StudyError> {
        let target = Path::new("published").join(name);
        if (self.root.join(&target).exists() || self.targets.contains(&target)) && !self.force {
            let (identity, study) = (relative(Path::new(""), &target), self.root.clone());
            return Err(StudyError::Exists { identity, study });
        }
        self.make_folder(Path::new("published"))?;
        let path = self.staging.path().join(&target);
        std::fs::write(&path, bytes).map_err(StudyError::io(&path))?;
        self.targets.push(target);
        Ok(())
    }

    fn make_folder(&self, target: &Path) -> Result<PathBuf, StudyError> {
        let folder = self.staging.path().join(target);
        std::fs::create_dir_all(&folder).map_err(StudyError::io(&folder))?;
        Ok(folder)
    }

    /// Puts everything in its place. On failure the study is as it was before.
    pub fn commit(mut self) -> Result<(), StudyError> {
        for target in &self.targets {
            let staged = self.staging.path().join(target);
            let name = relative(Path::new(""), target);
            if staged.is_dir() {
                self.sums.0.retain(|path, _| !path.starts_with(&format!("{name}/")));
                for (path, digest) in Sums::of(&staged)?.0 {
                    self.sums.0.insert(format!("{name}/{path}"), digest);
                }
            } else {
                self.sums.0.insert(name, hash_file(&staged)?);
            }
        }
        // What the user wrote beside the runs, such as study.toml and claims.toml, belongs to the study.
        for path in crate::study::entries(&self.root)? {
            let name = relative(&self.root, &path);
            if path.is_file() && name != SUMS_FILE {
                self.sums.0.insert(name, hash_file(&path)?);
            }
        }
        let sums = self.staging.path().join(SUMS_FILE);
        std::fs::write(&sums, self.sums.text()).map_err(StudyError::io(&sums))?;
        self.targets.push(PathBuf::from(SUMS_FILE));
        if self.is_new {
            // Locked before it is seen, so that whoever finds the study waits for its runs.
            let fresh = self.staging.path().join("study");
            std::fs::create_dir(&fresh).map_err(StudyError::io(&fresh))?;
            let lock = File::open(&fresh).map_err(StudyError::io(&fresh))?;
            lock.lock().map_err(StudyError::io(&fresh))?;
            std::fs::rename(&fresh, &self.root).map_err(StudyError::io(&self.root))?;
            self.locks.push(lock);
        }
        let mut moved = Vec::new();
        for target in &self.targets {
            if let Err(error) = self.put(target, &mut moved) {
                self.undo(moved);
                return Err(error);
            }
        }
        Ok(())
    }

    fn put(&self, target: &Path, moved: &mut Vec<(PathBuf, Option<PathBuf>)>) -> Result<(), StudyError> {
        let place = self.root.join(target);
        if let Some(parent) = place.parent() {
            std::fs::create_dir_all(parent).map_err(StudyError::io(parent))?;
        }
        let replaced = if place.exists() {
            let aside = self.staging.path().join(format!("replaced-{}", moved.len()));
            std::fs::rename(&place, &aside).map_err(StudyError::io(&place))?;
            Some(aside)
        } else {
            None
        };
        moved.push((place.clone(), replaced));
        std::fs::rename(self.staging.path().join(target), &place).map_err(StudyError::io(place))
    }

    fn undo(&self, moved: Vec<(PathBuf, Option<PathBuf>)>) {
        for (index, (place, replaced)) in moved.into_iter().enumerate().rev() {
            let aside = self.staging.path().join(format!("undone-{index}"));
            let _ = std::fs::rename(&place, aside);
            if let Some(replaced) = replaced {
                let _ = std::fs::rename(replaced, &place);
            }
            // Folders that this change made are empty now; one that is not stays.
            for parent in place.ancestors().skip(1).take_while(|parent| *parent != self.root) {
                if std::fs::remove_dir(parent).is_err() {
                    break;
                }
            }
        }
        if self.is_new {
            let _ = std::fs::remove_dir(&self.root);
        }
    }
}

/// The folder in which a change of the study at `root` is prepared.
fn home(root: &Path, is_new: bool) -> &Path {
    match root.parent() {
        _ if !is_new => root,
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Waits until no other vana is at work at `root`; returns whether there is no study yet, and the lock.
fn lock(root: &Path) -> Result<(bool, File), StudyError> {
    loop {
        let is_new = !root.exists();
        let home = home(root, is_new);
        if home.is_file() {
            return Err(StudyError::io(home)(std::io::ErrorKind::NotADirectory.into()));
        }
        let lock = File::open(home).map_err(StudyError::io(home))?;
        lock.lock().map_err(StudyError::io(home))?;
        // Another vana may have made the study in the meantime.
        if is_new != root.exists() {
            return Ok((is_new, lock));
        }
    }
}

/// Removes what a killed vana left; the lock says that no other one is at work here.
fn remove_stale(home: &Path, prefix: &str) {
    let Ok(listing) = std::fs::read_dir(home) else { return };
    for entry in listing.flatten() {
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
