//! Whether two columns put systems in the same order.

/// How well the published order of systems agrees with the recomputed one.
#[derive(Clone, Debug, PartialEq)]
pub struct RankAgreement {
    /// What was asked of the systems.
    pub workload: String,
    /// Number of concurrent clients.
    pub clients: Option<u32>,
    /// What was measured.
    pub metric: String,
    /// Which statistic of it.
    pub statistic: String,
    /// Number of systems.
    pub systems: u32,
    /// Kendall's τ-b: 1 where the orders are the same, −1 where one is the other reversed; `None` where all systems are
    /// equal in one of them.
    pub tau: Option<f64>,
}

/// Kendall's τ-b of pairs (Kendall, *The Treatment of Ties in Ranking Problems*, 1945): concordant less discordant pairs
/// over √((n₀ − ties in x)(n₀ − ties in y)). `None` where one side has no two different values. Costs n².
pub(crate) fn kendall_tau_b(pairs: &[(f64, f64)]) -> Option<f64> {
    let (mut difference, mut untied) = (0i64, (0u64, 0u64));
    for (at, one) in pairs.iter().enumerate() {
        for other in &pairs[at + 1..] {
            let sign = |one: f64, other: f64| i64::from(one > other) - i64::from(one < other);
            let (x, y) = (sign(one.0, other.0), sign(one.1, other.1));
            difference += x * y;
            untied.0 += x.unsigned_abs();
            untied.1 += y.unsigned_abs();
        }
    }
    (untied.0 > 0 && untied.1 > 0).then(|| difference as f64 / ((untied.0 as f64) * (untied.1 as f64)).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_order_is_one_and_its_reverse_minus_one() {
        let same = [(1.0, 10.0), (2.0, 20.0), (3.0, 30.0)];
        let reverse = [(1.0, 30.0), (2.0, 20.0), (3.0, 10.0)];
        assert_eq!((kendall_tau_b(&same), kendall_tau_b(&reverse)), (Some(1.0), Some(-1.0)));
    }

    #[test]
    fn ties_count_as_scipy_counts_them() {
        // scipy.stats.kendalltau([12, 2, 1, 12, 2], [1, 4, 7, 1, 0]).statistic
        let pairs = [(12.0, 1.0), (2.0, 4.0), (1.0, 7.0), (12.0, 1.0), (2.0, 0.0)];
        assert!((kendall_tau_b(&pairs).unwrap() - -0.471_404_520_791_031_7).abs() < 1e-15);
    }

    #[test]
    fn where_all_are_equal_there_is_no_order() {
        assert_eq!((kendall_tau_b(&[(1.0, 1.0), (1.0, 2.0)]), kendall_tau_b(&[])), (None, None));
    }
}
