//! Spectra and interval logs.

use std::path::Path;

use crate::support::{bins, codes, moments, options, read_file, try_read, value, value_at};
use crate::{corpus_or_skip, plain, rounded};

/// File, metric of the bins, footer (mean, SD, max in ms, count) and how far mean and SD of the bins may be from it.
const SPECTRA: &[(&str, &str, [f64; 3], u64, [f64; 2])] = &[
    (
        "wrk2/highload-dht-2020/highloadTest/wrk2/get.txt",
        "response_time",
        [3.671, 8.902, 58.496],
        19997,
        [0.001, 0.001],
    ),
    (
        "wrk2/highload-dht-2020/reports/stage1/wrkLogsGet.txt",
        "response_time",
        [1.119, 0.778, 16.528],
        9991,
        [0.008, 0.008],
    ),
    (
        "wrk2/highload-dht-2020/reports/stage1/wrkLogsGet.txt",
        "service_time",
        [0.208, 0.167, 15.432],
        9991,
        [0.013, 0.004],
    ),
    (
        "wrk2/highload-dht-2020/reports/stage6/wrkLogsPut1.txt",
        "response_time",
        [29278.706, 14317.512, 53608.448],
        600,
        [0.01, 0.003],
    ),
    (
        "wrk2/highload-dht-2020/reports/stage6/wrkLogsPut1.txt",
        "service_time",
        [1673.403, 470.849, 2010.112],
        600,
        [0.01, 0.05],
    ),
    (
        "wrk2/highload-dht-2020/src/main/resources/feature-4/put-35k.txt",
        "response_time",
        [2.324, 13.227, 240.640],
        3_849_316,
        [0.002, 0.001],
    ),
    ("wrk2/highload-dht-2020/wrkGet.txt", "response_time", [1.017, 0.472, 5.120], 39988, [0.01, 0.03]),
    ("hgrm/hdrhistogram/12Krps", "latency", [4.881, 1.777, 64.736], 3_477_000, [0.015, 0.06]),
    ("hgrm/hdrhistogram/12Krps_CO", "latency", [2.497, 1.464, 63.456], 3_477_000, [0.007, 0.014]),
];

#[test]
fn spectra_come_near_their_footers() {
    let root = corpus_or_skip!("corpus");
    for &(file, metric, [mean, sd, max], count, [mean_off, sd_off]) in SPECTRA {
        let (format, _) = file.split_once('/').unwrap();
        let draft = &plain(format, &root.join(file))[0];
        let bins = bins(draft, metric);
        let (n, bin_mean, bin_sd) = moments(bins);
        assert_eq!(n, count, "{file}");
        let off = |computed: f64, printed: f64| (computed / 1e6 / printed - 1.0).abs();
        let near = off(bin_mean, mean) < mean_off && off(bin_sd, sd) < sd_off;
        assert!(near, "{file} {metric}: {} {}", off(bin_mean, mean), off(bin_sd, sd));
        let top = bins.last().unwrap();
        assert!(top.low_ns as f64 / 1e6 <= max && max <= top.value_ns as f64 / 1e6, "{file}: {top:?} {max}");
        assert!(bins.windows(2).all(|pair| pair[0].value_ns < pair[1].low_ns), "{file}");
        assert!(bins.iter().all(|bin| bin.low_ns <= bin.value_ns && bin.count > 0), "{file}");
        let reported = match metric {
            "response_time" => "wrk2_latency",
            "service_time" => "wrk2_uncorrected_latency",
            other => other,
        };
        let footer = ["mean", "stdev", "max"].map(|statistic| value(draft, reported, statistic) * 1e3);
        assert_eq!(footer.map(|x| rounded(x, 3)), [mean, sd, max].map(|x| rounded(x, 3)), "{file}");
        assert_eq!(value(draft, reported, "count"), count as f64, "{file}");
    }
}

