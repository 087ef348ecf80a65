//! A study on disk, read.

use std::path::{Path, PathBuf};

use vana_types::{Fidelity, Measurement, RUN_FORMAT, Run, StudyConfig, System, Workload};

use crate::resources::RESOURCES_FILE;
use crate::sums::relative;
use crate::{
    StudyError, Sums, TraceError, TraceReader, UnfinishedRun, WORKLOAD_FILE, hash_file, run_identity,
};

/// A folder of runs, what is compared in it, and what was published about it.
#[derive(Debug)]
pub struct Study {
    root: PathBuf,
    /// Content of `study.toml`, with a default for everything it leaves out.
    pub config: StudyConfig,
    /// Runs by identity.
    pub runs: Vec<StudyRun>,
    /// Cells of publications, in the order of their files.
    pub published: Vec<Measurement>,
    /// What killed runs left behind.
    pub unfinished: Vec<UnfinishedRun>,
}

/// A run and where its data lie.
#[derive(Clone, Debug)]
pub struct StudyRun {
    /// Everything about it but its requests.
    pub run: Run,
    /// Its folder.
    pub folder: PathBuf,
}

impl StudyRun {
    /// Every request, for a run of fidelity `trace`.
    pub fn trace(&self) -> PathBuf {
        self.folder.join("trace.parquet")
    }

    /// Opens the trace for what is computed from it: requests of the warm-up are left out, and what lies within requests.
    pub fn requests(&self) -> Result<TraceReader, TraceError> {
        let reader = match self.run.outermost() {
            None => TraceReader::open(&self.trace())?,
            Some(outermost) => TraceReader::open_operation(&self.trace(), outermost)?,
        };
        Ok(self.after_warmup(reader))
    }

    /// Opens the trace with what lies within requests; those of the warm-up are left out.
    pub fn operations(&self) -> Result<TraceReader, TraceError> {
        Ok(self.after_warmup(TraceReader::open(&self.trace())?))
    }

    fn after_warmup(&self, reader: TraceReader) -> TraceReader {
        match self.run.warmup_ns() {
            0 => reader,
            warmup_ns => reader.since(warmup_ns),
        }
    }

    /// What system and client used, for a run in which that was read.
    pub fn resources(&self) -> PathBuf {
        self.folder.join(RESOURCES_FILE)
    }

    /// What was asked and when, for a run in which that is known.
    pub fn workload(&self) -> PathBuf {
        self.folder.join(WORKLOAD_FILE)
    }

    /// Its histograms, for a run of fidelity `histogram`.
    pub fn histogram(&self) -> PathBuf {
        self.folder.join("histogram.parquet")
    }
}

impl Study {
    /// A run by itself, as a study that compares nothing.
    pub fn of_run(run: StudyRun) -> Self {
        let root = run.folder.clone();
        Self {
            root,
            config: StudyConfig::default(),
            runs: vec![run],
            published: Vec::new(),
            unfinished: Vec::new(),
        }
    }

    /// Opens a study. One with neither runs nor published cells is refused, unless a killed run left something behind.
    pub fn open(root: &Path) -> Result<Self, StudyError> {
        let mut study = Self::open_or_empty(root)?;
        study.unfinished = UnfinishedRun::of_study(root)?;
        if study.runs.is_empty() && study.published.is_empty() && study.unfinished.is_empty() {
            return Err(StudyError::Empty(root.to_owned()));
        }
        Ok(study)
    }

    pub(crate) fn open_or_empty(root: &Path) -> Result<Self, StudyError> {
        std::fs::read_dir(root).map_err(StudyError::io(root))?;
        let config = read_config(&root.join("study.toml"))?;
        let mut runs = Vec::new();
        find_runs(&root.join("runs"), 0, &mut runs)?;
        runs.sort_by(|a, b| a.run.identity.cmp(&b.run.identity));
        if let Some(twice) = runs.windows(2).find(|pair| pair[0].run.identity == pair[1].run.identity) {
            return Err(StudyError::Malformed {
                path: twice[1].folder.join("run.json"),
                line: 1,
                message: format!("{} is in {} already", twice[1].run.identity, twice[0].folder.display()),
            });
        }
        let mut published = Vec::new();
        for path in entries(&root.join("published"))? {
            if path.extension().is_some_and(|extension| extension == "csv") {
                published.extend(crate::published::read_published(&path)?);
            }
        }
        Ok(Self { root: root.to_owned(), config, runs, published, unfinished: Vec::new() })
    }

    /// The study's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A digest over all data: that of what `SHA256SUMS` says or should say. Known digests of large files are taken
    /// from it; files that it does not list and those beside the runs, which people edit, are read.
    pub fn digest(&self) -> Result<String, StudyError> {
        let known = Sums::read(&self.root)?;
        let mut sums = Sums::default();
        for path in Sums::files(&self.root)? {
            let name = relative(&self.root, &path);
            let digest = match known.0.get(&name).filter(|_| name.contains('/')) {
                Some(digest) => digest.clone(),
                None => hash_file(&path)?,
            };
            sums.0.insert(name, digest);
        }
        Ok(sums.digest())
    }

