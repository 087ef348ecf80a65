//! `vana claims`: what a study's own numbers say about its sentences.

mod support;

use serde_json::Value;
use support::{Desk, repository};

/// A published table: one latency at 20 clients is lost, the rate there belongs to one of two systems.
const TABLE: &str = "\
table,workload,metric,unit,clients,statistic,system,value,printed,status,note
1,http,request_rate,1/s,10,mean,OSv,400,400,read,
1,http,request_rate,1/s,10,mean,LinuxKit,300,300,read,
1,http,request_rate,1/s,20,mean,LinuxKit or OSv,500,500,ambiguous,
1,http,latency,ms,10,mean,OSv,10,10,read,
1,http,latency,ms,10,max,OSv,30,30,read,
1,http,latency,ms,20,mean,OSv,,,lost,
1,http,latency,ms,20,max,OSv,40,40,read,
1,http,latency,ms,10,mean,LinuxKit,5,5,read,
1,http,latency,ms,20,mean,LinuxKit,7,7,suspect,
";

fn desk(claims: &str) -> Desk {
    let desk = Desk::new();
    desk.write("study/published/table.csv", TABLE);
    desk.write("study/claims.toml", claims);
    desk
}

/// A claim that asks `query` of the small table.
fn claim(id: &str, query: &str, expect: &str) -> String {
    format!("[[claims]]\nid = \"{id}\"\nstatement = \"S.\"\nquery = \"{query}\"\nexpect = {{ {expect} }}\n\n")
}

/// Verdict and what was found.
fn one(query: &str, expect: &str) -> (String, Option<String>) {
    let desk = desk(&claim("a", query, expect));
    let found: Value = serde_json::from_str(&desk.prints(&["claims", "study", "--format", "json"])).unwrap();
    let text = |key: &str| found["claims"][0][key].as_str().map(str::to_owned);
    (text("verdict").unwrap(), text("found"))
}

fn verdict(query: &str, expect: &str) -> String {
    one(query, expect).0
}

#[test]
fn the_papers_claims_come_out_as_its_tables_have_them() {
    let desk = Desk::new();
    let study = repository().join("datasets/mavridis-karatza-2019");
    let study = study.to_str().unwrap();
    let found: Value = serde_json::from_str(&desk.prints(&["claims", study, "--format", "json"])).unwrap();
    assert_eq!(found["schema_version"], 1);
    let claims: Vec<(&str, &str)> = found["claims"]
        .as_array()
        .unwrap()
        .iter()
        .map(|claim| (claim["id"].as_str().unwrap(), claim["verdict"].as_str().unwrap()))
        .collect();
    let expected = [
        ("osv-18x-rumprun", "depends-on-reading"),
        ("rumprun-latency-2x-osv", "contradicted"),
        ("osv-fastest-unikernel", "depends-on-reading"),
        ("mirage-near-osv", "depends-on-reading"),
        ("osv-stdev-3x-mirage", "depends-on-reading"),
        ("rate-order", "depends-on-reading"),
        ("bare-metal-first", "undecidable"),
        ("osv-above-docker", "depends-on-reading"),
        ("mirage-at-90-100", "holds"),
        ("latency-extremes", "contradicted"),
        ("max-latency-split", "contradicted"),
        ("low-latency-stdev", "contradicted"),
        ("mirage-lowest-latency", "contradicted"),
        ("memory-order", "holds"),
        ("sql-rumprun-last", "holds"),
        ("sql-osv-27", "undecidable"),
        ("sql-virtio-ro-rw", "holds"),
        ("sql-latency-close", "contradicted"),
        ("containers-faster", "contradicted"),
        ("osv-mirage-comparable", "depends-on-reading"),
        ("unikernel-latency-stable", "contradicted"),
        ("mirage-best", "contradicted"),
        ("osv-lower-latency", "contradicted"),
    ];
    assert_eq!(claims, expected);
    assert_eq!(found["claims"][0]["found"], "17.44 if \"LinuxKit or OSv\" is OSv");
    // A reading that is assumed leaves its own verdicts.
    let assumed = desk.prints(&["claims", study, "--format", "json", "--assume", "LinuxKit or OSv=OSv"]);
    let assumed: Value = serde_json::from_str(&assumed).unwrap();
    let first = |key: &str| assumed["claims"][0][key].as_str().unwrap();
    assert_eq!((first("verdict"), first("found")), ("holds", "17.44"));
    let above = &assumed["claims"][7];
    assert_eq!((above["verdict"].as_str(), above["found"].as_str()), (Some("contradicted"), Some("-2.032")));
}

