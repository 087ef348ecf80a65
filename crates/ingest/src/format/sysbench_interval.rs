//! The lines that sysbench prints while it runs.

use vana_types::{IntervalReport, Reported, Scale, metric};

use super::printed::{self, MILLISECONDS, PER_SECOND};
use super::sysbench::with_unit;
use crate::{ReadError, Result};

/// Words before a number, and the metric it is.
const RATES: &[(&str, &str)] = &[
    ("tps:", "transaction_rate"),
    ("qps:", "query_rate"),
    ("reads/s:", "query_rate_read"),
    ("reads:", "query_rate_read"),
    ("writes/s:", "query_rate_write"),
    ("writes:", "query_rate_write"),
    ("err/s:", "ignored_error_rate"),
    ("errors:", "ignored_error_rate"),
    ("reconn/s:", "reconnect_rate"),
    ("reconnects:", "reconnect_rate"),
];

/// An interval; `None` where the line is none.
///
/// Both `[   5s] threads: 128, tps: 10210.03, … response time: 16.38ms (95%)` of 0.5 and
/// `[ 1s ] thds: 16 tps: 7813.31 … lat (ms,95%): 2.30 …` of 1.0.
pub(super) fn read(line: &str, number: u64) -> Result<Option<IntervalReport>> {
    let Some((time, rest)) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        return Ok(None);
    };
    let Some(seconds) = time.trim().strip_suffix('s') else { return Ok(None) };
    if !rest.contains("tps:") {
        return Ok(None);
    }
    let bad = || ReadError::at(number, format!("\"{line}\" is no interval of sysbench"));
    let end_s = printed::SECONDS.to_base(seconds.trim()).filter(|end_s| *end_s >= 0.0).ok_or_else(bad)?;
    let mut values = Vec::new();
    let words: Vec<&str> = rest.split_whitespace().map(|word| word.trim_end_matches(',')).collect();
    for pair in words.windows(2) {
        let &[label, text] = pair else { continue };
        if let Some((_, name)) = RATES.iter().find(|(known, _)| *known == label) {
            values.push(rate(name, text).ok_or_else(bad)?);
        } else if label == "(r/w/o:" {
            let kinds = ["query_rate_read", "query_rate_write", "query_rate_other"];
            let mut texts = text.trim_end_matches(')').split('/');
            for name in kinds {
                values.push(texts.next().and_then(|text| rate(name, text)).ok_or_else(bad)?);
            }
        }
    }
    if let Some(latency) = response_time(rest).or_else(|| latency(rest)) {
        let (percent, text, scale) = latency;
        let statistic = printed::percentile_statistic(percent).ok_or_else(bad)?;
        values.push(with_unit(metric::SYSBENCH_LATENCY, &statistic, text, scale).ok_or_else(bad)?);
    }
    Ok(Some(IntervalReport { end_s, values }))
}

fn rate(name: &str, text: &str) -> Option<Reported> {
    printed::reported(name, "mean", PER_SECOND, text)
}

/// Percentage and value of `response time: 16.38ms (95%)`.
fn response_time(rest: &str) -> Option<(&str, &str, Scale)> {
    let (_, rest) = rest.split_once("response time: ")?;
    let (text, rest) = rest.split_once(" (")?;
    let (percent, _) = rest.split_once("%)")?;
    Some((percent.trim(), text.trim(), MILLISECONDS))
}

/// Percentage and value of `lat (ms,95%): 2.30`.
fn latency(rest: &str) -> Option<(&str, &str, Scale)> {
    let (_, rest) = rest.split_once("lat (")?;
    let (unit, rest) = rest.split_once(',')?;
    let (percent, rest) = rest.split_once("%):")?;
    Some((percent.trim(), rest.split_whitespace().next()?, unit.parse().ok()?))
}
