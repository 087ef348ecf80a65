//! `vana compare`, `vana plan` and the intervals within a run: what requests on disk come to in the end.

mod support;

use serde_json::Value;
use support::Desk;
use vana_testkit::StudyPlan;

/// Three systems, the later the slower, at one and eight clients, four repetitions each.
fn desk() -> Desk {
    let desk = Desk::new();
    let plan = StudyPlan { systems: 3, clients: vec![1, 8], repetitions: 4, requests: 24_000, seed: 3 };
    plan.write(&desk.path("study")).unwrap();
    desk
}

fn rows(desk: &Desk, arguments: &[&str], list: &str) -> Vec<Value> {
    let found: Value =
        serde_json::from_str(&desk.prints(&[arguments, &["--format", "json"]].concat())).unwrap();
    assert_eq!(found["schema_version"], 1);
    found[list].as_array().unwrap().clone()
}

fn text(row: &Value, keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| row[key].as_str().map_or_else(|| row[key].to_string(), str::to_owned)).collect()
}

#[test]
fn slower_systems_are_worse_than_the_baseline() {
    let desk = desk();
    let metric = ["compare", "study", "--metric", "service_time", "--baseline", "system-1"];
    let found = rows(&desk, &metric, "comparisons");
    let keys = ["clients", "baseline", "system", "n_system", "family_size", "test", "adjust", "verdict"];
    let said: Vec<String> = found.iter().map(|row| text(row, &keys).join(" ")).collect();
    let expected = ["1 system-2", "1 system-3", "8 system-2", "8 system-3"].map(|pair| {
        let (clients, system) = pair.split_once(' ').unwrap();
        format!("{clients} system-1 {system} 4 4 welch holm worse")
    });
    assert_eq!(said, expected);
    for row in &found {
        let number = |key: &str| row[key].as_f64().unwrap();
        assert!(number("ratio_low") > 1.0 && number("ratio_low") < number("ratio"), "{row}");
        assert!(number("ratio") < number("ratio_high") && number("p") <= number("p_adjusted"), "{row}");
        assert!((number("cliffs_delta"), number("a12")) == (1.0, 1.0), "{row}");
        assert!(number("hodges_lehmann") > 0.0, "{row}");
    }
}

#[test]
fn a_gate_fails_when_a_system_is_worse() {
    let desk = desk();
    let gate = |gate: &str| {
        let arguments = ["compare", "study", "--metric", "service_time", "--baseline", "system-1"];
        let (code, stdout, stderr) =
            desk.vana(&[&arguments[..], &["--clients", "8", "--fail-on", gate]].concat());
        assert!(stdout.starts_with("service_time mean\n"), "{stdout}");
        (code, stderr)
    };
    let words = "error: --fail-on: 2 of 2 comparisons, first system-2 is worse than system-1\n";
    assert_eq!(gate("worse"), (Some(1), words.to_owned()));
    assert_eq!(gate("better"), (Some(0), String::new()));
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let desk = desk();
    let refuses = |arguments: &[&str], words: &str| {
        desk.refuses(&[&["compare", "study"], arguments].concat(), 2, words);
    };
    let known = "there are: system-1, system-2, system-3";
    refuses(&["--baseline", "osv"], &format!("error: no system is called \"osv\" ({known})\n"));
    refuses(&["--alpha", "0"], "error: alpha is 0; it must lie between 0 and 1, as 0.05\n");
    refuses(&["--alpha", "1"], "error: alpha is 1; it must lie between 0 and 1, as 0.05\n");
    refuses(&["--metric", "speed"], "error: no measurement of the metric \"speed\"\n");
    refuses(&["--statistic", "p101"], "error: no measurement of the statistic \"p101\"\n");
    refuses(&["--workload", "sql"], "error: no measurement of the workload \"sql\"\n");
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let desk = desk();
    let print = |threads: &str| {
        let options = ["--all-pairs", "--test", "permutation", "--format", "csv"];
        let compared = desk.prints(&[&["--threads", threads, "compare", "study"], &options[..]].concat());
        let planned = desk.prints(&["--threads", threads, "plan", "study", "--format", "csv"]);
        (compared, planned)
    };
    assert_eq!(print("1"), print("2"));
}

#[test]
fn a_plan_says_what_longer_runs_would_do() {
    let desk = desk();
    let found = rows(&desk, &["plan", "study", "--metric", "service_time", "--precision", "1%"], "plan");
    assert_eq!(found.len(), 6);
    for row in &found {
        let share = row["between_runs"].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&share), "{row}");
        assert!(row["repetitions_for_mean"].as_u64().unwrap() >= 2, "{row}");
        assert_eq!((row["n"].as_u64(), row["wanted"].as_f64()), (Some(4), Some(0.01)));
        // Six repetitions are needed for an interval of the median.
        assert!(row["repetitions_for_median"].is_null(), "{row}");
    }
    desk.refuses(&["plan", "study", "--precision", "0"], 2, "error: the precision must be above 0, as 1%\n");
}

