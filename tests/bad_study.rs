//! Studies and wishes that vana refuses: the words, the exit code, and that nothing changed.

mod support;

use support::{Desk, samples, skip, tree};

const RUN: &str = "study/runs/system=good/workload=default/clients=2/repetition=1";
const NO_STUDY: &str = "hint: a study is a folder; vana ingest makes one\n";

/// What a second ingest of other bytes under the identity of the first one needs.
const AGAIN: [&str; 10] =
    ["ingest", "other.jtl", "--study", "study", "--system", "good", "--repetition", "1", "--clients", "2"];

/// A desk with a study and a file that is not in it.
fn with_other() -> Desk {
    let desk = Desk::with_study();
    desk.write("other.jtl", samples::JTL.replace(",12,", ",13,"));
    desk
}

/// Both commands that read a study refuse it with the same words.
#[track_caller]
fn is_refused(desk: &Desk, code: i32, words: &str) {
    desk.refuses(&["summarize", "study"], code, words);
    desk.refuses(&["report", "study", "--out", "out"], code, words);
}

#[test]
fn a_study_that_is_not_there() {
    let words = format!("error: study: No such file or directory (os error 2)\n{NO_STUDY}");
    is_refused(&Desk::new(), 2, &words);
}

#[test]
fn a_file_for_a_study() {
    let desk = Desk::new();
    desk.write("study", "");
    desk.write("good.jtl", samples::JTL);
    let words = "error: study: neither a folder nor a package (zip, tar.zst)\n\
                 hint: a study is a folder, or a package that vana export made of one\n";
    is_refused(&desk, 2, words);
    desk.refuses(&["ingest", "good.jtl", "--study", "study"], 3, "error: study: not a directory\n");
    desk.refuses(
        &["ingest", "good.jtl", "--study", "study/below"],
        3,
        "error: study/below: Not a directory (os error 20)\n",
    );
}

#[test]
fn a_study_without_runs() {
    let desk = Desk::new();
    desk.write("study/study.toml", "");
    is_refused(
        &desk,
        2,
        "error: study: a study without runs\nhint: add runs with: vana ingest FILE... --study DIR\n",
    );
}

#[test]
fn a_study_where_nobody_may_write() {
    let desk = Desk::with_study();
    // The file system of processes takes no folders, whoever asks.
    let (code, stdout, stderr) = desk.vana(&["ingest", "good.jtl", "--study", "/proc/study"]);
    assert_eq!((code, stdout.as_str()), (Some(3), ""));
    assert_eq!(stderr, "error: /proc/study: No such file or directory (os error 2)\n");
}

#[test]
fn a_run_that_is_there_already_unless_it_is_replaced() {
    let desk = with_other();
    desk.refuses(
        &AGAIN,
        2,
        "error: run system=good workload=default clients=2 repetition=1 exists already in study\n\
         hint: give another --repetition, or replace it with --force\n",
    );
    let forced = [&AGAIN[..], &["--force"]].concat();
    assert_eq!(
        desk.prints(&forced),
        "other.jtl: jmeter-csv (trace, 3 requests) -> system=good workload=default clients=2 repetition=1\n\
         1 run added to study\n"
    );
    let sum = desk.prints(&[
        "summarize",
        "study",
        "--metric",
        "service_time",
        "--statistic",
        "max",
        "--format",
        "csv",
    ]);
    assert_eq!(
        sum,
        "system,workload,clients,repetition,metric,statistic,value,unit,origin,operation,status,printed,note\n\
         good,default,2,1,service_time,max,0.013,s,computed,,read,,\n"
    );
}

#[test]
fn a_folder_where_the_run_would_lie_is_not_overwritten() {
    let desk = with_other();
    std::fs::remove_file(desk.path(&format!("{RUN}/run.json"))).unwrap();
    std::fs::remove_file(desk.path(&format!("{RUN}/trace.parquet"))).unwrap();
    desk.write(&format!("{RUN}/notes.txt"), "mine");
    desk.refuses(
        &AGAIN,
        2,
        "error: run system=good workload=default clients=2 repetition=1 exists already in study\n\
         hint: give another --repetition, or replace it with --force\n",
    );
}

