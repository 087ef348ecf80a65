//! `vana replay` of recordings of nginx, GoReplay and others.

mod support;

#[path = "load/server.rs"]
mod server;
#[path = "replay/servers.rs"]
mod servers;

use serde_json::Value;
use server::{Server, Way};
use servers::{Listener, Nginx, asked};
use support::{Desk, skip};

/// What `vana replay` says of a replay.
#[track_caller]
fn replayed(desk: &Desk, arguments: &[&str]) -> Value {
    let said = desk.prints(&[&["replay", "--quiet", "--format", "json"], arguments].concat());
    let mut said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["schema_version"], 1);
    said["replays"][0].take()
}

fn counts(row: &Value) -> [u64; 2] {
    ["recorded", "sent"].map(|key| row[key].as_u64().unwrap())
}

/// The run of a system, as `run.json` has it.
fn run(desk: &Desk, folder: &str) -> vana_types::Run {
    let text = std::fs::read_to_string(desk.path(folder).join("run.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_log_of_nginx_is_replayed_to_the_request_and_compared_with_the_original() {
    for fields in ["$request_time", "$request_time $msec"] {
        let (Some(first), Some(second)) = (Nginx::start(fields), Nginx::start(fields)) else {
            return skip("nginx does not start here");
        };
        let desk = Desk::new();
        for path in ["/index.html?a=%20b", "/missing"] {
            let url = first.url() + path;
            let rate = ["--rate", "200", "--requests", "100", "--clients", "3"];
            desk.prints(
                &[
                    &["load", "http", &url, "--quiet", "--trace", &format!("{}.parquet", path.len())],
                    &rate[..],
                ]
                .concat(),
            );
        }
        let recorded = first.stop();
        desk.write("access.log", &recorded);
        desk.prints(&[
            "ingest",
            "access.log",
            "--study",
            "s",
            "--system",
            "recorded",
            "--workload",
            "w",
            "--quiet",
        ]);
        let original = "s/runs/system=recorded/workload=w/clients=__HIVE_DEFAULT_PARTITION__/repetition=1";
        let to = second.url();
        let row = replayed(
            &desk,
            &[
                &[original, "--to", &to, "--speed", "2", "--study", "s", "--system", "again"][..],
                &["--threads", "2", "--clients", "2"],
            ]
            .concat(),
        );
        assert_eq!(counts(&row), [200, 200], "{fields}: {row}");
        assert!(row["lag_p99"].as_f64().unwrap() >= 0.0);
        let distance = row["ks_distance"].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&distance) && row["wasserstein_distance"].as_f64().unwrap() > 0.0);
        assert_eq!(asked(&second.stop()), asked(&recorded));
        let again = run(&desk, &original.replace("recorded", "again"));
        let attribute = |name: &str| again.attributes.get(name).map(String::as_str);
        assert_eq!((attribute("speed"), attribute("replayed")), (Some("2"), Some("workload.parquet")));
        // A cap of the connections makes no other cell of it.
        assert_eq!((attribute("connections"), again.identity.clients), (Some("2"), None));
        let sums = std::fs::read_to_string(desk.path("s/SHA256SUMS")).unwrap();
        let line =
            format!("{}  {}/workload.parquet\n", attribute("replayed_sha256").unwrap(), &original[2..]);
        assert!(sums.contains(&line), "{line} is not in {sums}");
        assert_eq!(again.outcomes, run(&desk, original).outcomes);
        let compared = desk.prints(&["compare", "s", "--metric", "service_time", "--format", "json"]);
        let compared: Value = serde_json::from_str(&compared).unwrap();
        let pair = &compared["comparisons"][0];
        assert_eq!(
            ["baseline", "system", "n_baseline", "n_system"].map(|key| pair[key].to_string()),
            ["\"again\"", "\"recorded\"", "1", "1"]
        );
        assert_eq!(desk.vana(&["verify", "s"]).0, Some(0));
    }
}

