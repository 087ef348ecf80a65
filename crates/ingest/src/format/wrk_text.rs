//! What wrk and wrk2 print, which is the same but for the histograms.

use vana_types::{Reported, Scale};

use super::printed::{self, MILLISECONDS};
use super::spectrum::{self, Spectrum};
use super::wrk_units;
use crate::{ReadError, Result};

/// One run, from `Running … test @` to `Transfer/sec:`.
#[derive(Debug, Default)]
pub(super) struct WrkRun<'a> {
    /// Line on which it begins, counted from 1.
    pub line: u64,
    pub command: Option<&'a str>,
    pub url: Option<&'a str>,
    pub threads: Option<&'a str>,
    pub connections: Option<u32>,
    /// Number of `Thread calibration` lines.
    pub calibrations: u64,
    /// Mean, stdev, max and the share within one stdev, of latency and of requests per second and thread.
    pub latency: Option<[&'a str; 4]>,
    pub rate: Option<[&'a str; 4]>,
    pub distributions: Vec<Distribution<'a>>,
    /// Requests, time, bytes.
    pub totals: Option<[&'a str; 3]>,
    /// Connect, read, write, timeout.
    pub socket_errors: Option<[&'a str; 4]>,
    pub error_status: Option<&'a str>,
    pub request_rate: Option<&'a str>,
}

/// A block `Latency Distribution`.
#[derive(Debug)]
pub(super) struct Distribution<'a> {
    /// The words after the title, where there are any.
    pub title: &'a str,
    /// Line of the title, counted from 1.
    pub line: u64,
    /// Percentage without its sign, and value.
    pub rows: Vec<(&'a str, &'a str)>,
    pub spectrum: Option<Spectrum<'a>>,
}

/// A finished run and its last line's value.
#[derive(Debug)]
pub(super) struct Finished<'a> {
    pub run: WrkRun<'a>,
    pub transfer_rate: &'a str,
}

/// The runs of a text; other text around them is skipped.
pub(super) fn read<'a>(lines: &[&'a str]) -> Result<Vec<Finished<'a>>> {
    let mut runs = Vec::new();
    let mut open: Option<WrkRun<'a>> = None;
    let mut command = None;
    let mut at = 0;
    while let Some(&line) = lines.get(at) {
        let number = at as u64 + 1;
        if let Some(found) = command_line(line) {
            command = Some(found);
        }
        if let Some(url) = running(line) {
            if let Some(run) = open {
                return Err(unfinished(&run, number - 1));
            }
            open =
                Some(WrkRun { line: number, command: command.take(), url: Some(url), ..WrkRun::default() });
        } else if open.is_none() && begins_without_title(line) {
            open = Some(WrkRun { line: number, command: command.take(), ..WrkRun::default() });
        }
        if let Some(transfer_rate) = line.trim().strip_prefix("Transfer/sec:") {
            if let Some(run) = open.take() {
                if !run.is_complete() {
                    return Err(unfinished(&run, number));
                }
                runs.push(Finished { run, transfer_rate: transfer_rate.trim() });
            }
        } else if let Some(run) = &mut open {
            at = run.take(lines, at)?;
        }
        at += 1;
    }
    match open {
        Some(run) => Err(unfinished(&run, lines.len() as u64)),
        None if runs.is_empty() => {
            Err(ReadError::at(0, "no run in this text: no line \"Running … test @ …\""))
        }
        None => Ok(runs),
    }
}

fn unfinished(run: &WrkRun<'_>, line: u64) -> ReadError {
    let message = format!("the run that begins on line {} ends here without all of its results", run.line);
    ReadError::at(line, message)
        .hint("the run was broken off or its text was cut; leave it out or measure again")
}

/// The URL of a line that begins a run; other output may stand before it on the same line.
pub(super) fn running(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("Running ")?;
    rest.split_once(" test @ ").map(|(_, url)| url.trim())
}

/// Whether a line belongs to a run whose first lines are missing.
fn begins_without_title(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("Thread calibration:") || is_stats_header(line)
}

/// Whether a line is the header of the two lines of statistics.
pub(super) fn is_stats_header(line: &str) -> bool {
    line.split_whitespace().eq(["Thread", "Stats", "Avg", "Stdev", "Max", "+/-", "Stdev"])
}

/// The command where the line is one, with or without a prompt before it.
fn command_line(line: &str) -> Option<&str> {
    let line = line.trim();
    let line = line.strip_prefix(['$', '#', '>']).unwrap_or(line).trim_start();
    let program = line.split_whitespace().next()?.rsplit('/').next()?;
    (matches!(program, "wrk" | "wrk2") && line.contains("://")).then_some(line)
}

impl<'a> WrkRun<'a> {
    fn is_complete(&self) -> bool {
        self.latency.is_some() && self.rate.is_some() && self.totals.is_some() && self.request_rate.is_some()
    }

