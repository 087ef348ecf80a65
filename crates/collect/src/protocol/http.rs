use std::mem::MaybeUninit;
use std::sync::Arc;

use httparse::{Header, ParserConfig, Status};

use super::http_body::{Body, Chunked};
use super::{Answer, Prepared, Protocol, Reader, Response};
use crate::{LoadError, Request, Target};

/// Bytes of the longest head.
const HEAD_LIMIT: usize = 32 << 10;
/// Headers of one head.
const HEADERS: usize = 96;

/// HTTP/1.1 without pipelining.
pub(super) struct Http;

impl Protocol for Http {
    fn name(&self) -> &'static str {
        "http"
    }

    fn about(&self) -> &'static str {
        "HTTP/1.1 over connections that stay open."
    }

    fn source(&self) -> &'static str {
        "RFC 9110, RFC 9112"
    }

    fn prepare(&self, target: &Target, requests: &[Request]) -> Result<Prepared, LoadError> {
        let bytes = requests.iter().map(|request| prepare(target, request)).collect::<Result<_, _>>()?;
        let operation = |request: &Request| format!("{} {}", request.method, path(target, request));
        let is_head: Arc<[bool]> = requests.iter().map(|request| request.method == "HEAD").collect();
        Ok(Prepared {
            operations: requests.iter().map(operation).collect(),
            bytes,
            reader: Box::new(move || Box::new(HttpReader::new(Arc::clone(&is_head)))),
        })
    }
}

fn path<'a>(target: &'a Target, request: &'a Request) -> &'a str {
    request.path.as_ref().unwrap_or(&target.path)
}

/// A request as it goes over the wire.
fn prepare(target: &Target, request: &Request) -> Result<Vec<u8>, LoadError> {
    let method = &request.method;
    if method.is_empty() || !method.bytes().all(is_token) {
        return Err(LoadError::Input(format!("\"{method}\" is no method of HTTP")));
    }
    if method == "CONNECT" {
        return Err(LoadError::Input("CONNECT makes a tunnel, which is no request to measure".to_owned()));
    }
    let path = path(target, request);
    if !path.starts_with('/') || !path.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(LoadError::Input(format!(
            "\"{path}\" is no path: it begins with / and has no spaces, control characters or letters beyond ASCII"
        )));
    }
    let mut head = format!("{method} {path} HTTP/1.1\r\n");
    let has = |name: &str| request.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
    if !has("host") {
        head.extend(["Host: ", &target.authority, "\r\n"]);
    }
    for (name, value) in &request.headers {
        check_header(name, value)?;
        head.extend([name, ": ", value, "\r\n"]);
    }
    if let Some(body) = &request.body {
        head.extend(["Content-Length: ", &body.len().to_string(), "\r\n"]);
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend(request.body.iter().flatten());
    Ok(bytes)
}

fn check_header(name: &str, value: &str) -> Result<(), LoadError> {
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(LoadError::Input(format!("\"{name}\" is no name of a header")));
    }
    if value.bytes().any(|byte| byte != b'\t' && (byte < b' ' || byte == 0x7f)) {
        return Err(LoadError::Input(format!("the header {name} has a control character in its value")));
    }
    if ["content-length", "transfer-encoding"].iter().any(|own| name.eq_ignore_ascii_case(own)) {
        return Err(LoadError::Input(format!("the header {name} follows from the body; leave it out")));
    }
    Ok(())
}

/// RFC 9110, section 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Reads the responses of one connection.
struct HttpReader {
    /// Of each request.
    head_requests: Arc<[bool]>,
    /// Whether that is the method of the request under way.
    is_head: bool,
    /// The beginning of a head whose end has not come.
    head: Vec<u8>,
    /// Once the head is complete.
    body: Option<(Response, Body)>,
}

/// What a complete head says.
struct Head {
    length: usize,
    response: Response,
    body: Body,
}

impl Reader for HttpReader {
    fn begin(&mut self, request: u32) {
        self.is_head = self.head_requests.get(request as usize).copied().unwrap_or_default();
    }

    fn read(&mut self, bytes: &[u8]) -> Answer {
        self.take(bytes).unwrap_or_else(Answer::Malformed)
    }

    fn end(&mut self) -> Option<Response> {
        match self.body {
            Some((response, Body::UntilClose)) => Some(response),
            _ => None,
        }
    }

