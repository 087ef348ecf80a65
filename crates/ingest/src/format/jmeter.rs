//! What JMeter's two layouts have in common.

use vana_types::Outcome;

/// How a sample ended. JMeter's verdict is `success`, which is independent of the code: an assertion may fail a 200
/// and a test may accept a 400.
pub(super) fn outcome(success: bool, code: &[u8]) -> Outcome {
    if success {
        return Outcome::Ok;
    }
    let Some(exception) = code.strip_prefix(b"Non HTTP response code: ") else { return Outcome::ErrorStatus };
    let class = exception.rsplit(|&byte| byte == b'.').next().unwrap_or_default();
    match class {
        b"SocketTimeoutException" => Outcome::Timeout,
        b"UnknownHostException"
        | b"ConnectException"
        | b"HttpHostConnectException"
        | b"ConnectTimeoutException"
        | b"NoRouteToHostException"
        | b"SSLHandshakeException"
        | b"BindException" => Outcome::Connect,
        b"SocketException" | b"NoHttpResponseException" | b"ConnectionClosedException" | b"EOFException" => {
            Outcome::Reset
        }
        _ => Outcome::Protocol,
    }
}

/// A number for the column `status`; text and emptiness are none.
pub(super) fn status(code: &[u8]) -> u16 {
    crate::number::whole(code).and_then(|code| u16::try_from(code).ok()).unwrap_or(vana_trace::NO_STATUS)
}
