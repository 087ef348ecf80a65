//! Who a run is: flags, then the path, then the file; and names that nobody expects.

mod support;

use serde_json::Value;
use support::{Desk, files, samples};

/// The identities that an ingest reports.
fn identities(desk: &Desk, arguments: &[&str]) -> Vec<(String, String, Option<u64>, u64)> {
    let text = desk.prints(&[&["ingest", "--study", "study", "--format", "json"], arguments].concat());
    let found: Value = serde_json::from_str(&text).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let runs = found["runs"].as_array().unwrap().iter();
    runs.map(|run| {
        let (clients, repetition) = (run["clients"].as_u64(), run["repetition"].as_u64().unwrap());
        (text(&run["system"]), text(&run["workload"]), clients, repetition)
    })
    .collect()
}

fn run(system: &str, workload: &str, clients: u64, repetition: u64) -> (String, String, Option<u64>, u64) {
    (system.to_owned(), workload.to_owned(), Some(clients), repetition)
}

/// A run of wrk that differs from the others in its number of requests.
fn wrk(number: u64) -> String {
    samples::WRK.replace("11193155 requests", &format!("{number} requests"))
}

#[test]
fn the_file_says_what_nobody_else_does() {
    let desk = Desk::new();
    desk.write("osv.txt", samples::WRK);
    assert_eq!(identities(&desk, &["osv.txt"]), [run("osv", "default", 30, 1)]);
}

#[test]
fn the_path_comes_before_the_file() {
    let desk = Desk::new();
    desk.write("results/osv/http_10_r3.txt", wrk(1));
    desk.write("results/osv/sql_30_r1.txt", wrk(2));
    let pattern = "{system}/{workload}_{clients}_r{repetition}.txt";
    let (code, stdout, stderr) = desk.vana(&[
        "ingest",
        "results/osv/http_10_r3.txt",
        "results/osv/sql_30_r1.txt",
        "--study",
        "study",
        "--pattern",
        pattern,
    ]);
    assert_eq!(
        stdout,
        "results/osv/http_10_r3.txt: wrk (summary, 13 numbers) -> system=osv workload=http clients=10 repetition=3\n\
         results/osv/sql_30_r1.txt: wrk (summary, 13 numbers) -> system=osv workload=sql clients=30 repetition=1\n\
         2 runs added to study\n"
    );
    let doubt = "warning: clients-differ: the file speaks of 30 clients, the run is filed under 10\n";
    assert_eq!((code, stderr.as_str()), (Some(0), doubt));
}

#[test]
fn flags_come_before_the_path() {
    let desk = Desk::new();
    desk.write("osv/http_30.txt", samples::WRK);
    let arguments = ["osv/http_30.txt", "--pattern", "{system}/{workload}_{clients}.txt"];
    let flags = ["--system", "linux", "--workload", "web", "--repetition", "7"];
    assert_eq!(identities(&desk, &[&arguments[..], &flags[..]].concat()), [run("linux", "web", 30, 7)]);
}

#[test]
fn a_path_that_does_not_fit_the_pattern_is_refused() {
    let desk = Desk::new();
    desk.write("osv.txt", samples::WRK);
    desk.refuses(
        &["ingest", "osv.txt", "--study", "study", "--pattern", "{system}_{clients}.txt"],
        2,
        "error: osv.txt: the path does not match the pattern \"{system}_{clients}.txt\"\n",
    );
}

#[test]
fn repetitions_are_numbered_on() {
    let desk = Desk::new();
    desk.write("osv.txt", wrk(1) + &wrk(2) + &wrk(3));
    desk.write("later.txt", wrk(4));
    desk.write("two.txt", wrk(5) + &wrk(6));
    let one = |repetition| run("osv", "default", 30, repetition);
    assert_eq!(identities(&desk, &["osv.txt"]), [one(1), one(2), one(3)]);
    assert_eq!(identities(&desk, &["later.txt", "--system", "osv"]), [one(4)]);
    // A repetition that the user gives is that of the first run of the file.
    assert_eq!(identities(&desk, &["two.txt", "--system", "osv", "--repetition", "9"]), [one(9), one(10)]);
}

