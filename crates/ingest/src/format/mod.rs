//! The registry of input formats. A new format is one file here and one line in [`FORMATS`].

mod access_log;
mod arrivals_csv;
mod gor;
mod hdr_encoding;
mod hgrm;
mod hlog;
mod jmeter;
mod jmeter_csv;
mod jmeter_xml;
mod k6;
mod k6_csv;
mod k6_json;
mod k6_shape;
mod printed;
mod published;
mod redis_benchmark;
mod redis_terminal;
mod runs_csv;
mod spectrum;
mod sysbench;
mod sysbench_interval;
mod table;
mod table_csv;
mod table_ndjson;
mod table_parquet;
mod text_table;
mod wrk;
mod wrk2;
mod wrk_text;
mod wrk_units;

use vana_types::{Fidelity, Finding, Severity};

use crate::lines::Lines;
use crate::{Body, ColumnMap, Draft, Input, ReadError, ReadOptions, Result};

/// Whether a file is of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detection {
    /// Certainly.
    Yes,
    /// Certainly not.
    No,
    /// It could be, when the user says so with `--as`.
    Unsure,
}

/// One foreign format.
pub trait Format: Sync {
    /// Kebab-case name, for `--as`.
    fn name(&self) -> &'static str;
    /// One line: what it is.
    fn about(&self) -> &'static str;
    /// Where its layout is documented.
    fn source(&self) -> &'static str;
    /// What is known of a run read from it.
    fn fidelity(&self) -> Fidelity;
    /// Whether the file is of this format, from its first bytes and never from its name.
    fn detect(&self, input: &Input) -> Detection;
    /// Whether the format reads columns that the user names with `--map`.
    fn takes(&self, map: &[ColumnMap]) -> bool {
        let _ = map;
        false
    }
    /// The runs in the file, in its order. A file without any is malformed.
    fn read(&self, input: &Input, options: &ReadOptions) -> Result<Vec<Draft>>;
}

/// All formats, in the order of the manual.
pub const FORMATS: &[&dyn Format] = &[
    &jmeter_csv::JmeterCsv,
    &jmeter_xml::JmeterXml,
    &k6_json::K6Json,
    &k6_csv::K6Csv,
    &table_csv::TableCsv,
    &table_ndjson::TableNdjson,
    &table_parquet::TableParquet,
    &hgrm::Hgrm,
    &hlog::Hlog,
    &wrk::Wrk,
    &wrk2::Wrk2,
    &sysbench::Sysbench,
    &redis_benchmark::RedisBenchmark,
    &access_log::AccessLog,
    &gor::Gor,
    &arrivals_csv::ArrivalsCsv,
    &runs_csv::RunsCsv,
    &published::Published,
];

/// The draft of a file whose requests are all in a trace; a file without any is malformed.
fn traced(lines: Lines, without_any: &str) -> Result<Draft> {
    let summary = lines.trace.summary();
    if summary.rows == 0 {
        return Err(ReadError::at(0, without_any));
    }
    let mut findings = Vec::new();
    if summary.operations_truncated {
        findings.push(Finding::new(
            "operations-truncated",
            Severity::Warning,
            "more than 65,536 distinct operations; the further ones share the name (other)",
        ));
    }
    Ok(Draft {
        clients: lines.most_clients,
        // Stamps of 1971 and later are calendar time; smaller ones count from the start of the run.
        started_unix_ns: Some(summary.start_ns).filter(|&start| start > 31_536_000_000_000_000),
        duration_s: Some(summary.duration_ns as f64 / 1e9),
        findings,
        body: Body::Trace(Box::new(lines.trace)),
        ..Draft::default()
    })
}
