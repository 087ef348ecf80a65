//! Files become runs of a study: detection, identity, and everything or nothing.

mod salvage;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use vana_trace::{RunBody, StudyError, Transaction, UnfinishedRun};
use vana_types::{Fidelity, Finding, Identity, RUN_FORMAT, Run, Severity, Source};

use crate::choice::choose;
use crate::format::Format;
use crate::pattern::{Found, Pattern};
use crate::{Body, Draft, Input, ReadError, ReadOptions};

/// Who the runs are, as far as the user says; what is left open the path pattern or the file says.
#[derive(Clone, Debug, Default)]
pub struct IdentityOptions {
    /// System under test.
    pub system: Option<String>,
    /// Workload; before it comes a `/` and the file's own name of the test, where a file holds several.
    pub workload: Option<String>,
    /// Number of clients.
    pub clients: Option<u32>,
    /// Repetition; without it the next free one.
    pub repetition: Option<u32>,
    /// Where in the path identities stand.
    pub pattern: Option<Pattern>,
}

/// Options of a whole `vana ingest`.
#[derive(Clone, Debug, Default)]
pub struct IngestOptions {
    /// Who the runs are.
    pub identity: IdentityOptions,
    /// Read as this format, whatever the content looks like.
    pub format: Option<&'static str>,
    /// Keep a copy of each original under `raw/`.
    pub keep_raw: bool,
    /// Replace runs that exist and read files that were read before.
    pub force: bool,
    /// Columns and units.
    pub read: ReadOptions,
}

/// A run that was found in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct IngestedRun {
    /// The run; of a file of published cells an empty one with the fidelity `published`.
    pub run: Run,
    /// The file.
    pub file: PathBuf,
    /// Its format.
    pub format: &'static str,
    /// Requests, values or cells.
    pub requests: Option<u64>,
}

/// Why nothing was added.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// A file was refused.
    #[error("{}{}: {source}", path.display(), line(source))]
    Read {
        /// The file.
        path: PathBuf,
        /// Why, and on which line.
        source: ReadError,
    },
    /// The study could not be read or changed.
    #[error(transparent)]
    Study(#[from] StudyError),
}

fn line(error: &ReadError) -> String {
    match error {
        ReadError::Malformed { line, .. } if *line > 0 => format!(":{line}"),
        _ => String::new(),
    }
}

impl IngestError {
    /// What to do about it, where there is advice.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Read { source: ReadError::Malformed { hint, .. }, .. } => hint.as_deref(),
            Self::Study(StudyError::Exists { .. }) => {
                Some("give another --repetition, or replace it with --force")
            }
            _ => None,
        }
    }

    /// Whether it is the machine that failed, and not the input.
    pub fn is_io(&self) -> bool {
        match self {
            // A file that is not there is a wrong argument.
            Self::Read { source: ReadError::Io { source, .. }, .. } => {
                !matches!(source.kind(), std::io::ErrorKind::NotFound)
            }
            Self::Read { source: ReadError::Trace(_) | ReadError::Cancelled, .. }
            | Self::Study(StudyError::Io { .. } | StudyError::Interrupted(_) | StudyError::Trace(_)) => true,
            Self::Read { .. } | Self::Study(_) => false,
        }
    }
}

/// Adds the runs of all files to the study at `root`, or none of them. `progress` hears of each file before it is read;
/// `goes_on` is asked whether to wait on, while another change of the study has to be awaited.
pub fn ingest(
    files: &[PathBuf],
    root: &Path,
    options: &IngestOptions,
    mut progress: impl FnMut(&Path, u64),
    goes_on: impl FnMut() -> bool,
) -> Result<Vec<IngestedRun>, IngestError> {
    let transaction = Transaction::begin_while(root, options.force, goes_on)?;
    let mut session = Session { transaction, options, runs: Vec::new() };
    let mut salvaged = Vec::new();
    for path in files {
        if path.is_dir()
            && let Some(unfinished) = UnfinishedRun::open(path)?
        {
            session.salvage(&unfinished, path)?;
            salvaged.push(unfinished);
            continue;
        }
        let input = Input::open(path).map_err(|source| IngestError::Read { path: path.clone(), source })?;
        progress(path, input.len());
        let refuse = |source| IngestError::Read { path: path.clone(), source };
        options.read.check().map_err(refuse)?;
        session.add(&input)?;
    }
    session.transaction.commit()?;
    for unfinished in salvaged {
        unfinished.remove()?;
    }
    Ok(session.runs)
}

/// Reads one file outside of any study; traces and workloads lie in `options.staging`.
pub fn read(path: &Path, options: &ReadOptions) -> Result<(&'static dyn Format, Vec<Draft>), IngestError> {
    let refuse = |source| IngestError::Read { path: path.to_owned(), source };
    let input = Input::open(path).map_err(refuse)?;
    let format = choose(&input, None, &options.map).map_err(refuse)?;
    Ok((format, format.read(&input, options).map_err(refuse)?))
}

struct Session<'a> {
    transaction: Transaction,
    options: &'a IngestOptions,
    runs: Vec<IngestedRun>,
}

