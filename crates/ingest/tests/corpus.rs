//! Published files, and the figures that were published from them.

mod support;

use std::path::Path;

use support::{
    bins, codes, corpus, detected, files, mean_and_sd, moments, options, read_file, value, value_at,
};
use vana_ingest::{Body, Draft, Input};

macro_rules! corpus_or_skip {
    ($path:expr) => {
        match corpus($path) {
            Some(path) => path,
            None => return,
        }
    };
}

fn plain(name: &str, path: &Path) -> Vec<Draft> {
    read_file(name, path, &options(&[], None))
}

fn rounded(value: f64, decimals: usize) -> String {
    format!("{value:.decimals$}")
}

/// Every file of a format's folder with the formats that are sure of it, other than the format itself.
fn strangers(folder: &str, own: &str) -> Option<Vec<(String, Vec<&'static str>)>> {
    let root = corpus(&format!("corpus/{folder}"))?;
    let name = |path: &Path| path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
    let sure = files(&root).into_iter().map(|path| (name(&path), detected(&Input::open(&path).unwrap()).0));
    Some(sure.filter(|(_, sure)| sure != &[own]).collect())
}

#[test]
fn every_file_is_recognised_by_its_format_alone() {
    for (folder, own) in [("wrk2", "wrk2"), ("hgrm", "hgrm"), ("hlog", "hlog")] {
        let Some(others) = strangers(folder, own) else { return };
        assert_eq!(others, [], "{folder}");
    }
    let sure = |folder, own| strangers(folder, own).unwrap();
    let results = "eurosys21-unikraft/fig_13_nginx-perf/paper";
    let mut expected = vec![(format!("{results}rawdata-mitigationsoff/rump-qemu-nginx.txt"), vec![])];
    for name in ["-mitigationsoff/docker", "-mitigationsoff/osv-qemu", "/docker", "/mirage-solo5", "/native"]
    {
        expected.push((format!("{results}results{name}.csv"), vec!["runs-csv"]));
    }
    for name in ["/osv-qemu", "/rump-qemu", "/unikraft-qemu"] {
        expected.push((format!("{results}results{name}.csv"), vec!["runs-csv"]));
    }
    expected.sort();
    let mut found = sure("wrk", "wrk");
    found.sort();
    assert_eq!(found, expected);
    let tables = sure("redis-benchmark", "redis-benchmark");
    assert!(tables.iter().all(|(name, sure)| name.contains("paperresults") && sure.is_empty()), "{tables:?}");
    let tables = sure("sysbench", "sysbench");
    assert!(tables.iter().all(|(name, sure)| name.contains("results") && sure.is_empty()), "{tables:?}");
    assert_eq!(tables.len(), 4);
}

#[test]
fn no_file_of_another_tool_is_mistaken() {
    let root = corpus_or_skip!("corpus");
    let own = ["wrk", "wrk2", "hgrm", "hlog", "sysbench", "redis-benchmark", "runs-csv", "published"];
    for path in files(&root) {
        let folder = path.strip_prefix(&root).unwrap().iter().next().unwrap().to_str().unwrap().to_owned();
        if !own.contains(&&*folder) {
            let (sure, _) = detected(&Input::open(&path).unwrap());
            let mistaken: Vec<_> = sure.into_iter().filter(|name| own.contains(name)).collect();
            assert_eq!(mistaken, Vec::<&str>::new(), "{}", path.display());
        }
    }
}

