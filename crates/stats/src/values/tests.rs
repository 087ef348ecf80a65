use super::autocorrelation::{Center, GROUP, lagged_products, many_lagged_products};
use super::*;

fn quantile(values: &Values, percent: &str, kind: u8) -> f64 {
    values.quantile(Quantile::from_percent(percent).unwrap(), QuantileType::new(kind).unwrap())
}

fn values(list: &[i64]) -> Values {
    Values::new(list.to_vec()).unwrap()
}

/// Relative error, and 0 for equal numbers.
fn error(found: f64, certified: f64) -> f64 {
    (found - certified).abs() / certified.abs().max(f64::MIN_POSITIVE)
}

#[test]
fn no_values_are_no_run() {
    assert!(Values::new(vec![]).is_none());
}

#[test]
fn one_value_is_every_quantile_and_has_no_spread() {
    let one = values(&[-7]);
    for kind in 1..=9 {
        for percent in ["0", "50", "99.9", "100"] {
            assert_eq!(quantile(&one, percent, kind), -7.0);
        }
    }
    assert_eq!((one.count(), one.mean(), one.min(), one.max()), (1, -7.0, -7, -7));
    assert_eq!((one.stdev(), one.within_stdev(), one.effective_size()), (None, None, None));
}

/// From `reference/quantiles.py`.
#[test]
fn all_nine_quantile_types_agree_with_numpy_and_scipy() {
    for line in include_str!("../../reference/quantiles.tsv").lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let count: i64 = fields[0].parse().unwrap();
        let run = Values::new((1..=count).map(|i| 7919 * i % 1009).collect()).unwrap();
        for (kind, expected) in (1..=9).zip(&fields[2..]) {
            let expected: f64 = expected.parse().unwrap();
            let found = quantile(&run, fields[1], kind);
            assert!(error(found, expected) < 1e-12, "type {kind} of {line}: {found}");
        }
    }
}

#[test]
fn a_rank_is_not_pushed_up_by_floating_point() {
    // 99.9/100 · 1000 is 999.0000000000001 in floating point, and its ceiling 1000.
    let thousand = Values::new((1..=1000).collect()).unwrap();
    assert_eq!(quantile(&thousand, "99.9", 1), 999.0);
}

#[test]
fn quantiles_asked_for_in_any_order_are_those_of_the_sorted_list() {
    let mut state = 1;
    for spread in [3, 1000, u64::MAX] {
        let list: Vec<i64> = (0..997).map(|_| (splitmix(&mut state) % spread) as i64).collect();
        let run = values(&list);
        let mut sorted = list;
        sorted.sort_unstable();
        let found: Vec<i64> = (0..997).map(|i| run.order_statistic(i * 31 % 997 + 1)).collect();
        let expected: Vec<i64> = (0..997).map(|i| sorted[i * 31 % 997]).collect();
        assert_eq!(found, expected);
        assert_eq!((run.order_statistic(0), run.order_statistic(998)), (sorted[0], sorted[996]));
    }
}

#[test]
fn quantiles_rise_from_the_smallest_to_the_largest_value() {
    let run = values(&[5, 5, 9, 1_000_000_007, -3, 12, 9, 9, 80]);
    let percents: Vec<String> = (0..=1000).map(|tenths| format!("{}.{}", tenths / 10, tenths % 10)).collect();
    for kind in 1..=9 {
        let found: Vec<f64> = percents.iter().map(|percent| quantile(&run, percent, kind)).collect();
        assert!(found.is_sorted(), "type {kind}");
        assert_eq!((found[0], found[1000]), (-3.0, 1_000_000_007.0));
    }
}

/// Certified values of NIST's Statistical Reference Datasets, univariate summary statistics, `NumAcc1` to `NumAcc4`,
/// as whole numbers: <https://www.itl.nist.gov/div898/strd/univ/homepage.html>.
#[test]
fn mean_and_stdev_agree_with_nist() {
    let alternating = |first: i64, low: i64, high: i64| {
        let mut list = vec![first];
        list.extend([low, high].repeat(500));
        values(&list)
    };
    let runs = [
        (values(&[10_000_001, 10_000_003, 10_000_002]), 1.0, 10_000_002.0, 1.0),
        (alternating(12, 11, 13), 10.0, 1.2, 0.1),
        (alternating(10_000_002, 10_000_001, 10_000_003), 10.0, 1_000_000.2, 0.1),
        (alternating(100_000_002, 100_000_001, 100_000_003), 10.0, 10_000_000.2, 0.1),
    ];
    for (run, scale, mean, stdev) in runs {
        assert!(error(run.mean() / scale, mean) < 1e-15, "{}", run.mean());
        assert!(error(run.stdev().unwrap() / scale, stdev) < 1e-15, "{:?}", run.stdev());
    }
}

