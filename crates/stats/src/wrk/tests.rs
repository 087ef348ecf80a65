use vana_types::Quantile;

use super::*;
use crate::Distribution;

/// What the real wrk (4.1.0) measured, gave out and printed, by `reference/wrk.py`.
const RUNS: [(&str, &str); 5] = [
    ("stalls", include_str!("../../reference/wrk/stalls.txt")),
    ("timeouts", include_str!("../../reference/wrk/timeouts.txt")),
    ("pipeline", include_str!("../../reference/wrk/pipeline.txt")),
    ("gaps", include_str!("../../reference/wrk/gaps.txt")),
    ("threads", include_str!("../../reference/wrk/threads.txt")),
];

/// The rest of each line that begins with `key`, as words.
fn lines<'a>(run: &'a str, key: &str) -> Vec<Vec<&'a str>> {
    run.lines()
        .filter_map(|line| line.strip_prefix(key))
        .map(|rest| rest.split_whitespace().collect())
        .collect()
}

fn number<T: std::str::FromStr>(run: &str, key: &str) -> T {
    lines(run, key)[0][0].parse().ok().unwrap()
}

fn pairs(run: &str, key: &str) -> Vec<(u64, u64)> {
    lines(run, key).iter().map(|words| (words[0].parse().unwrap(), words[1].parse().unwrap())).collect()
}

/// Latencies of a list in microseconds, corrected with the given interval.
fn corrected(latencies_us: &[i64], interval_us: u64) -> WrkStats {
    let mut latency = WrkLatency::default();
    for us in latencies_us {
        latency.push(us * 1000);
    }
    assert_eq!(latency.correct(interval_us * 7, 7, 1), Some(interval_us));
    latency.finish().unwrap()
}

fn assert_agrees(stats: &WrkStats, run: &str, name: &str) {
    let key = |what: &str| format!("{name} {what} ");
    assert_eq!(stats.entries(), pairs(run, &key("entry")));
    let near = |found: f64, expected: f64| (found - expected).abs() <= 1e-12 * expected;
    assert!(near(stats.mean(), number(run, &key("mean"))), "{}", stats.mean());
    let stdev = stats.stdev().unwrap();
    assert!(near(stdev, number(run, &key("stdev"))), "{stdev}");
    for words in lines(run, &key("percentile")) {
        let percentile = stats.percentile(Quantile::from_percent(words[0]).unwrap());
        assert_eq!(percentile.to_string(), words[1], "{words:?}");
    }
    let within = format!("{:.2}", stats.within_stdev().unwrap() * 100.0);
    assert_eq!(within, number::<String>(run, &key("within")));
}

#[test]
fn the_latency_line_of_the_real_wrk_is_rebuilt_from_its_measured_samples() {
    for (name, run) in RUNS {
        let timeout_us: u64 = number(run, "run timeout_us ");
        let timeouts: i64 = number(run, "run timeouts ");
        let mut latency = WrkLatency::new(timeout_us);
        for (us, count) in pairs(run, "raw ") {
            (0..count).for_each(|_| latency.push(us as i64 * 1000 + 999));
        }
        (0..timeouts).for_each(|late| latency.push((timeout_us as i64 + 1 + late) * 1000));
        assert_eq!(latency.timeouts(), timeouts as u64, "{name}");
        let complete: u64 = number(run, "run complete ");
        latency.correct(number(run, "run runtime_us "), complete, number(run, "run connections ")).unwrap();
        assert_agrees(&latency.finish().unwrap(), run, "latency");
    }
}

#[test]
fn the_rate_line_of_the_real_wrk_is_rebuilt_from_its_samples() {
    for (_, run) in RUNS {
        let stats = WrkStats::new(pairs(run, "requests entry "), 0).unwrap();
        assert_agrees(&stats, run, "requests");
    }
}

#[test]
fn a_window_without_completions_lengthens_the_next_as_in_the_real_wrk() {
    // The server of this run answered after 150 ms, then every 300 ms for 3 s.
    let run = RUNS[3].1;
    let mut rate = WrkRate::new();
    for answer in (0..10).rev() {
        rate.push(150_000_000 + answer * 300_000_000, 0).unwrap();
    }
    assert_agrees(&rate.finish(3_000_000_000).unwrap().unwrap(), run, "requests");
}