#[test]
fn a_file_that_was_read_before() {
    let desk = Desk::with_study();
    desk.write("copy.jtl", samples::JTL);
    for name in ["good.jtl", "copy.jtl"] {
        desk.refuses(
            &["ingest", name, "--study", "study"],
            2,
            &format!(
                "error: {name}: read before, as system=good workload=default clients=2 repetition=1\n\
                 hint: --force reads it again\n"
            ),
        );
    }
}

#[test]
fn a_file_that_is_named_twice() {
    let desk = Desk::new();
    desk.write("good.jtl", samples::JTL);
    desk.refuses(
        &["ingest", "good.jtl", "good.jtl", "--study", "study"],
        2,
        "error: good.jtl: read before, as system=good workload=default clients=2 repetition=1\n\
         hint: --force reads it again\n",
    );
}

#[test]
fn two_files_for_one_run() {
    let desk = with_other();
    let both = ["ingest", "good.jtl", "other.jtl", "--study", "new", "--system", "good", "--repetition", "1"];
    let words = "error: run system=good workload=default clients=2 repetition=1 exists already in new\n\
                 hint: give another --repetition, or replace it with --force\n";
    desk.refuses(&both, 2, words);
    desk.refuses(&[&both[..], &["--force"]].concat(), 2, words);
}

#[test]
fn nothing_of_a_good_file_before_a_bad_one() {
    let desk = with_other();
    desk.write("bad.jtl", "timeStamp,elapsed\n1,x\n");
    for study in ["study", "new"] {
        desk.refuses(
            &["ingest", "other.jtl", "bad.jtl", "--study", study],
            2,
            "error: bad.jtl:2: elapsed is \"x\", expected milliseconds, not negative\n",
        );
    }
}

#[test]
fn a_study_toml_that_is_none() {
    let refuse = |text: &str, words: &str| {
        let desk = with_other();
        desk.write("study/study.toml", text);
        let words = format!("error: study/study.toml:2: {words}\n");
        is_refused(&desk, 2, &words);
        desk.refuses(&["ingest", "other.jtl", "--study", "study"], 2, &words);
    };
    refuse("\nalpha = 2\n", "alpha is 2; it must lie between 0 and 1");
    refuse("\nmargin = -0.02\n", "margin is -0.02; it must lie between 0 and 1");
    refuse("\ntitle = \"open\n", "invalid basic string, expected `\"`");
    refuse(
        "\nalfa = 0.05\n",
        "unknown field `alfa`, expected one of `title`, `source`, `baseline`, `alpha`, `margin`, `seed`, `systems`, \
         `workloads`, `published`",
    );
}

#[test]
fn a_run_of_a_newer_vana() {
    let desk = with_other();
    let path = format!("{RUN}/run.json");
    let text = std::fs::read_to_string(desk.path(&path)).unwrap();
    desk.write(&path, text.replace("\"format\": 1", "\"format\": 2"));
    let words = format!("error: {path}: run format 2; this vana reads format 1 (a newer vana wrote it)\n");
    is_refused(&desk, 2, &words);
    desk.refuses(&["ingest", "other.jtl", "--study", "study"], 2, &words);
}

#[test]
fn a_trace_of_a_newer_vana() {
    let desk = Desk::with_study();
    let path = format!("{RUN}/trace.parquet");
    let mut bytes = std::fs::read(desk.path(&path)).unwrap();
    // In the footer, the value follows its key after two bytes: a field of type text, one byte long.
    let key = b"vana.format";
    let at = bytes.windows(key.len()).rposition(|window| window == key).unwrap() + key.len() + 2;
    assert_eq!(bytes[at], b'1');
    bytes[at] = b'2';
    desk.write(&path, bytes);
    is_refused(
        &desk,
        2,
        &format!(
            "error: {path}: trace format 2; this vana reads format 1 (a newer vana wrote it: install that or a later \
             one)\n"
        ),
    );
}

