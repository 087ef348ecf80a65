//! The same requests in the order a tool learns of them.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::iter::Peekable;

use crate::Request;

/// Requests in the order they are done, from requests in the order they are sent. Memory is one request a client.
#[derive(Debug)]
pub struct Completions<I: Iterator<Item = Request>> {
    sent: Peekable<I>,
    /// Under way, by the time they are done.
    open: BinaryHeap<Reverse<(i64, Request)>>,
}

impl<I: Iterator<Item = Request>> Completions<I> {
    /// Of requests in the order they are sent.
    pub fn of(sent: I) -> Self {
        Self { sent: sent.peekable(), open: BinaryHeap::new() }
    }
}

impl<I: Iterator<Item = Request>> Iterator for Completions<I> {
    type Item = Request;

    fn next(&mut self) -> Option<Request> {
        loop {
            let done_ns = self.open.peek().map(|Reverse((done_ns, _))| *done_ns);
            match self.sent.next_if(|next| done_ns.is_none_or(|done_ns| next.sent_ns < done_ns)) {
                Some(request) => self.open.push(Reverse((request.done_ns(), request))),
                None => return self.open.pop().map(|Reverse((_, request))| request),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Load;

    #[test]
    fn requests_come_in_the_order_they_are_done_and_none_is_lost() {
        let sent: Vec<Request> = Load::default().requests().take(5_000).collect();
        let done: Vec<Request> = Completions::of(sent.clone().into_iter()).collect();
        assert!(done.is_sorted_by_key(Request::done_ns));
        assert!(!done.is_sorted_by_key(|request| request.sent_ns));
        let mut again = done;
        again.sort_by_key(|request| (request.sent_ns, request.connection));
        assert_eq!(again, sent);
    }
}
