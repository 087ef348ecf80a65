//! One thread of load: an event loop over its connections.

use std::io;
use std::sync::atomic::Ordering;
use std::time::Instant;

use mio::event::Event;
use mio::{Events, Token};
use vana_trace::NO_TIME;
use vana_types::Outcome;

use crate::Lags;
use crate::connection::{Connection, Ending, Heard, State};
use crate::queue::Queue;
use crate::record::Record;
use crate::recorder::Recording;
use crate::report::{Report, share};
use crate::shared::Shared;
use crate::silence::Silence;
use crate::system::{pin, thread_cpu};
use crate::waiting::Waiting;

/// How often deadlines and the end are looked at.
const TICK_NS: i64 = 10_000_000;
/// Ticks after which records are handed over, so that those of a slow thread do not come late.
const TICKS_PER_FLUSH: u32 = 10;
/// Until a connection that was refused is opened again.
const PAUSE_NS: i64 = 100_000_000;
/// Bytes of one read.
const BUFFER_BYTES: usize = 64 << 10;
/// Rows of requests that were never sent, after which an interrupt ends the writing of more.
pub(crate) const UNSENT: u64 = if cfg!(test) { 1000 } else { 1 << 20 };

/// One thread of load.
pub(crate) struct Worker<'a> {
    shared: &'a Shared<'a>,
    number: u16,
    waiting: Waiting,
    connections: Vec<Connection>,
    /// Open connections that wait for a request to be due; some may have been closed since.
    idle: Vec<usize>,
    /// Connections that have more to say, and whether their end has been announced.
    unread: Vec<(usize, bool)>,
    queue: Queue,
    recording: Recording,
    buffer: Vec<u8>,
    busy: usize,
    silence: Silence,
    failure: Option<String>,
    lags: Lags,
}

impl<'a> Worker<'a> {
    pub fn new(
        shared: &'a Shared<'a>,
        number: u16,
        connections: Vec<Connection>,
        queue: Queue,
        recording: Recording,
    ) -> io::Result<Self> {
        // A load that ends by the clock sees for itself whether the server comes back.
        let timeout_ns = if queue.end_ns() == i64::MAX { shared.timeout_ns } else { i64::MAX };
        Ok(Self {
            shared,
            number,
            waiting: Waiting::new(shared.tuning.busy_poll, shared.origin)?,
            connections,
            idle: Vec::new(),
            unread: Vec::new(),
            queue,
            recording,
            buffer: vec![0; BUFFER_BYTES],
            busy: 0,
            silence: Silence::new(timeout_ns),
            failure: None,
            lags: Lags::default(),
        })
    }

    fn now_ns(&self) -> i64 {
        self.shared.origin.elapsed().as_nanos() as i64
    }

    /// Sends until the end.
    pub fn run(mut self) -> io::Result<Report> {
        if let Some(core) = self.shared.tuning.core(self.number) {
            pin(core)?;
        }
        let (begun, cpu) = (Instant::now(), thread_cpu());
        let mut events = Events::with_capacity(1024);
        let (mut next_tick_ns, mut ticks) = (i64::MIN, 0u32);
        let is_truncated = loop {
            let now_ns = self.now_ns();
            if now_ns >= next_tick_ns {
                next_tick_ns = now_ns + TICK_NS;
                ticks += 1;
                self.tick(now_ns, ticks);
                if self.is_cancelled() || self.silence.is_long() {
                    break true;
                }
            }
            self.send_due();
            // The end of the time ends what is under way; the end of the requests waits for it.
            if self.queue.is_over(now_ns) && (self.busy == 0 || self.queue.is_late(now_ns)) {
                break false;
            }
            // Only a due time that a free connection waits for is worth a wake-up.
            let due_ns = self.queue.wakes_at(now_ns).filter(|_| !self.idle.is_empty());
            let until_ns =
                if self.unread.is_empty() { next_tick_ns.min(self.queue.end_ns()) } else { now_ns };
            self.waiting.wait(&mut events, self.busy > 0, due_ns, until_ns)?;
            for (index, is_closing) in std::mem::take(&mut self.unread) {
                if self.connections.get(index).is_some_and(|connection| connection.state == State::Busy) {
                    self.hear(index, is_closing);
                }
            }
            for event in &events {
                self.handle(event.token().0, event);
            }
        };
        // Waiting for the writer delays no request any more once the load is over.
        let stalled = self.recording.stalled();
        let is_whole = self.end();
        let wall = begun.elapsed();
        let polled = self.waiting.polled();
        let busy = thread_cpu().saturating_sub(cpu).saturating_sub(polled);
        Ok(Report {
            failure: self.failure,
            is_truncated: is_truncated || !is_whole,
            is_whole,
            is_silent: self.silence.is_long(),
            cpu_share: share(busy, wall),
            polling_share: share(polled, wall),
            stalled,
            lags: self.lags,
        })
    }

