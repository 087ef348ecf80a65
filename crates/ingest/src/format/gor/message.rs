//! Messages of HTTP/1 as they went over the wire.

use vana_trace::WorkloadRequest;

/// Headers that speak of one connection or of the body's own form, and not of the request: RFC 9110, section 7.6.1.
const OF_THE_CONNECTION: [&str; 10] = [
    "connection",
    "content-length",
    "expect",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "http2-settings",
];

/// A whole request; `None` if it is none, or not all of its body is there.
pub(super) fn request(bytes: &[u8]) -> Option<WorkloadRequest> {
    let (head, body) = split(bytes)?;
    let mut lines = head.split('\n').map(|line| line.trim_end_matches('\r'));
    let mut first = lines.next()?.split(' ');
    let (method, path, version) = (first.next()?, first.next()?, first.next()?);
    if first.next().is_some() || !version.starts_with("HTTP/1.") {
        return None;
    }
    let (mut headers, mut length, mut is_chunked) = (Vec::new(), None, false);
    for line in lines.filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':')?;
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            length = Some(value.parse::<usize>().ok()?);
        }
        is_chunked |= name.eq_ignore_ascii_case("transfer-encoding") && value.eq_ignore_ascii_case("chunked");
        if !OF_THE_CONNECTION.iter().any(|own| name.eq_ignore_ascii_case(own)) {
            headers.push((name.to_owned(), value.to_owned()));
        }
    }
    let body = match length {
        _ if is_chunked => Some(joined(body)?),
        Some(length) => Some(body.get(..length)?.to_vec()),
        None => None,
    };
    Some(WorkloadRequest { method: method.to_owned(), path: Some(path.to_owned()), headers, body })
}

/// The status of a response.
pub(super) fn status(bytes: &[u8]) -> Option<u16> {
    let line = bytes.split(|byte| *byte == b'\n').next()?;
    let mut parts = line.split(|byte| *byte == b' ');
    parts.next().filter(|version| version.starts_with(b"HTTP/"))?;
    crate::number::whole(parts.next()?.trim_ascii_end()).and_then(|status| u16::try_from(status).ok())
}

/// Head and body: what comes before and after the first empty line.
fn split(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', bytes) {
        if bytes[start..end].trim_ascii_end().is_empty() {
            return Some((std::str::from_utf8(&bytes[..start]).ok()?, &bytes[end + 1..]));
        }
        start = end + 1;
    }
    // The last line end belongs to the separator after the record.
    bytes[start..]
        .trim_ascii_end()
        .is_empty()
        .then(|| std::str::from_utf8(bytes).ok().map(|head| (head, &[][..])))?
}

/// A chunked body in one piece: RFC 9112, section 7.1.
fn joined(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = memchr::memchr(b'\n', bytes)?;
        let size = std::str::from_utf8(&bytes[..end]).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        bytes = &bytes[end + 1..];
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(bytes.get(..size)?);
        let rest = bytes.get(size..)?;
        bytes = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n"))?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_without_what_speaks_of_its_connection() {
        let bytes = b"POST /a?b HTTP/1.1\r\nHost: h\r\nConnection: close\r\ncontent-length: 3\r\nX-A: b: c\r\n\r\nx\ny\n";
        let expected = WorkloadRequest {
            method: "POST".to_owned(),
            path: Some("/a?b".to_owned()),
            headers: [("Host", "h"), ("X-A", "b: c")].map(|(name, value)| (name.into(), value.into())).into(),
            body: Some(b"x\ny".to_vec()),
        };
        assert_eq!(request(bytes), Some(expected));
    }

    #[test]
    fn chunks_become_one_body() {
        let body = |chunks: &str| {
            let bytes = format!("PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");
            request(bytes.as_bytes()).and_then(|request| request.body)
        };
        assert_eq!(body("3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n"), Some(b"abc0123456789".to_vec()));
        assert_eq!(body("0\r\n\r\n"), Some(Vec::new()));
        for cut in ["3\r\nab", "3\r\nabc\r\n", "x\r\n", "", "ffffffffffffffff\r\na\r\n0\r\n"] {
            assert_eq!(body(cut), None, "{cut:?}");
        }
    }

    #[test]
    fn what_is_no_whole_request_is_none() {
        for bytes in [
            &b""[..],
            b"\x16\x03\x01\n\n",
            b"GET / HTTP/2\r\n\r\n",
            b"GET / HTTP/1.1\r\nno header\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nshort",
        ] {
            assert_eq!(request(bytes), None, "{:?}", String::from_utf8_lossy(bytes));
        }
        assert_eq!(request(b"GET / HTTP/1.1\r\n\r").map(|request| request.method), Some("GET".to_owned()));
    }

    #[test]
    fn a_response_has_a_status() {
        assert_eq!(status(b"HTTP/1.1 204 No Content\r\n\r\n"), Some(204));
        assert_eq!((status(b"HTTP/1.1 200\r\n"), status(b"200 OK"), status(b"")), (Some(200), None, None));
    }
}
