//! A publication's tables, one row per printed cell.

use vana_trace::{PUBLISHED_COLUMNS, parse_published};
use vana_types::Fidelity;

use super::{Detection, Format};
use crate::{Body, Draft, Input, PublishedCells, ReadError, ReadOptions, Result};

/// A transcription of printed tables that says how sure each cell is.
#[derive(Debug)]
pub struct Published;

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
        if header.split(',').map(|cell| cell.trim().trim_matches('"')).eq(PUBLISHED_COLUMNS) {
            Detection::Yes
        } else {
            Detection::No
        }
    }

    fn read(&self, input: &Input, _: &ReadOptions) -> Result<Vec<Draft>> {
        let cells = parse_published(&input.text()?).map_err(|error| ReadError::Malformed {
            line: error.line,
            message: error.message,
            hint: error.hint,
        })?;
        Ok(vec![Draft { line: Some(2), body: Body::Published(PublishedCells { cells }), ..Draft::default() }])
    }
}
