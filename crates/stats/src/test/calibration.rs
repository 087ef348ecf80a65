//! How often tests and intervals are wrong where the truth is known.

use vana_types::Seed;

use super::*;
use crate::beta::draw_normal;
use crate::{Bootstrapped, Random, bca, hodges_lehmann, ratio_of_means};

const PAIRS: u64 = 2_000;

/// Samples of a log-normal distribution, the system's multiplied by `factor`.
fn pair(seed: u64, sizes: (usize, usize), factor: f64) -> (Sample, Sample) {
    let mut random = Random::new(Seed(seed), 0);
    let mut draw = |size: usize, factor: f64| {
        let values = (0..size).map(|_| factor * (0.1 * draw_normal(&mut random)).exp());
        Sample::new(values.collect()).unwrap()
    };
    (draw(sizes.0, 1.0), draw(sizes.1, factor))
}

fn share(is_so: impl Fn(u64) -> bool) -> f64 {
    (0..PAIRS).filter(|&seed| is_so(seed)).count() as f64 / PAIRS as f64
}

fn error(share: f64) -> f64 {
    (share * (1.0 - share) / PAIRS as f64).sqrt()
}

/// 199 random splits keep α at 0.05 and 0.01 as 9,999 do, and take less time; other ones than the samples come from.
fn context(seed: u64) -> Context {
    Context { seed: Seed(seed + PAIRS), resamples: 199 }
}

fn positives(test: &dyn Test, sizes: (usize, usize), factor: f64, alpha: f64) -> f64 {
    share(|seed| {
        let (baseline, system) = pair(seed, sizes, factor);
        test.compare(&baseline, &system, &context(seed)).unwrap().p <= alpha
    })
}

#[test]
fn tests_of_location_find_what_is_not_there_no_more_often_than_alpha_says() {
    for test in TESTS.iter().filter(|test| test.aspect() == Aspect::Location) {
        for sizes in [(5, 5), (10, 7), (30, 30)] {
            for alpha in [0.05, 0.01] {
                let found = positives(*test, sizes, 1.0, alpha);
                assert!(found <= alpha + 3.0 * error(alpha), "{} {sizes:?}: {found}", test.name());
            }
        }
    }
}

#[test]
fn tests_of_spread_and_distribution_find_what_is_not_there_no_more_often_than_alpha_says() {
    for test in TESTS.iter().filter(|test| test.aspect() != Aspect::Location) {
        let found = positives(*test, (30, 30), 1.0, 0.05);
        assert!(found <= 0.05 + 3.0 * error(0.05), "{}: {found}", test.name());
    }
}

#[test]
fn a_planted_difference_of_location_is_found() {
    for test in TESTS.iter().filter(|test| test.aspect() != Aspect::Spread) {
        let found = positives(*test, (20, 20), 1.2, 0.05);
        assert!(found > 0.97, "{}: {found}", test.name());
    }
}

#[test]
fn a_planted_difference_of_spread_is_found_by_tests_of_spread() {
    for test in TESTS.iter().filter(|test| test.aspect() == Aspect::Spread) {
        let found = share(|seed| {
            let (baseline, system) = pair(seed, (30, 30), 1.0);
            let wide = system.sorted().iter().map(|value| 1.0 + 3.0 * (value - 1.0)).collect();
            test.compare(&baseline, &Sample::new(wide).unwrap(), &context(seed)).unwrap().p <= 0.05
        });
        assert!(found > 0.97, "{}: {found}", test.name());
    }
}

fn is_nominal(covered: f64, level: f64, below: f64) -> bool {
    covered >= level - below - 3.0 * error(level) && covered <= level + 3.0 * error(level)
}

#[test]
fn the_interval_of_a_ratio_covers_it() {
    for sizes in [(5, 5), (10, 7)] {
        let covered = share(|seed| {
            let (baseline, system) = pair(seed, sizes, 1.2);
            let ratio = ratio_of_means(&baseline, &system, 0.95).unwrap();
            ratio.low.unwrap() <= 1.2 && 1.2 <= ratio.high.unwrap()
        });
        assert!(is_nominal(covered, 0.95, 0.005), "{sizes:?}: {covered}");
    }
}

#[test]
fn the_interval_of_a_shift_covers_it() {
    for (sizes, above) in [((5, 5), 0.02), ((10, 7), 0.01), ((30, 30), 0.0)] {
        let covered = share(|seed| {
            let (baseline, system) = pair(seed, sizes, 1.0);
            let moved = Sample::new(system.sorted().iter().map(|value| value + 0.5).collect()).unwrap();
            let shift = hodges_lehmann(&baseline, &moved, 0.95);
            shift.low.unwrap() <= 0.5 && 0.5 <= shift.high.unwrap()
        });
        // With few values, the exact interval covers more than was asked for.
        assert!(is_nominal(covered, 0.95 + above, above), "{sizes:?}: {covered}");
    }
}

#[test]
fn the_bootstrap_interval_covers_mean_and_median() {
    let truths = [(Bootstrapped::Mean, 0.005f64.exp()), (Bootstrapped::MEDIAN, 1.0)];
    for (of, truth) in truths {
        let covered = share(|seed| {
            let (baseline, _) = pair(seed, (30, 1), 1.0);
            let context = Context { seed: Seed(seed + PAIRS), resamples: 399 };
            let (low, high) = bca(baseline.sorted(), of, 0.95, &context).unwrap();
            low <= truth && truth <= high
        });
        // The bootstrap takes the values for the whole distribution, and so its interval is a little short.
        assert!(is_nominal(covered, 0.95, 0.015), "{of:?}: {covered}");
    }
}
