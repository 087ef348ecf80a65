//! What becomes of good files: runs, traces, copies, checksums, and what is said about them.

mod support;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use serde_json::{Value, json};
use support::{Desk, files, samples, skip};
use vana_trace::{Column, Rows, TraceReader};

/// All rows of the only trace below a folder, and the names of their operations.
fn rows(study: &Path) -> (Rows, Vec<String>) {
    let traces: Vec<String> = files(study)
        .into_iter()
        .filter(|name| name.starts_with("runs/") && name.ends_with("trace.parquet"))
        .collect();
    assert_eq!(traces.len(), 1, "{traces:?}");
    let mut names: Vec<String> = Vec::new();
    let mut rows = Rows::default();
    let reader = TraceReader::open(&study.join(&traces[0])).unwrap();
    let number = |names: &mut Vec<String>, name: &str| {
        let known = names.iter().position(|known| known == name);
        known.unwrap_or_else(|| {
            names.push(name.to_owned());
            names.len() - 1
        }) as u32
    };
    reader.scan(&Column::ALL, |batch| rows.append(batch.to_rows(|name| number(&mut names, name)))).unwrap();
    (rows, names)
}

/// Sent, service and operation of all rows.
fn brief(study: &Path) -> Vec<(i64, i64, String)> {
    let (rows, names) = rows(study);
    let operation = |id: &u32| names[*id as usize].clone();
    let times = rows.sent_ns.iter().zip(&rows.service_ns);
    times.zip(&rows.operation).map(|((sent, service), id)| (*sent, *service, operation(id))).collect()
}