#[test]
fn every_kind_of_expectation_holds_and_fails() {
    let ten =
        "SELECT value FROM measurements WHERE metric = 'request_rate' AND clients = 10 AND system = 'OSv'";
    let order =
        "SELECT system, value FROM cells WHERE metric = 'request_rate' AND clients = 10 ORDER BY value DESC";
    let faster =
        "SELECT MAX(value) > 350 AS faster FROM cells WHERE metric = 'request_rate' AND clients = 10";
    let better = "SELECT 'better' AS verdict FROM cells WHERE system = 'OSv' LIMIT 1";
    for (query, holds, fails) in [
        (ten, "value = 420, within = '5%'", "value = 420, within = 19"),
        (ten, "min = 400", "min = 401"),
        (ten, "max = 400", "min = 1, max = 399"),
        (ten, "sign = 'positive'", "sign = 'negative'"),
        (order, "order = ['OSv', 'LinuxKit']", "order = ['LinuxKit', 'OSv']"),
        (faster, "is_true = true", "is_true = false"),
        (better, "verdict = 'better'", "verdict = 'worse'"),
    ] {
        assert_eq!((verdict(query, holds), verdict(query, fails)), ("holds".into(), "contradicted".into()));
    }
}

#[test]
fn what_gives_no_number_is_undecidable() {
    for query in [
        "SELECT value FROM measurements WHERE system = 'nobody'",
        "SELECT AVG(value) FROM measurements WHERE system = 'nobody'",
        "SELECT value / (value - value) FROM measurements WHERE metric = 'request_rate' AND clients = 10",
        "SELECT (value - value) / (value - value) FROM measurements WHERE metric = 'request_rate' AND clients = 10",
        "SELECT ratio FROM comparisons",
    ] {
        assert_eq!(one(query, "max = 1e300"), ("undecidable".to_owned(), None), "{query}");
    }
}

#[test]
fn lost_cells_decide_only_where_they_can() {
    // OSv's mean latency at 20 clients lies between 0 and its maximum of 40 ms, so the average lies in 5 to 25 ms.
    let average = "SELECT 1000 * AVG(value) FROM measurements \
                   WHERE metric = 'latency' AND statistic = 'mean' AND system = 'OSv'";
    assert_eq!(one(average, "max = 20"), ("undecidable".to_owned(), None));
    assert_eq!(verdict(average, "min = 5, max = 25"), "holds");
    assert_eq!(verdict(average, "min = 25.1"), "contradicted");
    // Not at its ends, but between them: 15 can be.
    assert_eq!(verdict(average, "value = 15, within = 1"), "undecidable");
    let desk = desk(&claim("a", average, "max = 20"));
    let found: Value = serde_json::from_str(&desk.prints(&["claims", "study", "--format", "json"])).unwrap();
    let note = "it may be anything from 5 to 25. lost: OSv latency mean at 20 clients";
    assert_eq!(found["claims"][0]["note"], note);
}

#[test]
fn a_suspect_cell_is_named_with_what_comes_out_without_it() {
    let query = "SELECT 1000 * MAX(value) FROM measurements WHERE metric = 'latency' AND system = 'LinuxKit'";
    let desk = desk(&claim("a", query, "min = 6"));
    let found: Value = serde_json::from_str(&desk.prints(&["claims", "study", "--format", "json"])).unwrap();
    let claim = &found["claims"][0];
    assert_eq!((claim["verdict"].as_str(), claim["found"].as_str()), (Some("holds"), Some("7")));
    assert_eq!(claim["note"], "contradicted without the doubtful cells: LinuxKit latency mean at 20 clients");
}

#[test]
fn a_claim_may_depend_on_the_reading() {
    let query = "SELECT MAX(value) FROM measurements WHERE metric = 'request_rate' AND system = 'OSv'";
    let (verdict, found) = one(query, "min = 450");
    // As LinuxKit's, OSv's own rate at 20 clients is lost and may have been as high.
    assert_eq!(verdict, "depends-on-reading");
    assert_eq!(found.unwrap(), "500 if \"LinuxKit or OSv\" is OSv");
}