#[test]
fn wrk2_percentiles_of_the_bins_are_the_printed_ones() {
    let root = corpus_or_skip!("corpus/wrk2/highload-dht-2020");
    let draft = &plain("wrk2", &root.join("reports/stage1/wrkLogsGet.txt"))[0];
    let corrected = bins(draft, "response_time");
    let raw = bins(draft, "service_time");
    // The spectrum prints 1.080 where the distribution prints 1.08ms.
    assert_eq!([value_at(corrected, 4996), value_at(corrected, 9991)], [1_080_000, 16_543_000]);
    assert_eq!([value_at(raw, 4996), value_at(raw, 9991)], [206_000, 15_439_000]);
    assert_eq!(value(draft, "wrk2_latency", "p50"), 0.001_08);
    assert_eq!(value(draft, "wrk2_uncorrected_latency", "p99.999"), 0.015_44);
}

#[test]
fn wrk2_totals_and_doubts_are_the_published_ones() {
    let root = corpus_or_skip!("corpus/wrk2/highload-dht-2020");
    let expected: &[(&str, f64, f64, Option<u32>, &[&str])] = &[
        (
            "highloadTest/wrk2/get.txt",
            19998.0,
            1999.82,
            Some(1),
            &["calibration-left-out", "never-calibrated"],
        ),
        ("reports/stage1/wrkLogsGet.txt", 29999.0, 1999.96, Some(1), &["calibration-left-out"]),
        ("reports/stage6/wrkLogsPut1.txt", 5695.0, 94.82, Some(20), &["calibration-left-out"]),
        (
            "src/main/resources/feature-4/put-35k.txt",
            4_199_534.0,
            35002.01,
            Some(64),
            &["calibration-left-out"],
        ),
        ("wrkGet.txt", 59998.0, 1999.92, None, &["calibration-left-out"]),
    ];
    for (path, requests, rate, clients, findings) in expected {
        let drafts = plain("wrk2", &root.join(path));
        assert_eq!(drafts.len(), 1, "{path}");
        let draft = &drafts[0];
        assert_eq!(value(draft, "requests", "count"), *requests, "{path}");
        assert_eq!(value(draft, "request_rate", "mean"), *rate, "{path}");
        assert_eq!(draft.clients, *clients, "{path}");
        assert_eq!(codes(draft), *findings, "{path}");
    }
}

#[test]
fn a_spectrum_without_footer_counts_its_values() {
    let path = corpus_or_skip!("corpus/hgrm/hdrhistogram/example2.txt");
    let draft = &plain("hgrm", &path)[0];
    let bins = bins(draft, "latency");
    assert_eq!(moments(bins).0, 1_104_769);
    assert_eq!((bins[0].low_ns, bins[0].value_ns, bins[0].count), (17_000, 17_000, 7));
    assert_eq!(bins.last().unwrap().value_ns, 1_511_423_000);
    assert_eq!((codes(draft), draft.reported.len()), (vec!["unit-assumed"], 0));
}

/// Rank of a percentile as `HdrHistogram`'s own query takes it.
fn hdr_rank(percentile: f64, n: u64) -> u64 {
    ((percentile / 100.0) * n as f64 + 0.5) as u64
}

#[test]
fn jhiccup_log_reproduces_the_upstream_figures() {
    let path = corpus_or_skip!("corpus/hlog/hdrhistogram/jHiccup-2.0.7S.logV2.hlog");
    let draft = &plain("hlog", &path)[0];
    let native = bins(draft, "latency");
    assert_eq!((draft.intervals.len(), moments(native).0), (62, 48761));
    assert_eq!(draft.started_unix_ns, Some(1_441_812_279_474_000_000));
    assert_eq!(
        (draft.tool.name.as_str(), draft.tool.version.as_deref()),
        ("jHiccup", Some("2.0.7-SNAPSHOT"))
    );
    assert_eq!(codes(draft), Vec::<&str>::new());
    assert_eq!(value_at(native, hdr_rank(99.9, 48761)), 1_753_219_071);

    // Upstream adds the lower edges into a finer histogram and reports its upper edges.
    let mut fine = hdrhistogram::Histogram::<u64>::new(3).unwrap();
    for bin in native {
        fine.record_n(bin.low_ns as u64, bin.count).unwrap();
    }
    assert_eq!((fine.value_at_percentile(99.9), fine.max()), (1_745_879_039, 1_796_210_687));
}

