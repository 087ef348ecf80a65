//! sysbench's OLTP summaries: 0.4.12, 0.5 and 1.0.

use std::collections::BTreeMap;

use vana_types::{Fidelity, IntervalReport, Reported, Scale, Tool, metric};

use super::printed::{self, MILLISECONDS, ONE, PER_SECOND, SECONDS, whole_text};
use super::{Detection, Format, sysbench_interval};
use crate::{Draft, Input, ReadError, ReadOptions, Result};

/// What sysbench prints while and after it runs an OLTP test, once or many times in a file.
#[derive(Debug)]
pub struct Sysbench;

impl Format for Sysbench {
    fn name(&self) -> &'static str {
        "sysbench"
    }

    fn about(&self) -> &'static str {
        "printed output of sysbench's OLTP tests, versions 0.4, 0.5 and 1.0"
    }

    fn source(&self) -> &'static str {
        "https://github.com/akopytov/sysbench, src/sysbench.c and src/db_driver.c"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Summary
    }

    fn detect(&self, input: &Input) -> Detection {
        let is_ours = |line: &str| banner(line).is_some() || is_statistics(line.trim());
        if input.head_text().lines().any(is_ours) { Detection::Yes } else { Detection::No }
    }

    fn read(&self, input: &Input, _: &ReadOptions) -> Result<Vec<Draft>> {
        let text = whole_text(input)?;
        let mut drafts = Vec::new();
        let mut open: Option<Run> = None;
        let mut last = 0;
        for (line, number) in text.lines().zip(1..) {
            last = number;
            let begins = banner(line).is_some()
                || (is_statistics(line.trim()) && open.as_ref().is_none_or(|run| run.has_statistics));
            if begins {
                if let Some(run) = open.take() {
                    drafts.push(run.finish(number - 1)?);
                }
                open = Some(Run::new(number, banner(line)));
            }
            if let Some(run) = &mut open {
                run.take(line.trim(), number)?;
            }
        }
        if let Some(run) = open {
            drafts.push(run.finish(last)?);
        }
        if drafts.is_empty() {
            return Err(ReadError::at(0, "no run of sysbench in this text"));
        }
        Ok(drafts)
    }
}

/// The version in `sysbench 0.4.12:  multi-threaded system evaluation benchmark` or `sysbench 1.0.12 (using …)`.
fn banner(line: &str) -> Option<&str> {
    let version =
        line.trim_start().strip_prefix("sysbench ")?.split_whitespace().next()?.trim_end_matches(':');
    let numeric = version.starts_with(|c: char| c.is_ascii_digit()) && version.contains('.');
    (numeric && (line.contains("multi-threaded") || line.contains("(using"))).then_some(version)
}

fn is_statistics(line: &str) -> bool {
    matches!(line, "OLTP test statistics:" | "SQL statistics:")
}

/// A run while it is read.
#[derive(Debug, Default)]
struct Run {
    line: u64,
    version: Option<String>,
    has_statistics: bool,
    is_other_test: bool,
    clients: Option<u32>,
    duration_s: Option<f64>,
    reported: Vec<Reported>,
    intervals: Vec<IntervalReport>,
    attributes: BTreeMap<String, String>,
}

/// Label, metric, statistic and scale of a line that holds one number.
const NUMBERS: &[(&str, &str, &str, Scale)] = &[
    ("read:", "queries_read", "count", ONE),
    ("write:", "queries_write", "count", ONE),
    ("other:", "queries_other", "count", ONE),
    ("total:", "queries_total", "count", ONE),
    ("total number of events:", "events", "count", ONE),
    ("total time taken by event execution:", "event_time", "total", SECONDS),
    ("sum:", "event_time", "total", MILLISECONDS),
    ("min:", metric::SYSBENCH_LATENCY, "min", MILLISECONDS),
    ("avg:", metric::SYSBENCH_LATENCY, "mean", MILLISECONDS),
    ("max:", metric::SYSBENCH_LATENCY, "max", MILLISECONDS),
    ("total time:", metric::DURATION, "total", SECONDS),
    ("time elapsed:", metric::DURATION, "total", SECONDS),
    ("events/s (eps):", "event_rate", "mean", PER_SECOND),
];

/// Label, metric of the count and metric of the rate of a line `transactions: 204320 (3405.19 per sec.)`.
const RATES: &[(&str, &str, &str)] = &[
    ("transactions:", "transactions", "transaction_rate"),
    ("queries:", "queries", "query_rate"),
    ("read/write requests:", "read_write_requests", "read_write_request_rate"),
    ("other operations:", "other_operations", "other_operation_rate"),
    ("deadlocks:", "deadlocks", "deadlock_rate"),
    ("ignored errors:", "ignored_errors", "ignored_error_rate"),
    ("reconnects:", "reconnects", "reconnect_rate"),
];

impl Run {
    fn new(line: u64, version: Option<&str>) -> Self {
        Self { line, version: version.map(str::to_owned), ..Self::default() }
    }