    fn reset(&mut self) {
        self.head.clear();
        self.body = None;
    }
}

impl HttpReader {
    const fn new(head_requests: Arc<[bool]>) -> Self {
        Self { head_requests, is_head: false, head: Vec::new(), body: None }
    }

    fn take(&mut self, bytes: &[u8]) -> Result<Answer, &'static str> {
        if self.body.is_some() {
            return self.take_body(bytes);
        }
        if self.head.is_empty() {
            return self.take_head(bytes);
        }
        let mut head = std::mem::take(&mut self.head);
        head.extend_from_slice(bytes);
        self.take_head(&head)
    }

    /// Takes bytes from the beginning of a head on; all but the last of informational ones are passed over.
    fn take_head(&mut self, mut bytes: &[u8]) -> Result<Answer, &'static str> {
        loop {
            let Some(found) = parse_head(bytes, self.is_head)? else {
                if bytes.len() > HEAD_LIMIT {
                    return Err("an endless head");
                }
                self.head.extend_from_slice(bytes);
                return Ok(Answer::More);
            };
            bytes = bytes.get(found.length..).unwrap_or_default();
            match found.response.status {
                101 => return Err("a change of protocol that was not asked for"),
                100..=199 => {}
                _ => {
                    self.body = Some((found.response, found.body));
                    return self.take_body(bytes);
                }
            }
        }
    }

    fn take_body(&mut self, bytes: &[u8]) -> Result<Answer, &'static str> {
        let Some((response, body)) = &mut self.body else { return Ok(Answer::More) };
        let response = *response;
        match body.take(bytes)? {
            None => Ok(Answer::More),
            Some(taken) if taken < bytes.len() => Err("more bytes than the response has"),
            Some(_) => {
                self.body = None;
                Ok(Answer::Complete(response))
            }
        }
    }
}

/// The head at the beginning of some bytes, if it is complete.
fn parse_head(bytes: &[u8], is_head: bool) -> Result<Option<Head>, &'static str> {
    let mut headers = [const { MaybeUninit::<Header<'_>>::uninit() }; HEADERS];
    let mut parsed = httparse::Response::new(&mut []);
    let mut config = ParserConfig::default();
    // RFC 9112, section 5.2: whoever asks takes a folded line for one with spaces.
    config.allow_obsolete_multiline_headers_in_responses(true);
    let length = match config.parse_response_with_uninit_headers(&mut parsed, bytes, &mut headers) {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err("a head with more than 96 headers"),
        Err(_) => return Err("no head of HTTP/1"),
    };
    // RFC 9110, section 15: of three digits, the first from 1 on.
    let status = parsed.code.filter(|status| *status >= 100).ok_or("a status below 100")?;
    let mut stays_open = parsed.version == Some(1);
    let mut content_length = None;
    let mut is_encoded = false;
    let mut is_chunked = false;
    for header in parsed.headers.iter() {
        if header.name.eq_ignore_ascii_case("content-length") {
            let length = number(header.value).ok_or("a Content-Length that is no number")?;
            if content_length.is_some_and(|known| known != length) {
                return Err("two different values of Content-Length");
            }
            content_length = Some(length);
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
            is_encoded = true;
            is_chunked =
                tokens(header.value).next_back().is_some_and(|last| last.eq_ignore_ascii_case(b"chunked"));
        } else if header.name.eq_ignore_ascii_case("connection") {
            if tokens(header.value).any(|token| token.eq_ignore_ascii_case(b"close")) {
                stays_open = false;
            } else if tokens(header.value).any(|token| token.eq_ignore_ascii_case(b"keep-alive")) {
                stays_open = true;
            }
        }
    }
    // RFC 9112, section 6.3, in its order.
    let body = match content_length {
        _ if is_head || matches!(status, 100..=199 | 204 | 304) => Body::Bytes(0),
        _ if is_chunked => Body::Chunked(Chunked::default()),
        Some(length) if !is_encoded => Body::Bytes(length),
        _ => Body::UntilClose,
    };
    let stays_open = stays_open && !matches!(body, Body::UntilClose);
    Ok(Some(Head { length, response: Response { status, is_error: status >= 400, stays_open }, body }))
}

fn number(value: &[u8]) -> Option<u64> {
    let value = value.trim_ascii();
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(value).ok()?.parse().ok()
}

fn tokens(value: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii)
}

#[cfg(test)]
mod tests;
