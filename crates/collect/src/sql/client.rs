//! One client: a thread with a connection that makes one transaction after the other.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use vana_trace::NO_TIME;
use vana_types::Outcome;

use super::data::{C_GROUPS, Digits, PAD_GROUPS};
use super::{Argument, Connection, SqlFailure, SqlLoad, Statement, Step};
use crate::Lags;
use crate::Uniform;
use crate::queue::{Next, Queue};
use crate::record::Record;
use crate::recorder::Recording;
use crate::report::Report;
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
    number: u16,
    connection: Option<Box<dyn Connection>>,
    recording: Recording,
    flushed_ns: i64,
    uniform: Uniform,
    c: Digits,
    pad: Digits,
    failure: Option<String>,
}

/// How a transaction was broken off.
enum Broken {
    /// The database said no.
    Refused(SqlFailure),
    /// The load was interrupted.
    Cancelled,
}

/// Opens a connection with all statements of the load.
pub(crate) fn open(load: &SqlLoad, statements: &[Statement]) -> Result<Box<dyn Connection>, SqlFailure> {
    let mut connection = load.database.connect(&load.url, load.timeout, false)?;
    // Statements that cannot be prepared are as good as no connection.
    let prepared = connection.prepare(statements, load.tables);
    prepared.map_err(|failure| SqlFailure { outcome: Outcome::Connect, is_lost: true, ..failure })?;
    Ok(connection)
}

impl<'a> Client<'a> {
    pub fn new(
        shared: &'a Shared<'a>,
        number: u16,
        connection: Option<Box<dyn Connection>>,
        recording: Recording,
        uniform: Uniform,
    ) -> Self {
        Self {
            shared,
            number,
            connection,
            recording,
            flushed_ns: 0,
            uniform,
            c: Digits::new(C_GROUPS),
            pad: Digits::new(PAD_GROUPS),
            failure: None,
        }
    }

    fn now_ns(&self) -> i64 {
        self.shared.origin.elapsed().as_nanos() as i64
    }

    fn is_cancelled(&self) -> bool {
        self.shared.cancel.load(Ordering::Relaxed) || self.recording.is_broken()
    }

    /// Makes transactions until the end.
    #[expect(clippy::unnecessary_wraps, reason = "every kind of load reports in the same way")]
    pub fn run(mut self) -> io::Result<Report> {
        let (begun, cpu) = (Instant::now(), thread_cpu());
        while let Some(next) = self.next() {
            self.transact(next);
        }
        let is_truncated = self.is_cancelled();
        let stalled = self.recording.stalled();
        self.end();
        let wall = begun.elapsed().as_secs_f64();
        Ok(Report {
            lags: Lags::default(),
            failure: self.failure,
            is_truncated,
            cpu_share: if wall > 0.0 { thread_cpu().saturating_sub(cpu).as_secs_f64() / wall } else { 0.0 },
            stalled,
        })
    }

    /// Waits until a transaction is due; `None` after the last.
    fn next(&mut self) -> Option<Next> {
        let shared = self.shared;
        let mut queue = shared.queue.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let now_ns = self.now_ns();
            if self.is_cancelled() || queue.is_over(now_ns) {
                return None;
            }
            let next = queue.take(now_ns);
            if next.is_none() || now_ns - self.flushed_ns > FLUSH_NS {
                self.recording.flush();
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
            match self.attempt() {
                Ok(()) => break (Outcome::Ok, 0),
                Err(Broken::Cancelled) => break (Outcome::Unfinished, 0),
                Err(Broken::Refused(failure)) => {
                    let is_again = failure.is_retryable && !failure.is_lost;
                    self.failure = Some(failure.message.clone());
                    self.recover(&failure);
                    if !is_again || self.connection.is_none() {
                        break (failure.outcome, failure.code);
                    }
                    if self.is_cancelled() || self.is_late() {
                        break (Outcome::Unfinished, failure.code);
                    }
                }
            }
        };
        let service_ns = self.now_ns() - sent_ns;
        self.record(sent_ns, service_ns, Next { request: TRANSACTION_NUMBER, ..next }, end);
        if self.connection.is_none() && end.0 == Outcome::Connect {
            self.pause();
        }
    }

    fn is_late(&self) -> bool {
        let queue = self.shared.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.is_late(self.now_ns())
    }

    /// After a failure: what was begun is undone, or the connection given up.
    fn recover(&mut self, failure: &SqlFailure) {
        if failure.is_lost {
            self.connection = None;
        } else if self.shared.load.workload.is_transaction() {
            // What goes wrong with it is in its row, and has given up the connection if it was the connection's.
            let _ = self.execute(Statement::Rollback, 1, Values::None);
        }
    }