    fn is_cancelled(&self) -> bool {
        self.shared.cancel.load(Ordering::Relaxed) || self.recording.is_broken()
    }

    /// Deadlines, connections to be opened, records to be handed over.
    fn tick(&mut self, now_ns: i64, ticks: u32) {
        self.silence.look(now_ns, self.busy > 0 || self.queue.is_due(now_ns));
        for index in 0..self.connections.len() {
            let Some(connection) = self.connections.get(index) else { break };
            match connection.state {
                State::Closed { retry_ns } if retry_ns <= now_ns => self.open(index, now_ns),
                State::Opening { .. } if connection.is_late(now_ns, self.shared.timeout_ns) => {
                    self.refuse(index, now_ns, "the connection was not opened in the time allowed");
                }
                State::Busy if connection.is_late(now_ns, self.shared.timeout_ns) => {
                    self.finish(index, Ending::Failed(Outcome::Timeout, "no response in the time allowed"));
                }
                _ => {}
            }
        }
        if ticks.is_multiple_of(TICKS_PER_FLUSH) {
            self.recording.flush();
        }
    }

    fn open(&mut self, index: usize, now_ns: i64) {
        if self.queue.is_over(now_ns) {
            return;
        }
        let Some(connection) = self.connections.get_mut(index) else { return };
        let to = (self.shared.address, self.shared.tls.as_ref());
        if let Err(error) = connection.open(to, self.waiting.registry(), Token(index), now_ns) {
            connection.state = State::Opening { since_ns: now_ns };
            self.refuse(index, now_ns, &error.to_string());
        }
    }

    /// A connection could not be opened: that is one request's failure, if one was to be sent.
    fn refuse(&mut self, index: usize, now_ns: i64, why: &str) {
        let Some(connection) = self.connections.get_mut(index) else { return };
        let since_ns = if let State::Opening { since_ns } = connection.state { since_ns } else { now_ns };
        connection.close(now_ns + PAUSE_NS);
        self.failure = Some(why.to_owned());
        if let Some(next) = self.queue.take(now_ns) {
            let sent_ns = since_ns.max(next.due_ns);
            let record = Record::failed(Outcome::Connect, self.number, sent_ns, next);
            let connection = connection.number;
            self.recording.push(Record { service_ns: now_ns - sent_ns, connection, ..record });
        }
    }

    /// Something happened to a connection.
    fn handle(&mut self, index: usize, event: &Event) {
        let is_closing = event.is_read_closed();
        let Some(connection) = self.connections.get_mut(index) else { return };
        if let State::Opening { .. } = connection.state {
            let opened = connection.is_open();
            let now_ns = self.now_ns();
            match opened {
                Ok(true) => self.send_next(index, now_ns, false),
                Ok(false) => return,
                Err(error) => return self.refuse(index, now_ns, &error.to_string()),
            }
            // What the server said or did before it was asked is told by this event and no other.
            if !event.is_readable() && !is_closing {
                return;
            }
        }
        let Some(connection) = self.connections.get_mut(index) else { return };
        if event.is_writable() && connection.has_unsent(self.shared.requests) {
            // What went wrong is learnt by reading; an answer may have come before it.
            let _ = connection.write(self.shared.requests);
        }
        self.hear(index, is_closing);
    }

