//! What is read in passes and sorted on disk is what it would be in memory.

use vana_stats::{Values, distance};
use vana_trace::{Rows, TraceWriter, WorkloadRequest, WorkloadWriter};
use vana_types::{Identity, Outcome};

use super::*;

/// Of 1000 arrivals every seventh was not sent, and each of the others so late.
const fn lag_ns(place: i64) -> Option<i64> {
    if place % 7 == 3 { None } else { Some(place * 7919 % 1009) }
}

#[test]
fn a_long_replay_is_judged_as_a_short_one() {
    let folder = tempfile::tempdir().unwrap();
    let due_ns = |place: i64| place * 10_000 + place * 104_729 % 5003;
    let mut writer = WorkloadWriter::create(folder.path()).unwrap();
    let request = writer.request(WorkloadRequest::default()).unwrap();
    let first_ns = (0..1000).map(due_ns).min().unwrap();
    (0..1000).for_each(|place| writer.arrive(due_ns(place) * 2, request).unwrap());
    let workload = folder.path().join("workload.parquet");
    writer.stage().unwrap().seal(&workload).unwrap();
    let mut rows = Rows::default();
    let mut writer = TraceWriter::create(folder.path()).unwrap();
    let operation = writer.operation("GET /");
    for place in 0..1000 {
        let lag_ns = lag_ns(place);
        rows.push(due_ns(place) + lag_ns.unwrap_or(0), 5, operation, Outcome::Ok);
        *rows.due_ns.last_mut().unwrap() = due_ns(place);
        *rows.bytes_sent.last_mut().unwrap() = i64::from(lag_ns.is_some());
    }
    writer.write(rows).unwrap();
    let trace = folder.path().join("trace.parquet");
    let identity = Identity { system: "a".into(), workload: "b".into(), clients: None, repetition: 1 };
    writer.stage().unwrap().seal(&identity, &trace).unwrap();

    let found = replay_fidelity(&workload, 900, 2.0, &trace).unwrap();
    let gaps = |stamps: Vec<i64>| {
        let mut gaps: Vec<i64> = stamps.windows(2).map(|pair| pair[1] - pair[0]).collect();
        gaps.sort_unstable();
        gaps
    };
    let sorted = |mut stamps: Vec<i64>| {
        stamps.sort_unstable();
        stamps
    };
    let mut recorded = sorted((0..1000).map(|place| due_ns(place) - first_ns).collect());
    recorded.truncate(900);
    let lags: Vec<(i64, i64)> = (0..1000).filter_map(|place| Some((due_ns(place), lag_ns(place)?))).collect();
    let sent = sorted(lags.iter().map(|(due_ns, lag_ns)| due_ns + lag_ns).collect());
    let lags = Values::new(lags.into_iter().map(|(_, lag_ns)| lag_ns).collect()).unwrap();
    let statistic = |name: &str| parse(name).unwrap().compute(&lags, QuantileType::default()).unwrap() / 1e9;
    let expected = ReplayFidelity {
        recorded: 900,
        sent: sent.len() as u64,
        lag_s: LAG_STATISTICS.map(statistic).to_vec(),
        gaps: distance(&gaps(recorded), &gaps(sent)),
    };
    assert_eq!(found, expected);
    assert!(found.gaps.is_some_and(|gaps| gaps.kolmogorov_smirnov > 0.0 && gaps.wasserstein > 0.0));
}
