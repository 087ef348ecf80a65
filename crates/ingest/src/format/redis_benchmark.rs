//! redis-benchmark's CSV and terminal output.

use vana_types::{Fidelity, Reported, Tool, metric};

use super::printed::{self, MILLISECONDS, PER_SECOND, whole_text};
use super::{Detection, Format, redis_terminal};
use crate::{Draft, Input, ReadError, ReadOptions, Result};

/// One test per row or block; a test that comes again is its next repetition.
#[derive(Debug)]
pub struct RedisBenchmark;

impl Format for RedisBenchmark {
    fn name(&self) -> &'static str {
        "redis-benchmark"
    }

    fn about(&self) -> &'static str {
        "output of redis-benchmark: CSV with two or eight columns, terminal, quiet"
    }

    fn source(&self) -> &'static str {
        "https://github.com/redis/redis, src/redis-benchmark.c"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Summary
    }

    fn detect(&self, input: &Input) -> Detection {
        let head = input.head_text();
        let is_cut = head.len() as u64 + 3 < input.len();
        let lines: Vec<&str> = head.lines().filter(|line| !line.trim().is_empty()).collect();
        let whole = lines.len() - usize::from(is_cut && !lines.is_empty());
        let is_pair = |line: &&str| quoted_cells(line, 2).is_some_and(|cells| rate(cells[1]).is_some());
        let is_ours = head.lines().any(|line| header(line).is_some() || redis_terminal::is_own(line))
            || (whole > 0 && lines.iter().take(whole).all(is_pair));
        if is_ours { Detection::Yes } else { Detection::No }
    }

    fn read(&self, input: &Input, _: &ReadOptions) -> Result<Vec<Draft>> {
        let text = whole_text(input)?;
        let lines: Vec<&str> = text.lines().collect();
        let drafts = if lines.iter().any(|line| redis_terminal::is_own(line)) {
            redis_terminal::read(&lines)?
        } else {
            read_csv(&lines)?
        };
        if drafts.is_empty() {
            return Err(ReadError::at(0, "no test of redis-benchmark in this text"));
        }
        Ok(drafts)
    }
}

/// A draft of one test.
pub(super) fn draft(line: u64, test: &str, reported: Vec<Reported>) -> Draft {
    Draft {
        line: Some(line),
        workload: Some(test.to_owned()),
        tool: Tool { name: "redis-benchmark".to_owned(), ..Tool::default() },
        reported,
        ..Draft::default()
    }
}

fn rate(text: &str) -> Option<Reported> {
    printed::reported(metric::REQUEST_RATE, "mean", PER_SECOND, text)
}

/// The columns of a header line, such as `"test","rps","avg_latency_ms",…`.
fn header(line: &str) -> Option<Vec<&str>> {
    let inner = line.trim().strip_prefix('"')?.strip_suffix('"')?;
    let columns: Vec<&str> = inner.split("\",\"").collect();
    (columns.first() == Some(&"test") && columns.get(1) == Some(&"rps")).then_some(columns)
}

/// The cells of a row. All are quoted, and quotes inside the first are not doubled, so cells are split off from the
/// right.
fn quoted_cells(line: &str, columns: usize) -> Option<Vec<&str>> {
    let inner = line.trim().strip_prefix('"')?.strip_suffix('"')?;
    let mut cells: Vec<&str> = inner.rsplitn(columns, "\",\"").collect();
    cells.reverse();
    (cells.len() == columns).then_some(cells)
}

fn read_csv(lines: &[&str]) -> Result<Vec<Draft>> {
    let mut columns = vec!["test", "rps"];
    let mut drafts = Vec::new();
    for (line, number) in lines.iter().zip(1..) {
        let text = line.trim();
        if let Some(found) = header(text) {
            columns = found;
        } else if text.starts_with('"') {
            let bad =
                || ReadError::at(number, format!("expected {} quoted columns and numbers", columns.len()));
            let cells = quoted_cells(text, columns.len()).ok_or_else(bad)?;
            let reported = columns.iter().zip(&cells).skip(1).map(|(column, cell)| number_of(column, cell));
            let reported: Option<Vec<Reported>> = reported.collect();
            drafts.push(draft(number, cells[0], reported.ok_or_else(bad)?));
        } else if !text.is_empty() && !text.starts_with("WARNING") {
            return Err(ReadError::at(number, "neither a quoted row nor a warning of redis-benchmark"));
        }
    }
    Ok(drafts)
}

/// The number in a column: `rps`, or a statistic before `_latency_ms`.
fn number_of(column: &str, cell: &str) -> Option<Reported> {
    match column {
        "rps" => rate(cell),
        _ => printed::reported(
            metric::LATENCY,
            statistic(column.strip_suffix("_latency_ms")?),
            MILLISECONDS,
            cell,
        ),
    }
}

/// redis-benchmark's name of a statistic as ours.
pub(super) fn statistic(name: &str) -> &str {
    if name == "avg" { "mean" } else { name }
}
