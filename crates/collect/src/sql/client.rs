//! One client: a thread that makes one transaction after the other.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use vana_types::Outcome;

use super::sender::{Broken, Sender};
use super::{SqlLoad, Statement};
use crate::Lags;
use crate::gather::nanos;
use crate::queue::{Next, Queue};
use crate::report::{Report, share};
use crate::silence::Silence;
use crate::system::thread_cpu;
use crate::worker::UNSENT;

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
    /// The end of the time in which transactions are begun.
    pub end_ns: i64,
    /// The zero of all stamps.
    pub origin: Instant,
    pub cancel: &'a AtomicBool,
    /// Clients that have long been without an answer.
    pub silent: AtomicU16,
    /// Whether all of them were.
    pub is_given_up: AtomicBool,
}

impl Shared<'_> {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long transactions will still be begun.
    pub fn left(&self) -> Duration {
        let left_ns = self.end_ns.saturating_sub(self.origin.elapsed().as_nanos() as i64);
        Duration::from_nanos(left_ns.max(0).unsigned_abs())
    }

    fn silence(&self) -> Silence {
        // A load that ends by the clock sees for itself whether the server comes back.
        Silence::new(if self.end_ns == i64::MAX { nanos(self.load.timeout) } else { i64::MAX })
    }
}

/// One client.
pub(crate) struct Client<'a> {
    shared: &'a Shared<'a>,
    sender: Sender<'a>,
    flushed_ns: i64,
    silence: Silence,
    failure: Option<String>,
}

impl<'a> Client<'a> {
    pub fn new(shared: &'a Shared<'a>, sender: Sender<'a>) -> Self {
        Self { shared, sender, flushed_ns: 0, silence: shared.silence(), failure: None }
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
        let is_whole = self.end();
        Ok(Report {
            lags: Lags::default(),
            failure: self.failure,
            is_truncated: is_truncated || !is_whole,
            is_whole,
            is_silent: self.shared.is_given_up.load(Ordering::Relaxed),
            cpu_share: share(thread_cpu().saturating_sub(cpu), begun.elapsed()),
            polling_share: 0.0,
            stalled,
        })
    }

    /// Waits until a transaction is due; `None` after the last.
    fn next(&mut self) -> Option<Next> {
        let shared = self.shared;
        let mut is_flushed = false;
        loop {
            let mut queue = shared.queue();
            let now_ns = self.now_ns();
            if self.sender.is_cancelled() || queue.is_over(now_ns) {
                return None;
            }
            if is_flushed || now_ns - self.flushed_ns <= FLUSH_NS {
                if let Some(next) = queue.take(now_ns) {
                    return Some(next);
                }
                if is_flushed {
                    let until_ns = queue.wakes_at(now_ns).unwrap_or(i64::MAX).min(shared.end_ns);
                    sleep_ns((until_ns - now_ns).clamp(0, NAP_NS));
                    continue;
                }
            }
            // The writer may keep this client waiting, but not the others.
            drop(queue);
            self.sender.recording.flush();
            (is_flushed, self.flushed_ns) = (true, now_ns);
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
                    if self.sender.is_cancelled() || self.now_ns() >= self.shared.end_ns {
                        break (Outcome::Unfinished, failure.code);
                    }
                }
            }
        };
        let now_ns = self.now_ns();
        self.sender.record_transaction(sent_ns, now_ns - sent_ns, next, end);
        self.listen(end.0, now_ns);
        if self.sender.is_lost() && end.0 == Outcome::Connect {
            self.pause();
        }
    }

    /// Gives the server up when no client was answered for long.
    fn listen(&mut self, end: Outcome, now_ns: i64) {
        let (shared, was_long) = (self.shared, self.silence.is_long());
        if end.is_complete() {
            self.silence.end();
            if was_long {
                self.silence = shared.silence();
                shared.silent.fetch_sub(1, Ordering::Relaxed);
            }
        } else if !was_long {
            self.silence.look(now_ns, end != Outcome::Unfinished);
            if self.silence.is_long()
                && shared.silent.fetch_add(1, Ordering::Relaxed) + 1 == shared.load.clients
            {
                shared.is_given_up.store(true, Ordering::Relaxed);
            }
        }
    }

    fn pause(&self) {
        let until = Instant::now() + PAUSE;
        while Instant::now() < until && !self.sender.is_cancelled() {
            sleep_ns(NAP_NS);
        }
    }

    /// What was due is unfinished. Whether all of it is recorded: after an interrupt not more than somebody may want to
    /// wait for.
    fn end(&mut self) -> bool {
        let now_ns = self.now_ns();
        let mut unsent = 0;
        let is_whole = loop {
            let Some(next) = self.shared.queue().take_unsent(now_ns) else { break true };
            self.sender.record_transaction(now_ns, 0, next, (Outcome::Unfinished, 0));
            unsent += 1;
            if unsent >= UNSENT && self.sender.is_cancelled() {
                break false;
            }
        };
        self.sender.recording.flush();
        is_whole
    }
}

fn sleep_ns(time_ns: i64) {
    std::thread::sleep(Duration::from_nanos(time_ns.max(0).unsigned_abs()));
}

#[cfg(test)]
mod tests;