#[test]
fn a_damaged_run() {
    let desk = Desk::with_study();
    desk.write(&format!("{RUN}/run.json"), "{\n");
    is_refused(
        &desk,
        2,
        &format!("error: {RUN}/run.json:2: EOF while parsing an object at line 2 column 0\n"),
    );
    let desk = Desk::with_study();
    desk.write(&format!("{RUN}/trace.parquet"), "PAR1");
    is_refused(
        &desk,
        2,
        &format!("error: {RUN}/trace.parquet: EOF: Parquet file too small. Size is 4 but need 8\n"),
    );
    let desk = Desk::with_study();
    std::fs::remove_file(desk.path(&format!("{RUN}/trace.parquet"))).unwrap();
    is_refused(&desk, 3, &format!("error: {RUN}/trace.parquet: No such file or directory (os error 2)\n"));
}

#[test]
fn numbers_that_nobody_has() {
    let desk = Desk::with_study();
    let summarize = |option, value| ["summarize", "study", option, value];
    desk.refuses(
        &summarize("--metric", "servce_time"),
        2,
        "error: no measurement of the metric \"servce_time\"\nhint: without --metric all metrics of the study are \
         shown\n",
    );
    desk.refuses(&summarize("--statistic", "avarage"), 2, "error: unknown statistic \"avarage\" (known: count mean stdev within_stdev min max n_eff p50 p75 p90 p95 p99 \
         p99.9 p99.99; p and a percentage from 0 to 100, as p99.9)\n");
    desk.refuses(
        &summarize("--quantile-type", "10"),
        2,
        "error: invalid value '10' for '--quantile-type <TYPE>': \"10\" is not a quantile type (1 to 9)\n\n\
         For more information, try '--help'.\n",
    );
}

#[test]
fn readings_that_cannot_be() {
    let desk = Desk::with_study();
    let table = "table,workload,metric,unit,clients,statistic,system,value,printed,status,note\n\
                 4,http,latency,ms,10,mean,LinuxKit or OSv,1.5,1.50,ambiguous,two columns\n";
    desk.write("study/published/tables.csv", table);
    let refuse = |reading, words: &str| {
        desk.refuses(&["summarize", "study", "--assume", reading], 2, words);
        desk.refuses(&["report", "study", "--out", "out", "--assume", reading], 2, words);
    };
    refuse("Linux=OSv", "error: no ambiguous cell is called \"Linux\" (known: LinuxKit or OSv)\n");
    refuse("LinuxKit or OSv=Rump", "error: \"LinuxKit or OSv\" is one of LinuxKit, OSv, not \"Rump\"\n");
    refuse(
        "OSv",
        "error: invalid value 'OSv' for '--assume <NAME=SYSTEM>': \"OSv\" is not NAME=SYSTEM, as in 'LinuxKit or \
         OSv=OSv'\n\nFor more information, try '--help'.\n",
    );
}

#[test]
fn a_name_that_is_no_text_is_no_reason_to_stop() {
    use std::os::unix::ffi::OsStrExt;
    let desk = Desk::new();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9\n.jtl");
    if std::fs::write(desk.path("").join(name), samples::JTL).is_err() {
        return skip("the file system takes no such name");
    }
    let output = desk.command(&["ingest", "--study", "study"]).arg(name).output().unwrap();
    assert_eq!(support::said(output).0, Some(0));
    assert!(tree(&desk.path("study")).contains_key("raw/caf\u{fffd}_.jtl"));
    desk.write("other.jtl", samples::JTL.replace(",12,", ",13,"));
    desk.prints(&["ingest", "other.jtl", "--study", "study"]);
}