#[test]
fn requests_are_sent_in_the_order_of_their_stamps_below_the_path_of_the_server() {
    let desk = Desk::new();
    desk.write(
        "a.csv",
        "timestamp,method,path,body\n1.3,GET,/c,\n1.0,POST,/a?x=1,\"k=\"\"v\"\"\"\n1.2,DELETE,,\n",
    );
    let listener = Listener::start();
    let to = format!("{}/base/", listener.url());
    let row = replayed(&desk, &["a.csv", "--to", &to, "--trace", "t.parquet"]);
    assert_eq!(counts(&row), [3, 3]);
    let head = "HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n";
    let expected = [
        format!("POST /base/a?x=1 {head}Content-Length: 5\r\n\r\nk=\"v\""),
        format!("DELETE /base/ {head}\r\n"),
        format!("GET /base/c {head}\r\n"),
    ];
    assert_eq!(listener.heard(), expected);
    let rows = server::rows(&desk.path("t.parquet"));
    let due: Vec<i64> = rows.iter().map(|row| row.due_ns.unwrap()).collect();
    assert_eq!([due[1] - due[0], due[2] - due[0]], [200_000_000, 300_000_000]);
    // The trace is a source of its own, which knows no bodies.
    let row =
        replayed(&desk, &["t.parquet", "--to", &listener.url(), "--limit", "2", "--trace", "u.parquet"]);
    assert_eq!(counts(&row), [2, 2]);
    let said = desk.vana(&["replay", "t.parquet", "--to", &to, "--trace", "v.parquet"]);
    assert!(said.0 == Some(0) && said.2.contains("info: replay-without-bodies: "), "{said:?}");
}

/// Lines of an access log, one a second.
fn log(requests: &[&str]) -> String {
    let line = |(second, request): (usize, &&str)| {
        format!("h - - [17/May/2015:10:05:{second:02} +0000] \"{request}\" 200 5 \"-\" \"a\"\n")
    };
    requests.iter().enumerate().map(line).collect()
}

#[test]
fn doubts_about_a_recording_are_doubts_about_its_replay() {
    let desk = Desk::new();
    let requests = ["GET /a HTTP/1.1", "-", "POST /b HTTP/1.1", "GET /c", "GET /d HTTP/1.1"];
    desk.write("access.log", log(&requests));
    desk.prints(&["ingest", "access.log", "--study", "s", "--system", "a", "--quiet"]);
    let run_folder = "s/runs/system=a/workload=default/clients=__HIVE_DEFAULT_PARTITION__/repetition=1";
    for (number, source) in ["access.log", run_folder].into_iter().enumerate() {
        let listener = Listener::start();
        let (to, trace) = (listener.url(), format!("{number}.parquet"));
        let arguments = ["replay", source, "--to", &to, "--speed", "10", "--trace", &trace];
        let (code, stdout, stderr) = desk.vana(&arguments);
        assert_eq!(code, Some(0), "{stderr}");
        assert!(stdout.contains("\n  recorded 5, sendable 3, to be sent 3, sent 3\n"), "{stdout}");
        let codes: Vec<&str> = stderr.lines().filter_map(|line| line.split(": ").nth(1)).collect();
        let expected = ["not-replayable", "coarse-stamps", "replay-without-bodies", "replay-incomplete"];
        assert_eq!(codes[..4], expected, "{stderr}");
        assert!(
            stderr.contains("warning: replay-incomplete: 3 of 5 recorded requests were sent: "),
            "{stderr}"
        );
        let again = [source, "--to", &to, "--speed", "10", "--limit", "2", "--trace", &format!("a{trace}")];
        let row = replayed(&desk, &again);
        let numbers = ["in_recording", "sendable", "recorded", "sent"].map(|key| row[key].as_u64().unwrap());
        assert_eq!(numbers, [5, 3, 2, 2]);
    }
}

