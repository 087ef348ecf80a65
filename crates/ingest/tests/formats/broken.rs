use crate::samples;
use crate::support::{options, refusal, try_read};
use vana_ingest::{FORMATS, ReadError};

fn at(line: u64, message: &str) -> (u64, String) {
    (line, message.to_owned())
}

/// A sample up to, and without, the first line that holds some words.
fn cut(text: &str, words: &str) -> String {
    text.lines().take_while(|line| !line.contains(words)).flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn an_empty_file_is_refused_by_every_format() {
    for format in ["wrk", "wrk2", "hgrm", "hlog", "sysbench", "redis-benchmark", "runs-csv", "published"] {
        assert!(FORMATS.iter().any(|one| one.name() == format));
        assert_eq!(refusal(format, ""), at(0, "empty file"), "{format}");
    }
}

#[test]
fn a_text_of_something_else_is_refused() {
    let text = "nothing of interest\n";
    let none = "no run in this text: no line \"Running … test @ …\"";
    assert_eq!(refusal("wrk", text), at(0, none));
    assert_eq!(refusal("wrk2", text), at(0, none));
    assert_eq!(refusal("hgrm", text), at(0, "no line \"Value Percentile TotalCount 1/(1-Percentile)\""));
    assert_eq!(
        refusal("hlog", text),
        at(1, "expected start, length, maximum and histogram, separated by commas")
    );
    assert_eq!(refusal("sysbench", text), at(0, "no run of sysbench in this text"));
    assert_eq!(
        refusal("redis-benchmark", text),
        at(1, "neither a quoted row nor a warning of redis-benchmark")
    );
    assert_eq!(refusal("runs-csv", text), at(1, "the column \"nothing of interest\" is not known"));
    assert_eq!(refusal("published", text), at(1, "no column \"table\""));
}

#[test]
fn wrk_refuses_a_run_without_its_end() {
    let message = "the run that begins on line 2 ends here without all of its results";
    assert_eq!(refusal("wrk", &cut(samples::WRK, "Latency   635")), at(4, message));
    assert_eq!(refusal("wrk", &cut(samples::WRK, "Transfer/sec")), at(13, message));
    let joined = cut(samples::WRK, "requests in") + samples::WRK;
    assert_eq!(refusal("wrk", &joined), at(10, message));
    let gap = samples::WRK.replace("  22464657 requests in 30.00s, 17.76GB read\n", "");
    assert_eq!(refusal("wrk", &gap), at(13, message));
}

#[test]
fn wrk_refuses_numbers_it_does_not_know() {
    let unit = samples::WRK.replace("635.91us", "635.91parsecs");
    assert_eq!(
        refusal("wrk", &unit),
        at(2, "the run that begins here has a wrk_latency of \"635.91parsecs\"")
    );
    let columns = samples::WRK.replacen("93.69%", "", 1);
    assert_eq!(refusal("wrk", &columns), at(5, "expected the four numbers of \"Latency\""));
    let swapped = samples::WRK.replacen("Latency   635", "Req/Sec   635", 1);
    assert_eq!(refusal("wrk", &swapped), at(5, "expected \"Latency\", found \"Req/Sec\""));
    let many = samples::WRK.replacen("10 connections", "99999999999 connections", 1);
    assert_eq!(refusal("wrk", &many), at(3, "\"99999999999\" is no number of connections"));
}

#[test]
fn spectra_that_contradict_themselves_are_refused() {
    let falling = samples::HGRM.replacen("            5         2.00", "            1         2.00", 1);
    assert_eq!(refusal("hgrm", &falling), at(4, "the count 1 is below the one before it, 2"));
    let sinking = samples::HGRM.replace("4.000     0.75", "3.000     0.75");
    assert_eq!(refusal("hgrm", &sinking), at(5, "the value 3.000 is below the one before it, 4.000"));
    let counted = samples::HGRM.replace("=            6]", "=            7]");
    assert_eq!(refusal("hgrm", &counted), at(9, "the spectrum counts 6 values, its footer 7"));
    let short = cut(samples::HGRM, "9.000");
    assert_eq!(refusal("hgrm", &short), at(5, "the spectrum ends at 5 values, before its last percentile"));
    let torn = samples::HGRM.replace("       4.000     0.75", "       4.000  0.75 x");
    assert_eq!(refusal("hgrm", &torn).0, 5);
    assert_eq!(refusal("wrk2", &cut(samples::WRK2, "10.039")).0, 16);
}

#[test]
fn two_latencies_of_one_kind_are_refused() {
    let twice = samples::WRK2
        .replace("  Latency Distribution\n", "  Latency Distribution (HdrHistogram - Recorded Latency)\n");
    assert_eq!(refusal("wrk2", &twice), at(23, "a second latency distribution of the same kind in one run"));
}

#[test]
fn logs_refuse_lines_that_are_no_intervals() {
    let log = |row: &str| format!("#[StartTime: 1.5 (seconds since epoch)]\n{row}\n");
    assert_eq!(refusal("hlog", &log("0.1,1.0,2.0,HIST!")).0, 2);
    let plain = "no readable histogram: its first bytes, 1c8484ff, are those of no known encoding";
    assert_eq!(refusal("hlog", &log("0.1,1.0,2.0,HISE/w==")), at(2, plain));
    assert_eq!(refusal("hlog", &log("x,1.0,2.0,HISTFA==")), at(2, "\"x\" is no time in seconds"));
    assert_eq!(refusal("hlog", &log("0.1,1.0,y,HISTFA==")), at(2, "\"y\" is no maximum"));
    assert_eq!(refusal("hlog", "#[StartTime: soon]\n"), at(1, "\"soon\" are no seconds since 1970"));
    assert_eq!(refusal("hlog", &cut(samples::HLOG, "0.127")), at(0, "no interval in this log"));
    let bytes = try_read("hlog", samples::HLOG.as_bytes(), &options(&[], Some("B")));
    let Err(ReadError::Malformed { line, message, .. }) = bytes else { panic!("not refused") };
    assert_eq!((line, message), at(0, "the unit of a histogram's values must be one of time"));
}

#[test]
fn sysbench_refuses_other_tests_and_halves() {
    let cpu = "sysbench 1.0.20 (using system LuaJIT 2.1.0-beta3)\nNumber of threads: 1\nCPU speed:\n    events per second:   \
               884.86\nGeneral statistics:\n    total time:  10.0s\n    total number of events:  8852\n";
    assert_eq!(refusal("sysbench", cpu), at(1, "not an OLTP test: of sysbench only OLTP summaries are read"));
    let half = cut(samples::SYSBENCH_0_4, "per-request");
    let message = "the run that begins on line 1 ends here without its sysbench_latency";
    assert_eq!(refusal("sysbench", &half), at(28, message));
    let two = cut(samples::SYSBENCH_0_4, "OLTP test statistics") + samples::SYSBENCH_0_5;
    assert_eq!(
        refusal("sysbench", &two),
        at(13, "the run that begins on line 1 ends here without its transactions")
    );
    let torn = samples::SYSBENCH_0_5.replace("12.78ms", "12.7xs");
    assert_eq!(refusal("sysbench", &torn).0, 9);
    let first = samples::SYSBENCH_1_0.lines().position(|line| line == "SQL statistics:").unwrap();
    let mut lines: Vec<&str> = samples::SYSBENCH_1_0.lines().collect();
    lines.insert(first, "[ 1s ] Checkpoint report:");
    let message = "a checkpoint: no summary of such a run is of the whole run";
    assert_eq!(refusal("sysbench", &lines.join("\n")), at(first as u64 + 1, message));
}

#[test]
fn redis_refuses_rows_and_blocks_that_were_cut() {
    let row = samples::REDIS_TWO.replace("142450.14\"", "1424");
    assert_eq!(refusal("redis-benchmark", &row), at(2, "expected 2 quoted columns and numbers"));
    let cells = samples::REDIS_EIGHT.replace(",\"16.463\"", "");
    assert_eq!(refusal("redis-benchmark", &cells), at(3, "expected 8 quoted columns and numbers"));
    let message = "the test SET ends here without all of its results";
    assert_eq!(refusal("redis-benchmark", &cut(samples::REDIS_OLD, "requests per second")), at(9, message));
    assert_eq!(refusal("redis-benchmark", &cut(samples::REDIS_NEW, "0.175")), at(22, message));
}

#[test]
fn tables_of_runs_refuse_what_is_no_number() {
    assert_eq!(refusal("runs-csv", "rps\n12\nfast\n"), at(3, "\"fast\" is no number for request_rate"));
    assert_eq!(refusal("runs-csv", "rps\n"), at(1, "a table without rows"));
    assert_eq!(refusal("runs-csv", "rps,x\n1,2\n"), at(1, "2 columns and no word on what they are"));
    let mapped = |text: &str, map: &[&str]| match try_read("runs-csv", text.as_bytes(), &options(map, None)) {
        Err(ReadError::Malformed { line, message, .. }) => (line, message),
        other => panic!("not refused: {other:?}"),
    };
    let table = "a,n,t\nx,1,2\ny,z,3\n";
    assert_eq!(mapped(table, &["run_time=t"]), at(1, "no unit for \"run_time\""));
    assert_eq!(mapped(table, &["run_time=u:s"]), at(1, "no column \"u\""));
    assert_eq!(mapped(table, &["system=a"]), at(1, "no column was named as a result"));
    assert_eq!(mapped(table, &["run_time=t:s", "clients=n"]), at(3, "\"z\" is no number of clients"));
    assert_eq!(
        mapped("a,t\r\n\r\nx,1\r\ny\r\n", &["run_time=t:s"]),
        at(4, "1 columns, but the header has 2")
    );
}

#[test]
fn published_cells_without_a_clear_status_are_refused() {
    let with = |row: &str| {
        let header = samples::PUBLISHED.lines().next().unwrap();
        refusal("published", &format!("{header}\n{row}\n"))
    };
    let known = "unknown status \"sure\"";
    assert_eq!(with("II,http,latency,ms,1,mean,OSv,1,1,sure,"), at(2, known));
    assert_eq!(with("II,http,latency,ms,1,mean,OSv,1,1,lost,"), at(2, "status lost, but the value 1"));
    assert_eq!(with("II,http,latency,ms,1,mean,OSv,,1,read,"), at(2, "status read, but no value"));
    assert_eq!(with("II,http,latency,ms,1,mean,OSv,one,1,read,"), at(2, "the value \"one\" is no number"));
    assert_eq!(with("II,http,latency,ms,many,mean,OSv,1,1,read,"), at(2, "\"many\" is no number of clients"));
    assert_eq!(with("II,http,latency,ms,1,mean,,1,1,read,"), at(2, "no system"));
    assert_eq!(with("II,http,latency,parsec,1,mean,OSv,1,1,read,").0, 2);
    assert_eq!(with("II,http,latency,ms,1,mean,OSv,1,1,read"), at(2, "10 columns, but the header has 11"));
}
