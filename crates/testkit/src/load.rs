//! A closed loop of clients that never ends.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use vana_trace::{NO_STATUS, NO_TIME};
use vana_types::Outcome;

use crate::SplitMix64;

/// From the end of a request to the next one of the same client, nanoseconds.
const PAUSE_NS: i64 = 15_000;
/// Clients that share a worker.
const CLIENTS_PER_WORKER: u32 = 16;
/// When a client gives up, nanoseconds.
const TIMEOUT_NS: i64 = 2_000_000_000;
/// What is asked, and how often of a hundred times.
const OPERATIONS: [(&str, u64); 3] = [("GET /", 70), ("GET /item", 25), ("POST /order", 5)];

/// Clients that each send their next request when the last one is answered.
#[derive(Clone, Debug)]
pub struct Load {
    /// Seed of all randomness.
    pub seed: u64,
    /// Number of clients, each with its own connection.
    pub clients: u32,
    /// Median service time, nanoseconds.
    pub median_ns: f64,
    /// Standard deviation of the service time's logarithm.
    pub spread: f64,
    /// Share of requests that are slow.
    pub slow_share: f64,
    /// How many times slower those are.
    pub slow_factor: f64,
    /// Share of requests that fail.
    pub failed_share: f64,
}

impl Default for Load {
    fn default() -> Self {
        Self {
            seed: 1,
            clients: 10,
            median_ns: 2e6,
            spread: 0.35,
            slow_share: 0.01,
            slow_factor: 12.0,
            failed_share: 0.001,
        }
    }
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the fields are the columns of a trace, documented at vana_trace::Column")]
pub struct Request {
    pub sent_ns: i64,
    pub service_ns: i64,
    /// `NO_TIME` in a closed loop, as all loads here are.
    pub due_ns: i64,
    pub first_byte_ns: i64,
    pub operation: &'static str,
    pub outcome: Outcome,
    pub status: u16,
    pub bytes_sent: i64,
    pub bytes_received: i64,
    pub worker: u16,
    pub connection: u32,
}

impl Request {
    /// When it was answered or given up, nanoseconds since the run's start.
    pub const fn done_ns(&self) -> i64 {
        self.sent_ns + self.service_ns
    }
}

impl Load {
    /// The requests in the order they are sent, without end: take as many, or as long, as wanted.
    pub fn requests(&self) -> Requests {
        // Clients start one after another, as connections are opened.
        let free = (0..self.clients).map(|client| Reverse((i64::from(client) * PAUSE_NS, client))).collect();
        Requests { load: self.clone(), random: SplitMix64::new(self.seed), free }
    }
}

/// The requests of a [`Load`]; memory is one entry a client.
#[derive(Clone, Debug)]
pub struct Requests {
    load: Load,
    random: SplitMix64,
    /// When each client sends its next request.
    free: BinaryHeap<Reverse<(i64, u32)>>,
}

impl Requests {
    fn service_ns(&mut self) -> i64 {
        let mut factor = (self.load.spread * self.random.normal()).exp();
        if self.random.uniform() <= self.load.slow_share {
            factor *= self.load.slow_factor;
        }
        ((self.load.median_ns * factor) as i64).clamp(1_000, TIMEOUT_NS - 1)
    }

    fn operation(&mut self) -> &'static str {
        let mut drawn = self.random.bits() % 100;
        for (name, share) in OPERATIONS {
            if drawn < share {
                return name;
            }
            drawn -= share;
        }
        OPERATIONS[0].0
    }
}

impl Iterator for Requests {
    type Item = Request;

    /// `None` only of a load without clients.
    fn next(&mut self) -> Option<Request> {
        let Reverse((sent_ns, client)) = self.free.pop()?;
        let mut service_ns = self.service_ns();
        let operation = self.operation();
        let (mut outcome, mut status, mut bytes_received) = (Outcome::Ok, 200, 850);
        if self.random.uniform() <= self.load.failed_share {
            (outcome, status, bytes_received) = match self.random.bits() % 4 {
                0 => (Outcome::Timeout, NO_STATUS, 0),
                1 => (Outcome::Reset, NO_STATUS, 0),
                _ => (Outcome::ErrorStatus, 503, 180),
            };
        }
        if outcome == Outcome::Timeout {
            service_ns = TIMEOUT_NS;
        }
        self.free.push(Reverse((sent_ns + service_ns + PAUSE_NS, client)));
        Some(Request {
            sent_ns,
            service_ns,
            due_ns: NO_TIME,
            first_byte_ns: if outcome.is_complete() { service_ns - service_ns / 8 } else { NO_TIME },
            operation,
            outcome,
            status,
            bytes_sent: 90 + operation.len() as i64,
            bytes_received,
            worker: (client / CLIENTS_PER_WORKER) as u16,
            connection: client,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_come_in_the_order_they_are_sent() {
        assert!(Load::default().requests().take(5_000).is_sorted_by_key(|request| request.sent_ns));
    }

    #[test]
    fn no_client_sends_before_its_last_request_is_done() {
        let mut done = [i64::MIN; 10];
        for request in Load::default().requests().take(5_000) {
            let last = &mut done[request.connection as usize];
            assert!(request.sent_ns > *last);
            *last = request.done_ns();
        }
    }

    #[test]
    fn the_median_and_the_share_of_failures_are_those_asked_for() {
        let load = Load { failed_share: 0.1, ..Load::default() };
        let requests: Vec<Request> = load.requests().take(100_000).collect();
        let failed = requests.iter().filter(|request| request.outcome != Outcome::Ok).count();
        let below = requests.iter().filter(|request| request.service_ns < 2_000_000).count();
        assert!((9_500..10_500).contains(&failed), "{failed} failed");
        // One in a hundred is slow and one in forty times out, so the median lies a little higher.
        assert!((46_000..50_000).contains(&below), "{below} below the median");
    }

    #[test]
    fn another_seed_gives_other_requests() {
        let first = |seed| Load { seed, ..Load::default() }.requests().next();
        assert_eq!(first(1), first(1));
        assert_ne!(first(1), first(2));
    }
}