#[test]
fn a_gate_fails_only_when_it_is_asked_for() {
    let query = "SELECT MAX(value) FROM measurements WHERE metric = 'latency'";
    let desk = desk(&claim("a", query, "min = 1"));
    let (code, plain, stderr) = desk.vana(&["claims", "study"]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    let strict = desk.vana(&["claims", "study", "--strict"]);
    assert_eq!(strict, (Some(1), plain, "error: 1 claim is contradicted\n".to_owned()));
}

#[test]
fn the_text_is_a_table_and_a_paragraph_for_each_claim() {
    let query = "SELECT MIN(value) FROM cells WHERE metric = 'request_rate' AND clients = 10";
    let desk = desk(&claim("fast", query, "min = 300"));
    let expected = "\
claim  place  verdict
fast          holds

fast (holds)
  claim    S.
  expected at least 300
  found    300

1 claims: 1 holds, 0 contradicted, 0 undecidable, 0 depends-on-reading
";
    assert_eq!(desk.prints(&["claims", "study"]), expected);
}

#[test]
fn a_claim_that_cannot_be_asked_is_refused_with_its_line() {
    let good = "SELECT value FROM cells";
    for (claims, words) in [
        (claim("a", "SELECT value FROM nowhere", "min = 1"), "4: a: relation 'nowhere' was not found"),
        (claim("a", "DROP TABLE cells", "min = 1"), "4: a: a query begins with SELECT or WITH"),
        (
            claim("a", "SELECT system FROM cells WHERE clients = 10 AND system = 'OSv'", "min = 1"),
            "5: a: a number is expected, but the last column has \"OSv\"",
        ),
        (claim("a", good, "value = 1"), "5: a: value needs within, as in within = \"10%\""),
        (claim("a", good, "min = 2, max = 1"), "5: a: min must not be above max"),
        (
            claim("a", good, "min = 2, sign = 'zero'"),
            "5: a: expect needs exactly one of value, min/max, order, sign, verdict, is_true",
        ),
        (claim("a", good, "order = ['x', 'y']"), "4: a: an order is expected, but the query has no ORDER BY"),
        (claim("a", good, "min = 1") + &claim("a", good, "min = 1"), "8: the id \"a\" is given twice"),
        ("[[claims]]\nid = 'a'\n".to_owned(), "1: missing field `statement`"),
        ("claims = 3\n".to_owned(), "1: invalid type: integer `3`, expected a sequence"),
    ] {
        let desk = desk(&claims);
        desk.refuses(&["claims", "study"], 2, &format!("error: study/claims.toml:{words}\n"));
    }
    let desk = desk(&claim("a", "SELECT nothing FROM cells", "min = 1"));
    let (code, _, stderr) = desk.vana(&["claims", "study"]);
    let is_placed = stderr.starts_with("error: study/claims.toml:4: a: ") && stderr.contains("nothing");
    assert_eq!((code, is_placed), (Some(2), true), "{stderr}");
}

#[test]
fn a_study_without_claims_is_told_how_to_make_one() {
    let desk = Desk::new();
    desk.write("study/published/table.csv", TABLE);
    let (code, stdout, stderr) = desk.vana(&["claims", "study"]);
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    let (error, hint) =
        stderr.split_once("\nhint: a claim is a query and what it must give, as in\n").unwrap();
    assert_eq!(error, "error: study/claims.toml: no such file");
    // The hint is itself a claims.toml.
    desk.write("study/claims.toml", hint);
    assert_eq!(desk.vana(&["claims", "study"]).0, Some(0));
}

#[test]
fn the_number_of_threads_makes_no_difference() {
    let study = repository().join("datasets/mavridis-karatza-2019");
    let study = study.to_str().unwrap();
    let desk = Desk::new();
    let with = |threads: &str| {
        let mut command = desk.command(&["claims", study, "--format", "csv", "--threads", threads]);
        support::said(command.env("POLARS_MAX_THREADS", threads).output().unwrap())
    };
    assert_eq!(with("1"), with("3"));
}
