//! k6's JSON output: one object a line.

use memchr::{memchr, memchr2, memmem};
use vana_types::{Fidelity, Tool};

use super::k6::{Point, REQUEST, add};
use super::k6_shape::{Place, Shape};
use super::{Detection, Format};
use crate::lines::{Chunk, Records, each_line, read_records};
use crate::number::{rfc3339, scaled};
use crate::{Draft, Input, ReadError, ReadOptions, Result};

/// k6 `--out json`.
pub struct K6Json;

impl Format for K6Json {
    fn name(&self) -> &'static str {
        "k6-json"
    }

    fn about(&self) -> &'static str {
        "k6 --out json, one metric point a line"
    }

    fn source(&self) -> &'static str {
        "https://grafana.com/docs/k6/latest/results-output/real-time/json/"
    }

    fn fidelity(&self) -> Fidelity {
        Fidelity::Trace
    }

    fn detect(&self, input: &Input) -> Detection {
        let line = input.head_text().lines().next().unwrap_or_default();
        let is_k6 = line.starts_with('{')
            && line.contains("\"metric\":")
            && (line.contains("\"type\":\"Metric\"") || line.contains("\"type\":\"Point\""));
        if is_k6 { Detection::Yes } else { Detection::No }
    }

    fn read(&self, input: &Input, options: &ReadOptions) -> Result<Vec<Draft>> {
        let lines = read_records(input, options, (0, 0), &Points)?;
        let mut draft = super::traced(lines, "no points of http_req_duration")?;
        draft.tool = Tool { name: "k6".to_owned(), ..Tool::default() };
        Ok(vec![draft])
    }
}

struct Points;

impl Records for Points {
    fn quote(&self) -> Option<u8> {
        None
    }

    fn parse(&self, bytes: &[u8], first_line: u64, chunk: &mut Chunk) -> Result<()> {
        let wanted = memmem::Finder::new(REQUEST);
        let mut scratch = Vec::new();
        let mut shape: Option<Shape<Field>> = None;
        each_line(bytes, first_line, |number, line| {
            if line.last() != Some(&b'}') {
                return Err(ReadError::at(number, "the line is no whole JSON object"));
            }
            if let Some(point) = shape.as_ref().and_then(|shape| read_shaped(shape, line)) {
                return add(&point, &mut scratch, chunk).map_err(|message| ReadError::at(number, message));
            }
            // Of the nine lines of a request one is wanted; the others are not worth parsing.
            if wanted.find(line).is_none() {
                return Ok(());
            }
            let mut places = Vec::new();
            let added = match Object::read(line, &mut places) {
                Some(object) if object.is_request() => {
                    shape = Some(Shape::learn(line, &places));
                    object.point().map(|point| add(&point, &mut scratch, chunk))
                }
                Some(_) => return Ok(()),
                None => None,
            };
            match added {
                Some(added) => added,
                None => add_carefully(line, &mut scratch, chunk),
            }
            .map_err(|message| ReadError::at(number, message))
        })
    }
}

/// A value that is read of a point.
#[derive(Clone, Copy, Debug)]
enum Field {
    Time,
    Value,
    Method,
    Name,
    Url,
    Status,
    Expected,
    ErrorCode,
}

/// The fields of a line, as they stand there. Strings with escapes are left to [`add_carefully`].
#[derive(Debug, Default)]
struct Object<'a> {
    kind: &'a [u8],
    metric: &'a [u8],
    time: &'a [u8],
    value: &'a [u8],
    tags: Point<'a>,
}

/// The object a key stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Point,
    Data,
    Tags,
    Elsewhere,
}

impl Within {
    /// The object that a key of this one holds.
    fn key(self, key: &[u8]) -> Self {
        match (self, key) {
            (Self::Point, b"data") => Self::Data,
            (Self::Data, b"tags") => Self::Tags,
            _ => Self::Elsewhere,
        }
    }

