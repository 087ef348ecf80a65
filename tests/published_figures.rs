//! Figures that others published are reproduced from their raw files by the binary itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A file of the corpus; `None`, and said so, where the corpus is not beside the checkout.
fn corpus(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus").join(name);
    if path.exists() {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "no corpus at {}", path.display());
    eprintln!("skipped: no corpus at {}", path.display());
    None
}

fn vana(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_vana")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Measurements of a file by (operation, metric, statistic); the operation of all is empty.
fn measured(file: &Path, options: &[&str]) -> BTreeMap<(String, String, String), f64> {
    let folder = tempfile::tempdir().unwrap();
    let study = folder.path().join("study");
    let study = study.to_str().unwrap();
    vana(&["ingest", file.to_str().unwrap(), "--study", study, "--system", "s"]);
    let summary = vana(&[&["summarize", study, "--format", "json", "--by", "operation"], options].concat());
    let summary: Value = serde_json::from_str(&summary).unwrap();
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let rows = summary["measurements"].as_array().unwrap().iter();
    rows.map(|row| {
        let key = (text(row, "operation"), text(row, "metric"), text(row, "statistic"));
        (key, row["value"].as_f64().unwrap())
    })
    .collect()
}

fn assert_near(found: f64, published: f64, relative: f64, what: &str) {
    let difference = (found - published).abs();
    assert!(difference <= relative * published.abs(), "{what}: found {found}, published {published}");
}

#[test]
fn every_number_of_a_jmeter_dashboard_is_reproduced() {
    let Some(raw) = corpus("jtl/cart-mysql-redis/results.jtl") else { return };
    let Some(dashboard) = corpus("jtl/cart-mysql-redis/report/statistics.json") else { return };
    // JMeter's percentiles are type 6.
    let statistics = "count,mean,p50,min,max,p90,p95,p99";
    let found = measured(&raw, &["--quantile-type", "6", "--statistic", statistics]);
    let dashboard: Value = serde_json::from_str(&std::fs::read_to_string(dashboard).unwrap()).unwrap();
    let mut compared = 0;
    for (label, published) in dashboard.as_object().unwrap() {
        let operation = if label == "Total" { "" } else { label };
        let of = |metric: &str, statistic: &str| {
            found[&(operation.to_owned(), metric.to_owned(), statistic.to_owned())]
        };
        let samples = of("requests", "count");
        for (key, value) in [
            ("sampleCount", samples),
            ("errorCount", of("error_ratio", "mean") * samples),
            ("errorPct", of("error_ratio", "mean") * 100.0),
            ("meanResTime", of("service_time", "mean") * 1e3),
            ("medianResTime", of("service_time", "p50") * 1e3),
            ("minResTime", of("service_time", "min") * 1e3),
            ("maxResTime", of("service_time", "max") * 1e3),
            ("pct1ResTime", of("service_time", "p90") * 1e3),
            ("pct2ResTime", of("service_time", "p95") * 1e3),
            ("pct3ResTime", of("service_time", "p99") * 1e3),
            ("throughput", of("request_rate", "mean")),
            ("receivedKBytesPerSec", of("transfer_rate", "mean") / 1024.0),
        ] {
            // JMeter keeps the percentage of errors and two percentiles as 32-bit floats.
            assert_near(value, published[key].as_f64().unwrap(), 1e-7, &format!("{label} {key}"));
            compared += 1;
        }
    }
    assert_eq!(compared, 5 * 12);
}

#[test]
fn the_summary_of_a_k6_run_is_reproduced_where_it_counts_all_requests() {
    let Some(raw) = corpus("k6/k6-load-template/eafb101/k6-results.json") else { return };
    // Its percentiles are nearest-rank, which is type 1.
    let found = measured(&raw, &["--quantile-type", "1", "--statistic", "count,mean,min,max,p90,p95"]);
    let of = |name: &str, statistic: &str| {
        found
            [&(format!("POST http://localhost:3000/{name}"), "service_time".to_owned(), statistic.to_owned())]
    };
    for (statistic, published_ms) in
        [("mean", 10_020.62), ("max", 14_930.46), ("min", 5_112.44), ("p90", 14_566.30), ("p95", 14_890.50)]
    {
        assert_near(of("finalize", statistic) * 1e3, published_ms, 0.005 / 5_112.44, statistic);
    }
    // The summary leaves the one request of the smoke scenario, 5836.624437 ms, out of the mean of the other endpoint.
    assert_near(of("process", "count"), 31.0, 0.0, "count");
    let without_smoke = (of("process", "mean") * 1e3 * 31.0 - 5_836.624_437) / 30.0;
    assert_near(without_smoke, 9128.19, 0.005 / 9128.19, "mean");
    assert_near(of("process", "max") * 1e3, 14_831.86, 0.005 / 14_831.86, "max");
    assert_near(of("process", "min") * 1e3, 5_166.91, 0.005 / 5_166.91, "min");
}

#[test]
fn successes_and_failures_of_k6s_csv_are_told_apart() {
    let Some(raw) = corpus("k6/taurus/k6_kpi.csv") else { return };
    let found = measured(&raw, &["--metric", "requests,error_ratio"]);
    let of = |metric: &str, statistic: &str| found[&(String::new(), metric.to_owned(), statistic.to_owned())];
    assert_eq!((of("requests", "count"), of("error_ratio", "mean")), (4.0, 0.5));
}

#[test]
fn the_figures_of_eurosys_21_come_out_of_its_raw_output() {
    let Some(folder) = corpus("wrk/eurosys21-unikraft/fig_13_nginx-perf/paperrawdata") else { return };
    let out = tempfile::tempdir().unwrap();
    let study = out.path().join("study");
    let study = study.to_str().unwrap();
    let mut files: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let files: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    let identity = ["--pattern", "{system}-{}.txt", "--workload", "http"];
    vana(&[&["ingest"], files.as_slice(), &["--study", study], &identity].concat());
    let metric = ["--metric", "request_rate", "--statistic", "mean"];
    let rates =
        vana(&[&["summarize", study, "--over", "repetitions", "--format", "json"], &metric[..]].concat());
    let rates: Value = serde_json::from_str(&rates).unwrap();
    let found: Vec<(String, u64, String, String)> = rates["cells"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cell| {
            let fixed = |key: &str| format!("{:.3}", cell[key].as_f64().unwrap());
            (
                cell["system"].as_str().unwrap().to_owned(),
                cell["n"].as_u64().unwrap(),
                fixed("value"),
                fixed("stdev"),
            )
        })
        .collect();
    let cell =
        |system: &str, n, mean: &str, stdev: &str| (system.to_owned(), n, mean.to_owned(), stdev.to_owned());
    let expected = [
        cell("docker", 5, "160336.366", "3076.196"),
        cell("mirage-solo5", 8, "25885.656", "84.513"),
        cell("native", 5, "175556.382", "5016.243"),
        cell("osv-qemu", 5, "232721.424", "3927.175"),
        cell("rump-qemu", 5, "152550.782", "1023.837"),
        cell("unikraft-qemu", 5, "291779.616", "934.825"),
    ];
    assert_eq!(found, expected);
}
