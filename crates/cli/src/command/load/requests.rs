//! A file of requests to choose from, one JSON object a line.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use vana_collect::{LoadError, Request};

use crate::failure::Failure;

/// One line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    path: String,
    #[serde(default = "get")]
    method: String,
    #[serde(default = "one")]
    weight: f64,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<String>,
}

fn get() -> String {
    "GET".to_owned()
}

const fn one() -> f64 {
    1.0
}

/// Reads them; an empty line is passed over, and one that cannot be sent is refused.
pub(super) fn read(
    path: &Path,
    can_be_sent: impl Fn(&Request) -> Result<(), LoadError>,
) -> Result<Vec<Request>, Failure> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| Failure::input(format!("{name}: {error}")))?;
    parse(&text, &name, can_be_sent).map_err(Failure::input)
}

fn parse(
    text: &str,
    name: &str,
    can_be_sent: impl Fn(&Request) -> Result<(), LoadError>,
) -> Result<Vec<Request>, String> {
    let mut requests = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let sendable = request(line).and_then(|request| match can_be_sent(&request) {
            Ok(()) => Ok(request),
            Err(error) => Err(error.to_string()),
        });
        requests.push(sendable.map_err(|why| format!("{name}:{}: {why}", index + 1))?);
    }
    let sum: f64 = requests.iter().map(|request| request.weight).sum();
    if requests.is_empty() {
        Err(format!("{name}: there is no request in it"))
    } else if sum.is_infinite() {
        Err(format!("{name}: the sum of all weights is beyond all bounds"))
    } else {
        Ok(requests)
    }
}

fn request(line: &str) -> Result<Request, String> {
    let line: Line = serde_json::from_str(line).map_err(|error| {
        // Each line is a document of its own, so that its number there says nothing.
        let text = error.to_string();
        let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
        format!("{what}, at column {}", error.column())
    })?;
    if !(line.weight.is_finite() && line.weight > 0.0) {
        return Err(format!("the weight is {}; it must be above 0", line.weight));
    }
    Ok(Request {
        path: Some(line.path),
        weight: line.weight,
        method: line.method,
        headers: line.headers.into_iter().collect(),
        body: line.body.map(String::into_bytes),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(request: &Request) -> Result<(), LoadError> {
        let is_short = request.path.as_ref().is_none_or(|path| path.len() < 3);
        if is_short { Ok(()) } else { Err(LoadError::Input("too long".to_owned())) }
    }

    #[test]
    fn a_line_is_a_request_with_its_weight() {
        let text = concat!(
            "{\"path\": \"/a\"}\n\n",
            "{\"method\": \"POST\", \"path\": \"/b\", \"weight\": 2.5, \"headers\": {\"A\": \"b\"}, \"body\": \"c\"}\n",
        );
        let expected = [
            Request { path: Some("/a".to_owned()), ..Request::default() },
            Request {
                path: Some("/b".to_owned()),
                weight: 2.5,
                method: "POST".to_owned(),
                headers: vec![("A".to_owned(), "b".to_owned())],
                body: Some(b"c".to_vec()),
            },
        ];
        assert_eq!(parse(text, "r", short), Ok(expected.to_vec()));
    }

    #[test]
    fn what_is_no_request_is_refused_with_its_line() {
        for (text, why) in [
            ("", "r: there is no request in it"),
            ("{\"path\": \"/\"}\n{", "r:2: EOF while parsing an object, at column 1"),
            ("{\"path\": \"/a\"}\n\n{\"path\": \"/abc\"}", "r:3: too long"),
            ("{\"method\": \"GET\"}", "r:1: missing field `path`, at column 17"),
            ("{\"path\": \"/\", \"weight\": 0}", "r:1: the weight is 0; it must be above 0"),
            (
                "{\"path\": \"/a\", \"weight\": 1e308}\n{\"path\": \"/b\", \"weight\": 1e308}",
                "r: the sum of all weights is beyond all bounds",
            ),
        ] {
            assert_eq!(parse(text, "r", short), Err(why.to_owned()));
        }
        assert!(
            parse("{\"path\": \"/\", \"url\": 1}", "r", short)
                .unwrap_err()
                .starts_with("r:1: unknown field `url`")
        );
    }
}
