//! What is to be sent, how often, and for how long.

use std::sync::Arc;
use std::time::Duration;

use vana_types::Seed;

use crate::{Arrivals, Protocol, Schedule, Target};

/// Numbers uniform in [0, 1).
pub type Uniform = Box<dyn FnMut() -> f64 + Send>;

/// One run of load.
#[derive(Clone)]
pub struct Load {
    /// Whom it goes to.
    pub target: Target,
    /// How it is spoken.
    pub protocol: &'static dyn Protocol,
    /// What is said, at least one; the trace knows each by its method and path.
    pub requests: Vec<Request>,
    /// Connections, at least 1.
    pub clients: u32,
    /// Threads, at least 1; no more than clients are used.
    pub threads: u16,
    /// Whether all connections are opened before the first request is sent, one after the other.
    pub connects_first: bool,
    /// When it ends.
    pub stop: Stop,
    /// How long a request may take.
    pub timeout: Duration,
    /// Which request is sent when.
    pub order: Order,
    /// What threads of load do beside it.
    pub tuning: Tuning,
    /// Seed of the schedule and of the choice among several requests.
    pub seed: Seed,
    /// Makes the randomness of a thread from the seed and its number.
    pub randomness: fn(Seed, u64) -> Uniform,
}

/// How threads of load use the processor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tuning {
    /// Cores that threads are bound to, in turn; none are bound if there are none.
    pub cores: Vec<usize>,
    /// Whether they ask for answers over and over in place of sleeping until there are some.
    pub busy_poll: BusyPoll,
}

/// Whether a thread that waits asks for answers over and over in place of sleeping until there are some: no wake-up
/// delays it or burdens the server then, but it keeps its core busy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BusyPoll {
    /// For up to 50 µs before it sleeps, as long as most answers come that soon; whoever else could run on its core goes
    /// first.
    #[default]
    Adaptive,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl BusyPoll {
    /// As options and `run.json` say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Adaptive => "adaptive",
            Self::Always => "always",
            Self::Never => "never",
        }
    }
}

impl Tuning {
    /// The core of a thread, counted from 0.
    pub(crate) fn core(&self, thread: u16) -> Option<usize> {
        self.cores.get(usize::from(thread).checked_rem(self.cores.len())?).copied()
    }
}

/// Which request is sent when.
#[derive(Clone)]
pub enum Order {
    /// Times from a schedule; of several requests each is drawn by its weight.
    Drawn {
        /// When requests are due.
        schedule: &'static dyn Schedule,
        /// Requests per second of all threads together, where the schedule has a rate.
        rate_per_s: f64,
    },
    /// Both from a recording: makes the arrivals of a thread from its number, counted from 0, and that of threads.
    Recorded(Arc<dyn Fn(u16, u16) -> Box<dyn Arrivals> + Send + Sync>),
}

/// What a request says.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Path and query, if not those of the target.
    pub path: Option<String>,
    /// How often it is drawn, relative to the others; finite and above 0.
    pub weight: f64,
    /// Method.
    pub method: String,
    /// Names and values of further headers.
    pub headers: Vec<(String, String)>,
    /// Body; without one none is announced.
    pub body: Option<Vec<u8>>,
}

impl Default for Request {
    fn default() -> Self {
        Self { path: None, weight: 1.0, method: "GET".to_owned(), headers: Vec::new(), body: None }
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
