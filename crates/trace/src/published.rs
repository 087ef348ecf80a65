//! A publication's tables, one row per printed cell: `published/*.csv`.

use std::path::Path;

use vana_types::{Measurement, Origin, Scale, Status, statistic};

use crate::StudyError;

/// The columns, in their order.
pub const PUBLISHED_COLUMNS: [&str; 11] = [
    "table",
    "workload",
    "metric",
    "unit",
    "clients",
    "statistic",
    "system",
    "value",
    "printed",
    "status",
    "note",
];

/// Why a table of published cells was refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{message}")]
pub struct PublishedError {
    /// Line, counted from 1.
    pub line: u64,
    /// Lowercase fragment: what is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl PublishedError {
    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Reads the cells of a published table as CSV with [`PUBLISHED_COLUMNS`].
pub fn parse_published(text: &str) -> Result<Vec<Measurement>, PublishedError> {
    let malformed = |error: csv::Error| PublishedError {
        line: error.position().map_or(1, csv::Position::line),
        message: format!("not a table: {error}"),
        hint: None,
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(PublishedError { line: 0, message: "empty file".to_owned(), hint: None });
    }
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().map_err(malformed)?.clone();
    let mut places = [0; PUBLISHED_COLUMNS.len()];
    for (place, name) in places.iter_mut().zip(PUBLISHED_COLUMNS) {
        *place = header.iter().position(|found| found == name).ok_or_else(|| {
            let error = PublishedError { line: 1, message: format!("no column \"{name}\""), hint: None };
            error.hint(format!("expected {}", PUBLISHED_COLUMNS.join(",")))
        })?;
    }
    let mut cells = Vec::new();
    for record in reader.records() {
        let record = record.map_err(malformed)?;
        let line = record.position().map_or(1, csv::Position::line);
        if record.len() != header.len() {
            let message = format!("{} columns, but the header has {}", record.len(), header.len());
            return Err(PublishedError { line, message, hint: None });
        }
        cells.push(cell(places.map(|place| record.get(place).unwrap_or_default()), line)?);
    }
    if cells.is_empty() {
        return Err(PublishedError { line: 1, message: "a table without rows".to_owned(), hint: None });
    }
    Ok(cells)
}

/// Reads a file of a study.
pub(crate) fn read_published(path: &Path) -> Result<Vec<Measurement>, StudyError> {
    let text = std::fs::read_to_string(path).map_err(StudyError::io(path))?;
    parse_published(&text).map_err(|error| StudyError::Malformed {
        path: path.to_owned(),
        line: error.line,
        message: error.message,
    })
}

fn cell(cells: [&str; 11], line: u64) -> Result<Measurement, PublishedError> {
    let [table, workload, metric, unit, clients, statistic, system, value, printed, status, note] = cells;
    let bad = |message: String| PublishedError { line, message, hint: None };
    for (name, text) in
        [("workload", workload), ("metric", metric), ("statistic", statistic), ("system", system)]
    {
        if text.is_empty() {
            return Err(bad(format!("no {name}")));
        }
    }
    let status = Status::from_name(status).ok_or_else(|| {
        let known: Vec<&str> = Status::ALL.iter().map(|status| status.name()).collect();
        bad(format!("unknown status \"{status}\"")).hint(format!("known: {}", known.join(", ")))
    })?;
    let scale: Scale = unit.parse().map_err(|error: vana_types::UnitError| bad(error.to_string()))?;
    let value = match (value, status) {
        ("", Status::Lost) => None,
        ("", _) => {
            return Err(bad(format!("status {status}, but no value")).hint("a cell without value is lost"));
        }
        (_, Status::Lost) => return Err(bad(format!("status lost, but the value {value}"))),
        _ => Some(scale.to_base(value).ok_or_else(|| bad(format!("the value \"{value}\" is no number")))?),
    };
    let clients = match clients {
        "" => None,
        text => Some(text.parse().map_err(|_| bad(format!("\"{text}\" is no number of clients")))?),
    };
    // A percentage becomes a ratio, so its name must not say percent any more.
    let statistic = if statistic == "within_stdev_percent" { statistic::WITHIN_STDEV } else { statistic };
    let note = match (note, status) {
        ("", _) => None,
        (_, Status::Read) => Some(note.to_owned()),
        _ => Some(format!("Table {table}: {note}")),
    };
    Ok(Measurement {
        system: system.to_owned(),
        workload: workload.to_owned(),
        clients,
        repetition: None,
        metric: metric.to_owned(),
        statistic: statistic.to_owned(),
        value,
        unit: scale.unit,
        origin: Origin::Published,
        operation: None,
        status,
        printed: (!printed.is_empty()).then(|| printed.to_owned()),
        note,
    })
}
