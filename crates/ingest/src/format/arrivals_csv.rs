//! Arrivals as a table: when, and perhaps what.

use std::collections::BTreeMap;

use vana_trace::WorkloadRequest;
use vana_types::{Fidelity, Scale, Unit};

use super::table::stamp;
use super::{Detection, Format};
use crate::delimited::{Header, each_record};
use crate::number::scaled;
use crate::recording::{LONGEST_RECORD, Recorder, each_whole_line};
use crate::{Draft, Input, ReadError, ReadOptions, Result};

const STAMPS: [&str; 6] = ["timestamp", "time", "arrival", "arrival_time", "arrived", "due"];
const METHODS: [&str; 2] = ["method", "http_method"];
const PATHS: [&str; 4] = ["path", "uri", "url", "target"];
const BODIES: [&str; 2] = ["body", "payload"];
/// Words in the name of a column that speaks of more than arrivals: such a table is for `--map`.
const OF_REQUESTS: [&str; 6] = ["latency", "elapsed", "duration", "response", "service", "metric"];
/// Plain seconds beyond this (the year 5138) are meant in another unit.
const LATEST_NS: i64 = 4_000_000_000_000_000_000;

/// A trace of arrivals.
pub struct ArrivalsCsv;

impl Format for ArrivalsCsv {
    fn name(&self) -> &'static str {
        "arrivals-csv"
    }

    fn about(&self) -> &'static str {
        "trace of arrivals as CSV: a column timestamp, and method, path, body where there are any"
    }

    fn source(&self) -> &'static str {
        "https://github.com/Azure/AzurePublicDataset/blob/master/AzureLLMInferenceDataset2023.md"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Summary
    }

    fn detect(&self, input: &Input) -> Detection {
        let Some(header) = Header::read(input) else { return Detection::No };
        let Ok(places) = Places::new(&header, None) else { return Detection::No };
        let is_more = header.names.iter().any(|name| {
            let name = name.to_lowercase();
            OF_REQUESTS.iter().any(|word| name.contains(word))
        });
        let rest = input.head().get(header.skip.0..).unwrap_or_default();
        let first = rest.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
        let mut is_stamped = false;
        let _ = each_record(first, 2, header.delimiter, |_, fields| {
            is_stamped = fields.get(places.stamp).is_some_and(|field| places.stamp_ns(field).is_some());
            Ok(())
        });
        if is_stamped && !is_more { Detection::Yes } else { Detection::No }
    }

    fn read(&self, input: &Input, options: &ReadOptions) -> Result<Vec<Draft>> {
        let header = Header::read(input).ok_or_else(|| ReadError::at(1, "no header"))?;
        let places = Places::new(&header, options.value_unit)?;
        let mut recorder = Recorder::new(options)?;
        let (mut record, mut begun, mut is_quoted) = (Vec::new(), 2, false);
        let mut read = |begun: u64, record: &[u8]| {
            each_record(record, begun, header.delimiter, |line, fields| {
                places.add(line, fields, &mut recorder)
            })
        };
        each_whole_line(input, options, |number, line| {
            if number <= header.skip.1 {
                return Ok(());
            }
            if record.is_empty() {
                begun = number;
            }
            record.extend_from_slice(line);
            if record.len() > LONGEST_RECORD {
                return Err(ReadError::at(begun, format!("a record of more than {LONGEST_RECORD} bytes")));
            }
            // A line end within quotes does not end the record.
            is_quoted ^= memchr::memchr_iter(b'"', line).count() % 2 == 1;
            if !is_quoted {
                read(begun, &record)?;
                record.clear();
            }
            Ok(())
        })?;
        read(begun, &record)?;
        let mut draft = recorder.finish(false, "no arrivals after the header")?;
        draft.attributes = places.left_out(&header);
        Ok(vec![draft])
    }
}

/// The places of the columns.
struct Places {
    width: usize,
    stamp: usize,
    unit: Option<Scale>,
    method: Option<usize>,
    path: Option<usize>,
    body: Option<usize>,
}

impl Places {
    fn new(header: &Header, unit: Option<Scale>) -> Result<Self> {
        let place = |names: &[&str]| {
            header.names.iter().position(|name| names.contains(&name.trim().to_lowercase().as_str()))
        };
        if unit.is_some_and(|unit| unit.unit != Unit::Seconds) {
            return Err(ReadError::at(0, "the unit of a stamp must be one of time"));
        }
        let mut found = place(&STAMPS).map(|place| (place, unit));
        for suffix in ["s", "ms", "us", "ns"] {
            // `time_ms` alone is as likely a duration.
            let stamps = STAMPS.iter().filter(|name| **name != "time");
            let names: Vec<String> = stamps.map(|name| format!("{name}_{suffix}")).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            found = found.or_else(|| Some((place(&names)?, unit.or(suffix.parse().ok()))));
        }
        let (stamp, unit) = found.ok_or_else(|| {
            ReadError::at(1, "no column \"timestamp\"").hint(format!("columns: {}", header.names.join(", ")))
        })?;
        let (method, path, body) = (place(&METHODS), place(&PATHS), place(&BODIES));
        Ok(Self { width: header.names.len(), stamp, unit, method, path, body })
    }

    /// A number in the unit, or a calendar stamp, or plain seconds.
    fn stamp_ns(&self, field: &[u8]) -> Option<i64> {
        let field = field.trim_ascii();
        let plain = || scaled(field, 9).filter(|stamp_ns| stamp_ns.abs() <= LATEST_NS);
        stamp(field, self.unit).or_else(|| self.unit.is_none().then(plain)?)
    }

    fn add(&self, line: u64, fields: &[&[u8]], recorder: &mut Recorder) -> Result<()> {
        if fields.len() != self.width {
            let message = format!("{} fields where the header has {}", fields.len(), self.width);
            return Err(ReadError::at(line, message));
        }
        let field =
            |place: Option<usize>| place.and_then(|place| fields.get(place)).copied().unwrap_or_default();
        let stamp = field(Some(self.stamp));
        let stamp_ns = self.stamp_ns(stamp).ok_or_else(|| {
            let found = String::from_utf8_lossy(stamp);
            ReadError::at(line, format!("\"{found}\" is no stamp, as 2023-11-16 18:15:46.68 or 12.5"))
                .hint("numbers that are no seconds: --value-unit ms")
        })?;
        let text = |place| String::from_utf8_lossy(field(place)).trim().to_owned();
        let method = Some(text(self.method)).filter(|method| !method.is_empty());
        let body = field(self.body);
        let request = WorkloadRequest {
            method: method.unwrap_or_else(|| "GET".to_owned()),
            path: Some(text(self.path)).filter(|path| !path.is_empty()),
            headers: Vec::new(),
            body: (!body.is_empty()).then(|| body.to_vec()),
        };
        recorder.arrived(line, (stamp_ns, stamp_ns), Some(request))
    }

    /// The columns that say nothing of what is sent.
    fn left_out(&self, header: &Header) -> BTreeMap<String, String> {
        let known = [Some(self.stamp), self.method, self.path, self.body];
        let names = header.names.iter().enumerate().filter(|(place, _)| !known.contains(&Some(*place)));
        let names: Vec<&str> = names.map(|(_, name)| name.as_str()).collect();
        if names.is_empty() {
            return BTreeMap::new();
        }
        BTreeMap::from([("columns_left_out".to_owned(), names.join(", "))])
    }
}
