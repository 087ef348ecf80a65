//! One JSON object a line, with keys that the user names.

use serde_json::Value;
use vana_types::Fidelity;

use super::table::{Mapping, is_of_requests};
use super::{Detection, Format};
use crate::lines::{Chunk, Records, each_line, read_records};
use crate::{ColumnMap, Draft, Input, ReadError, ReadOptions, Result};

/// A table as NDJSON. A name with dots (`data.time`) reaches into nested objects.
pub struct TableNdjson;

impl Format for TableNdjson {
    fn name(&self) -> &'static str {
        "table-ndjson"
    }

    fn about(&self) -> &'static str {
        "any NDJSON with one request a line, keys named with --map"
    }

    fn source(&self) -> &'static str {
        "https://github.com/ndjson/ndjson-spec"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Trace
    }

    fn detect(&self, input: &Input) -> Detection {
        let line = input.head_text().trim_start().lines().next().unwrap_or_default();
        if line.starts_with('{') && line.trim_end().ends_with('}') {
            Detection::Unsure
        } else {
            Detection::No
        }
    }

    fn takes(&self, map: &[ColumnMap]) -> bool {
        is_of_requests(map)
    }

    fn read(&self, input: &Input, options: &ReadOptions) -> Result<Vec<Draft>> {
        let objects = Objects { mapping: Mapping::new(&options.map)? };
        let lines = read_records(input, options, (0, 0), &objects)?;
        Ok(vec![super::traced(lines, "no objects")?])
    }
}

/// What is wrong, without the position: the parser sees one line and calls it line 1.
fn json_error(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

struct Objects {
    mapping: Mapping,
}

impl Records for Objects {
    fn quote(&self) -> Option<u8> {
        None
    }

    fn parse(&self, bytes: &[u8], first_line: u64, chunk: &mut Chunk) -> Result<()> {
        each_line(bytes, first_line, |number, line| {
            let value: Value =
                serde_json::from_slice(line).map_err(|error| ReadError::at(number, json_error(&error)))?;
            let mut texts = Vec::new();
            for name in self.mapping.names() {
                let found = value
                    .get(name)
                    .or_else(|| name.split('.').try_fold(&value, |object, key| object.get(key)));
                texts.push(match found {
                    Some(Value::String(text)) => text.clone(),
                    // What an object leaves out is like an empty field; a column that must be there complains.
                    Some(Value::Null) | None => String::new(),
                    Some(other) => other.to_string(),
                });
            }
            let fields: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
            self.mapping.add(number, &fields, chunk)
        })
    }
}
