//! k6's CSV output.

use vana_types::{Fidelity, Finding, Severity, Tool};

use super::k6::{Point, REQUEST, add};
use super::{Detection, Format};
use crate::delimited::{Header, each_record};
use crate::lines::{Chunk, Records, read_records};
use crate::number::scaled;
use crate::{Draft, Input, ReadError, ReadOptions, Result};

/// k6 `--out csv`.
pub struct K6Csv;

impl Format for K6Csv {
    fn name(&self) -> &'static str {
        "k6-csv"
    }

    fn about(&self) -> &'static str {
        "k6 --out csv, one metric point a line"
    }

    fn source(&self) -> &'static str {
        "https://grafana.com/docs/k6/latest/results-output/real-time/csv/"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Trace
    }

    fn detect(&self, input: &Input) -> Detection {
        let is_k6 = input.head_text().starts_with("metric_name,timestamp,metric_value");
        if is_k6 { Detection::Yes } else { Detection::No }
    }

    fn read(&self, input: &Input, options: &ReadOptions) -> Result<Vec<Draft>> {
        let header = Header::read(input).ok_or_else(|| ReadError::at(1, "no header"))?;
        let lines = read_records(input, options, header.skip, &Points::new(&header)?)?;
        let mut draft = super::traced(lines, "no points of http_req_duration")?;
        draft.tool = Tool { name: "k6".to_owned(), ..Tool::default() };
        draft.findings.push(Finding::new(
            "coarse-stamps",
            Severity::Info,
            "k6 writes whole seconds into its CSV: when a request was sent is known to a second, how long it took exactly",
        ));
        Ok(vec![draft])
    }
}

/// The places of the columns: their number grows with the version of k6.
struct Points {
    width: usize,
    stamp: usize,
    value: usize,
    tags: [Option<usize>; 6],
}

impl Points {
    fn new(header: &Header) -> Result<Self> {
        let names = ["method", "name", "url", "status", "expected_response", "error_code"];
        Ok(Self {
            width: header.names.len(),
            stamp: header.require("timestamp")?,
            value: header.require("metric_value")?,
            tags: names.map(|name| header.place(name)),
        })
    }
}

impl Records for Points {
    fn quote(&self) -> Option<u8> {
        Some(b'"')
    }

    fn parse(&self, bytes: &[u8], first_line: u64, chunk: &mut Chunk) -> Result<()> {
        let mut scratch = Vec::new();
        each_record(bytes, first_line, b',', |line, fields| {
            if fields.len() != self.width {
                let message = format!("{} fields where the header has {}", fields.len(), self.width);
                return Err(ReadError::at(line, message));
            }
            if fields[0] != REQUEST {
                return Ok(());
            }
            let bad = |name: &str, place: usize, wanted: &str| {
                let found = String::from_utf8_lossy(fields[place]);
                ReadError::at(line, format!("{name} is \"{found}\", expected {wanted}"))
            };
            let [method, name, url, status, expected, error_code] =
                self.tags.map(|place| place.map_or(&b""[..], |place| fields[place]));
            let point = Point {
                end_ns: scaled(fields[self.stamp], 9)
                    .ok_or_else(|| bad("timestamp", self.stamp, "seconds since 1970"))?,
                duration_ns: scaled(fields[self.value], 6)
                    .ok_or_else(|| bad("metric_value", self.value, "milliseconds"))?,
                method,
                name,
                url,
                status,
                expected,
                error_code,
            };
            add(&point, &mut scratch, chunk).map_err(|message| ReadError::at(line, message))
        })
    }
}
