//! `vana load` against what is known of a run from elsewhere: real wrk, and what was asked for.
#![expect(clippy::float_cmp, reason = "counts and order statistics are equal, not near")]

mod support;

#[path = "load/server.rs"]
mod server;

use std::process::Command;

use server::{Server, Way, rows};
use support::{Desk, skip};

/// A value from the table that `vana load --format csv` prints.
#[track_caller]
fn value(table: &str, metric: &str, statistic: &str) -> f64 {
    let mut lines = table.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let place = |name: &str| header.iter().position(|column| *column == name).unwrap();
    let (metrics, statistics, values) = (place("metric"), place("statistic"), place("value"));
    let row = lines.find(|row| row[metrics] == metric && row[statistics] == statistic);
    row.unwrap_or_else(|| panic!("no {statistic} of {metric} in {table}"))[values].parse().unwrap()
}

/// `30.50ms`, `1.20s`, `132.00` as wrk prints them.
fn number(text: &str) -> f64 {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic() || letter == '%');
    let factor = match &text[digits.len()..] {
        "us" => 1e-6,
        "ms" => 1e-3,
        "k" => 1e3,
        _ => 1.0,
    };
    digits.parse::<f64>().unwrap() * factor
}

/// What wrk says and what vana says that wrk would have said, of one run each: metric, statistic, and both numbers.
fn side_by_side(url: &str) -> Option<Vec<(&'static str, &'static str, f64, f64)>> {
    let (_, wrk, _) = support::said(Command::new("wrk").args(["-t2", "-c8", "-d2s", url]).output().ok()?);
    let line = |name: &str| {
        let line = wrk.lines().find(|line| line.trim_start().starts_with(name)).unwrap();
        line.split_whitespace().skip(1).map(number).collect::<Vec<_>>()
    };
    let arguments = ["load", "http", url, "--threads", "2", "--clients", "8", "--duration", "2s"];
    let desk = Desk::new();
    let ours = desk.prints(&[&arguments[..], &["--trace", "t", "--quiet", "--format", "csv"]].concat());
    let (latency, rate) = (line("Latency"), line("Req/Sec"));
    let mut both = vec![("request_rate", "mean", line("Requests/sec:")[0])];
    for (metric, numbers) in [("wrk_latency", latency), ("wrk_request_rate", rate)] {
        both.extend([(metric, "mean", numbers[0]), (metric, "stdev", numbers[1])]);
        both.push((metric, "within_stdev", numbers[3] / 100.0));
    }
    let beside = |(metric, statistic, theirs)| (metric, statistic, theirs, value(&ours, metric, statistic));
    Some(both.into_iter().map(beside).collect())
}

#[test]
fn what_wrk_would_have_printed_is_what_wrk_prints() {
    // 20 ms, and each fifth time 80: what wrk adds for the long ones, a spread and the share within it are known before.
    let server = Server::start(Way::Uneven);
    let url = server.url();
    let Some(first) = side_by_side(&url) else { return skip("wrk is not installed") };
    let mut rounds = vec![first];
    rounds.extend((0..2).filter_map(|_| side_by_side(&url)));
    // Where something else had the machine for some of them, further ones outweigh them.
    while !differing(&rounds).is_empty() && rounds.len() < 9 {
        rounds.extend((0..2).filter_map(|_| side_by_side(&url)));
    }
    assert_eq!(differing(&rounds), [""; 0], "{rounds:?}");
}

/// What is not near of the medians over the rounds.
fn differing(rounds: &[Vec<(&str, &str, f64, f64)>]) -> Vec<String> {
    let places = 0..rounds[0].len();
    let differs = |place: usize| {
        let median = |of: fn(&(&str, &str, f64, f64)) -> f64| {
            let mut values: Vec<f64> = rounds.iter().map(|round| of(&round[place])).collect();
            values.sort_by(f64::total_cmp);
            values[values.len() / 2]
        };
        let (metric, statistic, ..) = rounds[0][place];
        let (theirs, ours) = (median(|pair| pair.2), median(|pair| pair.3));
        // A busy machine adds some to all times; a rate over tenths of a second is a handful of requests.
        let is_near = match (metric, statistic) {
            (_, "mean") => (ours / theirs - 1.0).abs() < 0.2,
            ("wrk_latency", "stdev") => (ours / theirs - 1.0).abs() < 0.3,
            ("wrk_latency", _) => (ours - theirs).abs() < 0.08,
            (_, "stdev") => (0.5..2.0).contains(&(ours / theirs)),
            _ => (ours - theirs).abs() < 0.25,
        };
        (!is_near).then(|| format!("{statistic} of {metric} is {ours} here, {theirs} in wrk"))
    };
    places.filter_map(differs).collect()
}

