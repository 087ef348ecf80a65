//! `HdrHistogram`'s percentile spectrum, alone in a file.

use vana_types::{Fidelity, Finding, Severity, Tool, metric};

use super::printed::{self, MILLISECONDS, whole_text};
use super::{Detection, Format, spectrum, wrk};
use crate::{Body, Draft, Input, ReadError, ReadOptions, Result};

/// The table `Value Percentile TotalCount 1/(1-Percentile)`, with or without footer.
#[derive(Debug)]
pub struct Hgrm;

impl Format for Hgrm {
    fn name(&self) -> &'static str {
        "hgrm"
    }

    fn about(&self) -> &'static str {
        "percentile spectrum as HdrHistogram prints it"
    }

    fn source(&self) -> &'static str {
        "https://github.com/HdrHistogram/HdrHistogram, AbstractHistogram.outputPercentileDistribution"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Histogram
    }

    fn detect(&self, input: &Input) -> Detection {
        let head = input.head_text();
        let is_wrk = wrk::looks_like_wrk(head) || wrk::WRK2_ONLY.iter().any(|words| head.contains(words));
        if !is_wrk && head.lines().any(spectrum::is_header) { Detection::Yes } else { Detection::No }
    }

    fn read(&self, input: &Input, options: &ReadOptions) -> Result<Vec<Draft>> {
        let text = whole_text(input)?;
        let lines: Vec<&str> = text.lines().collect();
        let scale = printed::value_unit(options)?.unwrap_or(MILLISECONDS);
        let mut drafts = Vec::new();
        let mut at = 0;
        while let Some(line) = lines.get(at) {
            if !spectrum::is_header(line) {
                at += 1;
                continue;
            }
            let read = spectrum::read(&lines, at, scale)?;
            if read.bins.is_empty() {
                return Err(ReadError::at(at as u64 + 1, "the histogram that begins here holds no values"));
            }
            let mut findings = Vec::new();
            if options.value_unit.is_none() {
                let message = "the file does not state the unit of its values; milliseconds are assumed";
                findings.push(Finding::new("unit-assumed", Severity::Info, message));
            }
            drafts.push(Draft {
                line: Some(at as u64 + 1),
                tool: Tool { name: "HdrHistogram".to_owned(), ..Tool::default() },
                reported: read.footer.reported(metric::LATENCY, scale),
                findings,
                body: Body::Histogram(vec![(metric::LATENCY, read.bins)]),
                ..Draft::default()
            });
            at = read.end;
        }
        if drafts.is_empty() {
            return Err(ReadError::at(0, "no line \"Value Percentile TotalCount 1/(1-Percentile)\""));
        }
        Ok(drafts)
    }
}
