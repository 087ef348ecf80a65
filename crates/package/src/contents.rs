//! What is in a package.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;
use vana_trace::{Column, SUMS_FILE, Study, StudyRun, Sums};
use vana_types::{ANSWERED, CheckedClaim, Fidelity, flatten};

use crate::column::{columns, field};
use crate::description::{Listed, Subject, Table, citation, license, readme, zenodo};
use crate::open::{FORMAT, MARKER};
use crate::{Describer, Description, PackError, PackedFile, thin};

/// Which requests go into a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Traces {
    /// All.
    All,
    /// None; the runs say so.
    LeftOut,
    /// Every so manieth, 2 or more; the runs say so.
    Thinned(u64),
}

/// The files of a package; thinned traces lie in a folder of their own as long as this lives.
#[derive(Debug)]
pub struct Contents {
    /// Sorted by path.
    pub files: Vec<PackedFile>,
    _scratch: Option<TempDir>,
}

/// Collects a study, its tables (as `name.csv`) and a notebook, and describes them. Every file of the study is read once
/// for its digest; one that is not what the study's own checksums say is refused. `progress` is told each run that is thinned.
pub fn contents(
    study: &Study,
    tables: Vec<PackedFile>,
    further: Vec<PackedFile>,
    claims: &[CheckedClaim],
    (description, describers, traces): (&Description, &[&Describer], Traces),
    progress: &dyn Fn(&str),
) -> Result<Contents, PackError> {
    let description = &Description { title: titled(&description.title), ..description.clone() };
    let place = study_place(study.root());
    let (mut files, scratch) = study_files(study, &place, traces, progress)?;
    let runs = PackedFile::text("tables/runs.csv", runs_table(study, &place, &files));
    let mut described = Vec::new();
    for table in tables.into_iter().chain([runs]) {
        let name = table.path.trim_start_matches("tables/").trim_end_matches(".csv").to_owned();
        if let crate::Content::Bytes(bytes) = &table.content {
            let (about, columns) = (about(&name), columns(&name, bytes));
            described.push(Table { path: table.path.clone(), about, columns, name });
        }
        files.push(table);
    }
    files.extend(further);
    let marker = json!({
        "digest": description.digest,
        "format": FORMAT,
        "study": place,
        "thinned_every": if let Traces::Thinned(every) = traces { json!(every) } else { Value::Null },
        "traces": match traces { Traces::All => "all", Traces::LeftOut => "left out", Traces::Thinned(_) => "thinned" },
        "vana": description.vana,
    });
    files.push(json_file(MARKER, &marker));
    let subject = Subject {
        description,
        study: &place,
        tables: &described,
        files: &[],
        claims,
        traces,
        runs: study.runs.len(),
        has_requests: study.runs.iter().any(|run| run.run.fidelity == Fidelity::Trace),
    };
    files.push(PackedFile::text("README.md", readme(&subject)));
    files.push(match own_license(study.root()) {
        Some(path) => PackedFile::disk("LICENSE", &path, None)?,
        None => PackedFile::text("LICENSE", license(description)),
    });
    files.push(PackedFile::text("CITATION.cff", citation(description)));
    files.push(json_file(".zenodo.json", &zenodo(description)));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let listed: Vec<Listed> = files
        .iter()
        .map(|file| Listed { path: file.path.clone(), size: file.size(), sha256: file.sha256() })
        .collect();
    let subject = Subject { files: &listed, ..subject };
    files.extend(describers.iter().map(|one| json_file(one.path, &(one.describe)(&subject))));
    let sums = Sums(files.iter().map(|file| (file.path.clone(), file.sha256())).collect());
    files.push(PackedFile::text(SUMS_FILE, sums.text()));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Contents { files, _scratch: scratch })
}

/// A title in one line; words that say so where there is none, since no format takes an empty one.
fn titled(title: &str) -> String {
    let title = flatten(title);
    if title.is_empty() { "A study without a title".to_owned() } else { title }
}

/// Where a study lies in its package: below `data`, in a folder of its own name where that is a plain one.
pub fn study_place(root: &Path) -> String {
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let name = root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    let is_usable = is_plain && !name.starts_with('.') && (1..=100).contains(&name.len());
    format!("data/{}", if is_usable { name.as_str() } else { "study" })
}

fn json_file(path: &str, value: &Value) -> PackedFile {
    PackedFile::text(path, format!("{value:#}\n"))
}

fn own_license(root: &Path) -> Option<std::path::PathBuf> {
    ["LICENSE", "LICENSE.txt", "LICENSE.md"]
        .map(|name| root.join(name))
        .into_iter()
        .find(|path| path.is_file())
}

