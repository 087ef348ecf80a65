//! One small good file per layout of recorded requests, and what is broken in them.

use vana_ingest::{Body, Draft, Recording};
use vana_trace::{WorkloadReader, WorkloadRequest};
use vana_types::Outcome;

use crate::support::{codes, options, read, refusal, try_read};

pub const TIMED_LOG: &str = r#"10.0.0.1 - - [07/Feb/2020:11:48:53 +0000] "GET /a?b=%20 HTTP/1.1" 200 59 "-" "curl/7.54.0" 2.500
10.0.0.1 - me [07/Feb/2020:11:48:52 +0000] "POST /b HTTP/1.1" 404 12 "http://h/\x22x\x22" "curl/7.54.0" 0.250
10.0.0.2 - - [07/Feb/2020:11:48:54 +0000] "\x16\x03\x01" 400 157 "-" "-" 0.001
10.0.0.3 - - [07/Feb/2020:11:48:55 +0000] "GET /c HTTP/2.0" 499 0 "-" "-" 0.100
"#;

pub const COMMON_LOG: &str = r#"h - - [17/May/2015:10:05:03 -0100] "GET / HTTP/1.1" 304 -
h - - [17/May/2015:10:05:43 -0100] "GET / HTTP/1.0" 200 17
h - - [17/May/2015:10:05:03 -0100] "-" 408 0
"#;

pub const GOR: &str = "\
1 a1 1568139746437296000
POST /login HTTP/1.1\r
Host: shop\r
Content-Length: 3\r
\r
a=1
\u{1f435}\u{1f648}\u{1f649}
1 b2 1568139746437300000
GET / HTTP/1.1\r
Host: shop\r
\r

\u{1f435}\u{1f648}\u{1f649}
2 a1 1568139746537296000
HTTP/1.1 302 Found\r
\r

\u{1f435}\u{1f648}\u{1f649}
3 a1 1568139746637296000 1000
HTTP/1.1 200 OK\r
\r

\u{1f435}\u{1f648}\u{1f649}
";

pub const ARRIVALS: &str = "\
timestamp,method,path,body,tokens
2023-11-16 18:15:47.25,GET,/a,,374
2023-11-16 18:15:46.5,POST,/b,\"{\"\"n\"\": 1}\",4
";

fn recording(draft: Draft) -> Recording {
    let Body::Recording(recording) = draft.body else { panic!("no recording") };
    *recording
}

/// The requests of a recording and its arrivals, in order.
fn workload(draft: Draft) -> (Vec<WorkloadRequest>, Vec<(i64, u32)>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("workload.parquet");
    recording(draft).workload.seal(&path).unwrap();
    let reader = WorkloadReader::open(&path).unwrap();
    (reader.requests().unwrap(), reader.arrivals().unwrap().collect::<Result<_, _>>().unwrap())
}

fn only(mut drafts: Vec<Draft>) -> Draft {
    assert_eq!(drafts.len(), 1);
    drafts.remove(0)
}

