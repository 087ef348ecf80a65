//! Reports that vana writes compile with pdflatex without a single complaint.

mod support;

use std::path::Path;
use std::process::Command;

use support::{Desk, files, samples, skip};
use vana_testkit::StudyPlan;

/// Words of a log that stand for something a reader would see.
const COMPLAINTS: [&str; 7] =
    ["Overfull", "Underfull", "Warning", "Missing character", "undefined", "multiply defined", "too large"];

/// Compiles a report twice and asserts that the last log holds no complaint.
#[track_caller]
fn compiles(report: &Path) {
    for _ in 0..2 {
        let mut command = Command::new("pdflatex");
        command.args(["-interaction=nonstopmode", "-halt-on-error", "main"]).current_dir(report);
        let Ok(output) = command.env("max_print_line", "1000").output() else {
            return skip("there is no pdflatex");
        };
        let printed = String::from_utf8_lossy(&output.stdout);
        let last: Vec<&str> = printed.lines().skip(printed.lines().count().saturating_sub(25)).collect();
        assert!(output.status.success(), "{}", last.join("\n"));
    }
    let log = std::fs::read(report.join("main.log")).unwrap();
    let log = String::from_utf8_lossy(&log);
    let complains = |line: &&str| COMPLAINTS.iter().any(|word| line.contains(word));
    assert_eq!(log.lines().filter(complains).collect::<Vec<_>>(), Vec::<&str>::new());
}

/// A study in which every fidelity stands: 18 traces, histograms, a summary, published cells.
fn write_all_fidelities(desk: &Desk) {
    let plan = StudyPlan { systems: 2, clients: vec![1, 4, 16], repetitions: 3, requests: 90_000, seed: 7 };
    plan.write(&desk.path("study")).unwrap();
    desk.write("spectrum.hgrm", samples::HGRM);
    desk.write("log.hlog", samples::HLOG);
    desk.write("wrk.txt", samples::WRK);
    desk.write("tables.csv", samples::PUBLISHED);
    let names = ["spectrum.hgrm", "log.hlog", "wrk.txt", "tables.csv"];
    desk.prints(&[&["ingest", "--study", "study", "--workload", "http"], &names[..]].concat());
}

#[test]
fn a_study_of_all_fidelities_compiles() {
    let desk = Desk::new();
    write_all_fidelities(&desk);
    desk.prints(&["--quiet", "report", "study", "--latex", "--out", "out"]);
    let tables: Vec<String> = files(&desk.path("out/tables"));
    assert_eq!(
        tables,
        [
            "error_ratio-comparisons.tex",
            "first_byte_time-comparisons.tex",
            "http-a-latency.tex",
            "http-error_ratio.tex",
            "http-first_byte_time.tex",
            "http-latency.tex",
            "http-request_rate.tex",
            "http-service_time.tex",
            "http-sysbench_latency.tex",
            "http-transfer_rate.tex",
            "http-wrk_latency.tex",
            "http-wrk_request_rate.tex",
            "request_rate-comparisons.tex",
            "service_time-comparisons.tex",
            "sysbench_latency-comparisons.tex",
            "transfer_rate-comparisons.tex",
            "wrk_latency-comparisons.tex",
            "wrk_request_rate-comparisons.tex",
        ]
    );
    compiles(&desk.path("out"));
}

#[test]
fn systems_with_hostile_names_compile() {
    let desk = Desk::new();
    let long = "schöner ".repeat(40);
    let unbroken = "x".repeat(300);
    let names = [
        "../x",
        "a=b & c_d #1 ~^ {$} %",
        "\\input{/etc/passwd}",
        "<img src=x onerror=alert(1)></script>",
        "🦀 Краб 螃蟹",
        "two\nlines\tand\rnone",
        "\u{202e}backwards\u{200b}",
        "",
        "e\u{301}",
        &long,
        &unbroken,
    ];
    // Two workloads: more of them make one chart of bars higher than a page.
    for (name, number) in names.into_iter().zip(100..) {
        let workload = names[2];
        for repetition in 1..=3 {
            let file = format!("{number}-{repetition}.jtl");
            desk.write(&file, samples::JTL.replace(",12,", &format!(",{number}{repetition},")));
            desk.prints(&["ingest", &file, "--study", "study", "--system", name, "--workload", workload]);
        }
        let wrk = samples::WRK.replace("11193155", &number.to_string());
        let file = format!("{number}.txt");
        desk.write(&file, wrk);
        desk.prints(&["ingest", &file, "--study", "study", "--system", name, "--workload", "shared"]);
    }
    desk.prints(&["--quiet", "report", "study", "--latex", "--out", "out"]);
    compiles(&desk.path("out"));
}

#[test]
fn a_study_of_one_run_compiles() {
    let desk = Desk::with_study();
    desk.prints(&["--quiet", "report", "study", "--latex", "--out", "out"]);
    compiles(&desk.path("out"));
}

#[test]
fn the_reports_of_the_repository_compile() {
    let desk = Desk::new();
    for name in [
        "eurosys21-nginx",
        "loopback-mariadb-2026",
        "loopback-nginx-2026",
        "loopback-systems-2026",
        "mavridis-karatza-2019",
    ] {
        let study = support::repository().join("datasets").join(name);
        desk.prints(&["--quiet", "report", study.to_str().unwrap(), "--latex", "--out", name]);
        compiles(&desk.path(name));
    }
    let study = support::repository().join("datasets/mavridis-karatza-2019");
    let reading = ["--assume", "LinuxKit or OSv=OSv"];
    desk.prints(
        &[&["--quiet", "report", study.to_str().unwrap(), "--latex", "--out", "read"], &reading[..]].concat(),
    );
    compiles(&desk.path("read"));
}