#[test]
fn a_warm_up_is_recorded_and_left_out_of_every_number() {
    let server = Server::start(Way::Slow);
    let desk = Desk::new();
    let url = server.url();
    let arguments = ["load", "http", &url, "--warmup", "500ms", "--duration", "700ms", "--clients", "3"];
    let further = ["--study", "s", "--system", "a", "--quiet", "--format", "csv"];
    let table = desk.prints(&[&arguments[..], &further].concat());
    let folder = desk.path("s/runs/system=a/workload=http/clients=3/repetition=1");
    let rows = rows(&folder.join("trace.parquet"));
    let counted: Vec<_> = rows.iter().filter(|row| row.sent_ns >= 500_000_000).collect();
    assert!(counted.len() + 10 < rows.len(), "{} of {}", counted.len(), rows.len());
    assert_eq!(value(&table, "requests", "count"), counted.len() as f64);
    let answered: Vec<f64> = counted
        .iter()
        .filter(|row| row.outcome.is_complete())
        .map(|row| row.service_ns as f64 / 1e9)
        .collect();
    assert_eq!(value(&table, "service_time", "count"), answered.len() as f64);
    assert_eq!(value(&table, "service_time", "max"), answered.iter().copied().fold(0.0, f64::max));
    let first = counted.iter().map(|row| row.sent_ns).min().unwrap();
    let last = counted.iter().map(|row| row.sent_ns + row.service_ns).max().unwrap();
    let rate = answered.len() as f64 * 1e9 / (last - first) as f64;
    assert!((value(&table, "request_rate", "mean") / rate - 1.0).abs() < 1e-9);
    // The client's own resources are on the same clock and in the same study.
    assert!(folder.join("resources.parquet").exists());
    for (metric, statistic) in [("client_cpu", "mean"), ("client_memory", "max"), ("loopback_time", "min")] {
        let measured = desk.prints(&["summarize", "s", "--metric", metric, "--format", "csv"]);
        if metric != "loopback_time" {
            assert!(value(&measured, metric, statistic) > 0.0);
        }
    }
    assert_eq!(desk.vana(&["verify", "s"]).0, Some(0));
}

#[test]
fn a_warm_up_is_left_out_of_what_is_printed_and_of_a_trace_that_goes_elsewhere() {
    let server = Server::start(Way::Slow);
    let desk = Desk::new();
    let url = server.url();
    let arguments = ["load", "http", &url, "--warmup", "500ms", "--duration", "700ms", "--clients", "3"];
    let printed = desk.prints(&[&arguments[..], &["--trace", "t.parquet", "--quiet"]].concat());
    let rows = rows(&desk.path("t.parquet"));
    let counts = |row: &&server::Row| row.sent_ns >= 500_000_000;
    let answered = rows.iter().filter(counts).filter(|row| row.outcome.is_complete()).count();
    let counted = rows.iter().filter(counts).count();
    let lines: Vec<&str> = printed.lines().map(str::trim_start).collect();
    assert!(lines[1].starts_with(&format!("{answered} requests answered in ")), "{printed}");
    let warm = rows.len() - counted;
    assert_eq!(
        lines[2],
        format!("before that {warm} requests in a warm-up of 500.0 ms, which count nowhere")
    );
    desk.prints(&["ingest", "t.parquet", "--study", "s", "--system", "a", "--quiet"]);
    let table = desk.prints(&["summarize", "s", "--metric", "requests", "--format", "csv"]);
    assert_eq!(value(&table, "requests", "count"), counted as f64);
}

#[test]
fn what_a_closed_loop_leaves_unfinished_is_no_error_and_what_an_open_one_does_is() {
    let server = Server::start(Way::Silent);
    let url = server.url();
    let ratio = |further: &[&str]| {
        let desk = Desk::new();
        let arguments = ["load", "http", &url, "--duration", "1s", "--clients", "2", "--timeout", "9s"];
        let printed = ["--trace", "t", "--quiet", "--format", "csv"];
        let table = desk.prints(&[&arguments[..], &printed, further].concat());
        let rows = rows(&desk.path("t"));
        let unfinished = rows.iter().filter(|row| row.outcome == vana_types::Outcome::Unfinished).count();
        assert!(unfinished > 0 && unfinished < rows.len());
        (value(&table, "error_ratio", "mean"), unfinished as f64 / rows.len() as f64)
    };
    assert_eq!(ratio(&[]).0, 0.0);
    let (open, unfinished) = ratio(&["--rate", "50"]);
    assert_eq!(open, unfinished);
}