#[test]
fn intervals_within_a_run_hold_what_they_are_of() {
    let desk = desk();
    let wanted = ["--metric", "service_time", "--statistic", "mean,p50,p99", "--within"];
    let found = rows(&desk, &[&["summarize", "study"], &wanted[..]].concat(), "measurements");
    assert_eq!(found.len(), 3 * 2 * 4 * 9);
    let value = |row: &Value| row["value"].as_f64().unwrap();
    for run in found.chunks(9) {
        let of = |name: &str| value(run.iter().find(|row| row["statistic"] == name).unwrap());
        for name in ["mean", "p50", "p99"] {
            let (low, high) = (of(&format!("{name}_low")), of(&format!("{name}_high")));
            assert!(low < high && low <= of(name) && of(name) <= high, "{name} {run:?}");
        }
    }
}

#[test]
fn two_runs_are_compared_percentile_by_percentile() {
    let desk = desk();
    let words = ["compare", "study", "--within", "--baseline", "system-1", "--clients", "8"];
    let found = rows(&desk, &words, "shifts");
    let keys = ["metric", "baseline", "baseline_repetition", "system", "system_repetition", "finding"];
    let said: Vec<String> = found.iter().map(|row| text(row, &keys).join(" ")).collect();
    let pair = |system: &str| vec![format!("service_time system-1 1 {system} 1 single-run"); 12];
    assert_eq!(said, [pair("system-2"), pair("system-3")].concat());
    for row in &found {
        let number = |key: &str| row[key].as_f64().unwrap();
        assert!((number("system_value") - number("baseline_value") - number("shift")).abs() < 1e-15, "{row}");
        assert!(number("shift_low") <= number("shift") && number("shift") <= number("shift_high"), "{row}");
    }
    // The later systems are slower throughout.
    let median = |row: &&Value| row["statistic"] == "p50";
    assert!(found.iter().filter(median).all(|row| row["shift_low"].as_f64().unwrap() > 0.0));
    let other = [&words[..], &["--repetition", "3", "--statistic", "p50", "--all-pairs"]].concat();
    let other: Vec<&str> =
        other.into_iter().filter(|word| !matches!(*word, "--baseline" | "system-1")).collect();
    let pairs: Vec<String> = rows(&desk, &other, "shifts")
        .iter()
        .map(|row| text(row, &["baseline", "system", "system_repetition"]).join(" "))
        .collect();
    assert_eq!(pairs, ["system-1 system-2 3", "system-1 system-3 3", "system-2 system-3 3"]);
    let printed = desk.prints(&[&words[..], &["--statistic", "p50", "--quiet"]].concat());
    let end = "single-run: one run of each system: the bands say how sure these two runs are, and nothing about the next ones\n";
    assert!(printed.ends_with(end), "{printed}");
}

#[test]
fn what_is_no_percentile_or_no_duration_is_not_compared_within_runs() {
    let desk = desk();
    let words =
        "error: \"mean\" is no percentile, as p50 or p99.9\nhint: within a run quantiles are compared\n";
    desk.refuses(&["compare", "study", "--within", "--statistic", "mean", "--quiet"], 2, words);
    let words = "error: nothing to compare: no two runs have ten requests in common settings\nhint: --metric is service_time, \
                 response_time or first_byte_time, of runs with the same workload and clients\n";
    desk.refuses(&["compare", "study", "--within", "--metric", "request_rate", "--quiet"], 2, words);
}

#[test]
fn published_means_have_a_p_value_only_with_a_number_of_values() {
    let desk = Desk::new();
    let dataset = support::repository().join("datasets/mavridis-karatza-2019");
    let words = ["compare", dataset.to_str().unwrap(), "--metric", "request_rate", "--clients", "10"];
    let mirage = |further: &[&str]| {
        let found = rows(&desk, &[&words[..], further].concat(), "comparisons");
        found.into_iter().find(|row| row["system"] == "MirageOS").unwrap()
    };
    let plain = mirage(&[]);
    assert_eq!(text(&plain, &["p", "p_equivalence", "verdict"]), ["null", "null", "inconclusive"]);
    assert!(plain["note"].as_str().unwrap().contains("--published-values N assumes N"), "{plain}");
    let assumed = mirage(&["--assume-n", "20"]);
    assert_eq!(assumed, mirage(&["--published-values", "20"]));
    assert!(assumed["p"].is_f64() && assumed["p_equivalence"].is_f64() && assumed["difference_low"].is_f64());
    let note = "assumes 20 independent values behind each published mean and standard deviation";
    assert!(assumed["note"].as_str().unwrap().starts_with(note), "{assumed}");
}
