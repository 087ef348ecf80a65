//! GoReplay's captures.

mod message;

use std::collections::{HashMap, VecDeque};

use vana_trace::{NO_STATUS, WorkloadRequest};
use vana_types::{Fidelity, Finding, Outcome, Severity, Tool};

use super::{Detection, Format};
use crate::number::{LONGEST_NS, STAMPS_NS, whole};
use crate::recording::{Done, LONGEST_RECORD, NOT_HTTP, Recorder, each_whole_line, outcome_of};
use crate::{Draft, Input, ReadError, ReadOptions, Result};

/// What stands between records, on a line of its own.
const SEPARATOR: &str = "\u{1f435}\u{1f648}\u{1f649}";
/// Requests that wait for their response; what waits longer than so many others has none.
const WAITING: usize = 1 << 16;

/// A capture of GoReplay.
pub struct Gor;

impl Format for Gor {
    fn name(&self) -> &'static str {
        "gor"
    }

    fn about(&self) -> &'static str {
        "GoReplay capture (.gor): requests, and responses where they were recorded"
    }

    fn source(&self) -> &'static str {
        "https://github.com/buger/goreplay/wiki/Middleware#communication-protocol"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Trace
    }

    fn detect(&self, input: &Input) -> Detection {
        let head = input.head().strip_prefix(b"\xef\xbb\xbf").unwrap_or(input.head());
        let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
        // The head may end before the first separator does.
        if Meta::parse(first).is_some() { Detection::Yes } else { Detection::No }
    }

    fn read(&self, input: &Input, options: &ReadOptions) -> Result<Vec<Draft>> {
        let mut capture = Capture::new(options)?;
        let mut record = Vec::new();
        let mut begun = None;
        each_whole_line(input, options, |number, line| {
            if line.trim_ascii() == SEPARATOR.as_bytes() {
                // The line end before the separator is its own.
                let content = record.strip_suffix(b"\n").unwrap_or(&record);
                if let Some(begun) = begun.take() {
                    capture.add(begun, content)?;
                }
                record.clear();
                return Ok(());
            }
            if record.is_empty() && line.trim_ascii().is_empty() {
                return Ok(());
            }
            begun.get_or_insert(number);
            record.extend_from_slice(line);
            if record.len() > LONGEST_RECORD {
                return Err(ReadError::at(number, format!("a record of more than {LONGEST_RECORD} bytes")));
            }
            Ok(())
        })?;
        if let Some(begun) = begun {
            return Err(ReadError::at(begun, "the last record is not complete: no separator after it")
                .hint("a capture that was cut off can be repaired: delete its last record"));
        }
        capture.finish().map(|draft| vec![draft])
    }
}

/// The first line of a record: `1 932079936fa4306fc308d67588178d17d823647c 1439818823587396305`, and of a response the
/// nanoseconds that it took, in newer versions.
struct Meta<'a> {
    kind: u8,
    id: &'a [u8],
    stamp_ns: i64,
    latency_ns: Option<i64>,
}

impl<'a> Meta<'a> {
    fn parse(line: &'a [u8]) -> Option<Self> {
        let mut parts = line.trim_ascii_end().split(|byte| *byte == b' ');
        let [kind @ b'1'..=b'3'] = *parts.next()? else { return None };
        let id = parts.next().filter(|id| !id.is_empty() && id.iter().all(u8::is_ascii_hexdigit))?;
        let number = |text| whole(text).and_then(|value| i64::try_from(value).ok());
        let stamp_ns = number(parts.next()?).filter(|stamp_ns| STAMPS_NS.contains(stamp_ns))?;
        let latency_ns = match parts.next() {
            Some(text) => Some(number(text)?).filter(|latency_ns| (1..=LONGEST_NS).contains(latency_ns)),
            None => None,
        };
        parts.next().is_none().then_some(Self { kind, id, stamp_ns, latency_ns })
    }
}

/// A request whose response has not come yet.
struct Waiting {
    sent_ns: i64,
    operation: String,
}