#[test]
fn wrk_rates_of_eurosys21_are_the_published_ones() {
    let root = corpus_or_skip!("corpus/wrk/eurosys21-unikraft/fig_13_nginx-perf");
    let published = [
        ("paperrawdata/docker-nginx.txt", "paperresults/docker.csv", "160336.366", "3076.196"),
        ("paperrawdata/mirage-solo5-httpreply.txt", "paperresults/mirage-solo5.csv", "25885.656", "84.513"),
        ("paperrawdata/native-nginx.txt", "paperresults/native.csv", "175556.382", "5016.243"),
        ("paperrawdata/osv-qemu-nginx.txt", "paperresults/osv-qemu.csv", "232721.424", "3927.175"),
        ("paperrawdata/rump-qemu-nginx.txt", "paperresults/rump-qemu.csv", "152550.782", "1023.837"),
        ("paperrawdata/unikraft-qemu-nginx.txt", "paperresults/unikraft-qemu.csv", "291779.616", "934.825"),
        (
            "paperrawdata-mitigationsoff/docker-nginx.txt",
            "paperresults-mitigationsoff/docker.csv",
            "171139.796",
            "2209.747",
        ),
    ];
    for (raw, results, mean, sd) in published {
        let rate = |draft: &Draft| value(draft, "request_rate", "mean");
        let rates: Vec<f64> = plain("wrk", &root.join(raw)).iter().map(rate).collect();
        let table: Vec<f64> = plain("runs-csv", &root.join(results)).iter().map(rate).collect();
        assert_eq!(rates, table, "{raw}");
        let (computed_mean, computed_sd) = mean_and_sd(&rates);
        assert_eq!((&*rounded(computed_mean, 3), &*rounded(computed_sd, 3)), (mean, sd), "{raw}");
    }
    let off = plain("wrk", &root.join("paperrawdata-mitigationsoff/osv-qemu-nginx.txt"));
    let timeouts: Vec<f64> = off.iter().map(|draft| value(draft, "socket_errors_timeout", "count")).collect();
    assert_eq!(timeouts, [23.0, 5.0, 9.0, 26.0, 3.0]);
    assert!(off.iter().all(|draft| codes(draft) == ["timeouts-left-out"]));
}

#[test]
fn wrk_runs_between_other_text_are_found() {
    let root = corpus_or_skip!("corpus/wrk/unikernels-v-containers/remote");
    let expected: &[(&str, [f64; 3])] = &[
        ("Linux_firecracker/go_linux_fc_1_cpu.wrk", [14498.02, 14373.21, 14213.61]),
        ("Linux_firecracker/go_linux_fc_4_cpu.wrk", [48983.83, 47590.97, 45758.82]),
        ("OSv_firecracker/go_fc_1_cpu.wrk", [16721.56, 16422.33, 16540.24]),
        ("OSv_firecracker/go_fc_4_cpu.wrk", [36448.57, 33808.45, 34383.20]),
        ("OSv_qemu/go_qemu_1_cpu.wrk", [24313.06, 23874.74, 23300.26]),
        ("OSv_qemu/go_qemu_2_cpu.wrk", [37089.26, 35475.22, 33581.87]),
        ("OSv_qemu/go_qemu_4_cpu.wrk", [42747.11, 43057.99, 42346.27]),
        ("OSv_qemu/java_qemu_4_cpu.wrk", [48128.33, 45467.53, 45776.45]),
        ("docker/go_docker_1_cpu.wrk", [24568.70, 24621.82, 24451.52]),
        ("docker/go_docker_2_cpu.wrk", [49366.54, 48510.87, 43809.97]),
        ("docker/go_docker_4_cpu.wrk", [53613.09, 53033.38, 51422.59]),
        ("docker/java_docker_4_cpu.wrk", [51409.24, 52756.73, 47126.19]),
        ("docker/node_docker_1_cpu.wrk", [9290.48, 9699.27, 9846.00]),
    ];
    for (path, rates) in expected {
        let drafts = plain("wrk", &root.join(path));
        let read: Vec<f64> = drafts.iter().map(|draft| value(draft, "request_rate", "mean")).collect();
        assert_eq!(read, rates, "{path}");
        assert!(drafts.iter().all(|draft| draft.clients == Some(100)
            && draft.duration_s == Some(30.0 + draft.duration_s.unwrap() % 1.0)));
    }
}

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

/// Rank of a percentile as HdrHistogram's own query takes it.
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
        let draft = &support::try_read("hlog", &log, &options(&[], *unit)).unwrap()[0];
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

