//! `vana verify`: a reviewer's verdict on files and numbers.

mod support;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::Desk;

/// A file of the corpus; `None`, and said so, where the corpus is not beside the checkout.
fn corpus(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus").join(name);
    if !path.exists() {
        support::skip(&format!("no corpus at {}", path.display()));
        return None;
    }
    Some(path)
}

const HEADER: &str = "table,workload,metric,unit,clients,statistic,system,value,printed,status,note\n";

/// Ingests files and lists all that the study holds then in `SHA256SUMS`.
fn ingest(desk: &Desk, files: &[PathBuf], options: &[&str]) {
    let files: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    let (code, _, stderr) =
        desk.vana(&[&["ingest"], files.as_slice(), &["--study", "study"], options].concat());
    assert_eq!(code, Some(0), "{stderr}");
}

/// Adds a published table through an ingest of its own, so that the sums list it.
fn publish(desk: &Desk, rows: &str) {
    let table = desk.write("table.csv", format!("{HEADER}{rows}"));
    ingest(desk, &[table], &[]);
}

/// Exit code, and (system, statistic, verdict, note) of the cells that say more than "not recomputable".
fn cells(desk: &Desk) -> (Option<i32>, Vec<[String; 4]>) {
    let (code, stdout, _) = desk.vana(&["verify", "study", "--format", "json"]);
    let found: Value = serde_json::from_str(&stdout).unwrap();
    let rows = found["cells"].as_array().unwrap().iter();
    let is_derived = |row: &Value| row["note"] == "from what else the tool printed, as precisely as it did";
    let rows = rows.filter(|row| row["verdict"] != "not-recomputable" && !is_derived(row));
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    (code, rows.map(|row| ["system", "statistic", "verdict", "note"].map(|key| text(row, key))).collect())
}

fn matching(system: &str, statistic: &str, note: &str) -> [String; 4] {
    [system, statistic, "matches", note].map(str::to_owned)
}

/// The authors' tables of eurosys21's Figure 13, from the values that they publish beside their raw output.
fn eurosys21() -> Option<(Desk, String)> {
    let raw = corpus("wrk/eurosys21-unikraft/fig_13_nginx-perf/paperrawdata")?;
    let results = corpus("wrk/eurosys21-unikraft/fig_13_nginx-perf/paperresults")?;
    let desk = Desk::new();
    let mut files: Vec<PathBuf> = raw.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    ingest(&desk, &files, &["--pattern", "{system}-{}.txt", "--workload", "http"]);
    let mut rows = String::new();
    for system in ["docker", "mirage-solo5", "native", "osv-qemu", "rump-qemu", "unikraft-qemu"] {
        let text = std::fs::read_to_string(results.join(format!("{system}.csv"))).unwrap();
        let values: Vec<f64> = text.lines().filter_map(|line| line.trim().parse().ok()).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let stdev = (squares / (values.len() - 1) as f64).sqrt();
        for (name, value) in [("mean", mean), ("stdev", stdev)] {
            writeln!(rows, "13,http,request_rate,1/s,30,{name},{system},{value:.3},{value:.3},read,")
                .unwrap();
        }
    }
    Some((desk, rows))
}