#[test]
fn a_tag_of_an_interval_log_is_a_workload_of_its_own() {
    let desk = Desk::new();
    desk.write("log.hlog", samples::HLOG);
    let found = identities(&desk, &["log.hlog", "--workload", "http", "--clients", "4"]);
    assert_eq!(found, [run("log", "http", 4, 1), run("log", "http/A", 4, 1)]);
}

/// Names that a shell, a path, a page or a table could take for something else.
const HOSTILE: [&str; 12] = [
    "../x",
    "a=b",
    "<img src=x onerror=alert(1)>",
    "🦀",
    "100%",
    "%2F",
    "a\"b,c;d",
    "__HIVE_DEFAULT_PARTITION__",
    "two\nlines",
    "\\input{/etc/passwd}",
    ".",
    "",
];

#[test]
fn every_name_comes_back_as_it_went_in() {
    let desk = Desk::new();
    let long = "länger".repeat(50);
    let names: Vec<&str> = HOSTILE.into_iter().chain([long.as_str()]).collect();
    for (name, number) in names.iter().zip(1..) {
        let file = format!("{number}.txt");
        desk.write(&file, wrk(number));
        let found = identities(&desk, &[&file, "--system", name, "--workload", name]);
        assert_eq!(found, [run(name, name, 30, 1)]);
    }
    // Each in one folder of its own, four deep, and nothing beside the study.
    let runs: Vec<String> = files(&desk.path("study/runs"));
    assert_eq!(runs.len(), names.len());
    assert!(runs.iter().all(|path| path.split('/').count() == 5), "{runs:?}");
    let text = desk.prints(&["summarize", "study", "--metric", "requests", "--format", "json"]);
    let found: Value = serde_json::from_str(&text).unwrap();
    let mut numbers: Vec<(String, u64)> = found["measurements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["system"].as_str().unwrap().to_owned(), row["value"].as_f64().unwrap() as u64))
        .collect();
    let mut expected: Vec<(String, u64)> = names.iter().map(|&name| name.to_owned()).zip(1..).collect();
    numbers.sort();
    expected.sort();
    assert_eq!(numbers, expected);
}

#[test]
fn a_name_that_looks_like_the_encoding_of_another_is_another() {
    let desk = Desk::new();
    for (name, file) in [("a/b", "1.txt"), ("a%2Fb", "2.txt"), ("A/b", "3.txt")] {
        desk.write(file, wrk(file.len() as u64) + name);
        assert_eq!(identities(&desk, &[file, "--system", name]), [run(name, "default", 30, 1)]);
    }
}

#[test]
fn the_seconds_of_a_run_are_counted_from_its_first_request() {
    let desk = Desk::new();
    // Done after 0.5, 0.9, 1.0, 1.5 and 2.25 seconds: two full seconds, and a rest.
    desk.write("s.csv", "at,ms\n100.0,500\n100.1,800\n100.2,800\n100.0,1500\n101.0,1250\n");
    let map = ["--map", "sent=at:s", "--map", "latency=ms:ms"];
    desk.prints(&[&["ingest", "s.csv", "--study", "study"][..], &map].concat());
    let expected = "system,workload,clients,repetition,metric,second,value,unit\n\
                    s,default,,1,request_rate,1.0,2.0,1/s\n\
                    s,default,,1,request_rate,2.0,2.0,1/s\n";
    assert_eq!(desk.prints(&["summarize", "study", "--series", "--format", "csv"]), expected);
    let text = "system  workload  clients  rep  second  requests\n\
                s       default         -    1       1         2\n\
                s       default         -    1       2         2\n";
    assert_eq!(desk.prints(&["summarize", "study", "--series"]), text);
}
