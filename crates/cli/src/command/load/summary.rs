//! What came of a run, for people who know wrk.

use std::io::Write;

use vana_types::{Measurement, Outcome, Run, Unit, metric};

use crate::output::write_table;
use crate::quantity::show;

/// Statistics of a duration, as columns.
const COLUMNS: [&str; 6] = ["mean", "stdev", "p50", "p90", "p99", "max"];

/// Writes it.
pub(crate) fn write_summary(
    out: &mut impl Write,
    run: &Run,
    measurements: &[Measurement],
) -> std::io::Result<()> {
    let value = |metric: &str, statistic: &str| {
        let found = measurements
            .iter()
            .find(|one| one.metric == metric && one.statistic == statistic && one.operation.is_none())?;
        found.value.map(|value| show(value, found.unit, statistic == "within_stdev"))
    };
    let text = |metric, statistic| value(metric, statistic).unwrap_or_else(|| "-".to_owned());
    writeln!(out, "{}", run.identity)?;
    let count = |outcome| run.outcomes.get(&outcome).copied().unwrap_or(0);
    let answered = count(Outcome::Ok) + count(Outcome::ErrorStatus);
    let seconds = run.duration_s.unwrap_or(0.0);
    writeln!(out, "  {answered} requests answered in {}", show(seconds, Unit::Seconds, false))?;
    let bad: Vec<String> = Outcome::ALL
        .iter()
        .filter(|outcome| !matches!(outcome, Outcome::Ok | Outcome::Unfinished))
        .filter(|outcome| count(**outcome) > 0)
        .map(|outcome| format!("{outcome} {}", count(*outcome)))
        .collect();
    let errors = if bad.is_empty() { "none".to_owned() } else { bad.join(", ") };
    writeln!(out, "  errors: {errors}")?;
    if count(Outcome::Unfinished) > 0 {
        writeln!(out, "  unfinished at the end: {}", count(Outcome::Unfinished))?;
    }
    writeln!(out, "  requests/s: {}", text(metric::REQUEST_RATE, "mean"))?;
    writeln!(out, "  transfer/s: {}", text(metric::TRANSFER_RATE, "mean"))?;
    let mut rows = vec![["  "].into_iter().chain(COLUMNS).map(str::to_owned).collect::<Vec<_>>()];
    for (metric, name) in
        [(metric::SERVICE_TIME, "  service time"), (metric::RESPONSE_TIME, "  response time")]
    {
        if measurements.iter().any(|one| one.metric == metric) {
            let values = COLUMNS.iter().map(|statistic| text(metric, statistic));
            rows.push(std::iter::once(name.to_owned()).chain(values).collect());
        }
    }
    write_table(out, &rows)?;
    writeln!(out, "  wrk would have printed:")?;
    let mut rows = vec![["    Thread Stats", "Avg", "Stdev", "Max", "+/- Stdev"].map(str::to_owned).to_vec()];
    for (metric, name) in [(metric::WRK_LATENCY, "    Latency"), (metric::WRK_REQUEST_RATE, "    Req/Sec")] {
        let values = ["mean", "stdev", "max", "within_stdev"].map(|statistic| text(metric, statistic));
        rows.push(std::iter::once(name.to_owned()).chain(values).collect());
    }
    write_table(out, &rows)?;
    if let Some(share) = run.attributes.get("client_cpu").and_then(|share| share.parse::<f64>().ok()) {
        writeln!(out, "  client CPU: {} of one processor (busiest thread)", show(share, Unit::One, true))?;
    }
    for (name, metric, statistic) in [
        ("client memory", metric::CLIENT_MEMORY, "max"),
        ("schedule lag, at most", metric::SCHEDULE_LAG, "max"),
        ("a byte over the loopback and back", metric::LOOPBACK_TIME, "min"),
    ] {
        if let Some(text) = value(metric, statistic) {
            writeln!(out, "  {name}: {text}")?;
        }
    }
    Ok(())
}