    /// The statements of a transaction, with values drawn anew.
    fn attempt(&mut self) -> Result<(), Broken> {
        let load = self.shared.load;
        if self.connection.is_none() {
            let opened = open(load, self.shared.statements);
            self.connection = Some(opened.map_err(Broken::Refused)?);
        }
        if load.workload.is_transaction() {
            self.step(Statement::Begin, 1, Values::None)?;
        }
        for step in load.workload.steps() {
            let table = 1 + ((self.uniform)() * f64::from(load.tables)) as u32;
            match *step {
                Step::Times(statement, times) => {
                    for _ in 0..times {
                        let id = self.id();
                        let values = match statement {
                            Statement::SimpleRange
                            | Statement::SumRange
                            | Statement::OrderRange
                            | Statement::DistinctRange => Values::Range(id),
                            Statement::NonIndexUpdate => Values::Text(id),
                            _ => Values::Id(id),
                        };
                        self.step(statement, table, values)?;
                    }
                }
                Step::DeleteInsert => {
                    let (id, k) = (self.id(), self.id());
                    self.step(Statement::Delete, table, Values::Id(id))?;
                    self.step(Statement::Insert, table, Values::Row(id, k))?;
                }
            }
        }
        if load.workload.is_transaction() {
            self.step(Statement::Commit, 1, Values::None)?;
        }
        Ok(())
    }

    fn id(&mut self) -> i64 {
        i64::from(self.shared.load.distribution.draw(self.shared.load.rows, &mut *self.uniform))
    }

    fn step(&mut self, statement: Statement, table: u32, values: Values) -> Result<(), Broken> {
        if self.is_cancelled() {
            return Err(Broken::Cancelled);
        }
        self.execute(statement, table, values).map_err(Broken::Refused)
    }

    /// Executes a statement and records it.
    fn execute(&mut self, statement: Statement, table: u32, values: Values) -> Result<(), SqlFailure> {
        use Argument::{Number, Text};
        if let Values::Text(_) | Values::Row(..) = values {
            self.c.draw(&mut *self.uniform);
        }
        if let Values::Row(..) = values {
            self.pad.draw(&mut *self.uniform);
        }
        let (c, pad) = (Text(self.c.text()), Text(self.pad.text()));
        let last_of = |id: i64| id + i64::from(self.shared.load.range_size) - 1;
        let Some(connection) = &mut self.connection else { return Ok(()) };
        let origin = self.shared.origin;
        let sent_ns = origin.elapsed().as_nanos() as i64;
        let result = match values {
            Values::None => connection.execute(statement, table, &[]),
            Values::Id(id) => connection.execute(statement, table, &[Number(id)]),
            Values::Range(id) => connection.execute(statement, table, &[Number(id), Number(last_of(id))]),
            Values::Text(id) => connection.execute(statement, table, &[c, Number(id)]),
            Values::Row(id, k) => connection.execute(statement, table, &[Number(id), Number(k), c, pad]),
        };
        let service_ns = origin.elapsed().as_nanos() as i64 - sent_ns;
        let end =
            result.as_ref().map_or_else(|failure| (failure.outcome, failure.code), |()| (Outcome::Ok, 0));
        self.record(sent_ns, service_ns, Next { due_ns: NO_TIME, request: statement as u32 }, end);
        if result.as_ref().is_err_and(|failure| failure.is_lost) {
            self.connection = None;
        }
        result
    }

    fn record(&mut self, sent_ns: i64, service_ns: i64, next: Next, (outcome, status): (Outcome, u16)) {
        let record = Record::failed(outcome, self.number, sent_ns, next);
        let bytes = NO_TIME;
        self.recording.push(Record {
            service_ns,
            status,
            connection: u32::from(self.number),
            bytes_sent: bytes,
            bytes_received: bytes,
            ..record
        });
    }

    fn pause(&self) {
        let until = Instant::now() + PAUSE;
        while Instant::now() < until && !self.is_cancelled() {
            sleep_ns(NAP_NS);
        }
    }

    /// What was due is unfinished.
    fn end(&mut self) {
        let shared = self.shared;
        let mut queue = shared.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let now_ns = self.now_ns();
        while let Some(next) = queue.take_unsent(now_ns) {
            self.record(now_ns, 0, Next { request: TRANSACTION_NUMBER, ..next }, (Outcome::Unfinished, 0));
        }
        self.recording.flush();
    }
}

/// The values of a statement.
#[derive(Clone, Copy)]
enum Values {
    None,
    Id(i64),
    Range(i64),
    /// A new `c`.
    Text(i64),
    /// Id and `k` of a new row.
    Row(i64, i64),
}

fn sleep_ns(time_ns: i64) {
    std::thread::sleep(Duration::from_nanos(time_ns.max(0).unsigned_abs()));
}
