//! Access logs of nginx and Apache: the common and the combined format, and what comes after them.

mod line;

use vana_trace::WorkloadRequest;
use vana_types::{Fidelity, Finding, Severity, Unit};

use super::{Detection, Format};
use crate::recording::{Done, NOT_HTTP, Recorder, each_whole_line, outcome_of};
use crate::{Draft, Input, ReadError, ReadOptions, Result};
use line::{Entry, parse, unescape};

/// Lines of the head among which one must be of the format.
const LOOKED_AT: usize = 5;

/// An access log.
pub struct AccessLog;

impl Format for AccessLog {
    fn name(&self) -> &'static str {
        "access-log"
    }

    fn about(&self) -> &'static str {
        "nginx or Apache access log, common or combined, with $request_time after it or without"
    }

    fn source(&self) -> &'static str {
        "https://nginx.org/en/docs/http/ngx_http_log_module.html, https://httpd.apache.org/docs/2.4/logs.html"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Trace
    }

    fn detect(&self, input: &Input) -> Detection {
        let mut lines =
            input.head().split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
        let is_log = lines.by_ref().take(LOOKED_AT).any(|line| parse(line.trim_ascii_end(), None).is_ok());
        if is_log { Detection::Yes } else { Detection::No }
    }

    fn read(&self, input: &Input, options: &ReadOptions) -> Result<Vec<Draft>> {
        let unit = options.value_unit;
        if unit.is_some_and(|unit| unit.unit != Unit::Seconds) {
            return Err(ReadError::at(0, "the unit of a duration must be one of time"));
        }
        let mut log = Log { recorder: Recorder::new(options)?, has_durations: None, cut: 0 };
        each_whole_line(input, options, |number, bytes| {
            let bytes = bytes.trim_ascii_end();
            if bytes.is_empty() {
                return Ok(());
            }
            let entry = parse(bytes, unit).map_err(|why| ReadError::at(number, why))?;
            log.add(number, &entry)
        })?;
        log.finish().map(|draft| vec![draft])
    }
}

/// What was read so far.
struct Log {
    recorder: Recorder,
    /// Whether entries say how long they took, from the first on.
    has_durations: Option<bool>,
    /// Entries whose last field is not closed.
    cut: u64,
}

impl Log {
    fn add(&mut self, number: u64, entry: &Entry<'_>) -> Result<()> {
        let has_durations = *self.has_durations.get_or_insert(entry.service_ns.is_some());
        if has_durations && entry.service_ns.is_none() {
            return Err(ReadError::at(number, "no request time, which the first entry has"));
        }
        self.cut += u64::from(entry.is_cut);
        let service_ns = entry.service_ns.filter(|_| has_durations).unwrap_or(0);
        let sent_ns = if entry.is_stamped_at_end { entry.stamp_ns - service_ns } else { entry.stamp_ns };
        let request = request(entry);
        let outcome = outcome_of(entry.status);
        self.recorder.ended(outcome);
        if has_durations {
            let operation = match &request {
                Some(request) => {
                    format!("{} {}", request.method, request.path.as_deref().unwrap_or_default())
                }
                None => NOT_HTTP.to_owned(),
            };
            let status = entry.status;
            self.recorder.done(Done { sent_ns, service_ns, operation: &operation, outcome, status })?;
        }
        self.recorder.arrived(number, (sent_ns, entry.stamp_ns), request)
    }

    fn finish(self) -> Result<Draft> {
        let mut draft = self.recorder.finish(self.has_durations == Some(true), "no entry in this log")?;
        if self.cut > 0 {
            let message = format!("{} entries are cut off in their last field; they count", self.cut);
            let finding = Finding::new("cut-off", Severity::Info, message);
            draft.findings.push(finding.with_value(self.cut as f64, Some(0.0)));
        }
        Ok(draft)
    }
}

/// What was asked, if it was a request of HTTP/1 or 2. A log does not keep bodies: what had one cannot be said again in
/// full, and is said without.
fn request(entry: &Entry<'_>) -> Option<WorkloadRequest> {
    let text = String::from_utf8(unescape(entry.request)).ok()?;
    let mut parts = text.split(' ');
    let (method, path, version) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || !version.starts_with("HTTP/") || method.is_empty() {
        return None;
    }
    let header = |name: &str, value: Option<&[u8]>| {
        let value = String::from_utf8(unescape(value?)).ok()?;
        (value != "-" && !value.is_empty()).then(|| (name.to_owned(), value))
    };
    let headers = [header("Referer", entry.referer), header("User-Agent", entry.agent)];
    Some(WorkloadRequest {
        method: method.to_owned(),
        path: Some(path.to_owned()),
        headers: headers.into_iter().flatten().collect(),
        body: None,
    })
}
