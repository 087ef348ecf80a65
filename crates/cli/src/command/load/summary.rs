//! What came of a run, for people who know wrk.

use std::io::Write;

use vana_reduce::Tally;
use vana_types::{Outcome, Run, Unit, metric};

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
    write_tally(out, "requests", tally, run.warmup_ns())?;
    if tally.outcomes.iter().any(|(outcome, _)| is_failure(*outcome) && !outcome.is_complete()) {
        write_last_failure(out, run)?;
    }
    write_unfinished(out, tally)?;
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

const fn is_failure(outcome: Outcome) -> bool {
    !matches!(outcome, Outcome::Ok | Outcome::Unfinished)
}

/// How many of a tally ended in each bad way, with the statuses that they had; `None` where all went well.
pub(super) fn errors(tally: &Tally) -> Option<String> {
    let statuses: Vec<String> =
        tally.error_statuses.iter().map(|(status, count)| format!("{status}: {count}")).collect();
    let name = |outcome: Outcome, count: u64| {
        if outcome == Outcome::ErrorStatus && !statuses.is_empty() {
            format!("{outcome} {count} ({})", statuses.join(", "))
        } else {
            format!("{outcome} {count}")
        }
    };
    let known = Outcome::ALL.iter().copied().filter(|outcome| is_failure(*outcome));
    let count = |outcome: &Outcome| tally.outcomes.get(outcome).copied().filter(|count| *count > 0);
    let names: Vec<String> = known.filter_map(|outcome| Some(name(outcome, count(&outcome)?))).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// How many of them ended in which way.
pub(super) fn write_tally(
    out: &mut impl Write,
    noun: &str,
    tally: &Tally,
    warmup_ns: i64,
) -> std::io::Result<()> {
    let count = |outcome| tally.outcomes.get(&outcome).copied().unwrap_or(0);
    let time = |seconds| show(seconds, Unit::Seconds, false);
    let answered = count(Outcome::Ok) + count(Outcome::ErrorStatus);
    writeln!(out, "  {answered} {noun} answered in {}", time(tally.duration_s))?;
    if warmup_ns > 0 {
        let warmup = time(warmup_ns as f64 / 1e9);
        writeln!(out, "  before that {} {noun} in a warm-up of {warmup}, which count nowhere", tally.warmup)?;
    }
    writeln!(out, "  errors: {}", errors(tally).as_deref().unwrap_or("none"))
}

/// Why the last one failed, where that is known.
pub(super) fn write_last_failure(out: &mut impl Write, run: &Run) -> std::io::Result<()> {
    match run.attributes.get("last_failure") {
        Some(why) => writeln!(out, "  the last failure: {why}"),
        None => Ok(()),
    }
}

/// How many were under way at the end, if any were.
pub(super) fn write_unfinished(out: &mut impl Write, tally: &Tally) -> std::io::Result<()> {
    match tally.outcomes.get(&Outcome::Unfinished) {
        None | Some(0) => Ok(()),
        Some(count) => writeln!(out, "  unfinished at the end: {count}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_told_with_their_statuses() {
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
        write_tally(&mut out, "requests", &tally, 500_000_000).unwrap();
        write_unfinished(&mut out, &tally).unwrap();
        let expected = "  10 requests answered in 2.000 s\n  \
                        before that 5 requests in a warm-up of 500.0 ms, which count nowhere\n  \
                        errors: error_status 3 (404: 1, 500: 2), timeout 2\n  \
                        unfinished at the end: 1\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