/// The study's own files, each with the digest that its checksums give it.
fn study_files(
    study: &Study,
    place: &str,
    traces: Traces,
    progress: &dyn Fn(&str),
) -> Result<(Vec<PackedFile>, Option<TempDir>), PackError> {
    let root = study.root();
    let (listed, mut found) = (Sums::read(root)?, Sums::of(root)?);
    for (name, digest) in &listed.0 {
        match found.0.get(name) {
            Some(same) if same.eq_ignore_ascii_case(digest) => {}
            Some(_) => return Err(PackError::Changed(name.clone())),
            None => return Err(PackError::Missing(name.clone())),
        }
    }
    let mut changed = BTreeMap::new();
    let mut scratch = None;
    if traces != Traces::All {
        let folder = tempfile::tempdir().map_err(PackError::io(root))?;
        for (number, run) in study.runs.iter().filter(|run| run.run.fidelity == Fidelity::Trace).enumerate() {
            progress(&run.run.identity.to_string());
            without_trace(
                root,
                run,
                traces,
                &folder.path().join(number.to_string()),
                &mut found,
                &mut changed,
            )?;
        }
        scratch = Some(folder);
    }
    let mut files = Vec::new();
    for (name, digest) in &found.0 {
        let path = format!("{place}/{name}");
        files.push(match changed.remove(name) {
            Some(file) => PackedFile { path, ..file },
            None => PackedFile::disk(path, &root.join(name), Some(digest.clone()))?,
        });
    }
    files.push(PackedFile::text(format!("{place}/{SUMS_FILE}"), found.text()));
    Ok((files, scratch))
}

/// Takes a run's trace out, and lets its `run.json` say so.
fn without_trace(
    root: &Path,
    run: &StudyRun,
    traces: Traces,
    scratch: &Path,
    found: &mut Sums,
    changed: &mut BTreeMap<String, PackedFile>,
) -> Result<(), PackError> {
    let folder = run.folder.strip_prefix(root).unwrap_or(&run.folder);
    let folder: Vec<_> = folder.iter().map(|part| part.to_string_lossy()).collect();
    let name = |file: &str| format!("{}/{file}", folder.join("/"));
    found.0.remove(&name("trace.parquet"));
    let said = match traces {
        Traces::Thinned(every) => {
            std::fs::create_dir(scratch).map_err(PackError::io(scratch))?;
            let path = scratch.join("thinned.parquet");
            thin::thin(run, every, scratch, &path)?;
            let file = PackedFile::disk("", &path, None)?;
            found.0.insert(name("thinned.parquet"), file.sha256());
            changed.insert(name("thinned.parquet"), file);
            format!(
                "of the requests only the first and every {every}th after it were packed, in thinned.parquet"
            )
        }
        _ => "the requests were left out when this was packed".to_owned(),
    };
    let path = run.folder.join("run.json");
    let text = std::fs::read_to_string(&path).map_err(PackError::io(&path))?;
    let mut value: Value = serde_json::from_str(&text)
        .map_err(|error| PackError::Container { path: path.clone(), message: error.to_string() })?;
    value["fidelity"] = json!(Fidelity::Summary.name());
    if run.run.warmup_ns() > 0 {
        // The counts by outcome include the warm-up, and what was used per request does not.
        value["attributes"][ANSWERED] = json!(answered(run)?.to_string());
    }
    let finding = json!({"code": "trace-not-packed", "severity": "info", "message": said});
    match value["findings"].as_array_mut() {
        Some(findings) => findings.push(finding),
        None => value["findings"] = json!([finding]),
    }
    let file = json_file("", &value);
    found.0.insert(name("run.json"), file.sha256());
    changed.insert(name("run.json"), file);
    Ok(())
}

/// How many requests were answered after the warm-up.
fn answered(run: &StudyRun) -> Result<usize, PackError> {
    let mut answered = 0;
    run.requests()?.scan(&[Column::Outcome], |batch| {
        answered += (0..batch.len()).filter(|&row| batch.outcome(row).is_complete()).count();
    })?;
    Ok(answered)
}

/// One row a run: what is known of it and in which file.
fn runs_table(study: &Study, place: &str, files: &[PackedFile]) -> String {
    let by_path: BTreeMap<&str, &PackedFile> = files.iter().map(|file| (file.path.as_str(), file)).collect();
    let mut text = "system,workload,clients,repetition,fidelity,requests,path,bytes,sha256\n".to_owned();
    for run in &study.runs {
        let folder = run.folder.strip_prefix(study.root()).unwrap_or(&run.folder);
        let parts: Vec<_> = folder.iter().map(|part| part.to_string_lossy()).collect();
        let data = ["trace.parquet", "thinned.parquet", "histogram.parquet", "run.json"]
            .into_iter()
            .find_map(|name| by_path.get(format!("{place}/{}/{name}", parts.join("/")).as_str()));
        let identity = &run.run.identity;
        let requests: u64 = run.run.outcomes.values().sum();
        let row = [
            field(&identity.system),
            field(&identity.workload),
            identity.clients.map(|clients| clients.to_string()).unwrap_or_default(),
            identity.repetition.to_string(),
            run.run.fidelity.name().to_owned(),
            if run.run.outcomes.is_empty() { String::new() } else { requests.to_string() },
            data.map(|file| field(&file.path)).unwrap_or_default(),
            data.map(|file| file.size().to_string()).unwrap_or_default(),
            data.map(|file| file.sha256()).unwrap_or_default(),
        ];
        text.push_str(&row.join(","));
        text.push('\n');
    }
    text
}

/// What a table is about.
fn about(name: &str) -> &'static str {
    match name {
        "measurements" => {
            "one number a row: system, workload, clients, repetition, metric, statistic, base unit, origin"
        }
        "cells" => "repetitions together: mean, median, their intervals, n",
        "operations" => "operations within requests, repetitions together: mean, interval, n",
        "comparisons" => "systems against each other: ratio with its interval, p, adjusted p, verdict",
        "findings" => "what not to trust, and why",
        "claims" => "sentences of the publication, checked",
        "runs" => "one run a row: what is known of it, and its file with size and digest",
        _ => "a table of the report",
    }
}
