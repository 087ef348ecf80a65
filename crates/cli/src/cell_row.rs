//! A number over repetitions as a flat row.

use serde::Serialize;
use vana_types::{Cell, Unit};

/// One cell of `summarize --over repetitions` and of a report's `cells.csv`.
#[derive(Serialize)]
pub(crate) struct CellRow<'a> {
    pub system: &'a str,
    pub workload: &'a str,
    pub clients: Option<u32>,
    pub metric: &'a str,
    pub statistic: &'a str,
    pub value: Option<f64>,
    pub unit: Unit,
    pub origin: &'static str,
    pub n: Option<u32>,
    pub stdev: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub median: Option<f64>,
    pub median_low: Option<f64>,
    pub median_high: Option<f64>,
    pub status: &'static str,
    pub note: Option<&'a str>,
}

impl<'a> CellRow<'a> {
    /// The row of a cell.
    pub fn of(cell: &'a Cell) -> Self {
        let estimate = &cell.estimate;
        Self {
            system: &cell.key.system,
            workload: &cell.key.workload,
            clients: cell.key.clients,
            metric: &cell.key.metric,
            statistic: &cell.key.statistic,
            value: estimate.value,
            unit: cell.unit,
            origin: cell.origin.name(),
            n: estimate.n,
            stdev: estimate.stdev,
            low: estimate.interval.map(|interval| interval.low),
            high: estimate.interval.map(|interval| interval.high),
            median: estimate.median,
            median_low: estimate.median_interval.map(|interval| interval.low),
            median_high: estimate.median_interval.map(|interval| interval.high),
            status: cell.status.name(),
            note: cell.note.as_deref(),
        }
    }
}

/// One row of a report's `operations.csv`.
#[derive(Serialize)]
pub(crate) struct OperationRow<'a> {
    pub system: &'a str,
    pub workload: &'a str,
    pub clients: Option<u32>,
    pub operation: Option<&'a str>,
    pub metric: &'a str,
    pub statistic: &'a str,
    pub value: Option<f64>,
    pub unit: Unit,
    pub n: Option<u32>,
    pub stdev: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

impl<'a> OperationRow<'a> {
    /// The row of a cell of an operation.
    pub fn of(cell: &'a Cell) -> Self {
        let CellRow {
            system, workload, clients, metric, statistic, value, unit, n, stdev, low, high, ..
        } = CellRow::of(cell);
        let operation = cell.key.operation.as_deref();
        Self { system, workload, clients, operation, metric, statistic, value, unit, n, stdev, low, high }
    }
}
