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
