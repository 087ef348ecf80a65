//! Which request is next, and whether it may be sent yet.

use vana_trace::NO_TIME;

use crate::{Arrival, Arrivals};

/// A request that may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Next {
    /// When it was due, or `NO_TIME`.
    pub due_ns: i64,
    /// Which of the load's requests it is.
    pub request: u32,
}

/// The requests of one thread that are still to be sent.
pub(crate) struct Queue {
    arrivals: Box<dyn Arrivals>,
    /// `None` after the last.
    next: Option<Arrival>,
    left: u64,
    end_ns: i64,
}

impl Queue {
    /// At most `left` requests, none of them due at `end_ns` or later.
    pub fn new(mut arrivals: Box<dyn Arrivals>, left: u64, end_ns: i64) -> Self {
        let next = arrivals.next();
        Self { arrivals, next, left, end_ns }
    }

    /// Takes a request that may be sent now.
    pub fn take(&mut self, now_ns: i64) -> Option<Next> {
        if self.is_late(now_ns) { None } else { self.take_due(now_ns) }
    }

    /// Takes a request that was due and will not be sent any more.
    pub fn take_unsent(&mut self, now_ns: i64) -> Option<Next> {
        self.next.and_then(|next| next.due_ns)?;
        self.take_due(now_ns.min(self.end_ns - 1))
    }

    fn take_due(&mut self, now_ns: i64) -> Option<Next> {
        let next = self.next.filter(|_| self.left > 0)?;
        if next.due_ns.is_some_and(|due_ns| due_ns > now_ns) {
            return None;
        }
        self.left -= 1;
        self.next = self.arrivals.next();
        Some(Next { due_ns: next.due_ns.unwrap_or(NO_TIME), request: next.request })
    }

    /// When the next request becomes due, if that lies ahead.
    pub fn wakes_at(&self, now_ns: i64) -> Option<i64> {
        let due_ns = self.next.and_then(|next| next.due_ns);
        due_ns.filter(|due_ns| self.left > 0 && *due_ns > now_ns && *due_ns < self.end_ns)
    }

    /// Whether a request may be sent now.
    pub fn is_due(&self, now_ns: i64) -> bool {
        let is_due = |next: Arrival| next.due_ns.is_none_or(|due_ns| due_ns <= now_ns);
        !self.is_over(now_ns) && self.next.is_some_and(is_due)
    }

    /// The end of the time in which requests are sent.
    pub const fn end_ns(&self) -> i64 {
        self.end_ns
    }

    /// Whether that end has come.
    pub const fn is_late(&self, now_ns: i64) -> bool {
        now_ns >= self.end_ns
    }

    /// Whether nothing more will be sent.
    pub fn is_over(&self, now_ns: i64) -> bool {
        self.left == 0 || self.next.is_none() || self.is_late(now_ns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Listed(Vec<Option<i64>>);

    impl Arrivals for Listed {
        fn next(&mut self) -> Option<Arrival> {
            let due_ns = self.0.pop()?;
            Some(Arrival { due_ns, request: self.0.len() as u32 })
        }
    }

    /// Ten requests due at 0, 10, … 90; they are numbered backwards.
    fn queue(left: u64, end_ns: i64) -> Queue {
        Queue::new(Box::new(Listed((0..10).rev().map(|n| Some(n * 10)).collect())), left, end_ns)
    }

    fn due(next: Option<Next>) -> Option<i64> {
        next.map(|next| next.due_ns)
    }

    #[test]
    fn no_request_is_sent_before_it_is_due() {
        let mut queue = queue(9, 45);
        assert_eq!(queue.take(0), Some(Next { due_ns: 0, request: 9 }));
        assert_eq!((queue.take(9), queue.wakes_at(9)), (None, Some(10)));
        assert_eq!([9, 10, 44, 45].map(|now_ns| queue.is_due(now_ns)), [false, true, true, false]);
        assert_eq!([queue.take(25), queue.take(25), queue.take(25)].map(due), [Some(10), Some(20), None]);
        assert_eq!((queue.take(45), queue.is_over(44), queue.is_over(45)), (None, false, true));
    }

    #[test]
    fn what_was_due_and_not_sent_is_counted_up_to_the_end() {
        let mut queue = queue(9, 40);
        assert_eq!(due(queue.take(0)), Some(0));
        let unsent: Vec<_> = std::iter::from_fn(|| due(queue.take_unsent(1000))).collect();
        assert_eq!(unsent, [10, 20, 30]);
    }

    #[test]
    fn a_closed_loop_sends_as_many_as_it_may() {
        let mut queue = Queue::new(Box::new(Listed(vec![None; 9])), 2, 100);
        assert_eq!((queue.take_unsent(5), queue.wakes_at(5)), (None, None));
        assert_eq!(
            [queue.take(5), queue.take(5), queue.take(5)].map(due),
            [Some(NO_TIME), Some(NO_TIME), None]
        );
    }

    #[test]
    fn a_recording_is_over_after_its_last_request() {
        let mut queue = Queue::new(Box::new(Listed(vec![Some(7)])), u64::MAX, 100);
        assert!(!queue.is_over(5));
        assert_eq!((due(queue.take(7)), queue.is_over(8)), (Some(7), true));
    }
}
