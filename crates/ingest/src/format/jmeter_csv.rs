//! JMeter's JTL as delimited text, with a header.

use vana_trace::NO_TIME;
use vana_types::{Fidelity, Finding, Severity, Tool};

use super::{Detection, Format, jmeter};
use crate::delimited::{Header, each_record};
use crate::lines::{Chunk, Records, read_records};
use crate::number::{LONGEST_NS, scaled, whole};
use crate::{Draft, Input, ReadError, ReadOptions, Result};

/// JMeter JTL, CSV.
pub struct JmeterCsv;

impl Format for JmeterCsv {
    fn name(&self) -> &'static str {
        "jmeter-csv"
    }

    fn about(&self) -> &'static str {
        "JMeter results (JTL) as CSV with a header"
    }

    fn source(&self) -> &'static str {
        "https://jmeter.apache.org/usermanual/listeners.html#csvlogformat"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Trace
    }

    fn detect(&self, input: &Input) -> Detection {
        let Some(header) = Header::read(input) else { return Detection::No };
        let has = |name| header.place(name).is_some();
        // A header without `elapsed` is a damaged JTL rather than something else.
        if has("timeStamp") && (has("elapsed") || has("responseCode")) {
            Detection::Yes
        } else {
            Detection::No
        }
    }

    fn read(&self, input: &Input, options: &ReadOptions) -> Result<Vec<Draft>> {
        let header = Header::read(input).ok_or_else(|| ReadError::at(1, "no header"))?;
        let mut samples = Samples::new(&header)?;
        samples.look_at(input, header.skip.0);
        let lines = read_records(input, options, header.skip, &samples)?;
        let controllers = lines.left_out;
        let mut draft = super::traced(lines, "no samples after the header")?;
        if controllers > 0 {
            let message = format!(
                "{controllers} rows of transaction controllers are left out; their time is that of their samples"
            );
            let finding = Finding::new("transaction-controllers", Severity::Info, message);
            draft.findings.push(finding.with_value(controllers as f64, None));
        }
        draft.tool = Tool { name: "jmeter".to_owned(), ..Tool::default() };
        Ok(vec![draft])
    }
}

/// The places of the columns, and how to read a sample.
struct Samples {
    delimiter: u8,
    width: usize,
    stamp: usize,
    elapsed: usize,
    label: Option<usize>,
    code: Option<usize>,
    success: Option<usize>,
    thread: Option<usize>,
    all_threads: Option<usize>,
    bytes: Option<usize>,
    sent_bytes: Option<usize>,
    latency: Option<usize>,
    message: Option<usize>,
    /// Whether rows of transaction controllers stand beside those of their samples, and are to be left out.
    skips_controllers: bool,
}

/// What JMeter writes as the response message of a transaction controller, whose time is the sum of its samples'.
const CONTROLLER: &[u8] = b"Number of samples in transaction";

impl Samples {
    fn new(header: &Header) -> Result<Self> {
        Ok(Self {
            delimiter: header.delimiter,
            width: header.names.len(),
            stamp: header.require("timeStamp")?,
            elapsed: header.require("elapsed")?,
            label: header.place("label"),
            code: header.place("responseCode"),
            success: header.place("success"),
            thread: header.place("threadName"),
            all_threads: header.place("allThreads"),
            bytes: header.place("bytes"),
            sent_bytes: header.place("sentBytes"),
            latency: header.place("Latency"),
            message: header.place("responseMessage"),
            skips_controllers: false,
        })
    }

    fn is_controller(&self, fields: &[&[u8]]) -> bool {
        self.message
            .and_then(|place| fields.get(place))
            .is_some_and(|message| message.starts_with(CONTROLLER))
    }

    /// JMeter writes controllers beside their samples, or (generating parent samples) instead of them: the head shows.
    fn look_at(&mut self, input: &Input, skip: usize) {
        let head = input.head().get(skip..).unwrap_or_default();
        let whole = memchr::memrchr(b'\n', head).map_or(head, |end| &head[..end]);
        let mut found = [false; 2];
        let _ = each_record(whole, 1, self.delimiter, |_, fields| {
            found[usize::from(self.is_controller(fields))] = true;
            Ok(())
        });
        self.skips_controllers = found[0];
    }

    fn sample(&self, line: u64, fields: &[&[u8]], chunk: &mut Chunk) -> Result<()> {
        if fields.len() != self.width {
            let message = format!("{} fields where the header has {}", fields.len(), self.width);
            return Err(ReadError::at(line, message));
        }
        if self.skips_controllers && self.is_controller(fields) {
            chunk.left_out += 1;
            return Ok(());
        }
        let field = |place: Option<usize>| place.map_or(&b""[..], |place| fields[place]);
        let bad = |column: &str, found: &[u8], wanted: &str| {
            let found = String::from_utf8_lossy(found);
            ReadError::at(line, format!("{column} is \"{found}\", expected {wanted}"))
        };
        let stamp = fields[self.stamp];
        let sent_ms = whole(stamp).filter(|&ms| ms <= 4_000_000_000_000);
        let sent_ms = sent_ms.ok_or_else(|| {
            bad("timeStamp", stamp, "milliseconds since 1970")
                .hint("set jmeter.save.saveservice.timestamp_format=ms")
        })?;
        let elapsed = scaled(fields[self.elapsed], 6).filter(|ns| (0..=LONGEST_NS).contains(ns));
        let elapsed =
            elapsed.ok_or_else(|| bad("elapsed", fields[self.elapsed], "milliseconds, not negative"))?;
        let success = match field(self.success) {
            b"true" | b"TRUE" | b"True" | b"1" => true,
            b"false" | b"FALSE" | b"False" | b"0" => false,
            // Without a verdict the code has to do.
            b"" => matches!(field(self.code).first(), Some(b'1'..=b'3') | None),
            other => return Err(bad("success", other, "true or false")),
        };
        let operation = chunk.operations.number(field(self.label));
        let outcome = jmeter::outcome(success, field(self.code));
        chunk.rows.push(sent_ms as i64 * 1_000_000, elapsed, operation, outcome);
        let last = chunk.rows.len() - 1;
        chunk.rows.status[last] = jmeter::status(field(self.code));
        let count =
            |place| whole(field(place)).and_then(|value| i64::try_from(value).ok()).unwrap_or(NO_TIME);
        chunk.rows.bytes_received[last] = count(self.bytes);
        chunk.rows.bytes_sent[last] = count(self.sent_bytes);
        // JMeter writes 0 where it measured no first byte.
        if let Some(latency @ 1..) = scaled(field(self.latency), 6) {
            chunk.rows.first_byte_ns[last] = latency.min(elapsed);
        }
        if let Some(thread) = self.thread.filter(|&thread| !fields[thread].is_empty()) {
            chunk.rows.connection[last] = chunk.connections.number(fields[thread]);
        }
        if let Some(threads) = whole(field(self.all_threads)) {
            chunk.most_clients = chunk.most_clients.max(threads.min(u64::from(u32::MAX)) as u32);
        }
        Ok(())
    }
}

impl Records for Samples {
    fn quote(&self) -> Option<u8> {
        Some(b'"')
    }

    fn parse(&self, bytes: &[u8], first_line: u64, chunk: &mut Chunk) -> Result<()> {
        each_record(bytes, first_line, self.delimiter, |line, fields| self.sample(line, fields, chunk))
    }
}
