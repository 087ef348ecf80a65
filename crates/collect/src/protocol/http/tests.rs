use super::*;

fn reader(method: &str) -> Box<dyn Reader> {
    let target = Target::parse("http://a/").unwrap();
    let request = Request { method: method.to_owned(), ..Request::default() };
    let mut reader = (Http.prepare(&target, &[request]).unwrap().reader)();
    reader.begin(0);
    reader
}

/// The answer to all of `text`, `step` bytes at a time; nothing may follow what ends a response.
fn answer(method: &str, text: &[u8], step: usize) -> Answer {
    let mut reader = reader(method);
    let mut pieces = text.chunks(step);
    let last = pieces.by_ref().map(|piece| reader.read(piece)).find(|answer| *answer != Answer::More);
    assert!(pieces.next().is_none() || matches!(last, Some(Answer::Malformed(_))), "it ends with the text");
    last.unwrap_or(Answer::More)
}

const fn complete(status: u16, stays_open: bool) -> Answer {
    Answer::Complete(Response { status, is_error: status >= 400, stays_open })
}

#[test]
fn a_response_is_complete_at_its_last_byte_however_it_is_cut() {
    for (method, text, expected) in [
        ("GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", complete(200, true)),
        ("GET", "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", complete(404, true)),
        ("GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi", complete(200, true)),
        ("GET", "HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\n!", complete(200, false)),
        ("GET", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n!", complete(200, false)),
        (
            "GET",
            "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\n!",
            complete(200, true),
        ),
        (
            "GET",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            complete(200, true),
        ),
        (
            "GET",
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            complete(200, true),
        ),
        ("GET", "HTTP/1.1 204 No Content\r\n\r\n", complete(204, true)),
        (
            "GET",
            "HTTP/1.1 200 OK\r\nA: b\r\n  c\r\nConnection: x,\r\n close\r\nContent-Length:\r\n 1\r\n\r\n!",
            complete(200, false),
        ),
        ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", complete(200, true)),
        (
            "POST",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nA: b\r\n\r\nHTTP/1.1 500 No\r\nContent-Length: 1\r\n\r\n.",
            complete(500, true),
        ),
    ] {
        for step in 1..=text.len() {
            assert_eq!(answer(method, text.as_bytes(), step), expected, "{text:?}, {step} at a time");
        }
    }
}

#[test]
fn a_response_without_a_length_ends_with_the_connection() {
    let mut reader = reader("GET");
    assert_eq!(reader.read(b"HTTP/1.1 200 OK\r\n\r\nhello"), Answer::More);
    assert_eq!(reader.end(), Some(Response { status: 200, is_error: false, stays_open: false }));
    reader.reset();
    assert_eq!(reader.read(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"), Answer::More);
    assert_eq!(reader.end(), None);
    reader.reset();
    assert_eq!(reader.end(), None);
}

#[test]
fn what_is_not_the_protocol_is_malformed() {
    let endless = format!("HTTP/1.1 200 OK\r\nA: {}", "a".repeat(40_000));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "A: b\r\n".repeat(97));
    for (text, why) in [
        ("SSH-2.0-OpenSSH_9.2\r\n", "no head of HTTP/1"),
        ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "a Content-Length that is no number"),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "two different values of Content-Length",
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab", "more bytes than the response has"),
        ("HTTP/1.1 000 Nothing\r\nContent-Length: 0\r\n\r\n", "a status below 100"),
        ("HTTP/1.1 101 Switching Protocols\r\n\r\n", "a change of protocol that was not asked for"),
        (&endless, "an endless head"),
        (&many, "a head with more than 96 headers"),
    ] {
        assert_eq!(answer("GET", text.as_bytes(), 4096), Answer::Malformed(why));
    }
}

#[test]
fn a_request_is_what_was_asked_for() {
    let target = Target::parse("http://a:81/b?c").unwrap();
    let bytes = |request: &Request| {
        String::from_utf8(Http.prepare(&target, std::slice::from_ref(request)).unwrap().bytes.remove(0))
            .unwrap()
    };
    assert_eq!(bytes(&Request::default()), "GET /b?c HTTP/1.1\r\nHost: a:81\r\n\r\n");
    let request = Request {
        method: "POST".to_owned(),
        headers: vec![("host".to_owned(), "b".to_owned()), ("X-Y".to_owned(), "z".to_owned())],
        body: Some(b"hello".to_vec()),
        ..Request::default()
    };
    assert_eq!(bytes(&request), "POST /b?c HTTP/1.1\r\nhost: b\r\nX-Y: z\r\nContent-Length: 5\r\n\r\nhello");
}

#[test]
fn a_request_that_would_be_another_one_is_refused() {
    let target = Target::parse("http://a/").unwrap();
    let why = |method: &str, name: &str, value: &str| {
        let headers = vec![(name.to_owned(), value.to_owned())];
        let request = Request { method: method.to_owned(), headers, ..Request::default() };
        Http.prepare(&target, &[request]).err().map(|error| error.to_string())
    };
    assert_eq!(why("GET", "A", "b"), None);
    assert_eq!(why("G ET", "A", "b"), Some("\"G ET\" is no method of HTTP".to_owned()));
    assert_eq!(
        why("CONNECT", "A", "b"),
        Some("CONNECT makes a tunnel, which is no request to measure".to_owned())
    );
    assert_eq!(why("GET", "A:", "b"), Some("\"A:\" is no name of a header".to_owned()));
    let control = "the header A has a control character in its value";
    assert_eq!(why("GET", "A", "b\r\nC: d"), Some(control.to_owned()));
    let own = "the header Content-Length follows from the body; leave it out";
    assert_eq!(why("GET", "Content-Length", "1"), Some(own.to_owned()));
}