#[test]
fn sysbench_0_4_reproduces_the_published_means() {
    let root = corpus_or_skip!("corpus/sysbench/kvm-docker-comparison/performance-governor");
    let runs: Vec<Draft> = files(&root.join("bml")).iter().flat_map(|path| plain("sysbench", path)).collect();
    assert_eq!(runs.len(), 50);
    let table = std::fs::read_to_string(root.join("results-bml.csv")).unwrap();
    let mut compared = Vec::new();
    for row in table.lines() {
        let cells: Vec<&str> = row.split(',').collect();
        let clients: u32 = cells[0].parse().unwrap();
        let of_row = runs.iter().filter(|draft| draft.clients == Some(clients));
        let rates: Vec<f64> = of_row
            .map(|draft| value(draft, "transactions", "count") / value(draft, "duration", "total"))
            .collect();
        if !rates.is_empty() {
            let (mean, sd) = mean_and_sd(&rates);
            // The authors rounded somewhere on the way: the exact mean for 190 threads is …386, they print …384.
            let off = |computed: f64, cell: &str| (computed / cell.parse::<f64>().unwrap() - 1.0).abs();
            assert!(off(mean, cells[1]) < 2e-11 && off(sd, cells[2]) < 2e-9, "{row}: {mean} {sd}");
            compared.push(clients);
        }
    }
    assert_eq!(compared, [10, 50, 110, 190, 290]);
    let docker: Vec<Draft> =
        files(&root.join("docker")).iter().flat_map(|path| plain("sysbench", path)).collect();
    assert_eq!(docker.len(), 30);
}

#[test]
fn sysbench_0_5_reproduces_the_published_tables() {
    let root = corpus_or_skip!("corpus/sysbench/mariadb-benchmarks");
    let tables = [
        ("tps.dat", "transaction_rate", "mean", 1.0),
        ("rt_avg.dat", "sysbench_latency", "mean", 1e3),
        ("rt_95.dat", "sysbench_latency", "p95", 1e3),
    ];
    for clients in [1, 16, 128, 1024] {
        let draft = &plain("sysbench", &root.join(format!("series26/res08/sysbench.ro.{clients}.res")))[0];
        assert_eq!((draft.clients, draft.intervals.len()), (Some(clients), 60));
        for (table, metric, statistic, factor) in tables {
            let text = std::fs::read_to_string(root.join("series26/results").join(table)).unwrap();
            let row = text.lines().find_map(|line| line.strip_prefix(&format!("{clients}\t"))).unwrap();
            let computed = value(draft, metric, statistic) * factor;
            // The authors' script cuts to five significant digits and does not round.
            let decimals = row.split_once('.').map_or(0, |(_, fraction)| fraction.len()) as i32;
            let shift = 10f64.powi(decimals);
            let (cut, round) =
                ((computed * shift + 1e-6).floor() / shift, (computed * shift).round() / shift);
            let published: f64 = row.parse().unwrap();
            assert!([cut, round].contains(&published), "{table} {clients}: {computed} {published}");
        }
    }
    let draft = &plain("sysbench", &root.join("series06/res12/sysbench.ro.64.res"))[0];
    let figures = [("transaction_rate", "mean"), ("sysbench_latency", "mean"), ("sysbench_latency", "p99")];
    assert_eq!(
        figures.map(|(metric, statistic)| value(draft, metric, statistic)),
        [7539.76, 0.00849, 0.01133]
    );
    assert_eq!(
        (draft.intervals.len(), draft.intervals[59].end_s, draft.duration_s),
        (60, 300.0, Some(302.0065))
    );
}

#[test]
fn sysbench_1_0_is_consistent_with_itself() {
    let path = corpus_or_skip!("corpus/sysbench/percona-meltdown-oltp-ro/4.9.62-21.56-BP100/thr16/res.txt");
    let draft = &plain("sysbench", &path)[0];
    let figures = [
        ("transactions", "count", 7_246_149.0),
        ("transaction_rate", "mean", 8051.22),
        ("query_rate", "mean", 128_819.51),
        ("sysbench_latency", "mean", 0.001_98),
        ("sysbench_latency", "p95", 0.002_07),
        ("event_time", "total", 14_381.923_04),
    ];
    for (metric, statistic, expected) in figures {
        assert_eq!(value(draft, metric, statistic), expected, "{metric} {statistic}");
    }
    let mean = value(draft, "event_time", "total") / value(draft, "transactions", "count");
    assert_eq!(rounded(mean * 1e3, 2), "1.98");
    assert_eq!(
        (draft.clients, draft.intervals.len(), draft.tool.version.as_deref()),
        (Some(16), 120, Some("1.0.12"))
    );
}

