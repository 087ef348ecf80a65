//! wrk2's printed summary and spectra.

use vana_types::{Fidelity, Finding, Reported, Severity, metric};

use super::printed::{MILLISECONDS, whole_text};
use super::wrk;
use super::wrk_text::{self, Distribution, Finished, WrkRun};
use super::wrk_units;
use super::{Detection, Format};
use crate::{Body, Draft, Input, ReadError, ReadOptions, Result};

/// What wrk2 prints when it is done: latency from the time a request was due, and on request from when it was sent.
#[derive(Debug)]
pub struct Wrk2;

const RECORDED: &str = "wrk2_latency";
const UNCORRECTED: &str = "wrk2_uncorrected_latency";

impl Format for Wrk2 {
    fn name(&self) -> &'static str {
        "wrk2"
    }

    fn about(&self) -> &'static str {
        "printed output of wrk2, with its percentile spectra"
    }

    fn source(&self) -> &'static str {
        "https://github.com/giltene/wrk2, src/wrk.c and src/hdr_histogram.c"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Histogram
    }

    fn detect(&self, input: &Input) -> Detection {
        let head = input.head_text();
        if wrk::looks_like_wrk(head) && wrk::WRK2_ONLY.iter().any(|words| head.contains(words)) {
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

fn draft(finished: &Finished<'_>) -> Result<Draft> {
    let run = &finished.run;
    let Blocks { recorded, uncorrected } = blocks(run)?;
    let mut reported = Vec::new();
    if let Some(row) = run.latency {
        let all = wrk_text::statistics(RECORDED, row, run.line, wrk_units::time)?;
        reported.extend(most_exact(all, RECORDED, recorded));
    }
    if let Some(block) = recorded {
        reported.extend(wrk::percentiles(RECORDED, &block.rows, block.line)?);
    }
    if let Some(block) = uncorrected {
        reported.extend(most_exact(Vec::new(), UNCORRECTED, Some(block)));
        reported.extend(wrk::percentiles(UNCORRECTED, &block.rows, block.line)?);
    }
    if let Some(row) = run.rate {
        reported.extend(wrk_text::statistics("wrk2_request_rate", row, run.line, wrk_units::rate)?);
    }
    let mut draft = wrk::base(finished, "wrk2", reported)?;
    let mut bins = Vec::new();
    for (name, block) in [(metric::RESPONSE_TIME, recorded), (metric::SERVICE_TIME, uncorrected)] {
        if let Some(spectrum) = block.and_then(|block| block.spectrum.as_ref())
            && !spectrum.bins.is_empty()
        {
            bins.push((name, spectrum.bins.clone()));
        }
    }
    if !bins.is_empty() {
        draft.body = Body::Histogram(bins);
    }
    draft.findings.extend(calibration_left_out(&draft.reported, recorded));
    if run.calibrations == 0 && run.rate.is_some_and(|row| row[0].contains("nan")) {
        draft.findings.push(Finding::new(
            "never-calibrated",
            Severity::Info,
            "the run ended before wrk2 had calibrated itself: it has no rate per thread, and its latencies include the \
             warm-up",
        ));
    } else if draft.reported.iter().any(|one| one.value.is_none()) {
        draft.findings.push(wrk::not_a_number(&draft.reported));
    }
    Ok(draft)
}

struct Blocks<'a, 'b> {
    recorded: Option<&'b Distribution<'a>>,
    uncorrected: Option<&'b Distribution<'a>>,
}

/// Which block is which: by title, and without one by order, since wrk2 prints the uncorrected one last.
fn blocks<'a, 'b>(run: &'b WrkRun<'a>) -> Result<Blocks<'a, 'b>> {
    let mut blocks = Blocks { recorded: None, uncorrected: None };
    for block in &run.distributions {
        let is_uncorrected = if block.title.contains("Uncorrected") {
            true
        } else if block.title.contains("Recorded") {
            false
        } else {
            blocks.recorded.is_some()
        };
        let place = if is_uncorrected { &mut blocks.uncorrected } else { &mut blocks.recorded };
        if place.replace(block).is_some() {
            return Err(ReadError::at(
                block.line,
                "a second latency distribution of the same kind in one run",
            ));
        }
    }
    Ok(blocks)
}

/// The footer's numbers, which have three decimals, before the rounded ones of the statistics line.
fn most_exact(statistics: Vec<Reported>, name: &str, block: Option<&Distribution<'_>>) -> Vec<Reported> {
    let spectrum = block.and_then(|block| block.spectrum.as_ref());
    let mut exact = spectrum.map(|one| one.footer.reported(name, MILLISECONDS)).unwrap_or_default();
    let more: Vec<Reported> = statistics
        .into_iter()
        .filter(|rounded| !exact.iter().any(|one| one.statistic == rounded.statistic))
        .collect();
    exact.extend(more);
    exact
}

fn calibration_left_out(reported: &[Reported], recorded: Option<&Distribution<'_>>) -> Option<Finding> {
    let counted = recorded?.spectrum.as_ref()?.count as f64;
    let requests = reported.iter().find(|one| one.metric == "requests")?.value?;
    let message = format!(
        "the latencies are those of {counted} of {requests} requests: wrk2 drops what came before its calibration"
    );
    (counted < requests).then(|| {
        Finding::new("calibration-left-out", Severity::Info, message).with_value(counted, Some(requests))
    })
}