    fn take(&mut self, line: &str, number: u64) -> Result<()> {
        if line.starts_with('[') && line.ends_with("Checkpoint report:") {
            // Each of them begins to count anew, and so does the summary at the end, beside the time of the whole run.
            let message = "a checkpoint: no summary of such a run is of the whole run";
            return Err(ReadError::at(number, message)
                .hint("without --report-checkpoints sysbench sums up the whole run"));
        }
        if let Some(interval) = sysbench_interval::read(line, number)? {
            self.intervals.push(interval);
        } else if is_statistics(line) {
            self.has_statistics = true;
        } else if let Some(threads) = line.strip_prefix("Number of threads:") {
            let threads = threads.trim();
            let bad = |_| ReadError::at(number, format!("\"{threads}\" is no number of threads"));
            self.clients = Some(threads.parse().map_err(bad)?);
        } else if let Some(mode) = line.strip_prefix("Doing ").and_then(|rest| rest.strip_suffix(" test")) {
            self.attributes.insert("mode".to_owned(), mode.to_owned());
        } else if matches!(line, "General statistics:" | "Test execution summary:" | "Throughput:") {
            self.is_other_test = !self.has_statistics;
        } else {
            self.take_number(line, number)?;
        }
        Ok(())
    }

    fn take_number(&mut self, line: &str, number: u64) -> Result<()> {
        let bad = || ReadError::at(number, format!("expected a number after its name: \"{line}\""));
        for &(label, count, rate) in RATES {
            if let Some(rest) = line.strip_prefix(label).filter(|_| self.has_statistics) {
                let (number, per_second) = rest.split_once('(').ok_or_else(bad)?;
                let per_second = per_second.trim_end().strip_suffix("per sec.)").ok_or_else(bad)?;
                self.push(printed::reported(count, "count", ONE, number.trim()).ok_or_else(bad)?);
                self.push(printed::reported(rate, "mean", PER_SECOND, per_second.trim()).ok_or_else(bad)?);
            }
        }
        for &(label, metric, statistic, scale) in NUMBERS {
            if let Some(text) = line.strip_prefix(label).filter(|_| self.has_statistics) {
                let one = with_unit(metric, statistic, text.trim(), scale).ok_or_else(bad)?;
                if metric == metric::DURATION {
                    self.duration_s = one.value;
                }
                self.push(one);
            }
        }
        if let Some((statistic, text)) = percentile(line) {
            self.push(with_unit(metric::SYSBENCH_LATENCY, &statistic, text, MILLISECONDS).ok_or_else(bad)?);
        }
        for (label, name) in [("events", "fairness_events"), ("execution time", "fairness_execution_time")] {
            if let Some(pair) = line.strip_prefix(label).and_then(|rest| rest.strip_prefix(" (avg/stddev):"))
            {
                self.attributes.insert(name.to_owned(), pair.trim().to_owned());
            }
        }
        Ok(())
    }

    fn push(&mut self, one: Reported) {
        self.reported.push(one);
    }

    fn has(&self, metric: &str, statistic: &str) -> bool {
        self.reported.iter().any(|one| one.metric == metric && one.statistic == statistic)
    }

    fn finish(self, last: u64) -> Result<Draft> {
        if self.is_other_test {
            return Err(ReadError::at(
                self.line,
                "not an OLTP test: of sysbench only OLTP summaries are read",
            ));
        }
        for (metric, statistic) in
            [("transactions", "count"), (metric::DURATION, "total"), (metric::SYSBENCH_LATENCY, "max")]
        {
            if !self.has(metric, statistic) {
                let message =
                    format!("the run that begins on line {} ends here without its {metric}", self.line);
                return Err(ReadError::at(last, message).hint("the run was broken off or its text was cut"));
            }
        }
        Ok(Draft {
            line: Some(self.line),
            clients: self.clients,
            tool: Tool { name: "sysbench".to_owned(), version: self.version, command: None },
            duration_s: self.duration_s,
            reported: self.reported,
            intervals: self.intervals,
            attributes: self.attributes,
            ..Draft::default()
        })
    }
}

/// A number whose unit is glued to it, or left out because the heading has it.
pub(super) fn with_unit(metric: &str, statistic: &str, text: &str, otherwise: Scale) -> Option<Reported> {
    let (number, unit) = printed::split_unit(text);
    let scale = match unit {
        "" => otherwise,
        unit => unit.parse::<Scale>().ok().filter(|scale| scale.unit == otherwise.unit)?,
    };
    let mut one = printed::reported(metric, statistic, scale, number)?;
    text.clone_into(&mut one.printed);
    Some(one)
}

/// Statistic and number of `approx.  95 percentile:   3.34ms` or `95th percentile:   2.07`: which one is read, because
/// it is an option of sysbench and its default has changed.
fn percentile(line: &str) -> Option<(String, &str)> {
    let (label, text) = line.split_once("percentile:")?;
    let label = label.trim().trim_start_matches("approx.").trim();
    let percent = label.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    Some((printed::percentile_statistic(percent)?, text.trim()))
}