/// What was read so far.
struct Capture {
    recorder: Recorder,
    waiting: HashMap<Box<[u8]>, Waiting>,
    /// In the order of the file; some have been answered since.
    order: VecDeque<Box<[u8]>>,
    last_ns: i64,
    responses: u64,
    /// Responses without their request, and those of replays.
    left_out: u64,
}

impl Capture {
    fn new(options: &ReadOptions) -> Result<Self> {
        Ok(Self {
            recorder: Recorder::new(options)?,
            waiting: HashMap::new(),
            order: VecDeque::new(),
            last_ns: i64::MIN,
            responses: 0,
            left_out: 0,
        })
    }

    fn add(&mut self, line: u64, record: &[u8]) -> Result<()> {
        let end = memchr::memchr(b'\n', record).unwrap_or(record.len());
        let meta = Meta::parse(&record[..end]).ok_or_else(|| {
            let found = String::from_utf8_lossy(record[..end.min(80)].trim_ascii_end()).into_owned();
            ReadError::at(line, format!("expected type, identifier and nanoseconds, found \"{found}\""))
        })?;
        let message = record.get(end + 1..).unwrap_or_default();
        self.last_ns = self.last_ns.max(meta.stamp_ns);
        match meta.kind {
            b'1' => self.request(line, &meta, message),
            b'2' => self.response(&meta, message),
            _ => {
                self.left_out += 1;
                Ok(())
            }
        }
    }

    fn request(&mut self, line: u64, meta: &Meta<'_>, bytes: &[u8]) -> Result<()> {
        let request = message::request(bytes);
        let operation = match &request {
            Some(WorkloadRequest { method, path: Some(path), .. }) => format!("{method} {path}"),
            _ => NOT_HTTP.to_owned(),
        };
        if self.order.len() >= WAITING
            && let Some(oldest) = self.order.pop_front()
        {
            self.unanswered(&oldest)?;
        }
        self.order.push_back(meta.id.into());
        self.waiting.insert(meta.id.into(), Waiting { sent_ns: meta.stamp_ns, operation });
        self.recorder.arrived(line, (meta.stamp_ns, meta.stamp_ns), request)
    }

    fn response(&mut self, meta: &Meta<'_>, bytes: &[u8]) -> Result<()> {
        self.responses += 1;
        let Some(asked) = self.waiting.remove(meta.id) else {
            self.left_out += 1;
            return Ok(());
        };
        let status = message::status(bytes).unwrap_or(NO_STATUS);
        let outcome = outcome_of(status);
        let service_ns = meta.latency_ns.unwrap_or(meta.stamp_ns - asked.sent_ns).clamp(0, LONGEST_NS);
        self.recorder.ended(outcome);
        let operation = &asked.operation;
        self.recorder.done(Done { sent_ns: asked.sent_ns, service_ns, operation, outcome, status })
    }

    /// A request without a response was under way until the last record at least.
    fn unanswered(&mut self, id: &[u8]) -> Result<()> {
        let Some(Waiting { sent_ns, operation }) = self.waiting.remove(id) else { return Ok(()) };
        let outcome = Outcome::Unfinished;
        let service_ns = (self.last_ns - sent_ns).clamp(0, LONGEST_NS);
        self.recorder.done(Done { sent_ns, service_ns, operation: &operation, outcome, status: NO_STATUS })
    }

    fn finish(mut self) -> Result<Draft> {
        for id in std::mem::take(&mut self.order) {
            self.unanswered(&id)?;
        }
        let mut draft = self.recorder.finish(self.responses > 0, "no request in this capture")?;
        if self.left_out > 0 {
            let message = format!(
                "{} responses are left out: those of a replay, and those whose request was not recorded",
                self.left_out
            );
            let finding = Finding::new("responses-left-out", Severity::Info, message);
            draft.findings.push(finding.with_value(self.left_out as f64, Some(0.0)));
        }
        draft.tool = Tool { name: "goreplay".to_owned(), ..Tool::default() };
        Ok(draft)
    }
}
