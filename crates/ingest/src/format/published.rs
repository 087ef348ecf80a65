//! A publication's tables, one row per printed cell.

use vana_types::{Fidelity, Measurement, Origin, Scale, Status, statistic};

use super::table::Table;
use super::{Detection, Format};
use crate::{Body, Draft, Input, PublishedCells, ReadError, ReadOptions, Result};

/// A transcription of printed tables that says how sure each cell is.
#[derive(Debug)]
pub struct Published;

const COLUMNS: [&str; 11] = [
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

impl Format for Published {
    fn name(&self) -> &'static str {
        "published"
    }

    fn about(&self) -> &'static str {
        "cells of a publication's tables, each with a status (read, ambiguous, lost, uncertain, suspect)"
    }

    fn source(&self) -> &'static str {
        "CSV with the columns table, workload, metric, unit, clients, statistic, system, value, printed, status, note"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Published
    }

    fn detect(&self, input: &Input) -> Detection {
        let header = input.head_text().lines().next().unwrap_or_default();
        if header.split(',').map(|cell| cell.trim().trim_matches('"')).eq(COLUMNS) {
            Detection::Yes
        } else {
            Detection::No
        }
    }

    fn read(&self, input: &Input, _: &ReadOptions) -> Result<Vec<Draft>> {
        let table = Table::read(input)?;
        let columns = COLUMNS.map(|name| table.column(name));
        if let Some(missing) = columns.iter().position(Option::is_none) {
            let name = COLUMNS[missing];
            return Err(ReadError::at(1, format!("no column \"{name}\""))
                .hint(format!("expected {}", COLUMNS.join(","))));
        }
        let columns = columns.map(Option::unwrap_or_default);
        let cells = table
            .rows
            .iter()
            .map(|row| cell(columns.map(|at| row.cell(at)), row.line))
            .collect::<Result<Vec<Measurement>>>()?;
        if cells.is_empty() {
            return Err(ReadError::at(1, "a table without rows"));
        }
        Ok(vec![Draft { line: Some(2), body: Body::Published(PublishedCells { cells }), ..Draft::default() }])
    }
}

fn cell(cells: [&str; 11], line: u64) -> Result<Measurement> {
    let [table, workload, metric, unit, clients, statistic, system, value, printed, status, note] = cells;
    let bad = |message: String| ReadError::at(line, message);
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
