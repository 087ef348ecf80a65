//! Random numbers of the beta distribution.

use crate::Random;

/// A number of Beta(a, b), a and b at least 1, as a quotient of two gamma numbers.
pub(crate) fn draw_beta(a: f64, b: f64, random: &mut Random) -> f64 {
    let (first, second) = (draw_gamma(a, random), draw_gamma(b, random));
    first / (first + second)
}

/// A number of Gamma(`shape`, 1), `shape` at least 1.
///
/// Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables", ACM TOMS 26 (2000) 363–372.
fn draw_gamma(shape: f64, random: &mut Random) -> f64 {
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let normal = draw_normal(random);
        let v = (1.0 + c * normal).powi(3);
        if v > 0.0 {
            let uniform = 1.0 - random.uniform();
            let is_inside = uniform < 1.0 - 0.0331 * normal.powi(4);
            if is_inside || uniform.ln() < 0.5 * normal * normal + d * (1.0 - v + v.ln()) {
                return d * v;
            }
        }
    }
}

/// A standard normal number, by Marsaglia's polar method; the second one of each pair is not kept.
pub(crate) fn draw_normal(random: &mut Random) -> f64 {
    loop {
        let (x, y) = (2.0 * random.uniform() - 1.0, 2.0 * random.uniform() - 1.0);
        let squared = x * x + y * y;
        if squared > 0.0 && squared < 1.0 {
            return x * (-2.0 * squared.ln() / squared).sqrt();
        }
    }
}

#[cfg(test)]
mod tests {
    use vana_types::Seed;

    use super::*;

    #[test]
    fn mean_and_variance_are_those_of_the_distribution() {
        let mut random = Random::new(Seed(5), 0);
        for (a, b) in [(1.0, 1.0), (1.0, 30.0), (15.0, 16.0), (900.0, 100.0)] {
            let draws: Vec<f64> = (0..20_000).map(|_| draw_beta(a, b, &mut random)).collect();
            let mean = draws.iter().sum::<f64>() / 20_000.0;
            let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / 20_000.0;
            let expected = a * b / ((a + b).powi(2) * (a + b + 1.0));
            assert!((mean - a / (a + b)).abs() < 4.0 * (expected / 20_000.0).sqrt(), "{a} {b}: {mean}");
            assert!((variance / expected - 1.0).abs() < 0.06, "{a} {b}: {variance}, not {expected}");
        }
    }
}