    /// Takes what stands at a line, and answers the last line taken.
    fn take(&mut self, lines: &[&'a str], at: usize) -> Result<usize> {
        let line = lines.get(at).copied().unwrap_or_default().trim();
        let words: Vec<&'a str> = line.split_whitespace().take(10).collect();
        if line.starts_with("Thread calibration:") {
            self.calibrations += 1;
        } else if is_stats_header(line) {
            return self.take_stats(lines, at);
        } else if let Some(title) = line.strip_prefix("Latency Distribution") {
            let (distribution, end) = read_distribution(lines, at, title.trim())?;
            self.distributions.push(distribution);
            return Ok(end);
        } else if let &[threads, "threads", "and", connections, "connections"] = words.as_slice() {
            let bad =
                |_| ReadError::at(at as u64 + 1, format!("\"{connections}\" is no number of connections"));
            self.threads = Some(threads);
            self.connections = Some(connections.parse().map_err(bad)?);
        } else if let &[requests, "requests", "in", time, bytes, "read"] = words.as_slice() {
            self.totals = Some([requests, time.trim_end_matches(','), bytes]);
        } else if let &[
            "Socket",
            "errors:",
            "connect",
            connect,
            "read",
            read,
            "write",
            write,
            "timeout",
            timeout,
        ] = words.as_slice()
        {
            self.socket_errors =
                Some([connect, read, write, timeout].map(|count| count.trim_end_matches(',')));
        } else if let Some(count) = line.strip_prefix("Non-2xx or 3xx responses:") {
            self.error_status = Some(count.trim());
        } else if let Some(rate) = line.strip_prefix("Requests/sec:") {
            self.request_rate = Some(rate.trim());
        }
        Ok(at)
    }

    fn take_stats(&mut self, lines: &[&'a str], header: usize) -> Result<usize> {
        for (at, name) in [(header + 1, "Latency"), (header + 2, "Req/Sec")] {
            let Some(line) = lines.get(at) else { return Err(unfinished(self, lines.len() as u64)) };
            let words: Vec<&'a str> = line.split_whitespace().collect();
            let &[first, mean, stdev, max, within] = words.as_slice() else {
                return Err(ReadError::at(at as u64 + 1, format!("expected the four numbers of \"{name}\"")));
            };
            if first != name {
                return Err(ReadError::at(at as u64 + 1, format!("expected \"{name}\", found \"{first}\"")));
            }
            let row = if name == "Latency" { &mut self.latency } else { &mut self.rate };
            *row = Some([mean, stdev, max, within]);
        }
        Ok(header + 2)
    }
}

/// A distribution, with the spectrum below it where there is one, and its last line.
fn read_distribution<'a>(
    lines: &[&'a str],
    title_at: usize,
    title: &'a str,
) -> Result<(Distribution<'a>, usize)> {
    let mut rows = Vec::new();
    let mut end = title_at;
    for line in lines.iter().skip(title_at + 1) {
        let mut words = line.split_whitespace();
        let (Some(percent), Some(value), None) = (words.next(), words.next(), words.next()) else { break };
        let Some(percent) = percent.strip_suffix('%') else { break };
        rows.push((percent, value));
        end += 1;
    }
    if rows.is_empty() {
        return Err(ReadError::at(title_at as u64 + 1, "a latency distribution without rows"));
    }
    let mut distribution = Distribution { title, line: title_at as u64 + 1, rows, spectrum: None };
    let filled = |from: usize| (from..lines.len()).find(|&at| !lines[at].trim().is_empty());
    if let Some(heading) = filled(end + 1)
        && lines[heading].trim() == "Detailed Percentile spectrum:"
    {
        let Some(header) = filled(heading + 1).filter(|&at| spectrum::is_header(lines[at])) else {
            return Err(ReadError::at(heading as u64 + 1, "a percentile spectrum without its header"));
        };
        let read = spectrum::read(lines, header, MILLISECONDS)?;
        end = read.end - 1;
        distribution.spectrum = Some(read);
    }
    Ok((distribution, end))
}

/// The four statistics of a line of `Thread Stats`.
pub(super) fn statistics(
    metric: &str,
    row: [&str; 4],
    line: u64,
    scale_of: fn(&str) -> Option<Scale>,
) -> Result<Vec<Reported>> {
    let [mean, stdev, max, within] = row;
    let three = [("mean", mean), ("stdev", stdev), ("max", max)];
    let mut all: Vec<Reported> = three
        .into_iter()
        .map(|(statistic, text)| number(metric, statistic, text, line, scale_of))
        .collect::<Result<_>>()?;
    all.push(number(metric, "within_stdev", within, line, wrk_units::percent)?);
    Ok(all)
}

/// One number with its unit glued to it; `line` is where its run begins.
pub(super) fn number(
    metric: &str,
    statistic: &str,
    text: &str,
    line: u64,
    scale_of: fn(&str) -> Option<Scale>,
) -> Result<Reported> {
    printed::reported_glued(metric, statistic, text, scale_of)
        .ok_or_else(|| ReadError::at(line, format!("the run that begins here has a {metric} of \"{text}\"")))
}
