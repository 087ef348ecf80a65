use statrs::distribution::{ContinuousCDF, Normal};

use super::*;

/// A first-order autoregression of standard normal values.
fn series(count: usize, phi: f64, chunk: u64) -> Vec<f64> {
    let mut random = Random::new(Seed(21), chunk);
    let normal = Normal::standard();
    let mut draw = || normal.inverse_cdf(random.uniform().max(1e-12));
    let mut value = draw();
    let step = |_| {
        value = phi * value + (1.0 - phi * phi).sqrt() * draw();
        value
    };
    (0..count).map(step).collect()
}

/// How often, of 200 runs, a 95 % interval covers the true value.
fn covered(phi: f64, statistic: BlockStatistic, truth: f64) -> usize {
    let covers = |chunk: u64| {
        let found = block_bootstrap(&series(600, phi, chunk), statistic, 0.95, Seed(chunk), 199).unwrap();
        found.low <= truth && truth <= found.high
    };
    (0..200).filter(|&chunk| covers(chunk)).count()
}

#[test]
fn intervals_cover_the_planted_truth() {
    let ninth = BlockStatistic::Quantile(Quantile::from_percent("90").unwrap());
    let median = BlockStatistic::Quantile(Quantile::MEDIAN);
    let deciles = [(BlockStatistic::Mean, 0.0), (median, 0.0), (ninth, 1.281_551_565_544_6)];
    for (statistic, truth) in deciles {
        // 190 expected; the error of 200 trials is 3, and blocks of an estimated length cover a little less.
        for (phi, fewest) in [(0.0, 181), (0.5, 176), (0.8, 168)] {
            let found = covered(phi, statistic, truth);
            assert!((fewest..=199).contains(&found), "{statistic:?} {phi}: {found}");
        }
    }
}

#[test]
fn drawing_single_values_from_a_correlated_run_would_not_cover() {
    let long = block_bootstrap(&series(600, 0.8, 0), BlockStatistic::Mean, 0.95, Seed(1), 999).unwrap();
    let mut shuffled = series(600, 0.8, 0);
    shuffled.sort_by_key(|value| value.to_bits().wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let short = block_bootstrap(&shuffled, BlockStatistic::Mean, 0.95, Seed(1), 999).unwrap();
    assert!(long.block_length > 5.0 && short.block_length < 3.0, "{long:?} {short:?}");
    assert!(long.high - long.low > 2.0 * (short.high - short.low), "{long:?} {short:?}");
}

/// From `reference/block_length.py`.
#[test]
fn block_lengths_agree_with_the_reference() {
    for line in include_str!("../../reference/block_length.tsv").lines() {
        let fields: Vec<f64> = line.split('\t').map(|field| field.parse().unwrap()).collect();
        let values: Vec<f64> =
            (1..=fields[0] as u64).map(|i| ((7919 * (i / fields[1] as u64) % 1009) as f64).sqrt()).collect();
        let found = block_length(&values);
        assert!((found - fields[2].max(1.0)).abs() <= 1e-9 * found, "{line}: {found}");
    }
}

#[test]
fn equal_values_have_an_interval_of_no_width() {
    for statistic in [BlockStatistic::Mean, BlockStatistic::Quantile(Quantile::MEDIAN)] {
        let found = block_bootstrap(&[0.1; 40], statistic, 0.95, Seed(1), 99).unwrap();
        assert_eq!(found, BlockBootstrap { low: 0.1, high: 0.1, block_length: 1.0 });
    }
}

#[test]
fn what_has_no_interval_gives_none() {
    let of = |values: &[f64], level| block_bootstrap(values, BlockStatistic::Mean, level, Seed(1), 99);
    assert_eq!((of(&[1.0; 9], 0.95), of(&[1.0; 20], 1.0), of(&[f64::NAN; 20], 0.95)), (None, None, None));
}