#[test]
fn a_recording_that_keeps_bodies_is_not_doubted_for_a_request_without_one() {
    let desk = Desk::new();
    let listener = Listener::start();
    let record = |kind: u8, stamp: u64, text: &str| {
        format!(
            "{kind} 932079936fa4306fc308d67588178d17d823647c {stamp}\n{text}\n\u{1f435}\u{1f648}\u{1f649}\n"
        )
    };
    desk.write("c.gor", record(1, 1_439_818_823_587_396_305, "POST /a HTTP/1.1\r\nHost: h\r\n\r\n"));
    desk.write("access.log", log(&["GET /a HTTP/1.1"]));
    for (number, source) in ["c.gor", "access.log"].into_iter().enumerate() {
        let trace = format!("{number}.parquet");
        let (code, _, stderr) = desk.vana(&["replay", source, "--to", &listener.url(), "--trace", &trace]);
        assert!(code == Some(0) && !stderr.contains("replay-without-bodies"), "{stderr}");
    }
}

#[test]
fn a_warm_up_that_was_recorded_is_one_of_the_replay() {
    let desk = Desk::new();
    let listener = Listener::start();
    let (url, load) =
        (listener.url(), ["--rate", "100", "--warmup", "600ms", "--duration", "400ms", "--quiet"]);
    desk.prints(
        &[&["load", "http", &url, "--study", "s", "--system", "a", "--clients", "2"], &load[..]].concat(),
    );
    let original = "s/runs/system=a/workload=http/clients=2/repetition=1";
    std::fs::copy(desk.path(&format!("{original}/trace.parquet")), desk.path("alone.parquet")).unwrap();
    let replay = |source: &str, system: &str, further: &[&str]| {
        let arguments =
            [source, "--to", &url, "--study", "s", "--system", system, "--workload", "http", "--speed", "2"];
        replayed(&desk, &[&arguments[..], further].concat());
        let clients = if source == original { "2" } else { "__HIVE_DEFAULT_PARTITION__" };
        run(&desk, &format!("s/runs/system={system}/workload=http/clients={clients}/repetition=1"))
            .warmup_ns()
    };
    assert_eq!([replay(original, "b", &[]), replay("alone.parquet", "c", &[])], [300_000_000; 2]);
    // Nothing would be left.
    assert_eq!(replay(original, "d", &["--limit", "20"]), 0);
    let summary = desk.prints(&["summarize", "s", "--metric", "requests", "--format", "csv"]);
    let count = |line: &str| line.split(',').nth(6)?.parse::<f64>().ok();
    let counts: Vec<f64> = summary.lines().filter_map(count).collect();
    // Which of the 100 are measured is told by when they were sent; a busy machine is late at times.
    let [a, b, c, d] = counts[..] else { panic!("{summary}") };
    assert!(
        [a, b, c].iter().all(|count| (30.0..=70.0).contains(count)) && (19.5..20.5).contains(&d),
        "{summary}"
    );
}

#[test]
fn captures_and_traces_of_the_corpus_are_sent_as_they_are() {
    let corpus = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus"));
    let gor = corpus.join("goreplay/ecommerce-workshop/requests_0.gor");
    let azure = corpus.join("arrival-trace/azure-llm-2023/AzureLLMInferenceTrace_conv.csv");
    let apache = corpus.join("access-log/elastic-examples/apache_logs");
    if !gor.exists() {
        return skip("no corpus");
    }
    let desk = Desk::new();
    for (file, limit, count) in [(&gor, "1k", 60), (&azure, "300", 300), (&apache, "200", 200)] {
        let listener = Listener::start();
        let (name, trace) = (file.to_str().unwrap(), format!("{count}.parquet"));
        let arguments = [name, "--to", &listener.url(), "--speed", "2k", "--limit", limit, "--trace", &trace];
        assert_eq!(counts(&replayed(&desk, &arguments)), [count, count], "{name}");
        let heard = listener.heard();
        assert_eq!(heard.len() as u64, count, "{name}");
        if *file == gor {
            let text = String::from_utf8_lossy(&std::fs::read(&gor).unwrap()).into_owned();
            let lines = |text: &str| -> Vec<String> {
                let first =
                    |text: &str| text.lines().find(|line| line.ends_with(" HTTP/1.1")).map(str::to_owned);
                let mut lines: Vec<String> =
                    text.split("\u{1f435}\u{1f648}\u{1f649}").filter_map(first).collect();
                lines.sort_unstable();
                lines
            };
            assert_eq!(lines(&heard.join("\u{1f435}\u{1f648}\u{1f649}")), lines(&text));
        }
    }
}

