//! Agreement with `SciPy`, properties, and what effects do with bad samples.

use vana_types::{Quantile, Seed};

use super::*;
use crate::reference::{near, two_sample};
use crate::{Context, Random, Sample, Summary};

fn sample(values: &[f64]) -> Sample {
    Sample::new(values.to_vec()).unwrap()
}

/// From `reference/two_sample.py`.
#[test]
fn effects_agree_with_scipy() {
    let mut cases = 0;
    for row in two_sample() {
        let (baseline, system) = (&row.baseline, &row.system);
        let none = f64::NAN;
        let found = match row.method {
            "hodges-lehmann" => {
                let shift = hodges_lehmann(baseline, system, 0.95);
                vec![shift.estimate, shift.low.unwrap_or(none), shift.high.unwrap_or(none)]
            }
            "hedges-g" => vec![hedges_g(baseline, system).unwrap()],
            "dominance" => vec![cliffs_delta(baseline, system), vargha_delaney(baseline, system)],
            "ratio" => {
                let ratio = ratio_of_means(baseline, system, 0.95).unwrap();
                let p = equivalence(baseline, system, 0.25, 0.05).unwrap().p;
                vec![ratio.ratio, ratio.low.unwrap_or(none), ratio.high.unwrap_or(none), p]
            }
            _ => continue,
        };
        cases += 1;
        assert_eq!(found.len(), row.numbers.len());
        for (&found, &expected) in found.iter().zip(&row.numbers) {
            assert!(near(found, expected) || found.is_nan() && expected.is_nan(), "{found}: {row:?}");
        }
    }
    assert!(cases > 300, "{cases}");
}

#[test]
fn equivalence_is_the_interval_of_the_ratio_within_the_margin() {
    let mut found = [0; 2];
    for seed in 0..300 {
        let mut random = Random::new(Seed(seed), 0);
        let mut draw =
            |size: u64| sample(&(0..size).map(|_| 10.0 + 3.0 * random.uniform()).collect::<Vec<f64>>());
        let (baseline, system) = (draw(3 + seed % 4), draw(4));
        let ratio = ratio_of_means(&baseline, &system, 0.9).unwrap();
        let is_within = ratio.low.unwrap() >= 0.9 && ratio.high.unwrap() <= 1.1;
        assert_eq!(equivalence(&baseline, &system, 0.1, 0.05).unwrap().is_equivalent, is_within, "{seed}");
        found[usize::from(is_within)] += 1;
    }
    assert!(found.iter().all(|&count| count > 20), "{found:?}");
}

#[test]
fn a_baseline_around_zero_gives_a_ratio_without_interval() {
    let (around, system) = (sample(&[-1.0, 0.5, 2.0]), sample(&[4.0, 5.0, 6.0]));
    let bare = |ratio| Some(RatioInterval { ratio, low: None, high: None });
    assert_eq!(ratio_of_means(&around, &system, 0.95), bare(10.0));
    assert_eq!(ratio_of_means(&sample(&[-1.0, 1.0]), &system, 0.95), None);
    assert_eq!(ratio_of_means(&sample(&[2.0]), &system, 0.95), bare(2.5));
    assert_eq!(ratio_of_means(&sample(&[2.0; 3]), &sample(&[5.0; 3]), 0.95), bare(2.5));
    assert_eq!(ratio_of_means(&system, &system, 1.0), bare(1.0));
}

#[test]
fn effects_that_do_not_exist_are_none() {
    let (three, one, same) = (sample(&[1.0, 2.0, 4.0]), sample(&[1.0]), sample(&[3.0; 4]));
    assert_eq!((hedges_g(&three, &one), hedges_g(&same, &same)), (None, None));
    assert_eq!((equivalence(&three, &one, 0.1, 0.05), equivalence(&same, &same, 0.1, 0.05)), (None, None));
    for (margin, alpha) in
        [(0.0, 0.05), (1.0, 0.05), (0.1, 0.0), (0.1, 0.5), (f64::NAN, 0.05), (0.1, f64::NAN)]
    {
        assert_eq!(equivalence(&three, &three, margin, alpha), None, "{margin} {alpha}");
    }
    let shift = Shift { estimate: 1.0, low: None, high: None };
    assert_eq!(hodges_lehmann(&one, &three, 0.95), shift);
    assert_eq!(hodges_lehmann(&one, &three, f64::NAN), shift);
}

