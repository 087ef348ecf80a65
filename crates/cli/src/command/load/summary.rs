//! What came of a run, for people who know wrk.

use std::io::Write;

use vana_reduce::Tally;
use vana_types::{Outcome, Unit, metric};

use super::measured::Made;
use crate::output::write_table;
use crate::quantity::show;

/// Statistics of a duration, as columns.
const COLUMNS: [&str; 7] = ["mean", "stdev", "p50", "p90", "p99", "p99.9", "max"];

/// Writes it.
pub(crate) fn write_summary(out: &mut impl Write, made: &Made) -> std::io::Result<()> {
    let Made { run, measurements, tally, .. } = made;
    let value = |metric: &str, statistic: &str| {
        let found = measurements
            .iter()
            .find(|one| one.metric == metric && one.statistic == statistic && one.operation.is_none())?;
        found.value.map(|value| show(value, found.unit, statistic == "within_stdev"))
    };
    let text = |metric, statistic| value(metric, statistic).unwrap_or_else(|| "-".to_owned());
    writeln!(out, "{}", run.identity)?;
    let last_failure = run.attributes.get("last_failure").map(String::as_str);
    write_tally(out, tally, run.warmup_ns(), last_failure)?;
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

/// How many requests ended in which way, and why those failed that did.
fn write_tally(
    out: &mut impl Write,
    tally: &Tally,
    warmup_ns: i64,
    last_failure: Option<&str>,
) -> std::io::Result<()> {
    let count = |outcome| tally.outcomes.get(&outcome).copied().unwrap_or(0);
    let time = |seconds| show(seconds, Unit::Seconds, false);
    let answered = count(Outcome::Ok) + count(Outcome::ErrorStatus);
    writeln!(out, "  {answered} requests answered in {}", time(tally.duration_s))?;
    if warmup_ns > 0 {
        let warmup = time(warmup_ns as f64 / 1e9);
        writeln!(
            out,
            "  before that {} requests in a warm-up of {warmup}, which count nowhere",
            tally.warmup
        )?;
    }
    let failed: Vec<Outcome> = Outcome::ALL
        .iter()
        .copied()
        .filter(|outcome| !matches!(outcome, Outcome::Ok | Outcome::Unfinished) && count(*outcome) > 0)
        .collect();
    let name = |outcome: &Outcome| {
        let statuses = tally.error_statuses.iter().map(|(status, count)| format!("{status}: {count}"));
        let statuses: Vec<String> = statuses.filter(|_| *outcome == Outcome::ErrorStatus).collect();
        let statuses =
            if statuses.is_empty() { String::new() } else { format!(" ({})", statuses.join(", ")) };
        format!("{outcome} {}{statuses}", count(*outcome))
    };
    let names: Vec<String> = failed.iter().map(name).collect();
    writeln!(out, "  errors: {}", if names.is_empty() { "none".to_owned() } else { names.join(", ") })?;
    let has_reason = failed.iter().any(|outcome| !outcome.is_complete());
    if let Some(why) = last_failure.filter(|_| has_reason) {
        writeln!(out, "  the last failure: {why}")?;
    }
    if count(Outcome::Unfinished) > 0 {
        writeln!(out, "  unfinished at the end: {}", count(Outcome::Unfinished))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_told_with_their_statuses_and_the_last_reason() {
        let tally = Tally {
            outcomes: [
                (Outcome::Ok, 7),
                (Outcome::ErrorStatus, 3),
                (Outcome::Timeout, 2),
                (Outcome::Unfinished, 1),
            ]
            .into(),
            error_statuses: [(404, 1), (500, 2)].into(),
            duration_s: 2.0,
            warmup: 5,
        };
        let mut out = Vec::new();
        write_tally(&mut out, &tally, 500_000_000, Some("no response")).unwrap();
        let expected = "  10 requests answered in 2.000 s\n  \
                        before that 5 requests in a warm-up of 500.0 ms, which count nowhere\n  \
                        errors: error_status 3 (404: 1, 500: 2), timeout 2\n  \
                        the last failure: no response\n  \
                        unfinished at the end: 1\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
