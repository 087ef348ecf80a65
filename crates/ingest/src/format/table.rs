//! Generic tables: the user names the columns, whatever the file's kind.

use vana_trace::NO_TIME;
use vana_types::{Outcome, Scale, Unit};

use crate::lines::Chunk;
use crate::number::{LONGEST_NS, STAMPS_NS, rfc3339, scaled, whole};
use crate::{ColumnMap, ReadError, Result};

/// What a column of a table may be to a trace, with the names that `--map` knows it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Sent,
    Done,
    Latency,
    Due,
    FirstByte,
    Operation,
    Outcome,
    Success,
    Status,
    BytesSent,
    BytesReceived,
    Worker,
    Connection,
}

const ROLES: &[(&str, Role)] = &[
    ("sent", Role::Sent),
    ("start", Role::Sent),
    ("timestamp", Role::Sent),
    ("time", Role::Sent),
    ("done", Role::Done),
    ("end", Role::Done),
    ("latency", Role::Latency),
    ("service", Role::Latency),
    ("service_time", Role::Latency),
    ("due", Role::Due),
    ("first_byte", Role::FirstByte),
    ("operation", Role::Operation),
    ("outcome", Role::Outcome),
    ("success", Role::Success),
    ("status", Role::Status),
    ("bytes_sent", Role::BytesSent),
    ("bytes_received", Role::BytesReceived),
    ("worker", Role::Worker),
    ("connection", Role::Connection),
];

/// Whether a `--map` speaks of requests, and not of one number per run.
pub(super) fn is_of_requests(map: &[ColumnMap]) -> bool {
    let is_latency = |column: &ColumnMap| role(&column.target) == Some(Role::Latency);
    let is_stamp = |column: &ColumnMap| matches!(role(&column.target), Some(Role::Sent | Role::Done));
    map.iter().any(is_latency) && map.iter().any(is_stamp)
}

fn role(target: &str) -> Option<Role> {
    ROLES.iter().find(|(name, _)| *name == target).map(|(_, role)| *role)
}

/// The columns that the user named, in the order of naming.
#[derive(Debug)]
pub(super) struct Mapping {
    columns: Vec<(Role, ColumnMap)>,
}

impl Mapping {
    /// Checks what the user named.
    pub fn new(map: &[ColumnMap]) -> Result<Self> {
        let columns = map
            .iter()
            .map(|column| {
                let role = role(&column.target).ok_or_else(|| {
                    let known: Vec<&str> = ROLES.iter().map(|(name, _)| *name).collect();
                    ReadError::at(0, format!("--map knows no \"{}\"", column.target))
                        .hint(format!("known: {}", known.join(", ")))
                })?;
                Ok((role, column.clone()))
            })
            .collect::<Result<Vec<_>>>()?;
        let mapping = Self { columns };
        if !is_of_requests(map) {
            return Err(ReadError::at(0, "a request needs a latency and the time it was sent or done")
                .hint("name the columns: --map sent=COLUMN:UNIT --map latency=COLUMN:UNIT"));
        }
        let needs_unit = [Role::Latency, Role::FirstByte];
        let is_stamp = |role| matches!(role, Role::Sent | Role::Done | Role::Due);
        for (role, column) in &mapping.columns {
            if let Some(scale) = column.unit.filter(|scale| is_stamp(*role) && scale.unit != Unit::Seconds) {
                return Err(ReadError::at(
                    0,
                    format!("{} is no unit of time ({})", scale.unit, column.column),
                ));
            }
            let is_time = column.unit.is_some_and(|scale| scale.unit == Unit::Seconds);
            if needs_unit.contains(role) && !is_time {
                let message = format!("column \"{}\" needs a unit of time", column.column);
                let hint = format!("--map {}={}:ms", column.target, column.column);
                return Err(ReadError::at(0, message).hint(hint));
            }
        }
        Ok(mapping)
    }

    /// The columns' names in the file.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(_, column)| column.column.as_str())
    }

    /// Adds a request whose fields come in the order of [`Self::names`].
    pub fn add(&self, line: u64, fields: &[&[u8]], chunk: &mut Chunk) -> Result<()> {
        let mut request = Request::default();
        for ((role, column), field) in self.columns.iter().zip(fields) {
            request.set(*role, column, field, chunk).map_err(|wanted| {
                let found = String::from_utf8_lossy(field);
                ReadError::at(line, format!("{} is \"{found}\", expected {wanted}", column.column))
            })?;
        }
        let latency = request.latency;
        let sent = request.sent.or_else(|| Some(request.done? - latency)).unwrap_or_default();
        let operation = request.operation.unwrap_or_else(|| chunk.operations.number(b""));
        chunk.rows.push(sent, latency, operation, request.outcome());
        let last = chunk.rows.len() - 1;
        let rows = &mut chunk.rows;
        rows.due_ns[last] = request.due.unwrap_or(NO_TIME);
        rows.first_byte_ns[last] = request.first_byte.unwrap_or(NO_TIME);
        rows.status[last] = request.status;
        rows.bytes_sent[last] = request.bytes_sent.unwrap_or(NO_TIME);
        rows.bytes_received[last] = request.bytes_received.unwrap_or(NO_TIME);
        if let Some(worker) = request.worker {
            rows.worker[last] = worker;
        }
        if let Some(connection) = request.connection {
            rows.connection[last] = connection;
        }
        Ok(())
    }
}