#[test]
fn the_published_means_of_eurosys_21_follow_from_its_raw_output() {
    let Some((desk, rows)) = eurosys21() else { return };
    publish(&desk, &rows);
    let mut expected = Vec::new();
    for (system, runs) in [
        ("docker", 5),
        ("mirage-solo5", 8),
        ("native", 5),
        ("osv-qemu", 5),
        ("rump-qemu", 5),
        ("unikraft-qemu", 5),
    ] {
        for statistic in ["mean", "stdev"] {
            expected.push(matching(system, statistic, &format!("{statistic} of the means of {runs} runs")));
        }
    }
    assert_eq!(cells(&desk), (Some(0), expected));
    let (code, stdout, stderr) = desk.vana(&["verify", "study"]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    let expected = "\
order of 6 systems by request_rate mean (http, 30 clients): Kendall's tau-b 1.000
order of 6 systems by request_rate stdev (http, 30 clients): Kendall's tau-b 1.000
78 numbers match, 0 differ, 367 cannot be recomputed, 0 unreadable
  367 cannot be recomputed: only what the tool printed is known of the run
";
    assert_eq!(stdout, expected);
}

#[test]
fn the_printed_rates_of_wrk_follow_from_its_printed_counts() {
    let Some((desk, _)) = eurosys21() else { return };
    let (_, stdout, _) = desk.vana(&["verify", "study", "--format", "json"]);
    let found: Value = serde_json::from_str(&stdout).unwrap();
    let rows = found["cells"].as_array().unwrap().iter();
    let derived = rows.filter(|row| row["note"] == "from what else the tool printed, as precisely as it did");
    let verdicts: Vec<&str> = derived.map(|row| row["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["matches"; 66]);
}

#[test]
fn one_wrong_digit_is_found_and_named() {
    let Some((desk, rows)) = eurosys21() else { return };
    publish(&desk, &rows.replace("160336.366", "160336.376"));
    let (code, stdout, stderr) = desk.vana(&["verify", "study"]);
    let line = "docker  http           30    -  request_rate  mean       160.3 k/s   160.3 k/s  -0.01000 /s  differs  mean of the means of 5 runs";
    assert_eq!(stdout.lines().nth(1), Some(line));
    assert_eq!((code, stderr.as_str()), (Some(1), "error: 1 number differs from what the data give\n"));
}

#[test]
fn labels_of_systems_are_as_good_as_their_ids() {
    let Some((desk, rows)) = eurosys21() else { return };
    let row = rows.lines().next().unwrap().replace(",docker,", ",Docker in a box,");
    publish(&desk, &row);
    desk.write("study/study.toml", "[[systems]]\nid = \"docker\"\nlabel = \"Docker in a box\"\n");
    let expected = vec![matching("Docker in a box", "mean", "mean of the means of 5 runs")];
    assert_eq!(cells(&desk).1, expected);
}

#[test]
fn the_dashboard_of_a_jmeter_run_follows_from_its_requests() {
    let Some(raw) = corpus("jtl/cart-mysql-redis/results.jtl") else { return };
    let Some(dashboard) = corpus("jtl/cart-mysql-redis/report/statistics.json") else { return };
    let dashboard: Value = serde_json::from_str(&std::fs::read_to_string(dashboard).unwrap()).unwrap();
    let desk = Desk::new();
    ingest(&desk, &[raw], &["--system", "cart", "--workload", "api"]);
    let mut rows = String::new();
    for (key, metric, unit, statistic) in [
        ("meanResTime", "service_time", "ms", "mean"),
        ("medianResTime", "service_time", "ms", "median"),
        ("minResTime", "service_time", "ms", "min"),
        ("maxResTime", "service_time", "ms", "max"),
        ("pct1ResTime", "service_time", "ms", "p90"),
        ("pct2ResTime", "service_time", "ms", "p95"),
        ("pct3ResTime", "service_time", "ms", "p99"),
        ("throughput", "request_rate", "1/s", "mean"),
        ("errorPct", "error_ratio", "%", "mean"),
        ("meanResTime", "latency", "ms", "mean"),
    ] {
        let value = &dashboard["Total"][key];
        writeln!(rows, "D,api,{metric},{unit},,{statistic},cart,{value},{value},read,").unwrap();
    }
    publish(&desk, &rows);
    let (code, found) = cells(&desk);
    let plain = |statistic| matching("cart", statistic, "");
    // JMeter's percentiles are type 6. What "latency" is, nobody says, so it is not compared with the service time.
    let type_6 = |statistic| matching("cart", statistic, "quantile type 6");
    let expected = vec![
        plain("mean"),
        plain("median"),
        plain("min"),
        plain("max"),
        type_6("p90"),
        type_6("p95"),
        type_6("p99"),
        plain("mean"),
        plain("mean"),
    ];
    assert_eq!((code, found), (Some(0), expected));
}

#[test]
fn what_tools_print_beside_their_histograms_follows_from_these() {
    for (name, numbers) in [
        ("hgrm/hdrhistogram/12Krps", 4),
        ("hgrm/hdrhistogram/12Krps_CO", 4),
        ("wrk2/highload-dht-2020/wrkGet.txt", 12),
        ("wrk2/highload-dht-2020/highloadTest/wrk2/get.txt", 12),
        ("wrk2/highload-dht-2020/reports/stage1/wrkLogsGet.txt", 24),
        ("wrk2/highload-dht-2020/reports/stage6/wrkLogsPut1.txt", 24),
        ("wrk2/highload-dht-2020/src/main/resources/feature-4/put-35k.txt", 12),
    ] {
        let Some(file) = corpus(name) else { return };
        let desk = Desk::new();
        ingest(&desk, &[file], &["--system", "s"]);
        let (code, found) = cells(&desk);
        let count = |verdict: &str| found.iter().filter(|cell| cell[2] == verdict).count();
        assert_eq!((code, count("matches"), count("differs")), (Some(0), numbers, 0), "{name}");
    }
}

#[test]
fn one_wrong_byte_in_a_trace_is_found_and_named() {
    let desk = Desk::with_study();
    let (code, stdout, stderr) = desk.vana(&["verify", "study"]);
    let clean = "0 numbers match, 0 differ, 0 cannot be recomputed, 0 unreadable\n";
    assert_eq!((code, stdout.as_str(), stderr.as_str()), (Some(0), clean, ""));
    let name =
        support::files(&desk.path("study")).into_iter().find(|name| name.ends_with("trace.parquet")).unwrap();
    let path = desk.path("study").join(&name);
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let (code, _, stderr) = desk.vana(&["verify", "study"]);
    let first = format!("error: checksum-differs: {name}: not the file that SHA256SUMS lists");
    assert_eq!((code, stderr.lines().next()), (Some(1), Some(first.as_str())));
}

#[test]
fn files_that_are_missing_or_not_listed_are_named() {
    let desk = Desk::with_study();
    desk.write("study/extra.txt", "?");
    let (code, _, stderr) = desk.vana(&["verify", "study"]);
    let unlisted = "warning: file-unlisted: extra.txt: not listed in SHA256SUMS\n";
    assert_eq!((code, stderr.as_str()), (Some(0), unlisted));
    std::fs::remove_file(desk.path("study/extra.txt")).unwrap();
    let raw = support::files(&desk.path("study")).into_iter().find(|name| name.starts_with("raw/")).unwrap();
    std::fs::remove_file(desk.path("study").join(&raw)).unwrap();
    let (code, _, stderr) = desk.vana(&["verify", "study"]);
    let missing = format!(
        "error: file-missing: {raw}: listed in SHA256SUMS, but not there\n\
         error: 1 file is not what the study says\n"
    );
    assert_eq!((code, stderr), (Some(1), missing));
    std::fs::remove_file(desk.path("study/SHA256SUMS")).unwrap();
    let (code, _, stderr) = desk.vana(&["verify", "study"]);
    let none =
        "warning: no-checksums: the study has no SHA256SUMS, so its files may be any; sha256sum makes one\n";
    assert_eq!((code, stderr.as_str()), (Some(0), none));
}

#[test]
fn a_lost_number_is_unreadable_and_one_without_runs_not_recomputable() {
    let desk = Desk::new();
    let rows = "1,http,request_rate,1/s,10,mean,a,5,5,read,\n\
                1,http,request_rate,1/s,10,mean,b,,,lost,\n\
                1,http,request_rate,1/s,10,mean,a or b,5,5,ambiguous,\n";
    publish(&desk, rows);
    let expected = "\
0 numbers match, 0 differ, 1 cannot be recomputed, 2 unreadable
  1 cannot be recomputed: the study has no run of it
";
    assert_eq!(desk.prints(&["verify", "study"]), expected);
}