#[test]
fn the_whole_range_of_64_bits_does_not_overflow() {
    let run = values(&[i64::MIN, i64::MAX, i64::MIN, i64::MAX]);
    assert_eq!((run.mean(), run.within_stdev()), (-0.5, Some(1.0)));
    assert!(error(run.stdev().unwrap(), 2f64.powi(64) / 3f64.sqrt()) < 1e-15);
    assert_eq!((quantile(&run, "50", 1), quantile(&run, "50", 3)), (i64::MIN as f64, i64::MIN as f64));
    assert_eq!(run.effective_size(), Some(4.0));
}

#[test]
fn the_share_within_counts_both_ends() {
    // Mean 10,000,002 and stdev 1: both ends are values.
    assert_eq!(values(&[10_000_001, 10_000_003, 10_000_002]).within_stdev(), Some(1.0));
    // One 10 and nineteen 0: mean 0.5, stdev 2.24.
    let mut list = vec![0; 20];
    list[7] = 10;
    assert_eq!(values(&list).within_stdev(), Some(0.95));
    assert_eq!(values(&[6, 6, 6]).within_stdev(), Some(1.0));
}

#[test]
fn selecting_leaves_the_order_of_time() {
    let run = values(&[3, 1, 2]);
    assert_eq!(quantile(&run, "50", 7), 2.0);
    assert_eq!(run.in_time(), [3, 1, 2]);
}

fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut word = *state;
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// Nearly normal: the sum of twelve uniform numbers.
fn noise(state: &mut u64) -> f64 {
    (0..12).map(|_| (splitmix(state) >> 11) as f64 / 2f64.powi(53)).sum::<f64>() - 6.0
}

/// xᵢ = φ·xᵢ₋₁ + noise, whose effective size is n·(1 − φ)/(1 + φ).
fn autoregressive(count: usize, phi: f64) -> Values {
    let mut state = 42;
    let mut last = 0.0;
    let series = (0..count).map(|_| {
        last = phi * last + noise(&mut state);
        (last * 1e6) as i64 + 1_000_000_000
    });
    Values::new(series.collect()).unwrap()
}

#[test]
fn the_effective_size_of_a_planted_correlation_is_found() {
    for (count, phi, tolerance) in [
        (100_000, 0.0, 0.03),
        (100_000, 0.5, 0.06),
        (200_000, 0.9, 0.1),
        (200_000, 0.99, 0.25),
        (400_000, 0.999, 0.5),
    ] {
        let planted = count as f64 * (1.0 - phi) / (1.0 + phi);
        let found = autoregressive(count, phi).effective_size().unwrap();
        assert!(error(found, planted) < tolerance, "{phi}: {found}, planted {planted}");
    }
}

#[test]
fn a_series_that_swings_is_worth_no_more_than_its_length() {
    let swinging = Values::new((0..1000).map(|i| i % 2 * 10).collect()).unwrap();
    assert_eq!(swinging.effective_size(), Some(1000.0));
}

#[test]
fn a_trend_is_worth_few_values() {
    let trend = Values::new((0..10_000).collect()).unwrap();
    let found = trend.effective_size().unwrap();
    assert!(found > 1.0 && found < 10.0, "{found}");
}

#[test]
fn a_constant_or_very_short_series_has_no_effective_size() {
    assert_eq!(values(&[5; 100]).effective_size(), None);
    assert_eq!(values(&[1, 2, 3]).effective_size(), None);
}

#[test]
fn transformed_and_direct_autocovariance_agree() {
    let run = autoregressive(1003, 0.7);
    let center = Center { whole: 1_000_000_000, rest: 0.25 };
    let scale = lagged_products(run.in_time(), center, 0)[0];
    for (from, lags) in [(0, 2), (0, 34), (32, 480), (512, 492), (0, 1004)] {
        let transformed = many_lagged_products(run.in_time(), center, from, lags);
        assert_eq!(transformed.len(), lags);
        for (lag, found) in (from..).zip(transformed) {
            let first = lag / GROUP * GROUP;
            let direct = lagged_products(run.in_time(), center, first)[lag - first];
            assert!((found - direct).abs() < 1e-11 * scale, "lag {lag} of {lags}: {found}, not {direct}");
        }
    }
}
