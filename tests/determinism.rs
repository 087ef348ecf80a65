//! The number of threads changes nothing.

mod support;

use std::fs::File;
use std::io::{BufWriter, Write};

use support::{Desk, assert_same, said, tree};
use vana_testkit::{Load, Request, StudyPlan, write_jtl};

/// Requests of which every thousandth is moved far away from its neighbours, so that the trace has to be merged.
fn requests() -> impl Iterator<Item = Request> {
    let load = Load { clients: 50, failed_share: 0.02, ..Load::default() };
    load.requests().take(400_000).enumerate().map(|(index, mut request)| {
        if index % 1000 == 0 {
            request.sent_ns = request.sent_ns * 7 % 50_000_000_000;
        }
        request
    })
}

#[test]
fn one_thread_and_several_give_the_same_bytes() {
    let desk = Desk::new();
    let mut lines = Vec::new();
    write_jtl(&mut lines, requests()).unwrap();
    // Chunks are two megabytes and four are read at a time.
    assert!(lines.len() > 32 << 20, "{} bytes", lines.len());
    let mut out = BufWriter::new(File::create(desk.path("big.jtl")).unwrap());
    // Blocks of lines stand in reverse, so that the first request comes last.
    let (header, rows) = lines.split_at(lines.iter().position(|byte| *byte == b'\n').unwrap() + 1);
    out.write_all(header).unwrap();
    let rows: Vec<&[u8]> = rows.split_inclusive(|byte| *byte == b'\n').collect();
    for row in rows.chunks(150_000).rev().flatten() {
        out.write_all(row).unwrap();
    }
    out.flush().unwrap();

    let made = ["1", "2", "7"].map(|threads| {
        let (study, report) = (format!("{threads}/study"), format!("{threads}/report"));
        std::fs::create_dir(desk.path(threads)).unwrap();
        let with =
            |arguments: &[&str]| desk.prints(&[&["--quiet", "--threads", threads], arguments].concat());
        let ingested = with(&["ingest", "big.jtl", "--study", &study, "--format", "json"]);
        let mut summaries = Vec::new();
        for format in ["json", "csv", "text"] {
            summaries.push(with(&["summarize", &study, "--by", "operation", "--format", format]));
            summaries.push(with(&["summarize", &study, "--over", "repetitions", "--format", format]));
        }
        with(&["report", &study, "--latex", "--html", "--markdown", "--out", &report]);
        (ingested, summaries, tree(&desk.path(threads)))
    });
    let [one, others @ ..] = made;
    for other in others {
        assert_eq!((&one.0, &one.1), (&other.0, &other.1));
        assert_same(&one.2, &other.2);
    }
    assert!(one.2.contains_key("study/raw/big.jtl") && one.2.contains_key("report/main.tex"));
}

#[test]
fn the_threads_of_the_environment_change_no_page_and_no_package() {
    let desk = Desk::new();
    let plan = StudyPlan { systems: 3, clients: vec![1, 8, 32], repetitions: 3, requests: 200_000, seed: 9 };
    plan.write(&desk.path("study")).unwrap();
    let made = ["1", "2"].map(|threads| {
        for words in [["report", "--html"], ["export", "--as=ro-crate"]] {
            let out = format!("{threads}-{}{}", words[0], if words[0] == "export" { ".zip" } else { "" });
            let mut vana = desk.command(&["--quiet", words[0], "study", words[1], "--out", &out]);
            let output = vana.env("RAYON_NUM_THREADS", threads).output().unwrap();
            assert_eq!(said(output), (Some(0), String::new(), String::new()));
        }
        let package = std::fs::read(desk.path(&format!("{threads}-export.zip"))).unwrap();
        (tree(&desk.path(&format!("{threads}-report"))), package)
    });
    assert_same(&made[0].0, &made[1].0);
    assert!(made[0].1 == made[1].1, "the packages differ");
    assert!(made[0].0.contains_key("index.html"));
}