/// The fields of one request.
#[derive(Default)]
struct Request {
    sent: Option<i64>,
    done: Option<i64>,
    latency: i64,
    due: Option<i64>,
    first_byte: Option<i64>,
    operation: Option<u32>,
    named: Option<Outcome>,
    success: Option<bool>,
    status: u16,
    bytes_sent: Option<i64>,
    bytes_received: Option<i64>,
    worker: Option<u16>,
    connection: Option<u32>,
}

impl Request {
    /// Takes one field; the error says what was expected.
    fn set(&mut self, role: Role, column: &ColumnMap, field: &[u8], chunk: &mut Chunk) -> Result<(), String> {
        let stamp = || stamp(field, column.unit).ok_or_else(|| stamp_wanted(column.unit));
        let wanted = |what: &str| what.to_owned();
        let count = || whole(field).and_then(|value| i64::try_from(value).ok());
        match role {
            Role::Sent => self.sent = Some(stamp()?),
            Role::Done => self.done = Some(stamp()?),
            Role::Latency => {
                let latency = duration(field, column.unit);
                self.latency = latency.ok_or_else(|| wanted("a duration that is not negative"))?;
            }
            Role::Due | Role::Connection if field.is_empty() => {}
            Role::Due => self.due = Some(stamp()?),
            Role::FirstByte => self.first_byte = duration(field, column.unit),
            Role::Operation => self.operation = Some(chunk.operations.number(field)),
            Role::Outcome => {
                let name = std::str::from_utf8(field).ok().and_then(Outcome::from_name);
                let known =
                    || Outcome::ALL.iter().map(|outcome| outcome.name()).collect::<Vec<_>>().join(", ");
                self.named = Some(name.ok_or_else(|| format!("one of {}", known()))?);
            }
            Role::Success => {
                self.success = match field.to_ascii_lowercase().as_slice() {
                    b"true" | b"1" | b"yes" | b"ok" => Some(true),
                    b"false" | b"0" | b"no" | b"ko" => Some(false),
                    _ => return Err(wanted("true or false")),
                };
            }
            Role::Status => self.status = count().and_then(|value| u16::try_from(value).ok()).unwrap_or(0),
            Role::BytesSent => self.bytes_sent = count(),
            Role::BytesReceived => self.bytes_received = count(),
            Role::Worker => self.worker = count().and_then(|value| u16::try_from(value).ok()),
            Role::Connection => self.connection = Some(chunk.connections.number(field)),
        }
        Ok(())
    }

    /// What the table says, or what the status says, or that it went well.
    fn outcome(&self) -> Outcome {
        match (self.named, self.success) {
            (Some(named), _) => named,
            (None, Some(false)) => Outcome::ErrorStatus,
            (None, None) if self.status >= 400 => Outcome::ErrorStatus,
            (None, _) => Outcome::Ok,
        }
    }
}

/// Nanoseconds of a number in a unit, or of a calendar stamp; one without a zone is taken as UTC.
pub(super) fn stamp(field: &[u8], unit: Option<Scale>) -> Option<i64> {
    let stamp = match unit {
        Some(unit) => number(field, unit),
        None => rfc3339(field).or_else(|| rfc3339(&[field, b"Z"].concat())),
    };
    stamp.filter(|ns| STAMPS_NS.contains(ns))
}

fn stamp_wanted(unit: Option<Scale>) -> String {
    match unit {
        Some(_) => "a number".to_owned(),
        None => "a stamp like 2024-08-21T23:39:15.5Z, or a unit in --map (sent=COLUMN:ms)".to_owned(),
    }
}

pub(super) fn duration(field: &[u8], unit: Option<Scale>) -> Option<i64> {
    number(field, unit?).filter(|ns| (0..=LONGEST_NS).contains(ns))
}

/// A number in a unit of time as nanoseconds.
fn number(field: &[u8], unit: Scale) -> Option<i64> {
    let exponent = u32::try_from(9 + unit.exponent).ok()?;
    scaled(field, exponent)?.checked_mul(unit.factor as i64)
}
