//! `bench ingest`: other tools' files become Parquet, by vana and `DuckDB`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::contender::{Contender, race};
use super::{Programs, data, programs, table};
use crate::command::{command, run as run_command};
use crate::options::Options;
use crate::workspace::script;

const ASKED: &str = "
vana finds the format, checks every line, writes a study (the trace ordered by when requests were sent, with
connections, run.json, SHA-256 of the file read and of all files written) and flushes it to disk. DuckDB is told the
format and the types of the columns, parses the same fields, and writes one Parquet file (zstd) with when requests were
sent, service time, time to first byte, operation, outcome, status and bytes: once ordered by when they were sent, as a
trace is, and once in any order. Counts by outcome and operation and the sums of all columns agree.";

/// Makes the files, checks that both read the same, and times them.
pub(crate) fn run(options: &Options) -> Result<()> {
    let rounds = options.count("--rounds", 3);
    let programs = programs()?;
    let files = [
        ("jtl", "JMeter's CSV", options.count("--csv-rows", 5_000_000)),
        ("k6", "k6's JSON", options.count("--json-rows", 3_000_000)),
    ];
    let mut answers = Vec::new();
    for (kind, name, rows) in files {
        let file = data::provide(&programs, &options.folder(), kind, rows)?;
        let mebibytes = std::fs::metadata(&file)?.len() >> 20;
        let contenders = contenders(&programs, kind, &file);
        agree(&programs, &contenders)?;
        println!("{name}: the requests that each program read are the same");
        let question = format!("{name}: {rows} requests, {mebibytes} MiB");
        answers.push((question, race(&contenders, rounds)?, contenders));
    }
    let command = format!("cargo run --release -p xtask -- bench ingest {}", options.text());
    table::print_head("Reading other tools' files", &command, &programs.python.to_string_lossy(), rounds);
    println!("{ASKED}");
    for (question, costs, contenders) in &answers {
        table::print(question, contenders, costs);
    }
    Ok(())
}

fn contenders(programs: &Programs, kind: &str, file: &Path) -> Vec<Contender> {
    let out = |name: &str| file.with_file_name(format!("out-{kind}-{name}"));
    let (input, study) = (file.to_string_lossy(), out("vana"));
    let words = ["ingest", &input, "--study", &study.to_string_lossy(), "--without-raw"];
    let duckdb = |name, order: &str| {
        let out = out(&format!("{order}.parquet"));
        Contender::python(programs, name, "duckdb_ingest.py", file, &[kind, order], out)
    };
    vec![
        Contender::vana_writing(programs, &words, study.clone()),
        duckdb("DuckDB, ordered", "ordered"),
        duckdb("DuckDB, in any order", "as-read"),
    ]
}

/// Lets each read once, which also fills the page cache, and compares what they wrote.
fn agree(programs: &Programs, contenders: &[Contender]) -> Result<()> {
    let mut trace = None;
    for contender in contenders {
        contender.run()?;
        let Some(trace) = &trace else {
            trace = Some(find_trace(&contender.out).context("vana wrote no trace")?);
            continue;
        };
        let same = [&script("same_rows.py"), trace, &contender.out].map(PathBuf::clone);
        run_command(&mut command(&programs.python.to_string_lossy(), same))
            .with_context(|| format!("{} disagrees with vana", contender.name))?;
    }
    Ok(())
}

/// The trace of the only run under a folder.
fn find_trace(folder: &Path) -> Option<PathBuf> {
    let trace = folder.join("trace.parquet");
    if trace.exists() {
        return Some(trace);
    }
    std::fs::read_dir(folder).ok()?.flatten().find_map(|entry| find_trace(&entry.path()))
}
