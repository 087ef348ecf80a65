//! Which transactions are made, by how many, and for how long.

use std::time::Duration;

use vana_types::Seed;

use super::{Database, Distribution, SqlWorkload};
use crate::{Schedule, Stop, Uniform};

/// One run of transactions.
#[derive(Clone)]
pub struct SqlLoad {
    /// Whom they go to.
    pub database: &'static dyn Database,
    /// Its address.
    pub url: String,
    /// What a transaction consists of.
    pub workload: &'static dyn SqlWorkload,
    /// How ids are drawn.
    pub distribution: &'static dyn Distribution,
    /// Tables, at least 1.
    pub tables: u32,
    /// Rows of each, at least 1.
    pub rows: u32,
    /// Rows of a range.
    pub range_size: u32,
    /// Connections, each with a thread; at least 1.
    pub clients: u16,
    /// When it ends; a transaction that is under way then is finished.
    pub stop: Stop,
    /// How long a statement may take.
    pub timeout: Duration,
    /// When transactions are due.
    pub schedule: &'static dyn Schedule,
    /// Transactions per second of all clients together, where the schedule has a rate.
    pub rate_per_s: f64,
    /// Seed of the schedule and of all values.
    pub seed: Seed,
    /// Makes the randomness of a client from the seed and a number.
    pub randomness: fn(Seed, u64) -> Uniform,
}
