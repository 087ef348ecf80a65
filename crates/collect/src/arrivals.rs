//! Which request is next, and when it is due.

use crate::{DueTimes, Request, Uniform};

/// Before the first due time connections are opened, so that nobody is late for lack of one.
pub(crate) const LEAD_NS: i64 = 100_000_000;

/// A request of a thread's sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// When it is due, nanoseconds since the run's start; `None` for as soon as a connection is free.
    pub due_ns: Option<i64>,
    /// Which of the load's requests it is, counted from 0.
    pub request: u32,
}

/// What one thread sends, in the order in which it is due.
pub trait Arrivals: Send {
    /// The next one; `None` when there are no more.
    fn next(&mut self) -> Option<Arrival>;
}

/// Times of a schedule, and requests drawn by their weights.
pub(crate) struct Drawn {
    times: Box<dyn DueTimes>,
    /// Sums of the weights up to each request, the last of them 1.
    shares: Vec<f64>,
    uniform: Uniform,
}

impl Drawn {
    /// Requests at these times, counted from the end of the lead.
    pub fn new(times: Box<dyn DueTimes>, requests: &[Request], uniform: Uniform) -> Self {
        let total: f64 = requests.iter().map(|request| request.weight).sum();
        let mut sum = 0.0;
        let share = |request: &Request| {
            sum += request.weight;
            sum / total
        };
        Self { times, shares: requests.iter().map(share).collect(), uniform }
    }
}

impl Arrivals for Drawn {
    fn next(&mut self) -> Option<Arrival> {
        let request = if self.shares.len() > 1 {
            let drawn = (self.uniform)();
            self.shares.partition_point(|share| *share <= drawn).min(self.shares.len() - 1)
        } else {
            0
        };
        let due_ns = self.times.next_ns().map(|due_ns| due_ns.saturating_add(LEAD_NS));
        Some(Arrival { due_ns, request: request as u32 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Never;

    impl DueTimes for Never {
        fn next_ns(&mut self) -> Option<i64> {
            None
        }
    }

    #[test]
    fn requests_are_drawn_by_their_weights() {
        let requests = [3.0, 1.0, 4.0].map(|weight| Request { weight, ..Request::default() });
        let mut step = 0;
        let uniform = Box::new(move || {
            step += 1;
            (f64::from(step) - 0.5) / 800.0
        });
        let mut drawn = Drawn::new(Box::new(Never), &requests, uniform);
        let mut counts = [0; 3];
        for _ in 0..800 {
            let arrival = drawn.next().unwrap();
            assert_eq!(arrival.due_ns, None);
            counts[arrival.request as usize] += 1;
        }
        assert_eq!(counts, [300, 100, 400]);
    }
}
