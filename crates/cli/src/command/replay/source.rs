//! What is to be replayed, whatever it was recorded by, becomes a workload.

use std::io::Read;
use std::path::{Path, PathBuf};

use vana_ingest::{Body, Draft, ReadOptions};
use vana_trace::{
    Column, StudyError, TraceError, TraceReader, WORKLOAD_FILE, WorkloadReader, WorkloadRequest,
    WorkloadWriter, hash_file, read_run,
};
use vana_types::{Fidelity, Finding, Identity, Run};

use crate::failure::Failure;

/// The name of the file of a run's requests.
const TRACE_FILE: &str = "trace.parquet";
/// The format of captures, which keep bodies.
const CAPTURE: &str = "gor";
/// The finding of requests that cannot be sent, which says how many.
const UNSENDABLE: &str = "not-replayable";
/// Findings of a run that are about its recording, and not about what was measured then.
const OF_RECORDINGS: [&str; 5] = [UNSENDABLE, "coarse-stamps", "cut-off", "responses-left-out", "salvaged"];

/// A workload and where it is from.
pub(super) struct Source {
    /// What is sent.
    pub workload: PathBuf,
    /// What it was made of.
    pub file: PathBuf,
    /// SHA-256 of that.
    pub sha256: String,
    /// The recorded run's workload, where it has a name.
    pub name: Option<String>,
    /// The recorded run's clients, where they are known.
    pub clients: Option<u32>,
    /// Requests before this time of the recording were a warm-up.
    pub warmup_ns: i64,
    /// Whether headers and bodies are known.
    pub is_whole: bool,
    /// Whether it was recorded by what keeps bodies, so that a request without one had none.
    pub has_bodies: bool,
    /// Doubts about the recording, which are doubts about whatever is sent from it.
    pub findings: Vec<Finding>,
}

impl Source {
    /// Finds it; what has to be made for it lies in `folder`.
    pub fn find(path: &Path, folder: &Path) -> Result<Self, Failure> {
        if path.is_dir() {
            let file = [WORKLOAD_FILE, TRACE_FILE]
                .map(|name| path.join(name))
                .into_iter()
                .find(|file| file.exists());
            let file = file.ok_or_else(|| {
                Failure::input(format!("{}: neither {WORKLOAD_FILE} nor {TRACE_FILE} in it", path.display()))
                    .hint(Some(
                        "a run can be replayed whose requests are known: runs/system=.../repetition=1",
                    ))
            })?;
            return Self::find(&file, folder);
        }
        if !is_parquet(path)? {
            return Self::ingest(path, folder);
        }
        let run = path.parent().and_then(|parent| read_run(parent).ok().flatten());
        let beside = path.with_file_name(WORKLOAD_FILE);
        // The trace of a recording does not know headers and bodies; what lies beside it does.
        let is_trace = path.file_name().is_some_and(|name| name == TRACE_FILE);
        let file = if is_trace && run.is_some() && beside.exists() { beside } else { path.to_owned() };
        let is_whole = WorkloadReader::open(&file).is_ok();
        let workload = if is_whole { file.clone() } else { convert(&file, folder)? };
        let run = run.map(|run| run.run);
        let warmup_ns = match &run {
            Some(run) => run.warmup_ns(),
            None if is_whole => 0,
            // A trace alone says of its run what is needed to count it.
            None => warmup_of_trace(&file)?,
        };
        let has_bodies =
            run.as_ref().and_then(|run| run.source.as_ref()).is_some_and(|source| source.format == CAPTURE);
        let mut findings = run.as_ref().map(|run| run.findings.clone()).unwrap_or_default();
        findings.retain(|finding| OF_RECORDINGS.contains(&finding.code.as_str()));
        Ok(Self {
            workload,
            sha256: hash_file(&file)?,
            file,
            clients: run.as_ref().and_then(|run| run.identity.clients),
            name: run.map(|run| run.identity.workload),
            warmup_ns,
            is_whole,
            has_bodies,
            findings,
        })
    }

    /// Requests that were recorded and cannot be sent.
    pub fn unsendable(&self) -> u64 {
        let found = self.findings.iter().find(|finding| finding.code == UNSENDABLE);
        found.and_then(|finding| finding.value).map_or(0, |count| count as u64)
    }