#[test]
fn the_shift_of_many_values_is_found_without_writing_their_differences_down() {
    let values: Vec<f64> = (0..30_000).map(|i| f64::from(i * 7919 % 30_011)).collect();
    let shifted: Vec<f64> = values.iter().map(|value| value + 12.5).collect();
    let shift = hodges_lehmann(&sample(&values), &sample(&shifted), 0.95);
    assert_eq!(shift.estimate, 12.5);
    let (low, high) = (shift.low.unwrap(), shift.high.unwrap());
    assert!(low < 12.5 && high > 12.5 && high - low < 600.0 && near(low + high, 25.0), "{shift:?}");
}

#[test]
fn dominance_is_full_when_samples_do_not_overlap() {
    let (low, high) = (sample(&[1.0, 2.0]), sample(&[3.0, 4.0, 5.0]));
    assert_eq!((cliffs_delta(&low, &high), vargha_delaney(&low, &high)), (1.0, 1.0));
    assert_eq!((cliffs_delta(&high, &low), vargha_delaney(&high, &low)), (-1.0, 0.0));
    assert_eq!((cliffs_delta(&low, &low), vargha_delaney(&low, &low)), (0.0, 0.5));
}

#[test]
fn published_numbers_give_the_ratio_of_the_values_behind_them() {
    let (baseline, system) = (sample(&[1.0, 2.0, 4.0, 3.5]), sample(&[2.0, 2.5, 4.5]));
    let [b, s] = [&baseline, &system].map(|one| Summary::of(one).unwrap());
    assert_eq!(ratio_from_summary(b, s, 0.9), ratio_of_means(&baseline, &system, 0.9));
    assert_eq!(equivalence_from_summary(b, s, 0.5, 0.1), equivalence(&baseline, &system, 0.5, 0.1));
}

/// x(i) = ½·x(i−1) + noise, moved by `shift`.
fn series(chunk: u64, shift: f64, count: usize) -> Vec<f64> {
    let mut random = Random::new(Seed(11), chunk);
    let mut value = 0.0;
    let mut next = || {
        value = 0.5 * value + random.uniform();
        value + shift
    };
    (0..count).map(|_| next()).collect()
}

fn deciles() -> Vec<Quantile> {
    (1..10).map(|tenth| Quantile::from_percent(&(tenth * 10).to_string()).unwrap()).collect()
}

#[test]
fn the_shift_function_finds_a_planted_shift_at_every_decile() {
    let context = Context { resamples: 300, ..Context::default() };
    let found = shift_function(&series(1, 0.0, 1500), &series(2, 0.5, 1000), &deciles(), 0.95, &context);
    for one in found.unwrap() {
        assert!(one.low > 0.0 && one.low < 0.5 && 0.5 < one.high && one.high < 1.0, "{one:?}");
        assert_eq!(one.shift, one.system - one.baseline);
    }
}

#[test]
fn the_band_of_the_shift_function_covers_nothing_happening() {
    let context = Context { resamples: 99, ..Context::default() };
    let covers = |chunk: u64| {
        let (baseline, system) = (series(2 * chunk, 0.0, 400), series(2 * chunk + 1, 0.0, 400));
        let found = shift_function(&baseline, &system, &deciles(), 0.9, &context).unwrap();
        found.iter().all(|one| one.low <= 0.0 && one.high >= 0.0)
    };
    let covered = (0..200).filter(|&chunk| covers(chunk)).count();
    // 90 % of 200 is 180, with a standard error of 4.2.
    assert!((165..=196).contains(&covered), "{covered}");
}

#[test]
fn series_that_say_nothing_have_no_shift_function() {
    let (context, long) = (Context::default(), series(1, 0.0, 20));
    assert_eq!(shift_function(&long[..9], &long, &deciles(), 0.95, &context), None);
    assert_eq!(shift_function(&long, &[f64::NAN; 20], &deciles(), 0.95, &context), None);
    assert_eq!(shift_function(&long, &long, &deciles(), 1.0, &context), None);
    let same = shift_function(&[2.0; 10], &[3.0; 10], &[Quantile::MEDIAN], 0.95, &context).unwrap();
    let width = QuantileShift {
        quantile: Quantile::MEDIAN,
        baseline: 2.0,
        system: 3.0,
        shift: 1.0,
        low: 1.0,
        high: 1.0,
    };
    assert_eq!(same, [width]);
}
