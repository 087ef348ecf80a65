//! What came of a run of transactions, for people who know sysbench.

use std::io::Write;

use vana_types::{Measurement, Outcome, Run, Unit, metric, statistic};

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
pub(super) fn write_sql_summary(
    out: &mut impl Write,
    run: &Run,
    measurements: &[Measurement],
) -> std::io::Result<()> {
    let numbers = Numbers(measurements);
    let count =
        |operation| numbers.of("requests", statistic::COUNT, operation).map_or(0.0, |(value, _)| value);
    writeln!(out, "{}", run.identity)?;
    let seconds = show(run.duration_s.unwrap_or(0.0), Unit::Seconds, false);
    writeln!(out, "  {:.0} transactions in {seconds}", count(None))?;
    let bad: Vec<String> = Outcome::ALL
        .iter()
        .filter(|outcome| !matches!(outcome, Outcome::Ok | Outcome::Unfinished))
        .filter_map(|outcome| run.outcomes.get(outcome).map(|count| format!("{outcome} {count}")))
        .collect();
    let errors = if bad.is_empty() { "none".to_owned() } else { bad.join(", ") };
    writeln!(out, "  errors, of statements and transactions: {errors}")?;
    if let Some(unfinished) = run.outcomes.get(&Outcome::Unfinished) {
        writeln!(out, "  unfinished at the end: {unfinished}")?;
    }
    for (name, metric) in [("transactions/s", metric::REQUEST_RATE), ("queries/s", metric::QUERY_RATE)] {
        writeln!(out, "  {name}: {}", numbers.text(metric, statistic::MEAN, None))?;
    }
    let mut rows = vec![["  "].into_iter().chain(COLUMNS).map(str::to_owned).collect::<Vec<_>>()];
    rows.push(numbers.row("  transaction".to_owned(), metric::SERVICE_TIME, None));
    if numbers.of(metric::RESPONSE_TIME, statistic::MEAN, None).is_some() {
        rows.push(numbers.row("  since it was due".to_owned(), metric::RESPONSE_TIME, None));
    }
    let inner = measurements
        .iter()
        .filter(|one| one.metric == metric::SERVICE_TIME && one.statistic == statistic::MEAN);
    for operation in inner.filter_map(|one| one.operation.as_deref()) {
        if Some(operation) != run.outermost() {
            rows.push(numbers.row(format!("  {operation}"), metric::SERVICE_TIME, Some(operation)));
        }
    }
    write_table(out, &rows)?;
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
