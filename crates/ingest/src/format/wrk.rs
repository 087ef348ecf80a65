//! wrk's printed summary.

use std::collections::BTreeMap;

use vana_types::{Fidelity, Finding, Reported, Severity, Tool, metric};

use super::printed::{percentile_statistic, whole_text};
use super::wrk_text::{self, Finished, WrkRun};
use super::wrk_units;
use super::{Detection, Format};
use crate::{Body, Draft, Input, ReadError, ReadOptions, Result};

/// What wrk prints when it is done, once or many times in a file.
#[derive(Debug)]
pub struct Wrk;

/// Words that only wrk2 prints.
pub(super) const WRK2_ONLY: [&str; 3] =
    ["Thread calibration:", "(HdrHistogram - ", "Detailed Percentile spectrum"];

impl Format for Wrk {
    fn name(&self) -> &'static str {
        "wrk"
    }

    fn about(&self) -> &'static str {
        "printed output of wrk, one or many runs"
    }

    fn source(&self) -> &'static str {
        "https://github.com/wg/wrk, src/wrk.c and src/units.c"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Summary
    }

    fn detect(&self, input: &Input) -> Detection {
        let head = input.head_text();
        if looks_like_wrk(head) && !WRK2_ONLY.iter().any(|words| head.contains(words)) {
            Detection::Yes
        } else {
            Detection::No
        }
    }

    fn read(&self, input: &Input, _: &ReadOptions) -> Result<Vec<Draft>> {
        let text = whole_text(input)?;
        let lines: Vec<&str> = text.lines().collect();
        wrk_text::read(&lines)?.iter().map(draft).collect()
    }
}

/// Whether either of the two tools printed this.
pub(super) fn looks_like_wrk(head: &str) -> bool {
    // autocannon begins with the same words, but goes on with its connections alone.
    let begins =
        || head.contains(" threads and ") && head.lines().any(|line| wrk_text::running(line).is_some());
    head.lines().any(wrk_text::is_stats_header) || begins()
}

fn draft(finished: &Finished<'_>) -> Result<Draft> {
    let run = &finished.run;
    let mut reported = Vec::new();
    if let Some(row) = run.latency {
        reported.extend(wrk_text::statistics(metric::WRK_LATENCY, row, run.line, wrk_units::time)?);
    }
    for distribution in &run.distributions {
        reported.extend(percentiles(metric::WRK_LATENCY, &distribution.rows, distribution.line)?);
    }
    if let Some(row) = run.rate {
        reported.extend(wrk_text::statistics(metric::WRK_REQUEST_RATE, row, run.line, wrk_units::rate)?);
    }
    let mut draft = base(finished, "wrk", reported)?;
    draft.findings.extend(timeouts_left_out(run));
    if draft.reported.iter().any(|one| one.value.is_none()) {
        draft.findings.push(not_a_number(&draft.reported));
    }
    Ok(draft)
}

/// Everything that both tools print alike: `reported` comes first.
pub(super) fn base(finished: &Finished<'_>, tool: &str, mut reported: Vec<Reported>) -> Result<Draft> {
    let run = &finished.run;
    let line = run.line;
    let mut duration_s = None;
    if let Some([requests, time, read]) = run.totals {
        reported.push(wrk_text::number("requests", "count", requests, line, wrk_units::count)?);
        let duration = wrk_text::number(metric::DURATION, "total", time, line, wrk_units::time)?;
        duration_s = duration.value;
        reported.push(duration);
        reported.push(wrk_text::number("bytes_received", "total", read, line, wrk_units::bytes)?);
    }
    for (name, text) in ["connect", "read", "write", "timeout"].iter().zip(run.socket_errors.iter().flatten())
    {
        reported.push(wrk_text::number(
            &format!("socket_errors_{name}"),
            "count",
            text,
            line,
            wrk_units::count,
        )?);
    }
    if let Some(text) = run.error_status {
        reported.push(wrk_text::number("error_status", "count", text, line, wrk_units::count)?);
    }
    if let Some(text) = run.request_rate {
        reported.push(wrk_text::number(metric::REQUEST_RATE, "mean", text, line, wrk_units::rate)?);
    }
    let transfer = finished.transfer_rate;
    reported.push(wrk_text::number(
        metric::TRANSFER_RATE,
        "mean",
        transfer,
        line,
        wrk_units::bytes_per_second,
    )?);
    let attributes: BTreeMap<String, String> = [("url", run.url), ("threads", run.threads)]
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect();
    Ok(Draft {
        line: Some(line),
        clients: run.connections,
        tool: Tool { name: tool.to_owned(), version: None, command: run.command.map(str::to_owned) },
        duration_s,
        reported,
        attributes,
        body: Body::Summary,
        ..Draft::default()
    })
}

/// The rows of a distribution.
pub(super) fn percentiles(metric: &str, rows: &[(&str, &str)], line: u64) -> Result<Vec<Reported>> {
    rows.iter()
        .zip(line + 1..)
        .map(|(&(percent, value), line)| {
            let statistic = percentile_statistic(percent)
                .ok_or_else(|| ReadError::at(line, format!("\"{percent}%\" is no percentile")))?;
            wrk_text::number(metric, &statistic, value, line, wrk_units::time)
        })
        .collect()
}

fn timeouts_left_out(run: &WrkRun<'_>) -> Option<Finding> {
    let timeouts: f64 = run.socket_errors?.get(3)?.parse().ok().filter(|count| *count > 0.0)?;
    let message = format!(
        "{timeouts} requests timed out; wrk leaves them out of its latencies, so mean, stdev and maximum are too low"
    );
    Some(Finding::new("timeouts-left-out", Severity::Warning, message).with_value(timeouts, Some(0.0)))
}

/// The finding for statistics printed as `-nan`.
pub(super) fn not_a_number(reported: &[Reported]) -> Finding {
    let missing: Vec<String> = reported
        .iter()
        .filter(|one| one.value.is_none())
        .map(|one| format!("{} {}", one.metric, one.statistic))
        .collect();
    Finding::new("not-a-number", Severity::Info, format!("printed as no number: {}", missing.join(", ")))
}