impl Session<'_> {
    fn add(&mut self, input: &Input) -> Result<(), IngestError> {
        let refuse = |source| IngestError::Read { path: input.path().to_owned(), source };
        let found = match &self.options.identity.pattern {
            Some(pattern) => pattern.find(input.path()).ok_or_else(|| {
                refuse(ReadError::at(0, format!("the path does not match the pattern \"{pattern}\"")))
            })?,
            None => Found::default(),
        };
        let format = choose(input, self.options.format, &self.options.read.map).map_err(refuse)?;
        let mut read = self.options.read.clone();
        self.transaction.staging().clone_into(&mut read.staging);
        let drafts = format.read(input, &read).map_err(refuse)?;
        let sha256 = input.digest()?.to_owned();
        if let Some(run) = self.transaction.already_ingested(&sha256).filter(|_| !self.options.force) {
            let error = ReadError::at(0, format!("read before, as {run}"));
            return Err(refuse(error.hint("--force reads it again")));
        }
        self.transaction.read_again(&sha256);
        let raw = if self.options.keep_raw && format.fidelity() != Fidelity::Published {
            Some(self.transaction.keep_raw(input.path(), &sha256)?)
        } else {
            None
        };
        let file = input.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
        let source = Source { file, format: format.name().to_owned(), sha256, raw, line: None };
        for draft in drafts {
            let identity = self.identify(&draft, &found, input.path()).map_err(refuse)?;
            self.add_draft(draft, identity, &source, input, format)?;
        }
        Ok(())
    }

    /// Flags come before the pattern, the pattern before what the file says.
    fn identify(&self, draft: &Draft, found: &Found, path: &Path) -> Result<Identity, ReadError> {
        let asked = &self.options.identity;
        let stem = || path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let system = asked.system.clone().or_else(|| found.system.clone()).or_else(|| draft.system.clone());
        let system = system.unwrap_or_else(stem);
        let named = asked.workload.clone().or_else(|| found.workload.clone());
        let workload = match (named, draft.workload.clone()) {
            (Some(named), Some(test)) => format!("{named}/{test}"),
            (Some(workload), None) | (None, Some(workload)) => workload,
            (None, None) => "default".to_owned(),
        };
        let clients = asked.clients.or(found.clients).or(draft.clients);
        let given = asked.repetition.or(found.repetition).or(draft.repetition);
        // Several runs of one file count on from the repetition that the file was given.
        let is_first = self.runs.iter().all(|known| {
            known.file != path
                || (&known.run.identity.system, &known.run.identity.workload, known.run.identity.clients)
                    != (&system, &workload, clients)
        });
        let repetition = given.filter(|_| is_first || draft.repetition.is_some());
        let repetition = repetition.or_else(|| self.transaction.next_repetition(&system, &workload, clients));
        let repetition = repetition.filter(|&repetition| repetition > 0).ok_or_else(|| {
            ReadError::at(draft.line.unwrap_or(0), "repetitions count from 1 to 4294967295")
        })?;
        Ok(Identity { system, workload, clients, repetition })
    }

    fn add_draft(
        &mut self,
        mut draft: Draft,
        identity: Identity,
        source: &Source,
        input: &Input,
        format: &'static dyn Format,
    ) -> Result<(), IngestError> {
        if let (Some(stated), Some(taken)) = (draft.clients, identity.clients)
            && stated != taken
        {
            let message = format!("the file speaks of {stated} clients, the run is filed under {taken}");
            let finding = Finding::new("clients-differ", Severity::Warning, message);
            draft.findings.push(finding.with_value(f64::from(taken), Some(f64::from(stated))));
        }
        let mut outcomes = BTreeMap::new();
        let (body, requests, fidelity) = match draft.body {
            Body::Summary => (RunBody::Summary, None, Fidelity::Summary),
            Body::Histogram(metrics) => {
                let metrics: Vec<_> =
                    metrics.into_iter().map(|(metric, bins)| (metric.to_owned(), bins)).collect();
                let values = metrics.iter().map(|(_, bins)| bins.iter().map(|bin| bin.count).sum()).max();
                (RunBody::Histogram(metrics), values, Fidelity::Histogram)
            }
            Body::Trace(trace) => {
                outcomes.clone_from(&trace.summary().outcomes);
                let rows = trace.summary().rows;
                (RunBody::Trace(trace), Some(rows), Fidelity::Trace)
            }
            Body::Recording(recording) => {
                let requests = Some(recording.requests);
                outcomes.clone_from(&recording.outcomes);
                let trace = recording.trace.map(Box::new);
                let fidelity = match &trace {
                    Some(trace) => {
                        outcomes.clone_from(&trace.summary().outcomes);
                        Fidelity::Trace
                    }
                    None => Fidelity::Summary,
                };
                (RunBody::Recording(Box::new(recording.workload), trace), requests, fidelity)
            }
            Body::Published(cells) => return self.add_published(cells.cells.len(), identity, input, format),
        };
        let run = Run {
            format: RUN_FORMAT,
            identity,
            fidelity,
            source: Some(Source { line: draft.line, ..source.clone() }),
            tool: Some(draft.tool).filter(|tool| !tool.name.is_empty()),
            host: draft.host,
            seed: None,
            started_unix_ns: draft.started_unix_ns,
            duration_s: draft.duration_s,
            outcomes,
            reported: draft.reported,
            intervals: draft.intervals,
            attributes: draft.attributes,
            findings: draft.findings,
        };
        self.transaction.add_run(&run, body)?;
        self.runs.push(IngestedRun { run, file: input.path().to_owned(), format: format.name(), requests });
        Ok(())
    }

    /// Cells of a publication are kept as the file they came in.
    fn add_published(
        &mut self,
        cells: usize,
        identity: Identity,
        input: &Input,
        format: &'static dyn Format,
    ) -> Result<(), IngestError> {
        let name = input.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_csv = Path::new(&name).extension().is_some_and(|ending| ending == "csv");
        let name = if is_csv { name } else { format!("{name}.csv") };
        let text =
            input.text().map_err(|source| IngestError::Read { path: input.path().to_owned(), source })?;
        self.transaction.add_published(&name, text.as_bytes())?;
        let run = Run::new(identity, Fidelity::Published);
        let requests = Some(cells as u64);
        self.runs.push(IngestedRun { run, file: input.path().to_owned(), format: format.name(), requests });
        Ok(())
    }
}
