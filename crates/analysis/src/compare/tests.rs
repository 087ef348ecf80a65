use vana_types::{Origin, PublishedValues, Status, Unit, Verdict};

use super::*;

fn runs(system: &str, clients: u32, values: &[f64]) -> Vec<Measurement> {
    (1..).zip(values).map(|(n, &value)| measurement(system, clients, Some(n), "mean", Some(value))).collect()
}

fn measurement(
    system: &str,
    clients: u32,
    repetition: Option<u32>,
    statistic: &str,
    value: Option<f64>,
) -> Measurement {
    Measurement {
        system: system.to_owned(),
        workload: "http".to_owned(),
        clients: Some(clients),
        repetition,
        metric: "request_rate".to_owned(),
        statistic: statistic.to_owned(),
        value,
        unit: Unit::PerSecond,
        origin: if repetition.is_some() { Origin::Computed } else { Origin::Published },
        operation: None,
        status: if value.is_some() { Status::Read } else { Status::Lost },
        printed: None,
        note: None,
    }
}

const ORDER: [&str; 3] = ["docker", "osv", "kvm"];

fn options() -> CompareOptions {
    let config = StudyConfig { baseline: Some("docker".to_owned()), ..StudyConfig::default() };
    CompareOptions::of(&config)
}

fn found(measurements: &[Measurement], options: &CompareOptions) -> Vec<Comparison> {
    let order = ORDER.map(str::to_owned);
    compare(measurements, &order, options, |_, statistic| statistic == "mean").unwrap()
}

fn verdicts(comparisons: &[Comparison]) -> Vec<(&str, Verdict, Option<&str>)> {
    comparisons.iter().map(|row| (row.system.as_str(), row.verdict, row.note.as_deref())).collect()
}

const STEADY: [f64; 5] = [1000.0, 1001.0, 999.0, 1000.5, 999.5];

#[test]
fn four_verdicts() {
    let mut all = runs("docker", 10, &STEADY);
    all.extend(runs("osv", 10, &STEADY.map(|value| value * 1.2)));
    all.extend(runs("kvm", 10, &STEADY.map(|value| value * 1.01)));
    all.extend(runs("docker", 20, &STEADY));
    all.extend(runs("osv", 20, &[900.0, 1100.0, 1000.0, 1050.0, 970.0]));
    all.extend(runs("kvm", 20, &STEADY.map(|value| value * 0.8)));
    let comparisons = found(&all, &options());
    assert_eq!(
        verdicts(&comparisons),
        [
            ("osv", Verdict::Better, None),
            ("kvm", Verdict::Equivalent, Some("significant, but smaller than the margin")),
            ("osv", Verdict::Inconclusive, None),
            ("kvm", Verdict::Worse, None),
        ]
    );
    assert_eq!(comparisons.iter().map(|row| row.family_size).collect::<Vec<_>>(), [4; 4]);
    let ratio = comparisons[0].ratio.unwrap();
    assert!((ratio - 1.2).abs() < 1e-12, "{ratio}");
}

#[test]
fn without_a_baseline_every_pair_is_compared() {
    let all: Vec<_> = ORDER.iter().flat_map(|system| runs(system, 10, &STEADY)).collect();
    let every = CompareOptions { against: Against::Everyone, ..options() };
    let pairs: Vec<_> = found(&all, &every).into_iter().map(|row| (row.baseline, row.system)).collect();
    let named = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(pairs, [named("docker", "osv"), named("docker", "kvm"), named("osv", "kvm")]);
}

#[test]
fn a_system_that_is_missing_somewhere_is_named_and_not_counted() {
    let mut all = runs("docker", 10, &STEADY);
    all.extend(runs("osv", 10, &STEADY.map(|value| value * 1.2)));
    all.extend(runs("docker", 20, &STEADY));
    let comparisons = found(&all, &options());
    assert_eq!(
        verdicts(&comparisons),
        [("osv", Verdict::Better, None), ("osv", Verdict::Inconclusive, Some("no value of osv"))]
    );
    assert_eq!((comparisons[1].n_system, comparisons[1].p, comparisons[1].family_size), (Some(0), None, 1));
}

#[test]
fn samples_of_one_or_of_equal_values_have_no_p_value() {
    let mut all = runs("docker", 10, &[1.0]);
    all.extend(runs("osv", 10, &[2.0]));
    all.extend(runs("docker", 20, &[5.0, 5.0]));
    all.extend(runs("osv", 20, &[5.0, 5.0]));
    let comparisons = found(&all, &options());
    assert_eq!(
        verdicts(&comparisons),
        [
            ("osv", Verdict::Inconclusive, Some("a sample has 1 of the 2 values that the test needs")),
            ("osv", Verdict::Inconclusive, Some("all values are equal")),
        ]
    );
    assert!(comparisons.iter().all(|row| row.p.is_none() && row.p_adjusted.is_none()));
    assert_eq!(comparisons[0].ratio, Some(2.0));
}

#[test]
fn few_repetitions_say_that_a_rank_test_cannot_decide() {
    let mut all = runs("docker", 10, &STEADY[..3]);
    all.extend(runs("osv", 10, &[1.0, 2.0, 3.0]));
    let comparisons = found(&all, &options().with_test("mann-whitney").unwrap());
    let note = "3 + 3 repetitions cannot reach α = 0.05: the smallest possible p is 0.10";
    assert_eq!(verdicts(&comparisons), [("osv", Verdict::Inconclusive, Some(note))]);
}