    /// Reads what a connection says. With `is_closing`, its end has been announced.
    fn hear(&mut self, index: usize, is_closing: bool) {
        let Some(connection) = self.connections.get_mut(index) else { return };
        let (origin, is_used) = (self.shared.origin, connection.is_used);
        match connection.read(&mut self.buffer, is_closing, || origin.elapsed().as_nanos() as i64) {
            Heard::Nothing => {}
            Heard::Unread => self.unread.push((index, is_closing)),
            Heard::End(ending) => self.finish(index, ending),
            Heard::Closed => {
                let now_ns = self.now_ns();
                let pause_ns = if is_used { 0 } else { PAUSE_NS };
                self.close(index, now_ns + pause_ns, now_ns);
            }
        }
    }

    fn close(&mut self, index: usize, retry_ns: i64, now_ns: i64) {
        if let Some(connection) = self.connections.get_mut(index) {
            connection.close(retry_ns);
        }
        if retry_ns <= now_ns {
            self.open(index, now_ns);
        }
    }

    /// Sends what is due over connections that wait.
    fn send_due(&mut self) {
        while let Some(index) = self.idle.pop() {
            if !self.is_idle(index) {
                continue;
            }
            // What may not be sent yet puts the connection back.
            let before = self.idle.len();
            self.send_next(index, self.now_ns(), true);
            if self.idle.len() > before {
                break;
            }
        }
    }

    fn is_idle(&self, index: usize) -> bool {
        self.connections.get(index).is_some_and(|connection| connection.state == State::Idle)
    }

    /// Sends the next request over an open connection, or lets the connection wait for it.
    fn send_next(&mut self, index: usize, now_ns: i64, was_free: bool) {
        let Some(next) = self.queue.take(now_ns) else {
            if let Some(connection) = self.connections.get_mut(index) {
                connection.state = State::Idle;
                self.idle.push(index);
            }
            return;
        };
        if next.due_ns != NO_TIME {
            // Another one that was free would have done as well.
            let is_free = was_free || self.idle.last().is_some_and(|&other| self.is_idle(other));
            self.lags.count(is_free, now_ns - next.due_ns);
        }
        let Some(connection) = self.connections.get_mut(index) else { return };
        self.busy += 1;
        if connection.send(self.shared.requests, next, now_ns).is_err() {
            let why = "the connection was closed before the request was sent";
            self.finish(index, Ending::Failed(Outcome::Reset, why));
        }
    }

    /// The request under way has ended.
    fn finish(&mut self, index: usize, ending: Ending) {
        let now_ns = self.now_ns();
        let Some(connection) = self.connections.get_mut(index) else { return };
        self.busy -= 1;
        let (outcome, status, stays_open, done_ns) = match ending {
            Ending::Answered(response) => {
                self.silence.end();
                let outcome = if response.is_error { Outcome::ErrorStatus } else { Outcome::Ok };
                (outcome, response.status, response.stays_open, connection.heard_ns)
            }
            Ending::Failed(outcome, why) => {
                self.failure = Some(why.to_owned());
                (outcome, 0, false, now_ns)
            }
        };
        // A response that comes before the request was sent in full leaves the connection out of step.
        let stays_open = stays_open && !connection.has_unsent(self.shared.requests);
        self.recording.push(connection.record(outcome, status, self.number, done_ns));
        if stays_open {
            self.send_next(index, now_ns, false);
        } else {
            self.close(index, now_ns, now_ns);
        }
    }

    /// What is under way and what was due is unfinished. Whether all of that is recorded: a rate that nothing could meet may
    /// leave more than whoever interrupts the load wants to wait for.
    fn end(&mut self) -> bool {
        let now_ns = self.now_ns();
        for connection in self.connections.iter().filter(|connection| connection.state == State::Busy) {
            self.recording.push(connection.record(Outcome::Unfinished, 0, self.number, now_ns));
        }
        let mut unsent = 0;
        let is_whole = loop {
            let Some(next) = self.queue.take_unsent(now_ns) else { break true };
            self.recording.push(Record::failed(Outcome::Unfinished, self.number, now_ns, next));
            unsent += 1;
            if unsent >= UNSENT && self.is_cancelled() {
                break false;
            }
        };
        self.recording.flush();
        is_whole
    }
}