#[test]
fn redis_running_means_are_those_of_the_raw_rates() {
    let root = corpus_or_skip!("corpus/redis-benchmark/eurosys21-unikraft/fig_12_redis-perf");
    let pairs = [
        ("docker-redis", "docker"),
        ("hermitux-uhyve-redis", "hermitux-uhyve"),
        ("native-redis", "native-redis"),
        ("osv-qemu-redis", "osv-qemu"),
    ];
    for (raw, results) in pairs {
        let drafts = plain("redis-benchmark", &root.join(format!("paperrawdata-mitigationsoff/{raw}.txt")));
        let map = ["workload=operation", "request_rate=throughput:k/s"];
        let path = root.join(format!("paperresults-mitigationsoff/{results}.csv"));
        let published = read_file("runs-csv", &path, &options(&map, None));
        for test in ["GET", "SET"] {
            let of = |drafts: &[Draft]| -> Vec<f64> {
                let own = drafts.iter().filter(|draft| draft.workload.as_deref() == Some(test));
                own.map(|draft| value(draft, "request_rate", "mean")).collect()
            };
            let rates = of(&drafts);
            assert_eq!(rates.len(), 5, "{raw}");
            let running: Vec<String> =
                (1..=5).map(|n| rounded(rates[..n].iter().sum::<f64>() / n as f64 / 1e3, 3)).collect();
            let published: Vec<String> = of(&published).iter().map(|rate| rounded(rate / 1e3, 3)).collect();
            assert_eq!(running, published, "{raw} {test}");
        }
    }
}

#[test]
fn redis_tests_of_all_layouts_are_read() {
    let root = corpus_or_skip!("corpus/redis-benchmark");
    let terminal = plain("redis-benchmark", &root.join("kvm-docker-comparison/run_native_20140717_1655.txt"));
    assert_eq!(terminal.len(), 16);
    let clients: Vec<Option<u32>> = terminal.iter().map(|draft| draft.clients).collect();
    assert_eq!((clients[0], clients[15]), (Some(60), Some(80)));
    let rates: Vec<f64> = terminal.iter().take(3).map(|draft| value(draft, "request_rate", "mean")).collect();
    assert_eq!(rates, [108_885.02, 120_948.24, 104_253.55]);
    for file in ["redis-benchmark.6.0.results.csv", "redis-benchmark.6.2.results.csv"] {
        assert_eq!(plain("redis-benchmark", &root.join("redisbench-admin").join(file)).len(), 20, "{file}");
    }
    let json = &plain("redis-benchmark", &root.join("redisbench-admin/redis-benchmark-6.2.0-csv.out.2"))[0];
    let name = r#"JSON.SET pass-100 . {"sclr":0,"str":"b","sub_doc":{"sclr":10,"str":"c","arr":[1,2,3,{"sclr":20,"str":"d"}]},"array_of_docs":[-1,{"sclr":11,"str":"e","arr":[4,5,6,{"sclr":21,"str":"f"}]},{"sclr":12,"str":"g","arr":[7,8,9,{"sclr":22,"str":"h"}]},-2]}"#;
    assert_eq!(json.workload.as_deref(), Some(name));
    assert_eq!(value(json, "latency", "max"), 0.016_463);
}

/// Section, name, mean and SD of each row of ripgrep's summary; stars are marks, not names.
fn summary_rows(path: &Path) -> Vec<(String, String, String, String)> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut section = String::new();
    let mut rows = Vec::new();
    for line in text.lines() {
        if let Some((left, right)) = line.split_once(" +/- ") {
            let (name, mean) = left.rsplit_once(' ').unwrap();
            let sd = right.split(' ').next().unwrap();
            rows.push((
                section.clone(),
                name.trim().trim_end_matches('*').to_owned(),
                mean.to_owned(),
                sd.to_owned(),
            ));
        } else if line.contains("(pattern") || !line.starts_with('-') && !line.is_empty() {
            line.split(' ').next().unwrap().clone_into(&mut section);
        }
    }
    rows
}

