//! One client: a thread that makes one transaction after the other.

use std::io;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use vana_types::Outcome;

use super::sender::{Broken, Sender};
use super::{SqlLoad, Statement};
use crate::Lags;
use crate::queue::{Next, Queue};
use crate::report::{Report, share};
use crate::system::thread_cpu;

/// Until a connection that was refused is opened again.
const PAUSE: Duration = Duration::from_millis(100);
/// The longest sleep after which an interrupt is looked for.
const NAP_NS: i64 = 10_000_000;
/// How often records are handed over at least.
const FLUSH_NS: i64 = 100_000_000;
/// The number of the operation `transaction`, after those of all statements.
pub(crate) const TRANSACTION_NUMBER: u32 = Statement::ALL.len() as u32;

/// What all clients of a run share.
pub(crate) struct Shared<'a> {
    pub load: &'a SqlLoad,
    /// Statements to prepare.
    pub statements: &'a [Statement],
    /// Transactions that are still to be made. A client that waits for the next due time holds it: whoever is free
    /// takes the next one, and nobody else would have anything to do.
    pub queue: Mutex<Queue>,
    /// The zero of all stamps.
    pub origin: Instant,
    pub cancel: &'a AtomicBool,
}

/// One client.
pub(crate) struct Client<'a> {
    shared: &'a Shared<'a>,
    sender: Sender<'a>,
    flushed_ns: i64,
    failure: Option<String>,
}

impl<'a> Client<'a> {
    pub fn new(shared: &'a Shared<'a>, sender: Sender<'a>) -> Self {
        Self { shared, sender, flushed_ns: 0, failure: None }
    }

    fn now_ns(&self) -> i64 {
        self.shared.origin.elapsed().as_nanos() as i64
    }

    /// Makes transactions until the end.
    #[expect(clippy::unnecessary_wraps, reason = "every kind of load reports in the same way")]
    pub fn run(mut self) -> io::Result<Report> {
        let (begun, cpu) = (Instant::now(), thread_cpu());
        while let Some(next) = self.next() {
            self.transact(next);
        }
        let is_truncated = self.sender.is_cancelled();
        let stalled = self.sender.recording.stalled();
        self.end();
        Ok(Report {
            lags: Lags::default(),
            failure: self.failure,
            is_truncated,
            cpu_share: share(thread_cpu().saturating_sub(cpu), begun.elapsed()),
            polling_share: 0.0,
            stalled,
        })
    }

    /// Waits until a transaction is due; `None` after the last.
    fn next(&mut self) -> Option<Next> {
        let shared = self.shared;
        let mut queue = shared.queue.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let now_ns = self.now_ns();
            if self.sender.is_cancelled() || queue.is_over(now_ns) {
                return None;
            }
            let next = queue.take(now_ns);
            if next.is_none() || now_ns - self.flushed_ns > FLUSH_NS {
                self.sender.recording.flush();
                self.flushed_ns = now_ns;
            }
            if next.is_some() {
                return next;
            }
            let until_ns = queue.wakes_at(now_ns).unwrap_or(i64::MAX).min(queue.end_ns());
            sleep_ns((until_ns - now_ns).clamp(0, NAP_NS));
        }
    }

    /// Makes one transaction, again and again where the database says that it may work the next time.
    fn transact(&mut self, next: Next) {
        let sent_ns = self.now_ns();
        let end = loop {
            match self.sender.attempt() {
                Ok(()) => break (Outcome::Ok, 0),
                Err(Broken::Cancelled) => break (Outcome::Unfinished, 0),
                Err(Broken::Refused(failure)) => {
                    let is_again = failure.is_retryable && !failure.is_lost;
                    self.failure = Some(failure.message.clone());
                    self.sender.recover(&failure);
                    if !is_again || self.sender.is_lost() {
                        break (failure.outcome, failure.code);
                    }
                    if self.sender.is_cancelled() || self.is_late() {
                        break (Outcome::Unfinished, failure.code);
                    }
                }
            }
        };
        let service_ns = self.now_ns() - sent_ns;
        self.sender.record_transaction(sent_ns, service_ns, next, end);
        if self.sender.is_lost() && end.0 == Outcome::Connect {
            self.pause();
        }
    }

    fn is_late(&self) -> bool {
        let queue = self.shared.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.is_late(self.now_ns())
    }

    fn pause(&self) {
        let until = Instant::now() + PAUSE;
        while Instant::now() < until && !self.sender.is_cancelled() {
            sleep_ns(NAP_NS);
        }
    }

    /// What was due is unfinished.
    fn end(&mut self) {
        let shared = self.shared;
        let mut queue = shared.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let now_ns = self.now_ns();
        while let Some(next) = queue.take_unsent(now_ns) {
            self.sender.record_transaction(now_ns, 0, next, (Outcome::Unfinished, 0));
        }
        self.sender.recording.flush();
    }
}

fn sleep_ns(time_ns: i64) {
    std::thread::sleep(Duration::from_nanos(time_ns.max(0).unsigned_abs()));
}