/// The lines of a log whose interval starts in a range of seconds after the log's start, as a log of its own.
fn part(path: &Path, from_s: f64, to_s: f64) -> Vec<u8> {
    let text = std::fs::read_to_string(path).unwrap();
    let start: f64 = text.split("StartTime: ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let keep = |line: &&str| {
        let Ok(at) = line.split(',').next().unwrap().parse::<f64>() else { return true };
        let offset = if at > start / 2.0 { at - start } else { at };
        (from_s..=to_s).contains(&offset)
    };
    text.lines().filter(keep).flat_map(|line| [line, "\n"]).collect::<String>().into_bytes()
}

#[test]
fn parts_of_logs_reproduce_the_upstream_figures() {
    let root = corpus_or_skip!("corpus/hlog/hdrhistogram");
    let expected: &[(&str, Option<&str>, [f64; 2], usize, u64, [u64; 2])] = &[
        ("jHiccup-2.0.7S.logV2.hlog", None, [5.0, 20.0], 15, 11664, [1_536_163_839, 1_544_552_447]),
        ("jHiccup-2.0.7S.logV2.hlog", None, [40.0, 60.0], 20, 15830, [1_779_433_471, 1_796_210_687]),
        ("ycsb.logV1.hlog", Some("ns"), [-1.0, 700.0], 602, 300_056, [1_214_463, 1_546_239]),
        ("ycsb.logV1.hlog", Some("ns"), [0.0, 180.0], 180, 90_033, [1_375_231, 1_546_239]),
        ("ycsb.logV1.hlog", Some("ns"), [180.0, 700.0], 421, 209_686, [530, 17775]),
    ];
    for (file, unit, [from_s, to_s], intervals, count, figures) in expected {
        let log = part(&root.join(file), *from_s, *to_s);
        let draft = &try_read("hlog", &log, &options(&[], *unit)).unwrap()[0];
        let mut fine = hdrhistogram::Histogram::<u64>::new(3).unwrap();
        for bin in bins(draft, "latency") {
            fine.record_n(bin.low_ns as u64, bin.count).unwrap();
        }
        assert_eq!((draft.intervals.len(), fine.len()), (*intervals, *count), "{file} {from_s}");
        assert_eq!([fine.value_at_percentile(99.9), fine.max()], *figures, "{file} {from_s}");
    }
}

#[test]
fn a_log_in_microseconds_becomes_nanoseconds() {
    let path = corpus_or_skip!("corpus/hlog/hdrhistogram/ycsb.logV1.hlog");
    let draft = &read_file("hlog", &path, &options(&[], Some("us")))[0];
    let bins = bins(draft, "latency");
    assert_eq!(value_at(bins, hdr_rank(99.9, 300_056)), 1_214_463_000);
    assert_eq!(bins.last().unwrap().value_ns, 1_546_239_000);
    assert_eq!(draft.started_unix_ns, Some(1_438_613_579_295_000_000));
    let ends: Vec<f64> = draft.intervals.iter().map(|interval| interval.end_s).collect();
    assert_eq!((ends[0], ends[1], ends[601]), (0.655, 1.655, 599.784));
    assert_eq!(codes(draft), Vec::<&str>::new());
    assert_eq!(codes(&plain("hlog", &path)[0]), ["unit-assumed"]);
}

#[test]
fn tagged_streams_are_equal_and_apart() {
    let path = corpus_or_skip!("corpus/hlog/hdrhistogram/tagged-Log.logV2.hlog");
    let drafts = plain("hlog", &path);
    let names: Vec<Option<&str>> = drafts.iter().map(|draft| draft.workload.as_deref()).collect();
    assert_eq!(names, [None, Some("A")]);
    assert_eq!(bins(&drafts[0], "latency"), bins(&drafts[1], "latency"));
    assert_eq!(drafts.iter().map(|draft| moments(bins(draft, "latency")).0).sum::<u64>(), 32290);
    assert_eq!(drafts.iter().map(|draft| draft.intervals.len()).collect::<Vec<_>>(), [21, 21]);
}
