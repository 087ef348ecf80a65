use statrs::distribution::{ContinuousCDF, Normal};
use vana_types::Seed;

use super::*;
use crate::Random;

/// A first-order autoregression of standard normal values.
fn noise(count: usize, phi: f64, random: &mut Random) -> Vec<f64> {
    let normal = Normal::standard();
    let mut draw = || normal.inverse_cdf(random.uniform().max(1e-12));
    let mut value = draw();
    let step = |_| {
        value = phi * value + (1.0 - phi * phi).sqrt() * draw();
        value
    };
    (0..count).map(step).collect()
}

/// Levels with noise of one per cent.
fn levels(parts: &[(usize, f64)]) -> Vec<f64> {
    let mut random = Random::new(Seed(3), 0);
    let levels = parts.iter().flat_map(|&(count, level)| std::iter::repeat_n(level, count));
    let count = parts.iter().map(|part| part.0).sum();
    levels.zip(noise(count, 0.0, &mut random)).map(|(level, noise)| level * (1.0 + 0.01 * noise)).collect()
}

fn shape(parts: &[(usize, f64)], better: Better) -> (Shape, Option<usize>) {
    let found = steady(&levels(parts), better, &SteadyOptions::default()).unwrap();
    (found.shape, found.cut)
}

#[test]
fn planted_phases_are_classified() {
    use Better::{Higher, Lower};
    assert_eq!(shape(&[(60, 100.0)], Higher), (Shape::Flat, Some(0)));
    assert_eq!(shape(&[(10, 50.0), (50, 100.0)], Higher), (Shape::WarmUp, Some(10)));
    assert_eq!(shape(&[(10, 50.0), (50, 100.0)], Lower), (Shape::SlowDown, Some(10)));
    assert_eq!(shape(&[(30, 100.0), (30, 80.0)], Higher), (Shape::SlowDown, Some(30)));
    assert_eq!(shape(&[(5, 50.0), (15, 110.0), (40, 100.0)], Higher), (Shape::SlowDown, Some(20)));
    assert_eq!(shape(&[(50, 100.0), (10, 50.0)], Higher), (Shape::NoSteadyState, None));
    assert_eq!(shape(&[(20, 100.0), (20, 70.0), (20, 100.0)], Higher), (Shape::WarmUp, Some(40)));
}

#[test]
fn a_change_within_the_tolerance_is_a_phase_but_not_another_level() {
    let found =
        steady(&levels(&[(30, 100.0), (30, 103.0)]), Better::Higher, &SteadyOptions::default()).unwrap();
    assert_eq!((found.segments.len(), found.shape, found.cut), (2, Shape::Flat, Some(0)));
}

#[test]
fn the_phases_cover_the_run() {
    let series = levels(&[(10, 50.0), (50, 100.0)]);
    let found = steady(&series, Better::Higher, &SteadyOptions::default()).unwrap();
    assert_eq!(
        found.segments.iter().map(|part| (part.first, part.end)).collect::<Vec<_>>(),
        [(0, 10), (10, 60)]
    );
    assert!((found.segments[0].mean - 50.0).abs() < 1.0 && (found.segments[1].mean - 100.0).abs() < 1.0);
    assert_eq!(found.truncation, Some(Truncation { cut: 10, is_reliable: true }));
}

/// How many of 400 steady runs are cut into phases.
fn false_changes(count: usize, phi: f64) -> usize {
    let is_cut = |chunk| {
        let series = noise(count, phi, &mut Random::new(Seed(11), chunk));
        steady(&series, Better::Higher, &SteadyOptions::default()).unwrap().segments.len() > 1
    };
    (0..400).filter(|&chunk| is_cut(chunk)).count()
}

#[test]
fn steady_noise_has_one_phase() {
    // 1.5 %, nothing, 2 % and one in eight were found; autocorrelation is hard to know from 60 windows.
    for (count, phi, most) in [(30, 0.0, 12), (60, 0.0, 4), (300, 0.0, 4), (60, 0.3, 16), (60, 0.6, 60)] {
        let found = false_changes(count, phi);
        assert!(found <= most, "{found} of 400 with {count} windows of autocorrelation {phi}");
    }
}

#[test]
fn constant_series_are_flat_and_a_step_in_them_is_found() {
    let constant = steady(&[7.0; 20], Better::Higher, &SteadyOptions::default()).unwrap();
    assert_eq!((constant.shape, constant.segments.len(), constant.penalty), (Shape::Flat, 1, 0.0));
    let mut step = vec![5.0; 5];
    step.extend([7.0; 25]);
    let found = steady(&step, Better::Higher, &SteadyOptions::default()).unwrap();
    assert_eq!((found.shape, found.cut), (Shape::WarmUp, Some(5)));
}

#[test]
fn short_or_infinite_series_are_refused() {
    let options = SteadyOptions::default();
    assert_eq!(steady(&[1.0; 11], Better::Higher, &options), Err(SteadyError::TooFew { found: 11 }));
    assert_eq!(steady(&[f64::NAN; 20], Better::Higher, &options), Err(SteadyError::NotFinite { index: 0 }));
}