    /// Title, or the folder's name.
    pub fn title(&self) -> String {
        let name = || self.root.file_name().map(|name| name.to_string_lossy().into_owned());
        self.config.title.clone().or_else(name).unwrap_or_else(|| "study".to_owned())
    }

    /// Systems as `study.toml` orders them, then the others by name.
    pub fn systems<'a>(&self, found: impl IntoIterator<Item = &'a str>) -> Vec<System> {
        let mut systems = self.config.systems.clone();
        for id in in_order(found) {
            if systems.iter().all(|system| system.id != id) {
                systems.push(System { id, label: None, class: None });
            }
        }
        systems
    }

    /// Workloads as `study.toml` orders them, then the others by name.
    pub fn workloads<'a>(&self, found: impl IntoIterator<Item = &'a str>) -> Vec<Workload> {
        let mut workloads = self.config.workloads.clone();
        for id in in_order(found) {
            if workloads.iter().all(|workload| workload.id != id) {
                workloads.push(Workload { id, label: None });
            }
        }
        workloads
    }
}

fn in_order<'a>(found: impl IntoIterator<Item = &'a str>) -> std::collections::BTreeSet<String> {
    found.into_iter().map(str::to_owned).collect()
}

fn read_config(path: &Path) -> Result<StudyConfig, StudyError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(StudyConfig::default()),
        Err(error) => return Err(StudyError::io(path)(error)),
    };
    let malformed = |line, message: String| StudyError::Malformed { path: path.to_owned(), line, message };
    let config: StudyConfig = toml::from_str(&text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        malformed(1 + text[..at].matches('\n').count() as u64, error.message().to_owned())
    })?;
    let is_open = |value: f64| value > 0.0 && value < 1.0;
    for (name, value) in [("alpha", config.alpha), ("margin", config.margin)] {
        if !is_open(value) {
            let line = text.lines().position(|line| line.trim_start().starts_with(name)).unwrap_or(0);
            return Err(malformed(
                line as u64 + 1,
                format!("{name} is {value}; it must lie between 0 and 1"),
            ));
        }
    }
    Ok(config)
}

/// The entries of a folder by name, without hidden ones; a folder that is not there has none.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>, StudyError> {
    let is_hidden =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    let mut paths = hidden_entries(folder)?;
    paths.retain(|path| !is_hidden(path));
    Ok(paths)
}

/// The same, and the hidden ones too.
pub(crate) fn hidden_entries(folder: &Path) -> Result<Vec<PathBuf>, StudyError> {
    let listing = match std::fs::read_dir(folder) {
        Ok(listing) => listing,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StudyError::io(folder)(error)),
    };
    let mut paths = Vec::new();
    for entry in listing {
        paths.push(entry.map_err(StudyError::io(folder))?.path());
    }
    paths.sort();
    Ok(paths)
}

/// Runs lie four folders deep: system, workload, clients, repetition.
fn find_runs(folder: &Path, depth: u32, runs: &mut Vec<StudyRun>) -> Result<(), StudyError> {
    if depth == 4 {
        runs.extend(read_run(folder)?);
        return Ok(());
    }
    for path in entries(folder)? {
        if path.is_dir() {
            find_runs(&path, depth + 1, runs)?;
        }
    }
    Ok(())
}

/// Reads one run's folder. A folder that holds a trace alone is a run too, known by its path.
pub fn read_run(folder: &Path) -> Result<Option<StudyRun>, StudyError> {
    let path = folder.join("run.json");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return lone_trace(folder),
        Err(error) => return Err(StudyError::io(path)(error)),
    };
    let malformed = |error: &serde_json::Error| StudyError::Malformed {
        path: path.clone(),
        line: error.line() as u64,
        message: error.to_string(),
    };
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|error| malformed(&error))?;
    if let Some(found) = value["format"].as_u64().filter(|&found| found > u64::from(RUN_FORMAT)) {
        return Err(StudyError::NewerFormat { path, found });
    }
    let run = serde_json::from_str(&text).map_err(|error| malformed(&error))?;
    Ok(Some(StudyRun { run, folder: folder.to_owned() }))
}

fn lone_trace(folder: &Path) -> Result<Option<StudyRun>, StudyError> {
    let Some(identity) = run_identity(folder) else { return Ok(None) };
    let trace = folder.join("trace.parquet");
    if !trace.exists() {
        return Ok(None);
    }
    TraceReader::open(&trace)?;
    Ok(Some(StudyRun { run: Run::new(identity, Fidelity::Trace), folder: folder.to_owned() }))
}
