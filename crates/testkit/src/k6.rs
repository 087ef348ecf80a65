//! k6's JSON output (<https://grafana.com/docs/k6/latest/results-output/real-time/json/>).

use std::io::{Error, Result, Write};

use jiff::{Timestamp, tz::Offset};
use vana_types::Outcome;

use crate::{Completions, Request};

/// When the run starts, nanoseconds since 1970: 2024-08-21T20:00:00-03:00.
const START_UNIX_NS: i128 = 1_724_281_200_000_000_000;

/// Writes the points of `http_req_duration`, one line a request as it is done. Of the nine metrics that k6 writes for
/// each request, this is the one that says how long it took.
pub fn write_k6(out: &mut impl Write, requests: impl Iterator<Item = Request>) -> Result<()> {
    let zone = Offset::constant(-3);
    for request in Completions::of(requests) {
        let done = Timestamp::from_nanosecond(START_UNIX_NS + i128::from(request.done_ns()));
        let time = zone.to_datetime(done.map_err(Error::other)?);
        let value_ms = request.service_ns as f64 / 1e6;
        let (method, path) = request.operation.split_once(' ').unwrap_or_default();
        let expected = request.outcome == Outcome::Ok;
        let error = error(request.outcome);
        let (status, protocol) = (request.status, if request.status == 0 { "" } else { "HTTP/1.1" });
        writeln!(
            out,
            "{{\"metric\":\"http_req_duration\",\"type\":\"Point\",\"data\":{{\"time\":\"{time}-03:00\",\"value\":{value_ms},\
             \"tags\":{{{error}\"expected_response\":\"{expected}\",\"group\":\"\",\"method\":\"{method}\",\
             \"name\":\"http://localhost:3000{path}\",\"proto\":\"{protocol}\",\"scenario\":\"smoke\",\
             \"status\":\"{status}\",\"url\":\"http://localhost:3000{path}\"}}}}}}",
        )?;
    }
    Ok(())
}

/// The further tags of a failure (<https://grafana.com/docs/k6/latest/javascript-api/error-codes/>).
const fn error(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Timeout => "\"error\":\"request timeout\",\"error_code\":\"1050\",",
        Outcome::Reset => "\"error\":\"read: connection reset by peer\",\"error_code\":\"1220\",",
        Outcome::ErrorStatus => "\"error_code\":\"1503\",",
        _ => "",
    }
}