#[test]
fn lag_is_the_servers_where_no_connection_is_free() {
    let desk = Desk::new();
    let stamps: Vec<String> = (0..400).map(|step| (f64::from(step) * 0.005).to_string()).collect();
    desk.write("a.csv", format!("time\n{}\n", stamps.join("\n")));
    // It stalls for 200 ms in each of the two seconds.
    let server = Server::start(Way::Stalling);
    let arguments = ["a.csv", "--to", &server.url(), "--clients", "1", "--trace"];
    let row = replayed(&desk, &[&arguments[..], &["t.parquet"]].concat());
    let number = |key: &str| row[key].as_f64().unwrap();
    assert_eq!(counts(&row), [400, 400]);
    assert!(number("server_late") > 0.0 && number("server_lag_max") > 0.1, "{row}");
    assert!(number("lag_max") >= number("server_lag_max"), "{row}");
    let (code, _, stderr) =
        desk.vana(&[&["replay"], &arguments[..], &["u.parquet", "--speed", "0.99"]].concat());
    assert!(code == Some(0) && stderr.contains("warning: replay-late: "), "{stderr}");
}

#[test]
fn what_cannot_be_replayed_is_refused_with_the_reason() {
    let desk = Desk::new();
    let listener = Listener::start();
    let to = listener.url();
    desk.write("sql.csv", "began;took;what\n1;1.25;GET /a\n2;1;point_select\n");
    let map = ["--map", "sent=began:s", "--map", "latency=took:ms", "--map", "operation=what"];
    desk.prints(&[&["ingest", "sql.csv", "--study", "s", "--system", "a", "--quiet"], &map[..]].concat());
    desk.write("wrk.txt", support::samples::WRK);
    desk.write("hands.csv", "timestamp,path\n1,/a b\n");
    let folder = "s/runs/system=a/workload=default/clients=__HIVE_DEFAULT_PARTITION__/repetition=1";
    let refused = |source: &str, to: &str, words: &str| {
        desk.refuses(
            &["replay", source, "--to", to, "--trace", "t.parquet"],
            2,
            &format!("error: {words}\n"),
        );
    };
    let words = format!(
        "{folder}/trace.parquet: row 1: \"point_select\" is no request of HTTP, as \"GET /path\": it cannot be sent"
    );
    refused(folder, &to, &words);
    refused("hands.csv", &to, "hands.csv: no request to be sent");
    let hint =
        "hint: access logs, GoReplay captures and traces of arrivals can be replayed, and runs of a study";
    refused("wrk.txt", &to, &format!("wrk.txt: wrk: single requests are not known\n{hint}"));
    refused("nothing", &to, "nothing: No such file or directory (os error 2)");
    let hint = "hint: a run can be replayed whose requests are known: runs/system=.../repetition=1";
    refused("s", &to, &format!("s: neither workload.parquet nor trace.parquet in it\n{hint}"));
    desk.write("a.csv", "time\n1\n");
    let query = format!("{to}/?a");
    refused("a.csv", &query, &format!("{query}: a query cannot stand before recorded paths"));
    assert_eq!(listener.heard(), Vec::<String>::new());
}

#[test]
fn the_example_of_the_readme_makes_its_run() {
    let readme = std::fs::read_to_string(support::repository().join("README.md")).unwrap();
    let example = readme.lines().find_map(|line| line.strip_prefix("vana replay ")).unwrap();
    let listener = Listener::start();
    let example = example.replace("http://127.0.0.1:8080", &listener.url());
    let desk = Desk::new();
    desk.write("access.log", log(&["GET /1 HTTP/1.1", "GET /2 HTTP/1.1"]));
    assert_eq!(counts(&replayed(&desk, &example.split(' ').collect::<Vec<_>>())), [2, 2]);
    let runs = support::files(&desk.path("mystudy")).into_iter().filter(|name| name.ends_with("run.json"));
    assert_eq!(runs.count(), 1);
}