    fn field(self, key: &[u8]) -> Option<Field> {
        match (self, key) {
            (Self::Data, b"time") => Some(Field::Time),
            (Self::Data, b"value") => Some(Field::Value),
            (Self::Tags, b"method") => Some(Field::Method),
            (Self::Tags, b"name") => Some(Field::Name),
            (Self::Tags, b"url") => Some(Field::Url),
            (Self::Tags, b"status") => Some(Field::Status),
            (Self::Tags, b"expected_response") => Some(Field::Expected),
            (Self::Tags, b"error_code") => Some(Field::ErrorCode),
            _ => None,
        }
    }
}

impl<'a> Object<'a> {
    /// One pass over the line; `None` on anything but plain strings, numbers, names and nested objects. Where the
    /// values stand goes to `places`.
    fn read(line: &'a [u8], places: &mut Vec<Place<Field>>) -> Option<Self> {
        let mut object = Self::default();
        let mut at = 0;
        // The object a key stands in: the point, its data, its tags. A tag may be called `value` or `type` as well.
        let mut within = vec![Within::Point];
        loop {
            // A key is a string that a colon follows; values that are no strings end before `,` or `}`.
            at += memchr(b'"', &line[at..])? + 1;
            let (key, after) = string(line, at)?;
            at = after;
            if line.get(at) != Some(&b':') {
                return None;
            }
            at += 1;
            match line.get(at)? {
                b'{' => {
                    within.push(within.last()?.key(key));
                    at += 1;
                    if line.get(at) != Some(&b'}') {
                        continue;
                    }
                }
                b'[' => return None,
                first => {
                    let is_quoted = *first == b'"';
                    let start = at + usize::from(is_quoted);
                    let end = if is_quoted {
                        string(line, start)?.1 - 1
                    } else {
                        at + memchr2(b',', b'}', &line[at..])?
                    };
                    let here = *within.last()?;
                    match (here, key, here.field(key)) {
                        (_, _, Some(field)) => {
                            places.push(Place { field, start, end, is_quoted });
                            object.keep(field, &line[start..end]);
                        }
                        (Within::Point, b"type", _) => object.kind = &line[start..end],
                        (Within::Point, b"metric", _) => object.metric = &line[start..end],
                        _ => {}
                    }
                    at = end + usize::from(is_quoted);
                }
            }
            while line.get(at) == Some(&b'}') {
                within.pop()?;
                at += 1;
            }
            match line.get(at) {
                Some(b',') => at += 1,
                None => return within.is_empty().then_some(object),
                Some(_) => return None,
            }
        }
    }

    fn keep(&mut self, field: Field, value: &'a [u8]) {
        *match field {
            Field::Time => &mut self.time,
            Field::Value => &mut self.value,
            Field::Method => &mut self.tags.method,
            Field::Name => &mut self.tags.name,
            Field::Url => &mut self.tags.url,
            Field::Status => &mut self.tags.status,
            Field::Expected => &mut self.tags.expected,
            Field::ErrorCode => &mut self.tags.error_code,
        } = value;
    }

    fn is_request(&self) -> bool {
        self.kind == b"Point" && self.metric == REQUEST
    }

    fn point(self) -> Option<Point<'a>> {
        Some(Point { end_ns: rfc3339(self.time)?, duration_ns: scaled(self.value, 6)?, ..self.tags })
    }
}

/// The request of a line that has the shape of an earlier request.
fn read_shaped<'a>(shape: &Shape<Field>, line: &'a [u8]) -> Option<Point<'a>> {
    let mut object = Object::default();
    shape.read(line, |field, value| object.keep(field, value))?;
    object.point()
}

/// The string that begins at `from` and where its closing quote ends; `None` if it has escapes.
fn string(line: &[u8], from: usize) -> Option<(&[u8], usize)> {
    let end = from + memchr2(b'"', b'\\', &line[from..])?;
    (line[end] == b'"').then(|| (&line[from..end], end + 1))
}

