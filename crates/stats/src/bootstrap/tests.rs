//! Agreement with `SciPy`, and what cannot be resampled.

use vana_types::Seed;

use super::*;

fn parse(name: &str) -> Bootstrapped {
    match name.strip_prefix('p') {
        Some(percent) => Bootstrapped::Quantile(Quantile::from_percent(percent).unwrap()),
        None => Bootstrapped::Mean,
    }
}

/// From `reference/bootstrap.py`; both sides draw at random, so they agree to a share of the interval's width.
#[test]
fn intervals_agree_with_scipy_within_the_error_of_drawing() {
    let context = Context { seed: Seed(1), resamples: 100_000 };
    for line in include_str!("../../reference/bootstrap.tsv").lines() {
        let (name, rest) = line.split_once('\t').unwrap();
        let numbers: Vec<f64> = rest.split('\t').map(|field| field.parse().unwrap()).collect();
        let (level, low, high) = (numbers[0], numbers[1], numbers[2]);
        let found = bca(&numbers[3..], parse(name), level, &context).unwrap();
        let allowed = 0.02 * (high - low);
        let is_near = (found.0 - low).abs() < allowed && (found.1 - high).abs() < allowed;
        assert!(is_near, "{name} {level}: {found:?}, not {:?}", (low, high));
    }
}

#[test]
fn an_order_statistic_of_a_resample_is_distributed_as_if_values_were_drawn() {
    let values: Vec<f64> = (0..9).map(|i| f64::from(i * i)).collect();
    let of = OneQuantile::of(&values, Quantile::from_percent("30").unwrap());
    let mut random = Random::new(Seed(2), 0);
    let mut drawn = || {
        let mut resample: Vec<f64> = values.iter().map(|_| values[random.below(9) as usize]).collect();
        resample.sort_unstable_by(f64::total_cmp);
        resample[2] + 0.4 * (resample[3] - resample[2])
    };
    let mut other = Random::new(Seed(3), 0);
    let mut sums = [[0.0; 2]; 2];
    for _ in 0..40_000 {
        for (sums, value) in sums.iter_mut().zip([drawn(), of.resample(&mut other)]) {
            sums[0] += value / 40_000.0;
            sums[1] += value * value / 40_000.0;
        }
    }
    let [means, squares] = [0, 1].map(|moment| (sums[0][moment], sums[1][moment]));
    assert!((means.0 - means.1).abs() < 0.1, "{means:?}");
    assert!((squares.0 / squares.1 - 1.0).abs() < 0.04, "{squares:?}");
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let values: Vec<f64> = (1..50).map(|i| f64::from(i).sqrt()).collect();
    let of = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            [Bootstrapped::Mean, Bootstrapped::MEDIAN]
                .map(|of| bca(&values, of, 0.95, &Context::default()).unwrap())
        })
    };
    assert_eq!(of(1), of(2));
}

#[test]
fn what_cannot_be_resampled_has_no_interval() {
    let context = Context::default();
    let none = Context { resamples: 0, ..context };
    for of in [Bootstrapped::Mean, Bootstrapped::MEDIAN] {
        assert_eq!(bca(&[1.0], of, 0.95, &context), None);
        assert_eq!(bca(&[1.0, f64::NAN], of, 0.95, &context), None);
        assert_eq!(bca(&[1.0, 2.0], of, 1.0, &context), None);
        assert_eq!(bca(&[1.0, 2.0], of, 0.95, &none), None);
        assert_eq!(bca(&[0.1; 5], of, 0.95, &context), Some((0.1, 0.1)));
    }
}
