//! Files that vana refuses: the words, the exit code, and that nothing changed.

mod support;

use support::{Desk, is_refused, samples};

#[test]
fn an_empty_file() {
    is_refused(
        "empty.txt",
        "",
        &[],
        "error: empty.txt: the file is empty\nhint: a run that failed often leaves an empty file\n",
    );
}

#[test]
fn a_file_that_is_not_there() {
    Desk::with_study().refuses(
        &["ingest", "absent.jtl", "--study", "study"],
        2,
        "error: absent.jtl: No such file or directory (os error 2)\n",
    );
}

#[test]
fn a_folder_for_a_file() {
    Desk::with_study().refuses(
        &["ingest", ".", "--study", "study"],
        2,
        "error: .: a folder, where a file is wanted\nhint: a file is read several times: write what comes through a \
         pipe to a file first\n",
    );
}

#[test]
fn a_jtl_without_elapsed() {
    is_refused(
        "bad.jtl",
        samples::JTL.replace(",elapsed,", ",duration,"),
        &[],
        "error: bad.jtl:1: no column \"elapsed\"\n\
         hint: columns: timeStamp, duration, label, responseCode, threadName, success, bytes, sentBytes, allThreads, \
         Latency\n",
    );
}

#[test]
fn a_jtl_that_ends_within_a_line() {
    is_refused(
        "cut.jtl",
        &samples::JTL[..samples::JTL.len() - 12],
        &[],
        "error: cut.jtl:4: 6 fields where the header has 10\n",
    );
}

#[test]
fn a_jtl_of_a_header_alone() {
    let header = samples::JTL.lines().next().unwrap();
    is_refused("header.jtl", header, &[], "error: header.jtl: no samples after the header\n");
}

#[test]
fn wrk_broken_off_after_thread_stats() {
    let end = samples::WRK.find("    Latency").unwrap();
    is_refused(
        "cut.txt",
        &samples::WRK[..end],
        &[],
        "error: cut.txt:3: the run that begins on line 1 ends here without all of its results\n\
         hint: the run was broken off or its text was cut; leave it out or measure again\n",
    );
}

#[test]
fn gzip_under_the_name_of_a_text() {
    is_refused(
        "run.txt",
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
        &[],
        "error: run.txt: the file is compressed with gzip\nhint: unpack it first: gunzip\n",
    );
}

#[test]
fn bytes_that_are_no_text() {
    is_refused(
        "latin1.txt",
        [samples::WRK.as_bytes(), b"caf\xe9\n"].concat(),
        &[],
        "error: latin1.txt:9: not UTF-8\nhint: convert the file, for example with iconv -t UTF-8\n",
    );
}

#[test]
fn a_file_of_no_format() {
    is_refused(
        "poem.txt",
        "the yellow fog\n",
        &[],
        "error: poem.txt:1: no known format\nhint: see what is known with: vana list formats\n",
    );
}

#[test]
fn a_table_whose_columns_nobody_named() {
    is_refused(
        "table.csv",
        "a,b\n1,2\n",
        &[],
        "error: table.csv:1: no known format\n\
         hint: it could be table-csv or runs-csv: name its columns with --map, or say --as\n",
    );
}

#[test]
fn a_format_that_nobody_knows() {
    let desk = Desk::with_study();
    let (code, stdout, stderr) = desk.vana(&["ingest", "good.jtl", "--study", "new", "--as", "jmetre"]);
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert_eq!(
        stderr.lines().next(),
        Some("error: invalid value 'jmetre' for '--as <FORMAT>'"),
        "all of it: {stderr}"
    );
}

#[test]
fn a_file_that_two_formats_claim_until_the_user_says_which() {
    is_refused(
        "two.txt",
        samples::TWO_FORMATS,
        &[],
        "error: two.txt: looks like hgrm and like hlog\nhint: say which: --as hgrm\n",
    );
    let desk = Desk::new();
    desk.write("two.txt", samples::TWO_FORMATS);
    assert_eq!(
        desk.prints(&["ingest", "two.txt", "--study", "study", "--as", "hgrm"]),
        "two.txt: hgrm (histogram, 6 values) -> system=two workload=default repetition=1\n1 run added to study\n"
    );
}

#[test]
fn the_wrong_format_named_by_the_user() {
    is_refused(
        "run.txt",
        samples::WRK,
        &["--as", "jmeter-csv"],
        "error: run.txt:1: no column \"timeStamp\"\nhint: columns: Running 1m test @ http://10.0.0.2:8080/index.html\n",
    );
}

/// Latencies that no request has; none of them survives in any format.
const IMPOSSIBLE: [&str; 5] = ["-1", "1e300", "1000000000000000", "NaN", ""];

#[test]
fn impossible_latencies_in_a_jtl() {
    for value in IMPOSSIBLE {
        is_refused(
            "bad.jtl",
            samples::JTL.replace(",7,", &format!(",{value},")),
            &[],
            &format!("error: bad.jtl:3: elapsed is \"{value}\", expected milliseconds, not negative\n"),
        );
    }
}

#[test]
fn impossible_latencies_in_a_table() {
    for value in IMPOSSIBLE {
        is_refused(
            "bad.csv",
            format!("ts,ms\n1.5,2\n2.5,{value}\n"),
            &["--map", "sent=ts:s", "--map", "latency=ms:ms"],
            &format!("error: bad.csv:3: ms is \"{value}\", expected a duration that is not negative\n"),
        );
    }
}

#[test]
fn impossible_latencies_in_objects() {
    for value in IMPOSSIBLE {
        is_refused(
            "bad.ndjson",
            format!("{{\"t\":1,\"data\":{{\"ms\":\"2\"}}}}\n{{\"t\":2,\"data\":{{\"ms\":\"{value}\"}}}}\n"),
            &["--map", "sent=t:s", "--map", "latency=data.ms:ms"],
            &format!(
                "error: bad.ndjson:2: data.ms is \"{value}\", expected a duration that is not negative\n"
            ),
        );
    }
}

#[test]
fn an_object_without_the_key_and_one_that_is_cut() {
    let map = ["--map", "sent=t:s", "--map", "latency=ms:ms"];
    is_refused(
        "bad.ndjson",
        "{\"t\":1,\"ms\":2}\n{\"t\":2,\"ms\":null}\n",
        &map,
        "error: bad.ndjson:2: ms is \"\", expected a duration that is not negative\n",
    );
    is_refused(
        "bad.ndjson",
        "{\"t\":1,\"ms\":2}\n{\"t\":2,\"m",
        &map,
        "error: bad.ndjson:2: EOF while parsing a string\n",
    );
}

#[test]
fn a_map_of_nonsense() {
    let table = "ts,ms\n1.5,2\n";
    let map = |latency| ["--map", "sent=ts:s", "--map", latency];
    is_refused(
        "t.csv",
        table,
        &map("latency=duration:ms"),
        "error: t.csv:1: no column \"duration\"\nhint: columns: ts, ms\n",
    );
    is_refused(
        "t.csv",
        table,
        &map("latency=ms"),
        "error: t.csv: column \"ms\" needs a unit of time\nhint: --map latency=ms:ms\n",
    );
}