fn request(method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> WorkloadRequest {
    WorkloadRequest {
        method: method.to_owned(),
        path: Some(path.to_owned()),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        body: body.map(|body| body.as_bytes().to_vec()),
    }
}

#[test]
fn a_timed_log_says_when_each_request_was_sent() {
    let draft = only(read("access-log", TIMED_LOG));
    assert_eq!(codes(&draft), ["not-replayable", "coarse-stamps"]);
    let (requests, arrivals) = workload(draft);
    let expected = [
        request("GET", "/a?b=%20", &[("User-Agent", "curl/7.54.0")], None),
        request("POST", "/b", &[("Referer", "http://h/\"x\""), ("User-Agent", "curl/7.54.0")], None),
        request("GET", "/c", &[], None),
    ];
    assert_eq!(requests, expected);
    // Sent at 50.5, 51.75 and 54.9 s; the log has them in the order in which they were done.
    assert_eq!(arrivals, [(0, 0), (1_250_000_000, 1), (4_400_000_000, 2)]);
}

#[test]
fn a_log_without_times_has_counts_and_no_trace() {
    let found = recording(only(read("access-log", COMMON_LOG)));
    assert!(found.trace.is_none());
    let count = |outcome| found.outcomes.get(&outcome).copied();
    let expected = (Some(2), Some(1), 3, 2);
    assert_eq!(
        (count(Outcome::Ok), count(Outcome::ErrorStatus), found.requests, found.workload.summary().arrivals),
        expected
    );
}

#[test]
fn a_capture_with_responses_has_bodies_and_times() {
    let draft = only(read("gor", GOR));
    assert_eq!(codes(&draft), ["responses-left-out"]);
    let Body::Recording(recording) = &draft.body else { panic!("no recording") };
    let summary = recording.trace.as_ref().unwrap().summary().clone();
    assert_eq!(summary.outcomes, [(Outcome::Ok, 1), (Outcome::Unfinished, 1)].into());
    let (requests, arrivals) = workload(draft);
    let host = &[("Host", "shop")];
    assert_eq!(requests, [request("POST", "/login", host, Some("a=1")), request("GET", "/", host, None)]);
    assert_eq!(arrivals, [(0, 0), (4_000, 1)]);
}

#[test]
fn arrivals_out_of_order_are_sorted_and_keep_their_bodies() {
    let draft = only(read("arrivals-csv", ARRIVALS));
    assert_eq!(draft.attributes.get("columns_left_out").map(String::as_str), Some("tokens"));
    let (requests, arrivals) = workload(draft);
    assert_eq!(requests, [request("POST", "/b", &[], Some("{\"n\": 1}")), request("GET", "/a", &[], None)]);
    assert_eq!(arrivals, [(0, 0), (750_000_000, 1)]);
}

#[test]
fn stamps_are_read_in_their_unit() {
    for (text, unit) in [
        ("time\n0.5\n2\n", None),
        ("timestamp_ms\n500\n2000\n", None),
        ("arrival\n500\n2000\n", Some("ms")),
        ("Timestamp\n1970-01-01T00:00:00.5Z\n1970-01-01T00:00:02Z\n", None),
    ] {
        let drafts = try_read("arrivals-csv", text.as_bytes(), &options(&[], unit)).unwrap();
        assert_eq!(workload(only(drafts)).1, [(0, 0), (1_500_000_000, 0)], "{text}");
    }
}

fn at(line: u64, message: &str) -> (u64, String) {
    (line, message.to_owned())
}

#[test]
fn logs_with_broken_lines_are_refused() {
    let broken = TIMED_LOG.replace("[07/Feb/2020:11:48:54 +0000]", "[07/Fbr/2020:11:48:54 +0000]");
    assert_eq!(refusal("access-log", &broken), at(3, "no time in brackets, as [07/Feb/2020:11:48:51 +0000]"));
    let untimed = TIMED_LOG.replace(" 0.001\n", "\n");
    assert_eq!(refusal("access-log", &untimed), at(3, "no request time, which the first entry has"));
    assert_eq!(refusal("access-log", "\n\n"), at(0, "no entry in this log"));
}

#[test]
fn captures_with_broken_records_are_refused() {
    let torn = GOR.replace("2 a1 1568139746537296000", "4 a1 1568139746537296000");
    let message = "expected type, identifier and nanoseconds, found \"4 a1 1568139746537296000\"";
    assert_eq!(refusal("gor", &torn), at(14, message));
    let cut = &GOR[..GOR.len() - 20];
    assert_eq!(refusal("gor", cut), at(19, "the last record is not complete: no separator after it"));
    let responses: String = GOR.split_inclusive("\u{1f649}\n").skip(2).collect();
    assert_eq!(refusal("gor", &responses), at(0, "no request in this capture"));
}

#[test]
fn arrivals_with_broken_rows_are_refused() {
    let refused = |text: &str| refusal("arrivals-csv", text);
    assert_eq!(
        refused("time,path\n1,/a\nsoon,/b\n"),
        at(3, "\"soon\" is no stamp, as 2023-11-16 18:15:46.68 or 12.5")
    );
    assert_eq!(refused("time,path\n1,/a\n2\n"), at(3, "1 fields where the header has 2"));
    assert_eq!(refused("time\n"), at(0, "no arrivals after the header"));
    assert_eq!(refused("when\n1\n"), at(1, "no column \"timestamp\""));
    assert_eq!(
        refused("time\n1700000000000\n"),
        at(2, "\"1700000000000\" is no stamp, as 2023-11-16 18:15:46.68 or 12.5")
    );
}
