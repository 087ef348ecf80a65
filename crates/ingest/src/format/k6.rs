//! What k6's two outputs have in common.
//!
//! k6 writes one line for each metric of a request; `http_req_duration` is the one that says how long the request took
//! (sending, waiting and receiving, without connecting). Its stamp is the end of the request.

use vana_types::Outcome;

use crate::lines::Chunk;
use crate::number::{LONGEST_NS, STAMPS_NS};

/// The metric whose points are requests.
pub(super) const REQUEST: &[u8] = b"http_req_duration";

/// What is read of a point.
#[derive(Debug, Default)]
pub(super) struct Point<'a> {
    pub end_ns: i64,
    pub duration_ns: i64,
    pub method: &'a [u8],
    pub name: &'a [u8],
    pub url: &'a [u8],
    pub status: &'a [u8],
    pub expected: &'a [u8],
    pub error_code: &'a [u8],
}

/// Adds a request; an error is the message alone.
pub(super) fn add(point: &Point<'_>, scratch: &mut Vec<u8>, chunk: &mut Chunk) -> Result<(), String> {
    if !(0..=LONGEST_NS).contains(&point.duration_ns) {
        return Err(format!("a duration of {} ns", point.duration_ns));
    }
    if !STAMPS_NS.contains(&point.end_ns) {
        return Err(format!("a stamp {} ns from 1970", point.end_ns));
    }
    scratch.clear();
    scratch.extend_from_slice(point.method);
    let name = if point.name.is_empty() { point.url } else { point.name };
    if !scratch.is_empty() && !name.is_empty() {
        scratch.push(b' ');
    }
    scratch.extend_from_slice(name);
    let operation = chunk.operations.number(scratch);
    let status =
        crate::number::whole(point.status).and_then(|status| u16::try_from(status).ok()).unwrap_or(0);
    let sent_ns = point.end_ns.saturating_sub(point.duration_ns);
    chunk.rows.push(sent_ns, point.duration_ns, operation, outcome(point, status));
    if let Some(last) = chunk.rows.status.last_mut() {
        *last = status;
    }
    Ok(())
}

/// k6 numbers its errors: 1050 is a timeout, 1100 to 1199 are DNS, 1200 to 1299 TCP (1211 dial timeout, 1212 refused,
/// 1220 reset), 1300 to 1399 TLS, 1400 to 1599 a status (<https://grafana.com/docs/k6/latest/javascript-api/error-codes/>).
fn outcome(point: &Point<'_>, status: u16) -> Outcome {
    let code = crate::number::whole(point.error_code).unwrap_or(0);
    match (status, code) {
        (0, 1050) => Outcome::Timeout,
        (0, 1100..=1199 | 1210..=1213 | 1300..=1399) => Outcome::Connect,
        (0, 1200..=1299) => Outcome::Reset,
        (0, _) => Outcome::Protocol,
        _ => match point.expected {
            b"true" => Outcome::Ok,
            b"false" => Outcome::ErrorStatus,
            _ if status >= 400 => Outcome::ErrorStatus,
            _ => Outcome::Ok,
        },
    }
}
