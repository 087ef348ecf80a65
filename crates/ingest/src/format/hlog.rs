//! `HdrHistogram`'s interval log, as jHiccup, YCSB and many others write it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use vana_trace::Bin;
use vana_types::{Fidelity, Finding, IntervalReport, Reported, Scale, Severity, Tool, Unit, metric};

use super::hdr_encoding::{self, RawBin};
use super::printed::{self, SECONDS, whole_text};
use super::{Detection, Format};
use crate::{Body, Draft, Input, ReadError, ReadOptions, Result};

/// One encoded histogram per interval; streams with a tag of their own become drafts of their own.
#[derive(Debug)]
pub struct Hlog;

const NANOSECONDS: Scale = Scale::decimal(Unit::Seconds, -9);
/// A time that is more than a year before the start counts from the start, after `HistogramLogReader`.
const YEAR_NS: i64 = 365 * 24 * 3600 * 1_000_000_000;

impl Format for Hlog {
    fn name(&self) -> &'static str {
        "hlog"
    }

    fn about(&self) -> &'static str {
        "interval log of HdrHistogram, encodings V0, V1 and V2"
    }

    fn source(&self) -> &'static str {
        "https://github.com/HdrHistogram/HdrHistogram, HistogramLogReader and AbstractHistogram"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Histogram
    }

    fn detect(&self, input: &Input) -> Detection {
        let is_ours = |line: &str| {
            line.starts_with("#[Histogram log format version")
                || line.starts_with("\"StartTimestamp\",")
                || Interval::split(line).is_some_and(|interval| interval.encoded.starts_with("HIST"))
        };
        if input.head_text().lines().any(is_ours) { Detection::Yes } else { Detection::No }
    }

    fn read(&self, input: &Input, options: &ReadOptions) -> Result<Vec<Draft>> {
        let text = whole_text(input)?;
        let log = Log::read(&text, printed::value_unit(options)?)?;
        if log.streams.is_empty() {
            return Err(ReadError::at(0, "no interval in this log"));
        }
        Ok(log.streams.into_iter().map(Stream::finish).collect())
    }
}

/// A line of a log, taken apart.
struct Interval<'a> {
    tag: Option<&'a str>,
    start: &'a str,
    length: &'a str,
    max: &'a str,
    encoded: &'a str,
}

impl<'a> Interval<'a> {
    fn split(line: &'a str) -> Option<Self> {
        let (tag, rest) = match line.strip_prefix("Tag=") {
            Some(tagged) => tagged.split_once(',').map(|(tag, rest)| (Some(tag), rest))?,
            None => (None, line),
        };
        let mut cells = rest.split(',').map(str::trim);
        let mut next = || cells.next();
        let interval = Self { tag, start: next()?, length: next()?, max: next()?, encoded: next()? };
        next().is_none().then_some(interval)
    }
}

struct Log<'a> {
    tool: Tool,
    is_hiccup: bool,
    operation: Option<&'a str>,
    start_ns: Option<i64>,
    base_ns: Option<i64>,
    value_unit: Option<Scale>,
    streams: Vec<Stream>,
    /// Place of each tag's stream.
    places: BTreeMap<Option<String>, usize>,
}

impl<'a> Log<'a> {
    fn read(text: &'a str, value_unit: Option<Scale>) -> Result<Self> {
        let mut log = Self {
            tool: Tool { name: "HdrHistogram".to_owned(), ..Tool::default() },
            is_hiccup: false,
            operation: None,
            start_ns: None,
            base_ns: None,
            value_unit,
            streams: Vec::new(),
            places: BTreeMap::new(),
        };
        for (line, number) in text.lines().zip(1..) {
            let line = line.trim();
            if let Some(comment) = line.strip_prefix('#') {
                log.take_comment(comment.trim_start_matches('[').trim_end_matches(']'), number)?;
            } else if !line.is_empty() && !line.starts_with('"') {
                log.take_interval(line, number)?;
            }
        }
        Ok(log)
    }

    fn take_comment(&mut self, comment: &'a str, number: u64) -> Result<()> {
        if let Some(program) = comment.strip_prefix("Logged with ") {
            let (name, version) = program.split_once(" version ").unwrap_or((program, ""));
            let version = version.split(',').next().unwrap_or_default().trim();
            self.is_hiccup = name == "jHiccup";
            name.clone_into(&mut self.tool.name);
            self.tool.version = (!version.is_empty()).then(|| version.to_owned());
        } else if let Some(operation) = comment.strip_prefix("Logging for: ") {
            self.operation = Some(operation);
        }
        for (name, place) in [("StartTime: ", &mut self.start_ns), ("BaseTime: ", &mut self.base_ns)] {
            if let Some(rest) = comment.strip_prefix(name) {
                let seconds = rest.split(' ').next().unwrap_or_default();
                let nanos = printed::unix_nanos(seconds).ok_or_else(|| {
                    ReadError::at(number, format!("\"{seconds}\" are no seconds since 1970"))
                })?;
                *place = Some(nanos);
            }
        }
        Ok(())
    }