/// The same by a real JSON parser: for escapes, and for a message that says what is wrong.
fn add_carefully(line: &[u8], scratch: &mut Vec<u8>, chunk: &mut Chunk) -> Result<(), String> {
    let value: serde_json::Value = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    if text(&value["type"]) != "Point" || text(&value["metric"]).as_bytes() != REQUEST {
        return Ok(());
    }
    let data = &value["data"];
    let time = text(&data["time"]);
    let end_ns =
        rfc3339(time.as_bytes()).ok_or_else(|| format!("data.time is \"{time}\", expected RFC 3339"))?;
    let duration = data["value"].to_string();
    let duration_ns = scaled(duration.as_bytes(), 6)
        .ok_or_else(|| format!("data.value is {duration}, expected milliseconds"))?;
    let tag = |name: &str| text(&data["tags"][name]);
    let (method, name, url) = (tag("method"), tag("name"), tag("url"));
    let (status, expected, error_code) = (tag("status"), tag("expected_response"), tag("error_code"));
    let point = Point {
        end_ns,
        duration_ns,
        method: method.as_bytes(),
        name: name.as_bytes(),
        url: url.as_bytes(),
        status: status.as_bytes(),
        expected: expected.as_bytes(),
        error_code: error_code.as_bytes(),
    };
    add(&point, scratch, chunk)
}

#[cfg(test)]
mod tests {
    use super::*;
    use vana_types::Outcome;

    fn parse(text: &str) -> Result<Chunk> {
        let mut chunk = Chunk::default();
        Points.parse(text.as_bytes(), 1, &mut chunk).map(|()| chunk)
    }

    const POINT: &str = r#"{"metric":"http_req_duration","type":"Point","data":{"time":"2024-08-21T23:39:15.5Z","value":500.25,"tags":{"expected_response":"true","group":"","method":"POST","name":"http://x/p","status":"200"}}}"#;

    #[test]
    fn the_fast_and_the_careful_parser_agree() {
        let mut careful = Chunk::default();
        add_carefully(POINT.as_bytes(), &mut Vec::new(), &mut careful).unwrap();
        assert_eq!(parse(POINT).unwrap().rows, careful.rows);
        assert_eq!(careful.rows.service_ns, [500_250_000]);
        assert_eq!(careful.rows.outcome, [Outcome::Ok]);
    }

    #[test]
    fn keys_may_come_in_any_order_and_names_may_have_escapes() {
        let turned = r#"{"type":"Point","data":{"tags":{"name":"a\"b","method":"GET","status":"503"},"value":1,"time":"2024-08-21T23:39:15Z"},"metric":"http_req_duration"}"#;
        let chunk = parse(turned).unwrap();
        assert_eq!(chunk.rows.status, [503]);
        assert_eq!(chunk.rows.outcome, [Outcome::ErrorStatus]);
    }

    #[test]
    fn a_tag_may_be_called_like_a_field_of_the_point() {
        let tagged =
            POINT.replace("\"group\":\"\"", r#""type":"static","value":"3","metric":"x","time":"y""#);
        let chunk = parse(&tagged).unwrap();
        assert_eq!(chunk.rows.service_ns, [500_250_000]);
    }

    #[test]
    fn other_metrics_and_definitions_are_no_requests() {
        let text = format!(
            "{}\n{}\n",
            r#"{"type":"Metric","data":{"name":"http_req_duration","submetrics":[{"name":"x"}]},"metric":"http_req_duration"}"#,
            POINT.replace("http_req_duration", "http_req_waiting"),
        );
        assert!(parse(&text).unwrap().rows.is_empty());
    }

    #[test]
    fn a_damaged_line_is_named() {
        let error = |text: &str| parse(&format!("{POINT}\n{text}")).unwrap_err().to_string();
        assert_eq!(error(&POINT[..60]), "the line is no whole JSON object");
        assert_eq!(error(&POINT.replace("500.25", "null")), "data.value is null, expected milliseconds");
        assert_eq!(error(&POINT.replace("500.25", "-3")), "a duration of -3000000 ns");
        assert_eq!(
            error(&POINT.replace("2024-08-21T", "yesterday ")),
            "data.time is \"yesterday 23:39:15.5Z\", expected RFC 3339"
        );
    }
}
