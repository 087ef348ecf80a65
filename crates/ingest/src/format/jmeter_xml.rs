//! JMeter's JTL as XML.

use std::io::BufReader;

use quick_xml::events::{BytesStart, Event};
use vana_trace::{NO_TIME, TraceWriter};
use vana_types::{Fidelity, Finding, Severity, Tool};

use super::{Detection, Format, jmeter};
use crate::lines::{Chunk, Joined, Lines};
use crate::number::{LONGEST_NS, scaled, whole};
use crate::{Draft, Input, ReadOptions, Result};

/// JMeter JTL, XML.
///
/// Samples nest: a transaction holds its children and a page its resources, whose time is part of it. As in JMeter's
/// own reports and in the CSV form of the same results, the outermost samples are the requests; the inner ones are
/// counted in a finding.
pub struct JmeterXml;

/// Rows handed to the writer at a time.
const BATCH_ROWS: usize = 1 << 15;

impl Format for JmeterXml {
    fn name(&self) -> &'static str {
        "jmeter-xml"
    }

    fn about(&self) -> &'static str {
        "JMeter results (JTL) as XML"
    }

    fn source(&self) -> &'static str {
        "https://jmeter.apache.org/usermanual/listeners.html#xmlformat2.1"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Trace
    }

    fn detect(&self, input: &Input) -> Detection {
        if input.head_text().contains("<testResults") { Detection::Yes } else { Detection::No }
    }

    fn read(&self, input: &Input, options: &ReadOptions) -> Result<Vec<Draft>> {
        let (lines, inner) = read_samples(input, options)?;
        let mut draft = super::traced(lines, "no samples in <testResults>")?;
        draft.tool = Tool { name: "jmeter".to_owned(), ..Tool::default() };
        if inner > 0 {
            let message = format!(
                "{inner} samples lie inside others, whose time includes theirs; they are no rows of their own"
            );
            let finding = Finding::new("nested-samples", Severity::Info, message);
            draft.findings.push(finding.with_value(inner as f64, None));
        }
        Ok(vec![draft])
    }
}

/// Reads all outermost samples; returns the trace and the number of inner samples.
fn read_samples(input: &Input, options: &ReadOptions) -> Result<(Lines, u64)> {
    let mut writer = TraceWriter::create(&options.staging)?;
    let mut joined = Joined::default();
    let mut reader = quick_xml::Reader::from_reader(BufReader::new(input.reader()?));
    let mut buffer = Vec::new();
    let mut chunk = Chunk::default();
    let (mut depth, mut sample_depth) = (0u32, None);
    let (mut inner, mut is_closed) = (0, false);
    loop {
        buffer.clear();
        let at = reader.buffer_position();
        let event = reader.read_event_into(&mut buffer);
        let event = event.map_err(|error| input.error_at(at, format!("not well-formed: {error}")))?;
        match event {
            Event::Start(element) => {
                depth += 1;
                is_closed = false;
                if is_sample(&element) && sample_depth.is_some() {
                    inner += 1;
                } else if is_sample(&element) {
                    sample_depth = Some(depth);
                    sample(&element, &mut chunk).map_err(|message| input.error_at(at, message))?;
                }
            }
            Event::Empty(element) if is_sample(&element) && sample_depth.is_some() => inner += 1,
            Event::Empty(element) if is_sample(&element) => {
                sample(&element, &mut chunk).map_err(|message| input.error_at(at, message))?;
            }
            Event::End(_) => {
                if sample_depth == Some(depth) {
                    sample_depth = None;
                }
                depth = depth.saturating_sub(1);
                is_closed = depth == 0;
            }
            Event::Eof => break,
            _ => {}
        }
        if chunk.rows.len() >= BATCH_ROWS {
            options.check()?;
            joined.add(std::mem::take(&mut chunk), &mut writer)?;
        }
    }
    if !is_closed {
        let error = input.error_at(input.len(), "the file ends before </testResults>");
        return Err(error.hint("close the element by hand if the last samples do not matter"));
    }
    joined.add(chunk, &mut writer)?;
    Ok((joined.finish(writer)?, inner))
}

/// Samples are known by their attributes: plugins bring element names of their own.
fn is_sample(element: &BytesStart<'_>) -> bool {
    let has = |name: &str| element.attributes().flatten().any(|attribute| attribute.key.as_ref() == name);
    has("t") && has("ts") && has("lb")
}

/// Adds one sample; an error is the message alone.
fn sample(element: &BytesStart<'_>, chunk: &mut Chunk) -> Result<(), String> {
    let mut values: [Option<Vec<u8>>; 10] = Default::default();
    let names = ["t", "lt", "ts", "s", "lb", "rc", "tn", "by", "na", "sby"];
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let Some(place) = names.iter().position(|name| *name == attribute.key.as_ref()) else { continue };
        let value = quick_xml::escape::unescape(&attribute.value).map_err(|error| error.to_string())?;
        values[place] = Some(value.into_owned().into_bytes());
    }
    let [elapsed, latency, stamp, success, label, code, thread, received, threads, sent] =
        values.each_ref().map(|value| value.as_deref().unwrap_or_default());
    let bad = |name: &str, found: &[u8], wanted: &str| {
        format!("{name}=\"{}\", expected {wanted}", String::from_utf8_lossy(found))
    };
    let sent_ms = whole(stamp).filter(|&ms| ms <= 4_000_000_000_000);
    let sent_ms = sent_ms.ok_or_else(|| bad("ts", stamp, "milliseconds since 1970"))?;
    let elapsed_ns = scaled(elapsed, 6).filter(|ns| (0..=LONGEST_NS).contains(ns));
    let elapsed_ns = elapsed_ns.ok_or_else(|| bad("t", elapsed, "milliseconds, not negative"))?;
    let bytes = |text| whole(text).and_then(|bytes| i64::try_from(bytes).ok()).unwrap_or(NO_TIME);
    let is_success = match success {
        b"true" => true,
        b"false" => false,
        other => return Err(bad("s", other, "true or false")),
    };
    let operation = chunk.operations.number(label);
    chunk.rows.push(sent_ms as i64 * 1_000_000, elapsed_ns, operation, jmeter::outcome(is_success, code));
    let last = chunk.rows.len() - 1;
    chunk.rows.status[last] = jmeter::status(code);
    chunk.rows.bytes_received[last] = bytes(received);
    chunk.rows.bytes_sent[last] = bytes(sent);
    if let Some(latency_ns @ 1..) = scaled(latency, 6) {
        chunk.rows.first_byte_ns[last] = latency_ns.min(elapsed_ns);
    }
    if !thread.is_empty() {
        chunk.rows.connection[last] = chunk.connections.number(thread);
    }
    chunk.most_clients = chunk.most_clients.max(whole(threads).unwrap_or(0).min(u64::from(u32::MAX)) as u32);
    Ok(())
}