/// Rows of a summary that its raw runs do not reproduce, and the number of those that they do.
fn unreproduced(folder: &Path, drafts: &[Draft]) -> (Vec<(String, String)>, usize) {
    let rows = summary_rows(&folder.join("summary"));
    let all = rows.len();
    let mut missing = Vec::new();
    for (section, name, mean, sd) in rows {
        let of = |draft: &&Draft| {
            draft.workload.as_deref() == Some(&*section) && draft.system.as_deref() == Some(&*name)
        };
        let times: Vec<f64> =
            drafts.iter().filter(of).map(|draft| value(draft, "run_time", "mean")).collect();
        let same = !times.is_empty() && {
            let (computed_mean, computed_sd) = mean_and_sd(&times);
            (rounded(computed_mean, 3), rounded(computed_sd, 3)) == (mean, sd)
        };
        if !same {
            missing.push((section, name));
        }
    }
    let reproduced = all - missing.len();
    (missing, reproduced)
}

const RIPGREP: [&str; 3] = ["system=name", "workload=benchmark", "run_time=duration:s"];

#[test]
fn ripgrep_2016_reproduces_its_whole_summary() {
    let folder = corpus_or_skip!("corpus/runs-csv/ripgrep-benchsuite/2016-09-20-ubuntu1604-ec2");
    let drafts = read_file("runs-csv", &folder.join("raw.csv"), &options(&RIPGREP, None));
    assert_eq!(drafts.len(), 1610);
    assert_eq!(unreproduced(&folder, &drafts), (vec![], 161));
    assert!(drafts.iter().all(|draft| draft.findings.is_empty()));
}

#[test]
fn ripgrep_2022_reproduces_its_summary_where_it_has_raw_rows() {
    let folder = corpus_or_skip!("corpus/runs-csv/ripgrep-benchsuite/2022-12-16-archlinux-duff");
    let drafts = read_file("runs-csv", &folder.join("raw.csv"), &options(&RIPGREP, None));
    assert_eq!(drafts.len(), 399);
    let mixed: Vec<u64> =
        drafts.iter().filter(|draft| !draft.findings.is_empty()).map(|draft| draft.line.unwrap()).collect();
    // The second block of subtitles_ru_surrounding_words ran ugrep without -a.
    assert_eq!(mixed, [245, 246, 247, 371, 372, 373]);
    let message = "runs of one system, workload and number of clients differ in \"lines\": \"1\", \"278\"; they may \
                   not have done the same work";
    assert_eq!(drafts[243].findings[1].message, message);

    let first_block: Vec<Draft> = drafts
        .into_iter()
        .filter(|draft| {
            draft.line.unwrap() < 365 || draft.workload.as_deref() != Some("subtitles_ru_surrounding_words")
        })
        .collect();
    let (missing, reproduced) = unreproduced(&folder, &first_block);
    let names = ["rg", "grep", "ugrep", "rg (ASCII)", "ag (ASCII)", "grep (ASCII)", "ugrep (ASCII)"];
    // This section has no raw rows at all.
    let expected: Vec<(String, String)> =
        names.iter().map(|name| ("subtitles_en_surrounding_words".to_owned(), (*name).to_owned())).collect();
    assert_eq!((missing, reproduced), (expected, 127));
}

#[test]
fn the_papers_tables_keep_every_cell_and_every_doubt() {
    let path = corpus_or_skip!("paper/tables.csv");
    let input = Input::open(&path).unwrap();
    assert_eq!(detected(&input).0, ["published"]);
    let drafts = plain("published", &path);
    let Body::Published(published) = &drafts[0].body else { panic!("no cells") };
    let cells = &published.cells;
    let count = |status: &str| cells.iter().filter(|cell| cell.status.name() == status).count();
    let by_status = ["read", "ambiguous", "lost", "uncertain", "suspect"].map(count);
    assert_eq!((cells.len(), by_status), (553, [500, 31, 12, 9, 1]));
    assert_eq!(cells.iter().filter(|cell| cell.value.is_none()).count(), 12);
    let within: Vec<_> = cells.iter().filter(|cell| cell.statistic == "within_stdev").collect();
    assert_eq!((within.len(), within[0].value, within[0].unit.symbol()), (15, Some(0.87), "1"));
    let osv = cells.iter().find(|cell| cell.printed.as_deref() == Some("954.29")).unwrap();
    assert_eq!((osv.value, osv.clients, osv.repetition), (Some(0.954_29), Some(1), None));
}
