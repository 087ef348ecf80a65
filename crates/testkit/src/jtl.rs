//! The results of `JMeter` 5 as it writes them by default (<https://jmeter.apache.org/usermanual/listeners.html>).

use std::io::{Result, Write};

use vana_types::Outcome;

use crate::{Completions, Request};

/// When the run starts, milliseconds since 1970.
const START_UNIX_MS: i64 = 1_700_000_000_000;
const HEADER: &str = "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,failureMessage,\
                      bytes,sentBytes,grpThreads,allThreads,URL,Latency,IdleTime,Connect";

/// Writes a JTL file: one line a request as it is done, so that the stamps of sending go back a little.
pub fn write_jtl(out: &mut impl Write, requests: impl Iterator<Item = Request>) -> Result<()> {
    writeln!(out, "{HEADER}")?;
    let mut threads = 0;
    for request in Completions::of(requests) {
        threads = threads.max(request.connection + 1);
        let (code, message) = response(&request);
        let stamp_ms = START_UNIX_MS + request.sent_ns / 1_000_000;
        let elapsed_ms = request.service_ns / 1_000_000;
        let latency_ms = request.first_byte_ns.max(0) / 1_000_000;
        let success = request.outcome == Outcome::Ok;
        let path = request.operation.split(' ').next_back().unwrap_or_default();
        writeln!(
            out,
            "{stamp_ms},{elapsed_ms},{},{code},{message},Thread Group 1-{},text,{success},,{},{},{threads},{threads},\
             http://localhost:8080{path},{latency_ms},0,0",
            request.operation,
            request.connection + 1,
            request.bytes_received,
            request.bytes_sent,
        )?;
    }
    Ok(())
}

/// Code and message; a failure below HTTP has the name of a Java exception for a code.
fn response(request: &Request) -> (&'static str, &'static str) {
    match request.outcome {
        Outcome::Ok => ("200", "OK"),
        Outcome::Timeout => (
            "Non HTTP response code: java.net.SocketTimeoutException",
            "Non HTTP response message: Read timed out",
        ),
        Outcome::Reset => (
            "Non HTTP response code: java.net.SocketException",
            "Non HTTP response message: Connection reset",
        ),
        _ => ("503", "Service Unavailable"),
    }
}