#[test]
fn published_means_need_an_assumed_number_of_values() {
    let published = [
        measurement("docker", 10, None, "mean", Some(1000.0)),
        measurement("docker", 10, None, "stdev", Some(10.0)),
        measurement("osv", 10, None, "mean", Some(1200.0)),
        measurement("osv", 10, None, "stdev", Some(10.0)),
    ];
    let alone = found(&published, &options());
    let note = "published without its repetitions: the scatter between runs is not known; --published-values N assumes N \
                values behind each printed mean and standard deviation";
    assert_eq!(verdicts(&alone), [("osv", Verdict::Inconclusive, Some(note))]);
    assert_eq!((alone[0].ratio, alone[0].n_system, alone[0].difference), (Some(1.2), None, Some(200.0)));
    let assumed = found(&published, &CompareOptions { published_values: Some(20), ..options() });
    let note = "assumes 20 independent values behind each published mean and standard deviation";
    assert_eq!(verdicts(&assumed), [("osv", Verdict::Better, Some(note))]);
}

// 200 ± scipy.stats.t.ppf(0.975, 38) * 10 * sqrt(2 / 20)
#[test]
fn a_number_of_values_that_is_published_needs_no_assumption() {
    let mut published: Vec<Measurement> = [("docker", 1000.0), ("osv", 1200.0)]
        .into_iter()
        .flat_map(|(system, mean)| {
            [("mean", mean), ("stdev", 10.0), ("count", 20.0)]
                .map(|(name, value)| measurement(system, 10, None, name, Some(value)))
        })
        .collect();
    let note =
        "from means and standard deviations of 20 values, as published; assumes that these are independent";
    let beside = found(&published, &options());
    assert_eq!(verdicts(&beside), [("osv", Verdict::Better, Some(note))]);
    let (low, high) = (beside[0].difference_low.unwrap(), beside[0].difference_high.unwrap());
    assert!((low - 193.598_303_560_085_92).abs() < 1e-9, "{low}");
    assert!((high - 206.401_696_439_914_08).abs() < 1e-9, "{high}");
    published.retain(|one| one.statistic != "count");
    let stated = |n, workload: Option<&str>| {
        let entry = PublishedValues {
            metric: "request_rate".to_owned(),
            workload: workload.map(str::to_owned),
            n: Some(n),
            integers_in: None,
        };
        CompareOptions { published: vec![entry], ..options() }
    };
    for options in [stated(20, None), stated(20, Some("http"))] {
        assert_eq!(found(&published, &options), beside);
    }
    assert_eq!(found(&published, &stated(20, Some("sql")))[0].verdict, Verdict::Inconclusive);
    let note = "a sample has 1 of the 2 values that the test needs";
    assert!(found(&published, &stated(1, None))[0].note.as_ref().unwrap().ends_with(note));
    published.retain(|one| (one.system.as_str(), one.statistic.as_str()) != ("osv", "stdev"));
    let note = "published without its standard deviation: the scatter is not known";
    assert_eq!(verdicts(&found(&published, &stated(20, None))), [("osv", Verdict::Inconclusive, Some(note))]);
}

#[test]
fn both_one_sided_tests_pass_where_the_interval_of_the_ratio_lies_within_the_margin() {
    let mut all = runs("docker", 10, &STEADY);
    all.extend(runs("osv", 10, &STEADY.map(|value| value * 1.019)));
    all.extend(runs("kvm", 10, &STEADY.map(|value| value * 1.0201)));
    for margin in [0.005, 0.018, 0.019, 0.0195, 0.0202, 0.021, 0.03] {
        for row in found(&all, &CompareOptions { margin, ..options() }) {
            let ends = [row.ratio_low.unwrap(), row.ratio_high.unwrap()];
            let is_within = ends.iter().all(|end| (end - 1.0).abs() <= margin);
            assert_eq!(row.p_equivalence.unwrap() <= 0.025, is_within, "{margin}: {row:?}");
        }
    }
    let none = found(&all, &CompareOptions { margin: 0.0, ..options() });
    assert_eq!(none[0].p_equivalence, None);
}

#[test]
fn a_test_of_spread_says_different() {
    let mut all = runs("docker", 10, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
    all.extend(runs("osv", 10, &[-400.0, -300.0, -200.0, -100.0, 100.0, 200.0, 300.0, 400.0]));
    let comparisons = found(&all, &options().with_test("brown-forsythe").unwrap());
    assert_eq!(verdicts(&comparisons), [("osv", Verdict::Different, None)]);
}

#[test]
fn levels_that_are_no_probabilities_are_refused() {
    let refused = |options: CompareOptions| {
        compare(&[], &ORDER.map(str::to_owned), &options, |_, _| true).unwrap_err().to_string()
    };
    for alpha in [0.0, 1.0, -0.1, f64::NAN] {
        let message = format!("alpha is {alpha}; it must lie between 0 and 1, as 0.05");
        assert_eq!(refused(CompareOptions { alpha, ..options() }), message);
    }
    let margin = CompareOptions { margin: 1.0, ..options() };
    assert_eq!(refused(margin), "the margin is 1; it must be at least 0 and below 1, as 0.02");
    let unknown = CompareOptions { against: Against::Baseline("rump".to_owned()), ..options() };
    assert_eq!(refused(unknown), "no system is called \"rump\" (there are: docker, osv, kvm)");
}