    fn take_interval(&mut self, line: &str, number: u64) -> Result<()> {
        let at = |message: String| ReadError::at(number, message);
        let interval = Interval::split(line).ok_or_else(|| {
            at("expected start, length, maximum and histogram, separated by commas".to_owned())
        })?;
        let seconds = |text: &str| {
            printed::unix_nanos(text).ok_or_else(|| at(format!("\"{text}\" is no time in seconds")))
        };
        let (start_ns, length_ns) = (seconds(interval.start)?, seconds(interval.length)?);
        if SECONDS.to_base(interval.max).is_none() {
            return Err(at(format!("\"{}\" is no maximum", interval.max)));
        }
        let encoded =
            STANDARD.decode(interval.encoded).map_err(|error| at(format!("not base64: {error}")))?;
        let bins =
            hdr_encoding::decode(&encoded).map_err(|why| at(format!("no readable histogram: {why}")))?;
        let scale = self.scale();
        let bins = bins
            .into_iter()
            .map(|bin| nanoseconds(bin, scale))
            .collect::<Option<Vec<Bin>>>()
            .ok_or_else(|| at("a value is longer than 292 years; is the unit right?".to_owned()))?;
        let origin_ns = *self.start_ns.get_or_insert(start_ns);
        let is_relative = start_ns < origin_ns.saturating_sub(YEAR_NS);
        let base_ns = *self.base_ns.get_or_insert(if is_relative { origin_ns } else { 0 });
        let offset_ns = i128::from(start_ns) + i128::from(base_ns) - i128::from(origin_ns);
        let end_ns = offset_ns + i128::from(length_ns);
        self.stream(interval.tag, number).take(&bins, offset_ns, end_ns, number)
    }

    fn scale(&self) -> Scale {
        self.value_unit.unwrap_or(NANOSECONDS)
    }

    fn stream(&mut self, tag: Option<&str>, line: u64) -> &mut Stream {
        let tag = tag.map(str::to_owned);
        let at = self.places.get(&tag).copied().unwrap_or_else(|| {
            let stream = self.new_stream(tag.clone(), line);
            self.streams.push(stream);
            self.places.insert(tag, self.streams.len() - 1);
            self.streams.len() - 1
        });
        &mut self.streams[at]
    }

    fn new_stream(&self, workload: Option<String>, line: u64) -> Stream {
        // A log without StartTime whose times count from nothing has no date.
        let started_unix_ns = self.start_ns.filter(|start_ns| *start_ns > YEAR_NS);
        let mut draft = Draft {
            line: Some(line),
            workload,
            tool: self.tool.clone(),
            started_unix_ns,
            ..Draft::default()
        };
        if let Some(operation) = self.operation {
            draft.attributes.insert("operation".to_owned(), operation.to_owned());
        }
        if self.value_unit.is_none() && !self.is_hiccup {
            let message = "the file does not state the unit of its values; nanoseconds are assumed";
            draft.findings.push(Finding::new("unit-assumed", Severity::Warning, message));
        }
        Stream { draft, bins: BTreeMap::new(), first_ns: i128::MAX, last_ns: i128::MIN }
    }
}

/// What belongs to one tag.
struct Stream {
    draft: Draft,
    /// Count by upper and lower edge.
    bins: BTreeMap<(i64, i64), u64>,
    /// Start of the first and end of the last interval, from the log's start.
    first_ns: i128,
    last_ns: i128,
}

impl Stream {
    fn take(&mut self, bins: &[Bin], start_ns: i128, end_ns: i128, line: u64) -> Result<()> {
        for bin in bins {
            let count = self.bins.entry((bin.value_ns, bin.low_ns)).or_default();
            *count = count
                .checked_add(bin.count)
                .ok_or_else(|| ReadError::at(line, "more values than can be counted"))?;
        }
        self.first_ns = self.first_ns.min(start_ns);
        self.last_ns = self.last_ns.max(end_ns);
        self.draft
            .intervals
            .push(IntervalReport { end_s: end_ns as f64 / 1e9, values: interval_values(bins) });
        Ok(())
    }

    fn finish(mut self) -> Draft {
        let bins = self
            .bins
            .into_iter()
            .map(|((value_ns, low_ns), count)| Bin { low_ns, value_ns, count })
            .collect();
        self.draft.body = Body::Histogram(vec![(metric::LATENCY, bins)]);
        self.draft.duration_s = Some((self.last_ns - self.first_ns) as f64 / 1e9);
        self.draft
    }
}

/// Count, median and maximum of one interval; an empty one has only its count.
fn interval_values(bins: &[Bin]) -> Vec<Reported> {
    let count: u128 = bins.iter().map(|bin| u128::from(bin.count)).sum();
    let one = |statistic: &str, value: f64, unit, printed| Reported {
        metric: metric::LATENCY.to_owned(),
        statistic: statistic.to_owned(),
        value: Some(value),
        unit,
        printed,
    };
    let mut values = vec![one("count", count as f64, Unit::One, count.to_string())];
    let mut below = 0;
    let median = bins.iter().find(|bin| {
        below += u128::from(bin.count);
        2 * below >= count
    });
    for (statistic, bin) in [("p50", median), ("max", bins.last())] {
        if let Some(bin) = bin {
            values.push(one(
                statistic,
                bin.value_ns as f64 / 1e9,
                Unit::Seconds,
                format!("{} ns", bin.value_ns),
            ));
        }
    }
    values
}

fn nanoseconds(bin: RawBin, scale: Scale) -> Option<Bin> {
    let factor = u32::try_from(scale.exponent + 9)
        .ok()
        .filter(|_| scale.unit == Unit::Seconds)
        .and_then(|power| 10u64.checked_pow(power)?.checked_mul(scale.factor))?;
    let scaled = |value: u64| i64::try_from(value.checked_mul(factor)?).ok();
    Some(Bin { low_ns: scaled(bin.low)?, value_ns: scaled(bin.high)?, count: bin.count })
}
