//! What is to be sent, how often, and for how long.

use std::time::Duration;

use vana_types::Seed;

use crate::{Protocol, Schedule, Target};

/// Numbers uniform in [0, 1).
pub type Uniform = Box<dyn FnMut() -> f64 + Send>;

/// One run of load.
#[derive(Clone)]
pub struct Load {
    /// Whom it goes to.
    pub target: Target,
    /// How it is spoken.
    pub protocol: &'static dyn Protocol,
    /// What is said.
    pub request: Request,
    /// Connections, at least 1.
    pub clients: u32,
    /// Threads, at least 1; no more than clients are used.
    pub threads: u16,
    /// When it ends.
    pub stop: Stop,
    /// How long a request may take.
    pub timeout: Duration,
    /// When requests are due.
    pub schedule: &'static dyn Schedule,
    /// Requests per second of all threads together, where the schedule has a rate.
    pub rate_per_s: f64,
    /// Seed of the schedule.
    pub seed: Seed,
    /// Makes the randomness of a thread from the seed and its number.
    pub randomness: fn(Seed, u64) -> Uniform,
}

/// What each request says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Method.
    pub method: String,
    /// Names and values of further headers.
    pub headers: Vec<(String, String)>,
    /// Body; without one none is announced.
    pub body: Option<Vec<u8>>,
}

impl Default for Request {
    fn default() -> Self {
        Self { method: "GET".to_owned(), headers: Vec::new(), body: None }
    }
}

/// When a load ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// After this time; what is under way then is unfinished.
    After(Duration),
    /// When this many requests were sent and ended, in whatever way.
    Requests(u64),
}