#[test]
fn a_stall_adds_the_samples_it_kept_from_being_sent() {
    // 25 adds 15; 40 adds 30 and 20; 20 would add 10, which does not exceed the interval.
    let stats = corrected(&[5, 20, 25, 40], 10);
    assert_eq!(stats.entries(), [(5, 1), (15, 1), (20, 2), (25, 1), (30, 1), (40, 1)]);
    assert_eq!((stats.count(), stats.mean(), stats.min(), stats.max()), (7, 155.0 / 7.0, 5, 40));
}

#[test]
fn samples_added_below_the_smallest_are_counted_but_not_summed() {
    // 40 adds 30 and 20, both below the smallest.
    let stats = corrected(&[40], 10);
    assert_eq!(stats.entries(), [(40, 1)]);
    assert_eq!((stats.count(), stats.mean()), (3, 40.0 / 3.0));
    assert_eq!(stats.percentile(Quantile::MEDIAN), 0);
}

#[test]
fn the_correction_is_that_of_walking_down_from_every_sample() {
    for interval in [1, 3, 7, 50, 499, 500, 501, 2000] {
        let latencies: Vec<i64> = (0..200i64).map(|i| 1 + i * i * 7919 % 997).collect();
        let mut walked = latencies.clone();
        for latency in &latencies {
            let ladder = (1..).map(|step| latency - step * interval);
            walked.extend(ladder.take_while(|&sample| *latency >= 2 * interval && sample > interval));
        }
        let smallest = latencies.iter().min().unwrap();
        let mut expected = WrkLatency::default();
        walked.iter().filter(|sample| *sample >= smallest).for_each(|us| expected.push(us * 1000));
        let stats = corrected(&latencies, interval as u64);
        assert_eq!(stats.entries(), expected.finish().unwrap().entries(), "{interval}");
        assert_eq!(stats.count(), walked.len() as u64, "{interval}");
    }
}

#[test]
fn a_run_with_fewer_requests_than_connections_is_not_corrected() {
    let mut latency = WrkLatency::default();
    latency.push(1_000_000_000);
    assert_eq!(latency.correct(1_000_000, 9, 10), None);
    assert_eq!(latency.correct(1_000_000, 9, 0), None);
    assert_eq!(latency.correct(5, 100, 1), None);
    let stats = latency.finish().unwrap();
    assert_eq!((stats.entries(), stats.stdev(), stats.within_stdev()), (&[(1_000_000, 1)][..], None, None));
}

#[test]
fn microseconds_are_truncated_and_the_timeout_itself_is_in_time() {
    let mut latency = WrkLatency::new(3);
    for ns in [0, 999, 1000, 3999, 4000, -1, i64::MAX] {
        latency.push(ns);
    }
    assert_eq!(latency.timeouts(), 3);
    assert_eq!(latency.finish().unwrap().entries(), [(0, 2), (1, 1), (3, 1)]);
}

#[test]
fn a_run_of_timeouts_has_no_latency() {
    let mut latency = WrkLatency::new(0);
    latency.push(1000);
    assert_eq!((latency.timeouts(), latency.finish()), (1, None));
}

#[test]
fn each_worker_has_its_own_windows() {
    let mut rate = WrkRate::new();
    // Worker 0: 2 in the first window, 1 after two windows. Worker 7: 1 in the second. The last window is not full.
    for (done_ms, worker) in [(310, 0), (299, 0), (0, 0), (99, 0), (150, 7), (300, 7)] {
        rate.push(done_ms * 1_000_000, worker).unwrap();
    }
    let stats = rate.finish(350_000_000).unwrap().unwrap();
    // 2 in 100 ms, 1 in 200 ms, 1 in 200 ms.
    assert_eq!(stats.entries(), [(5, 2), (20, 1)]);
}

#[test]
fn a_run_shorter_than_a_window_has_no_rate() {
    let mut rate = WrkRate::new();
    rate.push(5, 0).unwrap();
    assert_eq!(rate.finish(99_999_999), Ok(None));
}
