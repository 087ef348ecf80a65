//! Recorded requests on their way into a draft: what was asked and when, and a trace where it is known how long it took.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};

use vana_trace::{
    NO_STATUS, Rows, StagedTrace, StagedWorkload, TraceWriter, WorkloadRequest, WorkloadWriter,
};
use vana_types::{Finding, Outcome, Severity};

use crate::{Body, Draft, Input, ReadError, ReadOptions, Result};

/// Rows handed over at a time.
const ROWS: usize = 1 << 12;
/// The longest line or record.
pub(crate) const LONGEST_RECORD: usize = 64 << 20;
/// The operation of what was no request of HTTP.
pub(crate) const NOT_HTTP: &str = "(not HTTP)";

/// What was recorded of a run.
#[derive(Debug)]
pub struct Recording {
    /// What was asked and when; without arrivals where nothing of it can be asked again.
    pub workload: StagedWorkload,
    /// Every request, where it is known how long each took. A recording that does not say has none: `service_ns` is never
    /// null, and a zero would be invented.
    pub trace: Option<StagedTrace>,
    /// Requests by outcome, where statuses were recorded.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// Requests in all, those that cannot be sent again among them.
    pub requests: u64,
}

/// What was known of a request once it was done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Done<'a> {
    pub sent_ns: i64,
    pub service_ns: i64,
    pub operation: &'a str,
    pub outcome: Outcome,
    pub status: u16,
}

/// A recording in the making.
pub(crate) struct Recorder {
    workload: WorkloadWriter,
    trace: TraceWriter,
    rows: Rows,
    outcomes: BTreeMap<Outcome, u64>,
    requests: u64,
    unsendable: u64,
    /// Whether a stamp had a fraction of a second.
    is_fine: bool,
}

impl Recorder {
    pub fn new(options: &ReadOptions) -> Result<Self> {
        Ok(Self {
            workload: WorkloadWriter::create(&options.staging)?,
            trace: TraceWriter::create(&options.staging)?,
            rows: Rows::default(),
            outcomes: BTreeMap::new(),
            requests: 0,
            unsendable: 0,
            is_fine: false,
        })
    }

    /// A request arrived; `None` for one that cannot be sent again. `stamp_ns` is as recorded.
    pub fn arrived(
        &mut self,
        line: u64,
        (due_ns, stamp_ns): (i64, i64),
        request: Option<WorkloadRequest>,
    ) -> Result<()> {
        self.requests += 1;
        self.is_fine |= stamp_ns % 1_000_000_000 != 0;
        let Some(request) = request.filter(is_sendable) else {
            self.unsendable += 1;
            return Ok(());
        };
        let number = self.workload.request(request).ok_or_else(|| {
            ReadError::at(
                line,
                "more than 256 MiB of distinct requests, which are all held while they are sent",
            )
            .hint("cut the recording into parts")
        })?;
        Ok(self.workload.arrive(due_ns, number)?)
    }

    /// A request ended so.
    pub fn ended(&mut self, outcome: Outcome) {
        *self.outcomes.entry(outcome).or_default() += 1;
    }

    /// A request ended after a known time.
    pub fn done(&mut self, done: Done<'_>) -> Result<()> {
        let operation = self.trace.operation(done.operation);
        self.rows.push(done.sent_ns, done.service_ns, operation, done.outcome);
        if let Some(status) = self.rows.status.last_mut().filter(|_| done.status != NO_STATUS) {
            *status = done.status;
        }
        if self.rows.len() >= ROWS {
            self.trace.write(std::mem::take(&mut self.rows))?;
        }
        Ok(())
    }

    /// Ends it. The trace counts only where all durations are known.
    pub fn finish(mut self, has_durations: bool, without_any: &str) -> Result<Draft> {
        if self.requests == 0 {
            return Err(ReadError::at(0, without_any));
        }
        self.trace.write(std::mem::take(&mut self.rows))?;
        let workload = self.workload.stage()?;
        let trace = if has_durations { Some(self.trace.stage()?) } else { None };
        let arrivals = workload.summary();
        let (start_ns, duration_ns) = match &trace {
            Some(trace) => (trace.summary().start_ns, trace.summary().duration_ns),
            None => (arrivals.start_ns, arrivals.duration_ns),
        };
        let mut findings = Vec::new();
        if self.unsendable > 0 {
            let message = format!(
                "{} of {} recorded requests cannot be sent again: no request of HTTP, not recorded in full, or with \
                 bytes in the path that HTTP does not allow. They are not in the workload.",
                self.unsendable, self.requests
            );
            let finding = Finding::new("not-replayable", Severity::Info, message);
            findings.push(finding.with_value(self.unsendable as f64, Some(0.0)));
        }
        if !self.is_fine && self.requests > 1 {
            let message = "All stamps are whole seconds: what arrived within a second is due at one time, and the gaps \
                           in it are not known.";
            findings.push(Finding::new("coarse-stamps", Severity::Info, message));
        }
        Ok(Draft {
            // Stamps of 1971 and later are calendar time.
            started_unix_ns: Some(start_ns).filter(|&start| start > 31_536_000_000_000_000),
            duration_s: Some(duration_ns as f64 / 1e9),
            findings,
            body: Body::Recording(Box::new(Recording {
                workload,
                trace,
                outcomes: self.outcomes,
                requests: self.requests,
            })),
            ..Draft::default()
        })
    }
}

/// Whether HTTP/1.1 can say it: RFC 9110, section 9.1, RFC 9112, section 3.2.
fn is_sendable(request: &WorkloadRequest) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let is_path = |path: &String| path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic());
    let is_header = |(name, value): &(String, String)| {
        !name.is_empty()
            && name.bytes().all(is_token)
            && value.bytes().all(|byte| byte == b'\t' || (byte >= b' ' && byte != 0x7f))
    };
    let method = &request.method;
    !method.is_empty()
        && method.bytes().all(is_token)
        && method != "CONNECT"
        && request.path.as_ref().is_none_or(is_path)
        && request.headers.iter().all(is_header)
}

/// Calls `visit` with the number and the bytes of each line, its line end included.
pub(crate) fn each_whole_line(
    input: &Input,
    options: &ReadOptions,
    mut visit: impl FnMut(u64, &[u8]) -> Result<()>,
) -> Result<()> {
    let mut reader = BufReader::with_capacity(1 << 18, input.reader()?);
    let mut line = Vec::new();
    for number in 1.. {
        if number % 4096 == 0 {
            options.check()?;
        }
        line.clear();
        let limit = LONGEST_RECORD as u64 + 1;
        let read = reader.by_ref().take(limit).read_until(b'\n', &mut line);
        let read = read.map_err(|source| ReadError::Io { path: input.path().to_owned(), source })?;
        if read == 0 {
            break;
        }
        if read > LONGEST_RECORD {
            return Err(ReadError::at(number, format!("a line of more than {LONGEST_RECORD} bytes")));
        }
        let mark = if number == 1 && line.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        visit(number, line.get(mark..).unwrap_or_default())?;
    }
    Ok(())
}

/// The outcome that a status says. nginx logs 499 where the client went away, 444 where the server did, and 000 for
/// what it could not read.
pub(crate) const fn outcome_of(status: u16) -> Outcome {
    match status {
        0 => Outcome::Protocol,
        444 | 499 => Outcome::Reset,
        1..400 => Outcome::Ok,
        _ => Outcome::ErrorStatus,
    }
}
