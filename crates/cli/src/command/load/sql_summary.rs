//! What came of a run of transactions, for people who know sysbench.

use std::io::Write;

use vana_types::{Measurement, Unit, metric, statistic};

use super::measured::Made;
use super::summary::{errors, write_last_failure, write_tally, write_unfinished};
use crate::output::write_table;
use crate::quantity::show;

/// Statistics of a duration, as columns.
const COLUMNS: [&str; 6] = ["mean", "stdev", "p50", "p95", "p99", "max"];

/// The numbers of one run.
struct Numbers<'a>(&'a [Measurement]);

impl Numbers<'_> {
    fn of(&self, metric: &str, statistic: &str, operation: Option<&str>) -> Option<(f64, Unit)> {
        let found = self.0.iter().find(|one| {
            one.metric == metric && one.statistic == statistic && one.operation.as_deref() == operation
        })?;
        found.value.map(|value| (value, found.unit))
    }

    fn text(&self, metric: &str, statistic: &str, operation: Option<&str>) -> String {
        self.of(metric, statistic, operation)
            .map_or_else(|| "-".to_owned(), |(value, unit)| show(value, unit, false))
    }

    /// A row of a table: a name and the statistics of a duration.
    fn row(&self, name: String, metric: &str, operation: Option<&str>) -> Vec<String> {
        let values = COLUMNS.iter().map(|statistic| self.text(metric, statistic, operation));
        std::iter::once(name).chain(values).collect()
    }
}

/// Writes it.
pub(super) fn write_sql_summary(out: &mut impl Write, made: &Made) -> std::io::Result<()> {
    let Made { run, measurements, .. } = made;
    let numbers = Numbers(measurements);
    writeln!(out, "{}", run.identity)?;
    write_ends(out, made)?;
    for (name, metric) in [("transactions/s", metric::REQUEST_RATE), ("queries/s", metric::QUERY_RATE)] {
        writeln!(out, "  {name}: {}", numbers.text(metric, statistic::MEAN, None))?;
    }
    let mut rows = vec![["  "].into_iter().chain(COLUMNS).map(str::to_owned).collect::<Vec<_>>()];
    rows.push(numbers.row("  transaction".to_owned(), metric::SERVICE_TIME, None));
    if numbers.of(metric::RESPONSE_TIME, statistic::MEAN, None).is_some() {
        rows.push(numbers.row("  since it was due".to_owned(), metric::RESPONSE_TIME, None));
    }
    rows.extend(
        operations(measurements, run.outermost())
            .map(|name| numbers.row(format!("  {name}"), metric::SERVICE_TIME, Some(name))),
    );
    write_table(out, &rows)?;
    if !measurements.iter().any(|one| one.operation.is_some()) {
        writeln!(out, "  the run is too long to tell the kinds of statements apart")?;
    }
    writeln!(out, "  sysbench would have printed:")?;
    let printed = ["min", "mean", "max", "p95"].map(|statistic| {
        let value = numbers.of(metric::SYSBENCH_LATENCY, statistic, None);
        value.map_or_else(|| "-".to_owned(), |(value, _)| format!("{:.2}", value * 1e3))
    });
    let rows = [
        ["    Latency (ms):", "min", "avg", "max", "95th percentile"].map(str::to_owned).to_vec(),
        std::iter::once("  ".to_owned()).chain(printed).collect(),
    ];
    write_table(out, &rows)?;
    if let Some(share) = run.attributes.get("client_cpu").and_then(|share| share.parse::<f64>().ok()) {
        writeln!(out, "  client CPU: {} of one processor (busiest thread)", show(share, Unit::One, true))?;
    }
    Ok(())
}

/// What became of transactions and of their statements, and why those failed that did.
fn write_ends(out: &mut impl Write, made: &Made) -> std::io::Result<()> {
    write_tally(out, "transactions", &made.tally, made.run.warmup_ns())?;
    let of_statements = errors(&made.within);
    if let Some(errors) = &of_statements {
        writeln!(out, "  errors of statements: {errors}")?;
    }
    if of_statements.is_some() || errors(&made.tally).is_some() {
        write_last_failure(out, &made.run)?;
    }
    write_unfinished(out, &made.tally)
}

/// Kinds of statements that have times.
fn operations<'a>(
    measurements: &'a [Measurement],
    outermost: Option<&'a str>,
) -> impl Iterator<Item = &'a str> {
    let timed = measurements
        .iter()
        .filter(|one| one.metric == metric::SERVICE_TIME && one.statistic == statistic::MEAN);
    timed.filter_map(|one| one.operation.as_deref()).filter(move |name| Some(*name) != outermost)
}
