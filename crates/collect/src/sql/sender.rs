//! What a client sends: the statements of its transactions, each with its row.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use vana_trace::NO_TIME;
use vana_types::Outcome;

use super::client::{Shared, TRANSACTION_NUMBER};
use super::data::{C_GROUPS, Digits, PAD_GROUPS};
use super::{Argument, Bytes, Connection, Executed, Limits, SqlFailure, SqlLoad, Statement, Step};
use crate::Uniform;
use crate::queue::Next;
use crate::record::Record;
use crate::recorder::Recording;

/// See the head of this file.
pub(crate) struct Sender<'a> {
    shared: &'a Shared<'a>,
    number: u16,
    connection: Option<Box<dyn Connection + 'a>>,
    pub recording: Recording,
    uniform: Uniform,
    c: Digits,
    pad: Digits,
    /// What went over the wire since the last row of a transaction.
    bytes: Option<Bytes>,
    /// Whether the database has a transaction of this client open.
    is_begun: bool,
}

/// How a transaction was broken off.
pub(crate) enum Broken {
    /// The database said no.
    Refused(SqlFailure),
    /// The load was interrupted, or over before there was a connection.
    Cancelled,
}

/// Opens a connection with all statements of the load, which may take so long.
pub(crate) fn open<'a>(
    load: &SqlLoad,
    statements: &[Statement],
    connect: Duration,
    cancel: &'a AtomicBool,
) -> Result<Box<dyn Connection + 'a>, SqlFailure> {
    let limits = Limits { connect, statement: Some(load.timeout), cancel };
    let mut connection = load.database.connect(&load.url, limits, false)?;
    // Statements that cannot be prepared are as good as no connection.
    let prepared = connection.prepare(statements, load.tables);
    prepared.map_err(|failure| SqlFailure { outcome: Outcome::Connect, is_lost: true, ..failure })?;
    Ok(connection)
}

impl<'a> Sender<'a> {
    pub fn new(
        shared: &'a Shared<'a>,
        number: u16,
        connection: Option<Box<dyn Connection + 'a>>,
        recording: Recording,
        uniform: Uniform,
    ) -> Self {
        Self {
            shared,
            number,
            connection,
            recording,
            uniform,
            c: Digits::new(C_GROUPS),
            pad: Digits::new(PAD_GROUPS),
            bytes: None,
            is_begun: false,
        }
    }

    pub fn is_cancelled(&self) -> bool {
        let shared = self.shared;
        shared.cancel.load(Ordering::Relaxed)
            || shared.is_given_up.load(Ordering::Relaxed)
            || self.recording.is_broken()
    }

    /// Whether there is no connection.
    pub const fn is_lost(&self) -> bool {
        self.connection.is_none()
    }

    /// After a failure: what was begun is undone, or the connection given up.
    pub fn recover(&mut self, failure: &SqlFailure) {
        if failure.is_lost {
            self.connection = None;
        } else if std::mem::take(&mut self.is_begun) {
            // What goes wrong with it is in its row, and has given up the connection if it was the connection's.
            let _ = self.execute(Statement::Rollback, 1, Values::None);
        }
    }

    /// The statements of a transaction, with values drawn anew.
    pub fn attempt(&mut self) -> Result<(), Broken> {
        let load = self.shared.load;
        if self.connection.is_none() {
            self.connect()?;
        }
        self.is_begun = false;
        if load.workload.is_transaction() {
            self.step(Statement::Begin, 1, Values::None)?;
            self.is_begun = true;
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

    /// Opens a connection. No longer than to the end of the load is waited for one: nothing is under way over it, and a run
    /// that lasts longer than its transactions has other rates than they had.
    fn connect(&mut self) -> Result<(), Broken> {
        let Shared { load, statements, cancel, .. } = *self.shared;
        let left = self.shared.left();
        match open(load, statements, load.timeout.min(left), cancel) {
            Ok(opened) => {
                self.connection = Some(opened);
                Ok(())
            }
            Err(_) if self.is_cancelled() || (left < load.timeout && self.shared.left().is_zero()) => {
                Err(Broken::Cancelled)
            }
            Err(failure) => Err(Broken::Refused(failure)),
        }
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
        let executed = match values {
            Values::None => connection.execute(statement, table, &[]),
            Values::Id(id) => connection.execute(statement, table, &[Number(id)]),
            Values::Range(id) => connection.execute(statement, table, &[Number(id), Number(last_of(id))]),
            Values::Text(id) => connection.execute(statement, table, &[c, Number(id)]),
            Values::Row(id, k) => connection.execute(statement, table, &[Number(id), Number(k), c, pad]),
        };
        self.record_statement(statement, &executed);
        if executed.result.as_ref().is_err_and(|failure| failure.is_lost) {
            self.connection = None;
        }
        executed.result
    }

    fn record_statement(&mut self, statement: Statement, executed: &Executed) {
        let since =
            |later: Instant, earlier: Instant| later.saturating_duration_since(earlier).as_nanos() as i64;
        if let Some(bytes) = executed.bytes {
            let all = self.bytes.get_or_insert_default();
            all.sent += bytes.sent;
            all.received += bytes.received;
        }
        let end = executed.result.as_ref();
        let (outcome, status) =
            end.map_or_else(|failure| (failure.outcome, failure.code), |()| (Outcome::Ok, 0));
        let sent_ns = since(executed.sent, self.shared.origin);
        let next = Next { due_ns: NO_TIME, request: statement as u32 };
        let record = Record::failed(outcome, self.number, sent_ns, next);
        let (bytes_sent, bytes_received) = shown(executed.bytes);
        self.recording.push(Record {
            service_ns: since(executed.ended, executed.sent),
            first_byte_ns: executed.first_byte.map_or(NO_TIME, |first| since(first, executed.sent)),
            status,
            connection: u32::from(self.number),
            bytes_sent,
            bytes_received,
            ..record
        });
    }

    /// The row of a transaction, whose bytes are those of its statements.
    pub fn record_transaction(
        &mut self,
        sent_ns: i64,
        service_ns: i64,
        next: Next,
        (outcome, status): (Outcome, u16),
    ) {
        let next = Next { request: TRANSACTION_NUMBER, ..next };
        let record = Record::failed(outcome, self.number, sent_ns, next);
        let (bytes_sent, bytes_received) = shown(self.bytes.take());
        self.recording.push(Record {
            service_ns,
            status,
            connection: u32::from(self.number),
            bytes_sent,
            bytes_received,
            ..record
        });
    }
}

/// As a row has them.
fn shown(bytes: Option<Bytes>) -> (i64, i64) {
    bytes.map_or((NO_TIME, NO_TIME), |bytes| (bytes.sent, bytes.received))
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
