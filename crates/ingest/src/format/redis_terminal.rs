//! redis-benchmark's output to a terminal.
//!
//! Progress is rewritten on its line with carriage returns, so what counts of a line is what stands after the last.

use vana_types::{Reported, metric};

use super::printed::{self, MILLISECONDS, ONE, PER_SECOND, SECONDS};
use super::redis_benchmark::{draft, statistic};
use crate::{Draft, ReadError, Result};

/// Whether only redis-benchmark prints such a line.
pub(super) fn is_own(line: &str) -> bool {
    let shown = shown(line);
    title(shown).is_some() || quiet(shown).is_some()
}

/// The tests of a text, with other text around them.
pub(super) fn read(lines: &[&str]) -> Result<Vec<Draft>> {
    let mut drafts = Vec::new();
    let mut open: Option<Block> = None;
    for (line, number) in lines.iter().zip(1..) {
        let shown = shown(line);
        if let Some(test) = title(shown) {
            if let Some(block) = open {
                return Err(block.unfinished(number - 1));
            }
            open = Some(Block::new(number, test));
        } else if let Some(block) = &mut open {
            if block.take(shown, number)?
                && let Some(block) = open.take()
            {
                drafts.push(block.finish());
            }
        } else if let Some((test, reported)) = quiet(shown) {
            drafts.push(draft(number, test, reported));
        }
    }
    match open {
        Some(block) => Err(block.unfinished(lines.len() as u64)),
        None => Ok(drafts),
    }
}

/// What a terminal shows of a line in the end.
fn shown(line: &str) -> &str {
    line.trim_end().rsplit('\r').next().unwrap_or_default().trim()
}

fn title(shown: &str) -> Option<&str> {
    shown.strip_prefix("====== ")?.strip_suffix(" ======")
}

/// Test and numbers of `SET: 104253.55 requests per second, p50=0.255 msec`, which `-q` prints.
fn quiet(shown: &str) -> Option<(&str, Vec<Reported>)> {
    let (rest, latency) = shown.split_once(" requests per second")?;
    let (test, rate) = rest.rsplit_once(": ")?;
    let mut reported = vec![printed::reported(metric::REQUEST_RATE, "mean", PER_SECOND, rate)?];
    if let Some(median) = latency.strip_prefix(", p50=") {
        let median = median.strip_suffix(" msec")?;
        reported.push(printed::reported(metric::LATENCY, "p50", MILLISECONDS, median)?);
    } else if !latency.is_empty() {
        return None;
    }
    Some((test, reported))
}

/// The result block of one test.
struct Block {
    draft: Draft,
    /// Names of the columns of the latency summary, once they have been printed.
    columns: Option<Vec<String>>,
    /// The cumulative list as printed.
    distribution: Vec<String>,
    is_repeated: bool,
}

impl Block {
    fn new(line: u64, test: &str) -> Self {
        Self {
            draft: draft(line, test, Vec::new()),
            columns: None,
            distribution: Vec::new(),
            is_repeated: false,
        }
    }

    fn unfinished(&self, line: u64) -> ReadError {
        let test = self.draft.workload.as_deref().unwrap_or_default();
        ReadError::at(line, format!("the test {test} ends here without all of its results"))
            .hint("the run was broken off or its text was cut")
    }

    fn finish(mut self) -> Draft {
        if !self.distribution.is_empty() {
            self.draft.attributes.insert("latency_distribution".to_owned(), self.distribution.join("; "));
        }
        self.draft
    }

    /// Takes a line; true if it was the last one of the block.
    fn take(&mut self, line: &str, number: u64) -> Result<bool> {
        let bad = || ReadError::at(number, format!("not a line of redis-benchmark: \"{line}\""));
        if let Some(columns) = &self.columns {
            let names = columns.iter().map(String::as_str);
            let values: Vec<&str> = line.split_whitespace().collect();
            if values.len() != columns.len() {
                return Err(bad());
            }
            let reported: Option<Vec<Reported>> = names
                .zip(values)
                .map(|(name, value)| printed::reported(metric::LATENCY, statistic(name), MILLISECONDS, value))
                .collect();
            self.draft.reported.extend(reported.ok_or_else(bad)?);
            return Ok(true);
        }
        let words: Vec<&str> = line.split_whitespace().take(8).collect();
        match *words.as_slice() {
            [requests, "requests", "completed", "in", time, "seconds"] => {
                let duration = printed::reported(metric::DURATION, "total", SECONDS, time).ok_or_else(bad)?;
                self.draft.duration_s = duration.value;
                self.draft
                    .reported
                    .push(printed::reported("requests", "count", ONE, requests).ok_or_else(bad)?);
                self.draft.reported.push(duration);
            }
            [clients, "parallel", "clients"] => {
                self.draft.clients = Some(clients.parse().map_err(|_| bad())?);
            }
            [bytes, "bytes", "payload"] => self.attribute("payload_bytes", bytes),
            ["keep", "alive:", flag] => self.attribute("keep_alive", flag),
            ["multi-thread:", flag] => self.attribute("multi_thread", flag),
            ["threads:", threads] => self.attribute("threads", threads),
            // The second list is the first one again, in even steps.
            ["Cumulative", "distribution", "of", "latencies:"] => self.is_repeated = true,
            [share, "<=", limit, "milliseconds", ..] if share.ends_with('%') && !self.is_repeated => {
                self.distribution.push(format!("{share} <= {limit} ms"));
            }
            [rate, "requests", "per", "second"] => {
                self.rate(rate).ok_or_else(bad)?;
                return Ok(true);
            }
            ["throughput", "summary:", rate, "requests", "per", "second"] => {
                self.rate(rate).ok_or_else(bad)?;
            }
            ["avg", "min", ..] => self.columns = Some(words.iter().map(|word| (*word).to_owned()).collect()),
            _ => {}
        }
        Ok(false)
    }

    fn rate(&mut self, text: &str) -> Option<()> {
        let rate = printed::reported(metric::REQUEST_RATE, "mean", PER_SECOND, text)?;
        self.draft.reported.push(rate);
        Some(())
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.draft.attributes.insert(name.to_owned(), value.to_owned());
    }
}