    /// Reads another tool's recording.
    fn ingest(path: &Path, folder: &Path) -> Result<Self, Failure> {
        let options = ReadOptions { staging: folder.to_owned(), ..ReadOptions::default() };
        let (format, drafts) = vana_ingest::read(path, &options)?;
        let refuse = |why: &str| {
            let failure = Failure::input(format!("{}: {}: {why}", path.display(), format.name()));
            failure.hint(Some(
                "access logs, GoReplay captures and traces of arrivals can be replayed, and runs of a study",
            ))
        };
        let Ok([draft]) = <[Draft; 1]>::try_from(drafts) else {
            return Err(refuse("more than one run"));
        };
        let workload = folder.join(WORKLOAD_FILE);
        let is_whole = matches!(draft.body, Body::Recording(_));
        let workload = match draft.body {
            Body::Recording(recording) => {
                recording.workload.seal(&workload).map_err(StudyError::from)?;
                workload
            }
            Body::Trace(trace) => {
                let file = folder.join(TRACE_FILE);
                trace.seal(&nobody(), &file).map_err(StudyError::from)?;
                convert(&file, folder)?
            }
            Body::Summary | Body::Histogram(_) | Body::Published(_) => {
                return Err(refuse("single requests are not known"));
            }
        };
        let sha256 = hash_file(path)?;
        Ok(Self {
            workload,
            file: path.to_owned(),
            sha256,
            name: draft.workload,
            clients: draft.clients,
            warmup_ns: 0,
            is_whole,
            has_bodies: format.name() == CAPTURE,
            findings: draft.findings,
        })
    }
}

fn warmup_of_trace(trace: &Path) -> Result<i64, Failure> {
    let attributes = TraceReader::open(trace).and_then(|reader| reader.attributes());
    let attributes = attributes.map_err(StudyError::from)?;
    let nobody = Run::new(nobody(), Fidelity::Trace);
    Ok(Run { attributes, ..nobody }.warmup_ns())
}

/// The identity of a run that has none.
const fn nobody() -> Identity {
    Identity { system: String::new(), workload: String::new(), clients: None, repetition: 1 }
}

fn is_parquet(path: &Path) -> Result<bool, Failure> {
    let mut magic = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(4).read_to_end(&mut magic));
    read.map_err(|error| Failure::input(format!("{}: {error}", path.display())))?;
    Ok(magic == b"PAR1")
}

/// The requests of a trace, as far as it knows them: method and path.
fn convert(trace: &Path, folder: &Path) -> Result<PathBuf, Failure> {
    let reader = TraceReader::open(trace).map_err(StudyError::from)?;
    let mut writer = WorkloadWriter::create(folder).map_err(StudyError::from)?;
    let columns = [Column::Sent, Column::Due, Column::Operation];
    reader.try_scan(&columns, |batch| -> Result<(), StudyError> {
        let (keys, names) = batch.operations();
        let mut numbers = vec![None; names.len()];
        for (row, (&sent_ns, &key)) in batch.i64s(Column::Sent).iter().zip(keys).enumerate() {
            let (Some(number), Some(name)) = (numbers.get_mut(key as usize), names.get(key as usize)) else {
                continue;
            };
            if number.is_none() {
                let refuse = |message| {
                    let (path, row) = (trace.to_owned(), batch.first_row() + row as u64);
                    TraceError::Value { path, row, message }
                };
                let request = request(name).ok_or_else(|| {
                    refuse(format!("\"{name}\" is no request of HTTP, as \"GET /path\": it cannot be sent"))
                })?;
                let full = || refuse("more than 256 MiB of distinct requests".to_owned());
                *number = Some(writer.request(request).ok_or_else(full)?);
            }
            let Some(number) = *number else { continue };
            writer.arrive(batch.time(Column::Due, row).unwrap_or(sent_ns), number)?;
        }
        Ok(())
    })?;
    let path = folder.join(WORKLOAD_FILE);
    writer.stage().and_then(|staged| staged.seal(&path)).map_err(StudyError::from)?;
    Ok(path)
}

/// `GET /path`, or `GET http://host/path`, whose host is left out.
fn request(operation: &str) -> Option<WorkloadRequest> {
    let (method, target) = operation.split_once(' ')?;
    let is_method = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase());
    let path = match target.split_once("://") {
        Some(("http" | "https", rest)) => rest.find('/').map_or("/", |slash| &rest[slash..]),
        _ => target,
    };
    let is_path = path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic());
    (is_method && is_path).then(|| WorkloadRequest {
        method: method.to_owned(),
        path: Some(path.to_owned()),
        ..WorkloadRequest::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_of_http_is_a_request() {
        let path = |operation| request(operation).and_then(|request| request.path);
        assert_eq!(path("GET /a?b=c"), Some("/a?b=c".to_owned()));
        assert_eq!(path("POST http://h:80/a"), Some("/a".to_owned()));
        assert_eq!(path("GET https://h"), Some("/".to_owned()));
        for operation in
            ["point_select", "SELECT 1", "GET", "GET a", "get /a", "GET /a b", "(other)", "GET ftp://h/a"]
        {
            assert_eq!(path(operation), None, "{operation}");
        }
    }
}
