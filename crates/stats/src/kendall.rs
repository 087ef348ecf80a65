//! Whether two series order things alike.

/// Kendall's τ-b of pairs (xᵢ, yᵢ): (concordant − discordant) / √(pairs untied in x · pairs untied in y), in [−1, 1].
/// `None` for series of different length, fewer than two pairs, a number that is not finite, or a series of equal
/// numbers. Costs n².
///
/// Kendall, "The Treatment of Ties in Ranking Problems", Biometrika 33 (1945) 239–251.
pub fn kendall_tau_b(x: &[f64], y: &[f64]) -> Option<f64> {
    if x.len() != y.len() || x.iter().chain(y).any(|value| !value.is_finite()) {
        return None;
    }
    let direction = |values: &[f64], a: usize, b: usize| {
        i64::from(values[a] > values[b]) - i64::from(values[a] < values[b])
    };
    let (mut score, mut untied_x, mut untied_y) = (0i64, 0i64, 0i64);
    for a in 0..x.len() {
        for b in 0..a {
            let (of_x, of_y) = (direction(x, a, b), direction(y, a, b));
            score += of_x * of_y;
            untied_x += of_x.abs();
            untied_y += of_y.abs();
        }
    }
    // Root by root: the product of two counts of pairs can be beyond 2⁵³. Rounding must not lead out of [−1, 1].
    let scale = (untied_x as f64).sqrt() * (untied_y as f64).sqrt();
    (scale > 0.0).then(|| (score as f64 / scale).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_order_is_one_and_the_reverse_minus_one() {
        let up = [1.0, 2.0, 3.0, 4.0];
        let down = [9.0, 7.0, 5.0, -3.0];
        assert!((kendall_tau_b(&up, &up).unwrap() - 1.0).abs() < 1e-15);
        assert!((kendall_tau_b(&up, &down).unwrap() + 1.0).abs() < 1e-15);
    }

    /// `scipy.stats.kendalltau`.
    #[test]
    fn ties_count_as_scipy_counts_them() {
        let found = kendall_tau_b(&[12.0, 2.0, 1.0, 12.0, 2.0], &[1.0, 4.0, 7.0, 1.0, 0.0]).unwrap();
        assert!((found + 0.471_404_520_791_031_73).abs() < 1e-15, "{found}");
    }

    #[test]
    fn series_without_an_order_have_no_tau() {
        assert_eq!(kendall_tau_b(&[1.0], &[1.0]), None);
        assert_eq!(kendall_tau_b(&[1.0, 1.0], &[1.0, 2.0]), None);
        assert_eq!(kendall_tau_b(&[1.0, 2.0], &[1.0]), None);
        assert_eq!(kendall_tau_b(&[1.0, f64::NAN], &[1.0, 2.0]), None);
    }
}
