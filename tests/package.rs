//! `vana export`, and every command on what it made.

mod support;

#[path = "package/changed.rs"]
mod changed;
#[path = "package/hostile.rs"]
mod hostile;
#[path = "package/proved.rs"]
mod proved;
#[path = "package/refused.rs"]
mod refused;

use std::path::Path;

use support::{Desk, assert_same, files, tree};
use vana_testkit::StudyPlan;

const EVERYTHING: [&str; 2] = ["--as", "ro-crate,data-package,croissant"];
const CONTAINERS: [&str; 3] = ["p.zip", "p.tar.zst", "p"];

/// A study of some requests, with claims.
fn with_study() -> Desk {
    let desk = Desk::new();
    let plan = StudyPlan { systems: 2, clients: vec![1, 10], repetitions: 3, requests: 6000, seed: 1 };
    plan.write(&desk.path("study")).unwrap();
    let claim = "[[claims]]\nid = \"fast\"\nstatement = \"system-1 | is *fast* <b>.\"\nquery = \"SELECT MIN(value) FROM cells WHERE \
                 metric = 'request_rate' AND statistic = 'mean'\"\nexpect = { min = 1 }\n";
    desk.write("study/claims.toml", claim);
    std::fs::remove_file(desk.path("study/SHA256SUMS")).unwrap();
    desk
}

fn export(desk: &Desk, out: &str, further: &[&str]) {
    desk.prints(&[&["--quiet", "export", "study", "--out", out], further].concat());
}

#[test]
fn every_command_reads_a_package_as_it_reads_the_study() {
    let desk = with_study();
    let commands: [&[&str]; 6] = [
        &["summarize"],
        &["compare", "--metric", "request_rate"],
        &["check"],
        &["claims"],
        &["plan"],
        &["verify", "--all"],
    ];
    let said = |place: &str| {
        commands.map(|words| {
            let (code, stdout, stderr) =
                desk.vana(&[&words[..1], &[place], &words[1..], &["--format", "json"]].concat());
            // A study without checksums is told so; in the package it has some.
            (code, stdout, if words[0] == "verify" { String::new() } else { stderr })
        })
    };
    let of_study = said("study");
    assert!(of_study.iter().all(|(code, stdout, _)| *code == Some(0) && stdout.len() > 20));
    desk.prints(&["--quiet", "report", "study", "--out", "report"]);
    for container in CONTAINERS {
        export(&desk, container, &EVERYTHING);
        assert_eq!(said(container), of_study, "{container}");
        desk.prints(&["--quiet", "report", container, "--out", "again"]);
        let mut again = tree(&desk.path("again"));
        let mut report = tree(&desk.path("report"));
        // It says where the study lies.
        assert!(again.remove("verify.json").is_some() && report.remove("verify.json").is_some());
        assert_same(&again, &report);
    }
    assert!(desk.path("p/data/study/claims.toml").exists());
}

#[test]
fn the_same_study_gives_the_same_bytes_on_one_thread_and_on_two() {
    let desk = with_study();
    for options in [&EVERYTHING[..], &["--thin", "7"], &["--without-traces"]] {
        for container in CONTAINERS {
            let made = ["1", "2"].map(|threads| {
                let out = format!("{threads}/{container}");
                std::fs::create_dir_all(desk.path(threads)).unwrap();
                export(&desk, &out, &[&["--threads", threads], options].concat());
                tree(&desk.path(threads))
            });
            assert_same(&made[0], &made[1]);
            for threads in ["1", "2"] {
                std::fs::remove_dir_all(desk.path(threads)).unwrap();
            }
        }
    }
}

/// Exit code, and what is said about files.
fn verdict(desk: &Desk, place: &str) -> (Option<i32>, Vec<String>) {
    let (code, _, stderr) = desk.vana(&["--quiet", "verify", place]);
    (code, stderr.lines().map(str::to_owned).collect())
}

#[test]
fn requests_can_be_left_out_or_thinned_and_the_package_says_so() {
    let desk = with_study();
    let run = "data/study/runs/system=system-1/workload=http/clients=1/repetition=1";
    for (out, options, words, kept) in [
        ("none", &["--without-traces"][..], "**Requests were left out.**", &["run.json"][..]),
        (
            "thin",
            &["--thin", "10"],
            "only the first and every 10th after it is kept",
            &["run.json", "thinned.parquet"],
        ),
    ] {
        export(&desk, out, options);
        let readme = std::fs::read_to_string(desk.path(out).join("README.md")).unwrap();
        assert!(readme.contains(words), "{readme}");
        assert_eq!(files(&desk.path(out).join(run)), kept);
        assert_eq!(verdict(&desk, out), (Some(0), vec![]));
        let (_, stdout, _) = desk.vana(&["check", out, "--code", "trace-not-packed", "--format", "csv"]);
        assert!(stdout.contains("packed") && stdout.contains("12 runs"), "{stdout}");
        let measurements =
            |place: &str| std::fs::read(desk.path(place).join("tables/measurements.csv")).unwrap();
        export(&desk, "all", &[]);
        assert_eq!(measurements(out), measurements("all"));
        std::fs::remove_dir_all(desk.path("all")).unwrap();
    }
    let thinned = vana_trace_rows(&desk.path("thin").join(run).join("thinned.parquet"));
    let whole = vana_trace_rows(
        &desk.path("study").join(run.trim_start_matches("data/study/")).join("trace.parquet"),
    );
    assert_eq!(thinned, whole.div_ceil(10));
}

fn vana_trace_rows(path: &Path) -> u64 {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    let reader = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
    reader.metadata().file_metadata().num_rows().unsigned_abs()
}

#[test]
fn texts_of_a_study_are_no_markup_in_its_package() {
    let desk = Desk::with_study();
    desk.write("study/study.toml", "title = \"\"\nsource = \"<b>&\\u202e\"\n");
    let _ = std::fs::remove_file(desk.path("study/SHA256SUMS"));
    export(&desk, "p", &EVERYTHING);
    let of = |name: &str| std::fs::read_to_string(desk.path("p").join(name)).unwrap();
    assert!(of(".zenodo.json").contains("Source: &lt;b&gt;&amp;."));
    assert!(of("README.md").starts_with("# A study without a title\n\nPublication: &lt;b&gt;&amp;\n\n"));
    for (name, words) in [
        ("CITATION.cff", "title: \"A study without a title\"\n"),
        ("datapackage.json", "\"title\": \"A study without a title\""),
        ("ro-crate-metadata.json", "\"name\": \"A study without a title\""),
    ] {
        assert!(of(name).contains(words), "{name}");
    }
    assert!(!of("croissant.json").contains("example.org"));
}
