//! Agreement with `SciPy`, and what every test does with bad samples.

use super::*;
use crate::reference::{near, two_sample};

fn sample(values: &[f64]) -> Sample {
    Sample::new(values.to_vec()).unwrap()
}

fn p(name: &str, baseline: &[f64], system: &[f64]) -> Result<f64, TestError> {
    let test = parse_test(name).unwrap();
    test.compare(&sample(baseline), &sample(system), &Context::default()).map(|found| found.p)
}

/// From `reference/two_sample.py`.
#[test]
fn every_test_agrees_with_scipy() {
    for test in TESTS {
        let mut cases = 0;
        for row in two_sample().filter(|row| row.method == test.name()) {
            let found = test.compare(&row.baseline, &row.system, &Context::default());
            let Ok(found) = found else { panic!("{found:?}: {row:?}") };
            assert!(near(found.statistic, row.numbers[0]), "{found:?}: {row:?}");
            assert!(near(found.p, row.numbers[1]), "{found:?}: {row:?}");
            cases += 1;
        }
        assert!(cases >= 40, "{}: {cases}", test.name());
    }
}

#[test]
fn means_and_stdevs_alone_give_welchs_test_and_interval() {
    for row in two_sample().filter(|row| row.method == "welch") {
        let [baseline, system] = [&row.baseline, &row.system].map(|one| Summary::of(one).unwrap());
        let (low, high) = difference_from_summary(baseline, system, 0.95).unwrap();
        let width = (row.numbers[3] - row.numbers[2]).abs();
        assert!((low - row.numbers[2]).abs() <= 1e-9 * width, "{low}: {row:?}");
        assert!((high - row.numbers[3]).abs() <= 1e-9 * width, "{high}: {row:?}");
        assert!(near(welch_from_summary(baseline, system).unwrap().p, row.numbers[1]), "{row:?}");
    }
}

#[test]
fn every_test_is_found_by_its_own_name_and_says_what_it_is() {
    for test in TESTS {
        assert_eq!(parse_test(test.name()).map(Test::name), Ok(test.name()));
        assert!(!test.about().is_empty() && !test.source().is_empty());
    }
    let aspects: Vec<Aspect> = TESTS.iter().map(|test| test.aspect()).collect();
    let (place, spread) = (Aspect::Location, Aspect::Spread);
    assert_eq!(aspects, [place, place, place, spread, spread, Aspect::Distribution]);
    let unknown = parse_test("t").err().map(|error| error.to_string());
    let message = "unknown test \"t\" (known: welch mann-whitney permutation brown-forsythe fligner-killeen \
                   kolmogorov-smirnov)";
    assert_eq!(unknown.as_deref(), Some(message));
}

#[test]
fn swapped_samples_have_the_same_p() {
    let baseline = sample(&[1.0, 2.0, 2.0, 5.0, 9.0, 4.5, 3.25]);
    let system = sample(&[2.0, 7.0, 1.5, 11.0]);
    for test in TESTS {
        let there = test.compare(&baseline, &system, &Context::default()).unwrap();
        let back = test.compare(&system, &baseline, &Context::default()).unwrap();
        assert!(near(there.p, back.p) && there.smallest_p == back.smallest_p, "{}", test.name());
    }
}

#[test]
fn samples_that_allow_no_p_are_refused() {
    let few = |needed, found| Err(TestError::TooFew { needed, found });
    for test in TESTS {
        assert_eq!(p(test.name(), &[2.5; 4], &[2.5; 3]), Err(TestError::AllEqual), "{}", test.name());
    }
    assert_eq!(p("welch", &[1.0], &[1.0, 2.0]), few(2, 1));
    assert_eq!(p("welch", &[1.0; 3], &[2.0; 3]), Err(TestError::NoSpread));
    assert_eq!(p("welch", &[0.0, 1e200], &[0.0, 2e200]), Err(TestError::OutOfRange));
    assert_eq!(p("welch", &[0.0, 1e-170], &[0.0, 2e-170]), Err(TestError::OutOfRange));
    assert_eq!(p("brown-forsythe", &[1.0, 2.0], &[1.0, 2.0, 4.0]), few(3, 2));
    // The distances from the median are all the same, and differ by rounding.
    assert_eq!(p("brown-forsythe", &[0.1, 0.1, 0.3, 0.3], &[0.1, 0.1, 0.9, 0.9]), Err(TestError::NoSpread));
    assert_eq!(p("fligner-killeen", &[1.0; 3], &[2.0; 3]), Err(TestError::NoSpread));
    assert_eq!(p("permutation", &[-1e308, -1e308], &[1e308, 1e308]), Err(TestError::OutOfRange));
    let summary = |mean, stdev, n| Summary { mean, stdev, n };
    let one = summary(1.0, 1.0, 5);
    assert_eq!(welch_from_summary(one, summary(1.0, 1.0, 1)), Err(TestError::TooFew { needed: 2, found: 1 }));
    assert_eq!(welch_from_summary(one, summary(f64::NAN, 1.0, 5)), Err(TestError::OutOfRange));
    assert_eq!(welch_from_summary(one, summary(1.0, -1.0, 5)), Err(TestError::OutOfRange));
}

#[test]
fn samples_of_one_value_have_a_p_of_one_where_they_have_any() {
    for name in ["mann-whitney", "permutation", "kolmogorov-smirnov"] {
        assert_eq!(p(name, &[1.0], &[2.0]), Ok(1.0), "{name}");
    }
}

#[test]
fn the_smallest_p_is_reached_where_the_samples_do_not_overlap() {
    for (n, expected) in [(3, 0.1), (4, 2.0 / 70.0), (5, 2.0 / 252.0)] {
        let baseline: Vec<f64> = (0..n).map(f64::from).collect();
        let system: Vec<f64> = (0..n).map(|i| f64::from(i) + 100.0).collect();
        for name in ["mann-whitney", "permutation", "kolmogorov-smirnov"] {
            let test = parse_test(name).unwrap();
            let found = test.compare(&sample(&baseline), &sample(&system), &Context::default()).unwrap();
            assert!(near(found.p, expected), "{name} {n}: {found:?}");
            assert!(near(found.smallest_p.unwrap(), expected), "{name} {n}: {found:?}");
        }
    }
}

#[test]
fn random_splits_agree_with_all_splits() {
    let baseline: Vec<f64> = (0..8).map(|i| f64::from(i * i % 13)).collect();
    let system: Vec<f64> = (0..8).map(|i| f64::from(i * 7 % 11) + 3.0).collect();
    let all = Context { resamples: 12_870, ..Context::default() };
    let of = |context: &Context| {
        let test = parse_test("permutation").unwrap();
        test.compare(&sample(&baseline), &sample(&system), context).unwrap()
    };
    let (exact, drawn) = (of(&all), of(&Context::default()));
    let error = (2.0 * exact.p / 9_999.0).sqrt();
    assert!((exact.p - drawn.p).abs() < 4.0 * error && exact.p != drawn.p, "{exact:?} {drawn:?}");
    assert_eq!((exact.smallest_p, drawn.smallest_p), (Some(2.0 / 12_870.0), Some(2.0 / 10_000.0)));
    assert_eq!(of(&Context::default()), drawn);
}