/// The digests that `SHA256SUMS` should hold, computed by the system's own program.
fn digests(study: &Path) -> Option<String> {
    let mut names = files(study);
    names.retain(|name| name != "SHA256SUMS");
    let output = Command::new("sha256sum").arg("--").args(names).current_dir(study).output().ok()?;
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_file_is_kept_byte_for_byte_and_every_file_has_its_checksum() {
    let desk = Desk::with_study();
    desk.write("wrk.txt", samples::WRK);
    desk.write("study/study.toml", "title = \"A study\"\n");
    desk.write("study/claims.toml", "");
    desk.prints(&["ingest", "wrk.txt", "--study", "study"]);
    let study = desk.path("study");
    assert_eq!(
        files(&study),
        [
            "SHA256SUMS",
            "claims.toml",
            "raw/good.jtl",
            "raw/wrk.txt",
            "runs/system=good/workload=default/clients=2/repetition=1/run.json",
            "runs/system=good/workload=default/clients=2/repetition=1/trace.parquet",
            "runs/system=wrk/workload=default/clients=30/repetition=1/run.json",
            "study.toml",
        ]
    );
    assert_eq!(std::fs::read_to_string(study.join("raw/good.jtl")).unwrap(), samples::JTL);
    assert_eq!(std::fs::read_to_string(study.join("raw/wrk.txt")).unwrap(), samples::WRK);
    let sums = std::fs::read_to_string(study.join("SHA256SUMS")).unwrap();
    let Some(expected) = digests(&study) else { return skip("there is no sha256sum") };
    assert_eq!(sums, expected);
}

#[test]
fn without_raw_no_copy_is_kept() {
    let desk = Desk::new();
    desk.write("wrk.txt", samples::WRK);
    desk.prints(&["ingest", "wrk.txt", "--study", "study", "--without-raw"]);
    let run = "runs/system=wrk/workload=default/clients=30/repetition=1/run.json";
    assert_eq!(files(&desk.path("study")), ["SHA256SUMS", run]);
    let run: Value = serde_json::from_slice(&std::fs::read(desk.path("study").join(run)).unwrap()).unwrap();
    assert_eq!(
        run["source"].as_object().unwrap().keys().collect::<Vec<_>>(),
        ["file", "format", "sha256", "line"]
    );
}

#[test]
fn a_file_read_again_by_force_is_copied_once() {
    let desk = Desk::with_study();
    let words = "good.jtl: jmeter-csv (trace, 3 requests) -> system=good workload=default clients=2 repetition=1\n\
                 1 run added to study\n";
    assert_eq!(desk.prints(&["ingest", "good.jtl", "--study", "study", "--force"]), words);
    let copies: Vec<String> =
        files(&desk.path("study")).into_iter().filter(|name| name.starts_with("raw")).collect();
    assert_eq!(copies, ["raw/good.jtl"]);
}

#[test]
fn files_of_one_name_are_both_kept() {
    let desk = Desk::new();
    desk.write("a/run.txt", samples::WRK);
    desk.write("b/run.txt", samples::HGRM);
    desk.prints(&["ingest", "a/run.txt", "b/run.txt", "--study", "study"]);
    let copies: Vec<String> =
        files(&desk.path("study")).into_iter().filter(|name| name.starts_with("raw")).collect();
    assert_eq!(copies.len(), 2);
    let texts: Vec<String> =
        copies.iter().map(|name| std::fs::read_to_string(desk.path("study").join(name)).unwrap()).collect();
    assert!(texts.contains(&samples::WRK.to_owned()) && texts.contains(&samples::HGRM.to_owned()));
}

/// Files of four fidelities.
fn write_all(desk: &Desk) -> [&'static str; 5] {
    desk.write("good.jtl", samples::JTL);
    desk.write("log.hlog", samples::HLOG);
    desk.write("spectrum.hgrm", samples::HGRM);
    desk.write("wrk.txt", samples::WRK);
    desk.write("tables.csv", samples::PUBLISHED);
    ["good.jtl", "log.hlog", "spectrum.hgrm", "wrk.txt", "tables.csv"]
}

#[test]
fn people_are_told_what_was_found() {
    let desk = Desk::new();
    let files = write_all(&desk);
    assert_eq!(
        desk.prints(&[&["ingest", "--study", "study"], &files[..]].concat()),
        "good.jtl: jmeter-csv (trace, 3 requests) -> system=good workload=default clients=2 repetition=1\n\
         log.hlog: hlog (histogram, 741 values) -> system=log workload=default repetition=1\n\
         log.hlog: hlog (histogram, 749 values) -> system=log workload=A repetition=1\n\
         spectrum.hgrm: hgrm (histogram, 6 values) -> system=spectrum workload=default repetition=1\n\
         wrk.txt: wrk (summary, 13 numbers) -> system=wrk workload=default clients=30 repetition=1\n\
         tables.csv: published (published, 3 cells)\n\
         5 runs and 1 published table added to study\n"
    );
    assert_eq!(std::fs::read_to_string(desk.path("study/published/tables.csv")).unwrap(), samples::PUBLISHED);
}

#[test]
fn programs_are_told_what_was_found() {
    let desk = Desk::new();
    let files = write_all(&desk);
    let ingest = |study: &str, format: &str| {
        desk.prints(&[&["ingest", "--study", study, "--format", format], &files[..]].concat())
    };
    let run = |system: &str,
               workload: &str,
               clients: Value,
               file: &str,
               format: &str,
               fidelity: &str,
               requests: Value| {
        json!({
            "system": system, "workload": workload, "clients": clients, "repetition": 1, "file": file,
            "format": format, "fidelity": fidelity, "requests": requests, "findings": 0,
        })
    };
    let null = || Value::Null;
    let mut published = run("", "", null(), "tables.csv", "published", "published", 3.into());
    published["repetition"] = null();
    let mut spectrum = run("spectrum", "default", null(), "spectrum.hgrm", "hgrm", "histogram", 6.into());
    // The file does not state the unit of its values.
    spectrum["findings"] = 1.into();
    let found: Value = serde_json::from_str(&ingest("one", "json")).unwrap();
    let expected = json!({
        "schema_version": 1,
        "runs": [
            run("good", "default", 2.into(), "good.jtl", "jmeter-csv", "trace", 3.into()),
            run("log", "default", null(), "log.hlog", "hlog", "histogram", 741.into()),
            run("log", "A", null(), "log.hlog", "hlog", "histogram", 749.into()),
            spectrum,
            run("wrk", "default", 30.into(), "wrk.txt", "wrk", "summary", null()),
            published,
        ],
    });
    assert_eq!(found, expected);
    assert_eq!(
        ingest("two", "csv"),
        "system,workload,clients,repetition,file,format,fidelity,requests,findings\n\
         good,default,2,1,good.jtl,jmeter-csv,trace,3,0\n\
         log,default,,1,log.hlog,hlog,histogram,741,0\n\
         log,A,,1,log.hlog,hlog,histogram,749,0\n\
         spectrum,default,,1,spectrum.hgrm,hgrm,histogram,6,1\n\
         wrk,default,30,1,wrk.txt,wrk,summary,,0\n\
         ,,,,tables.csv,published,published,3,0\n"
    );
    let (one, two) = (support::tree(&desk.path("one")), support::tree(&desk.path("two")));
    support::assert_same(&one, &two);
}

#[test]
fn stamps_that_run_backwards_are_put_in_order() {
    let desk = Desk::new();
    let mut lines: Vec<&str> = samples::JTL.lines().collect();
    lines[1..].reverse();
    desk.write("back.jtl", lines.join("\n"));
    desk.prints(&["ingest", "back.jtl", "--study", "study"]);
    let ms = 1_000_000;
    let expected = [(0, 12 * ms), (5 * ms, 7 * ms), (12 * ms, 9 * ms)];
    assert_eq!(
        brief(&desk.path("study")),
        expected.map(|(sent, service)| (sent, service, "GET /".to_owned()))
    );
}

/// The rows that each of the three kinds of table has.
fn expected_of_tables() -> Vec<(i64, i64, String)> {
    vec![(0, 1_500_000, "b".to_owned()), (250_000_000, 250_000, "a".to_owned())]
}

#[test]
fn columns_of_a_csv_are_named_by_the_user() {
    let desk = Desk::new();
    // The second request was done a quarter of a second after the first one was sent, and took a quarter of a ms.
    desk.write("t.csv", "op;took (ms);at\n\"a\";0.25;1000.25\nb;1.5;1000.0\n");
    let map = ["--map", "sent=at:s", "--map", "latency=took (ms):ms", "--map", "operation=op"];
    assert_eq!(
        desk.prints(&[&["ingest", "t.csv", "--study", "study"], &map[..]].concat()),
        "t.csv: table-csv (trace, 2 requests) -> system=t workload=default repetition=1\n1 run added to study\n"
    );
    assert_eq!(brief(&desk.path("study")), expected_of_tables());
}

#[test]
fn keys_within_objects_are_named_by_the_user() {
    let desk = Desk::new();
    desk.write(
        "t.ndjson",
        "{\"at\":\"2024-08-21T23:39:15.25Z\",\"data\":{\"ms\":0.25,\"op\":\"a\"}}\n\
         {\"at\":\"2024-08-21T23:39:15Z\",\"data\":{\"ms\":1.5,\"op\":\"b\"}}\n",
    );
    let map = ["--map", "sent=at", "--map", "latency=data.ms:ms", "--map", "operation=data.op"];
    assert_eq!(
        desk.prints(&[&["ingest", "t.ndjson", "--study", "study"], &map[..]].concat()),
        "t.ndjson: table-ndjson (trace, 2 requests) -> system=t workload=default repetition=1\n1 run added to study\n"
    );
    assert_eq!(brief(&desk.path("study")), expected_of_tables());
}

#[test]
fn columns_of_a_parquet_file_are_named_by_the_user() {
    let desk = Desk::new();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("at", Arc::new(Float64Array::from(vec![10.25, 10.0]))),
        ("ms", Arc::new(Float64Array::from(vec![0.25, 1.5]))),
        ("op", Arc::new(StringArray::from(vec!["a", "b"]))),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let file = File::create(desk.path("t.parquet")).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let map = ["--map", "sent=at:s", "--map", "latency=ms:ms", "--map", "operation=op"];
    assert_eq!(
        desk.prints(&[&["ingest", "t.parquet", "--study", "study"], &map[..]].concat()),
        "t.parquet: parquet (trace, 2 requests) -> system=t workload=default repetition=1\n1 run added to study\n"
    );
    assert_eq!(brief(&desk.path("study")), expected_of_tables());
}

#[test]
fn a_trace_of_one_study_is_a_file_for_another() {
    let desk = Desk::with_study();
    let trace = "study/runs/system=good/workload=default/clients=2/repetition=1/trace.parquet";
    desk.prints(&["ingest", trace, "--study", "copy", "--system", "good", "--clients", "2"]);
    let numbers = |study: &str| desk.prints(&["summarize", study, "--format", "csv"]);
    assert_eq!(numbers("study"), numbers("copy"));
    assert_eq!(rows(&desk.path("study")), rows(&desk.path("copy")));
}

#[test]
fn measurements_have_the_keys_of_the_manual() {
    let desk = Desk::with_study();
    let arguments =
        ["summarize", "study", "--metric", "service_time", "--statistic", "mean", "--format", "json"];
    let found: Value = serde_json::from_str(&desk.prints(&arguments)).unwrap();
    assert_eq!(found["schema_version"], 1);
    let row = found["measurements"][0].as_object().unwrap();
    let keys =
        ["system", "workload", "clients", "repetition", "metric", "statistic", "value", "unit", "origin"];
    let of_manual: BTreeMap<&str, Value> = keys.into_iter().map(|key| (key, row[key].clone())).collect();
    let expected = json!({
        "system": "good", "workload": "default", "clients": 2, "repetition": 1, "metric": "service_time",
        "statistic": "mean", "value": (12.0 + 7.0 + 9.0) / 3000.0, "unit": "s", "origin": "computed",
    });
    assert_eq!(json!(of_manual), expected);
}
