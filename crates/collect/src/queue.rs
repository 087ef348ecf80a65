//! Which request is next, and whether it may be sent yet.

use vana_trace::NO_TIME;

use crate::DueTimes;

/// The requests of one thread that are still to be sent.
pub(crate) struct Queue {
    times: Box<dyn DueTimes>,
    /// When the next request is due; `None` for whenever a connection is free.
    next_ns: Option<i64>,
    left: u64,
    end_ns: i64,
}

impl Queue {
    /// At most `left` requests, none of them due at `end_ns` or later.
    pub fn new(mut times: Box<dyn DueTimes>, left: u64, end_ns: i64) -> Self {
        let next_ns = times.next_ns();
        Self { times, next_ns, left, end_ns }
    }

    /// Takes a request that may be sent now: its due time, or `NO_TIME`.
    pub fn take(&mut self, now_ns: i64) -> Option<i64> {
        if self.is_late(now_ns) { None } else { self.take_due(now_ns) }
    }

    /// Takes a request that was due and will not be sent any more.
    pub fn take_unsent(&mut self, now_ns: i64) -> Option<i64> {
        self.next_ns.and_then(|_| self.take_due(now_ns.min(self.end_ns - 1)))
    }

    fn take_due(&mut self, now_ns: i64) -> Option<i64> {
        if self.left == 0 || self.next_ns.is_some_and(|due_ns| due_ns > now_ns) {
            return None;
        }
        self.left -= 1;
        let due_ns = self.next_ns;
        if due_ns.is_some() {
            self.next_ns = self.times.next_ns();
        }
        Some(due_ns.unwrap_or(NO_TIME))
    }

    /// When the next request becomes due, if that lies ahead.
    pub fn wakes_at(&self, now_ns: i64) -> Option<i64> {
        self.next_ns.filter(|due_ns| self.left > 0 && *due_ns > now_ns && *due_ns < self.end_ns)
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
        self.left == 0 || self.is_late(now_ns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Listed(Vec<i64>);

    impl DueTimes for Listed {
        fn next_ns(&mut self) -> Option<i64> {
            self.0.pop()
        }
    }

    fn queue(left: u64, end_ns: i64) -> Queue {
        Queue::new(Box::new(Listed((0..10).rev().map(|n| n * 10).collect())), left, end_ns)
    }

    #[test]
    fn no_request_is_sent_before_it_is_due() {
        let mut queue = queue(9, 45);
        assert_eq!((queue.take(0), queue.take(9), queue.wakes_at(9)), (Some(0), None, Some(10)));
        assert_eq!((queue.take(25), queue.take(25), queue.take(25)), (Some(10), Some(20), None));
        assert_eq!((queue.take(45), queue.is_over(44), queue.is_over(45)), (None, false, true));
    }

    #[test]
    fn what_was_due_and_not_sent_is_counted_up_to_the_end() {
        let mut queue = queue(9, 40);
        assert_eq!(queue.take(0), Some(0));
        let unsent: Vec<i64> = std::iter::from_fn(|| queue.take_unsent(1000)).collect();
        assert_eq!(unsent, [10, 20, 30]);
    }

    #[test]
    fn a_closed_loop_sends_as_many_as_it_may() {
        let mut queue = Queue::new(Box::new(Listed(Vec::new())), 2, 100);
        assert_eq!((queue.take_unsent(5), queue.wakes_at(5)), (None, None));
        assert_eq!([queue.take(5), queue.take(5), queue.take(5)], [Some(NO_TIME), Some(NO_TIME), None]);
    }
}
