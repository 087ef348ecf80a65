use std::sync::atomic::AtomicU32;
use std::thread;

use vana_trace::{Column, TraceReader};
use vana_types::{Identity, Seed};

use super::*;
use crate::sql::{
    Argument, Connection, Database, Executed, Limits, SqlError, SqlFailure, collect_sql, distribution,
    sql_workload,
};
use crate::{Collected, Stop, schedule};

fn failure(outcome: Outcome, is_retryable: bool) -> SqlFailure {
    SqlFailure { outcome, code: 0, message: "no".to_owned(), is_retryable, is_lost: !is_retryable }
}

/// A database; its connections are counted.
struct Fake {
    opened: AtomicU32,
    /// Connections that are given out; all others are refused.
    most: u32,
    /// How long the last statement of each transaction takes.
    commit: Duration,
    /// Whether each connection has a deadlock first.
    is_deadlocked: bool,
    /// Whether no transaction is begun.
    is_shut: bool,
    /// How long a connection takes, or is waited for.
    connect: Duration,
}

impl Database for Fake {
    fn name(&self) -> &'static str {
        "fake"
    }
    fn about(&self) -> &'static str {
        ""
    }
    fn source(&self) -> &'static str {
        ""
    }
    fn engines(&self) -> &'static [&'static str] {
        &[]
    }
    fn check(&self, _: &str) -> Result<(), SqlError> {
        Ok(())
    }
    fn connect<'a>(
        &self,
        _: &str,
        limits: Limits<'a>,
        _: bool,
    ) -> Result<Box<dyn Connection + 'a>, SqlFailure> {
        thread::sleep(self.connect.min(limits.connect));
        if self.opened.fetch_add(1, Ordering::Relaxed) >= self.most {
            return Err(failure(Outcome::Connect, false));
        }
        let Self { commit, is_deadlocked, is_shut, .. } = *self;
        Ok(Box::new(Open { commit, is_deadlocked, is_shut }))
    }
    fn version(&self) -> &'static str {
        ""
    }
    fn definition(&self, _: &str, _: Option<&str>) -> String {
        String::new()
    }
    fn columns(&self, _: &str) -> String {
        String::new()
    }
    fn expected_columns(&self) -> [&'static str; 4] {
        [""; 4]
    }
    fn index(&self, _: &str, _: &str) -> String {
        String::new()
    }
    fn engine(&self, _: &str) -> Option<String> {
        None
    }
}

struct Open {
    commit: Duration,
    is_deadlocked: bool,
    is_shut: bool,
}

impl Connection for Open {
    fn query(&mut self, _: &str) -> Result<Vec<String>, SqlFailure> {
        Ok(Vec::new())
    }
    fn prepare(&mut self, _: &[Statement], _: u32) -> Result<(), SqlFailure> {
        Ok(())
    }
    fn execute(&mut self, statement: Statement, _: u32, _: &[Argument<'_>]) -> Executed {
        let sent = Instant::now();
        let mut result = Ok(());
        if statement == Statement::Commit {
            thread::sleep(self.commit);
            if std::mem::take(&mut self.is_deadlocked) {
                result = Err(failure(Outcome::ErrorStatus, true));
            }
        }
        if statement == Statement::Begin && self.is_shut {
            result = Err(SqlFailure { is_lost: false, ..failure(Outcome::ErrorStatus, false) });
        }
        Executed { sent, first_byte: None, ended: Instant::now(), bytes: None, result }
    }
}

/// Two clients, closed loop without a rate.
fn load(fake: &'static Fake, stop: Stop, rate_per_s: Option<f64>) -> SqlLoad {
    SqlLoad {
        database: fake,
        url: String::new(),
        workload: sql_workload("oltp_write_only").unwrap(),
        distribution: distribution("uniform").unwrap(),
        tables: 1,
        rows: 10,
        range_size: 1,
        clients: 2,
        stop,
        timeout: Duration::from_millis(10),
        schedule: schedule(if rate_per_s.is_some() { "constant" } else { "closed" }).unwrap(),
        rate_per_s: rate_per_s.unwrap_or(1.0),
        seed: Seed(1),
        randomness: |_, _| Box::new(|| 0.5),
    }
}

fn fake() -> Fake {
    let (opened, commit) = (AtomicU32::new(0), Duration::from_millis(5));
    let connect = Duration::ZERO;
    Fake { opened, most: u32::MAX, commit, is_deadlocked: false, is_shut: false, connect }
}

/// What became of a load.
#[derive(Debug)]
struct Made {
    is_truncated: bool,
    is_silent: bool,
    /// Outcome of each transaction, and what it took.
    transactions: Vec<(Outcome, Duration)>,
    /// Statements that undo one.
    rollbacks: u64,
}

fn made(load: &SqlLoad, cancel: &AtomicBool) -> Made {
    let folder = tempfile::tempdir().unwrap();
    let Collected { trace, findings, is_truncated, .. } =
        collect_sql(load, folder.path(), cancel, |_, _| ()).unwrap();
    let path = folder.path().join("t.parquet");
    let identity = Identity { system: "s".into(), workload: "w".into(), clients: Some(2), repetition: 1 };
    trace.seal(&identity, &path).unwrap();
    let mut transactions = Vec::new();
    let columns = [Column::Operation, Column::Service, Column::Outcome];
    let scanned = TraceReader::open_operation(&path, "transaction").unwrap().scan(&columns, |batch| {
        let took = |row: usize| Duration::from_nanos(batch.i64s(Column::Service)[row].unsigned_abs());
        transactions.extend((0..batch.len()).map(|row| (batch.outcome(row), took(row))));
    });
    scanned.unwrap();
    let rollbacks = TraceReader::open_operation(&path, "rollback").unwrap().row_count();
    // Channels are short in tests, so that the writer may have been waited for as well.
    let is_silent = findings.iter().any(|finding| finding.code == "server-silent");
    Made { is_truncated, is_silent, transactions, rollbacks }
}

#[test]
fn a_transaction_that_begins_again_does_not_wait_for_a_client_that_waits_for_its_due_time() {
    let fake = Box::leak(Box::new(Fake { is_deadlocked: true, ..fake() }));
    // The next one is due a second later, and the other client waits for it.
    let made =
        made(&load(fake, Stop::After(Duration::from_millis(1100)), Some(1.0)), &AtomicBool::new(false));
    assert_eq!(made.transactions.len(), 2, "{made:?}");
    for (outcome, took) in made.transactions {
        assert!(outcome == Outcome::Ok && took < Duration::from_millis(200), "{outcome:?} {took:?}");
    }
}

#[test]
fn no_connection_is_opened_after_an_interrupt() {
    let database: &'static Fake = Box::leak(Box::new(fake()));
    let made = made(&load(database, Stop::Requests(10), None), &AtomicBool::new(true));
    assert_eq!((made.is_truncated, made.transactions.len()), (true, 0));
    assert_eq!(database.opened.load(Ordering::Relaxed), 0);
}

#[test]
fn a_load_is_given_up_when_all_clients_are_refused_for_long_and_not_before() {
    let never = AtomicBool::new(false);
    for (most, is_given_up) in [(1, false), (0, true)] {
        let fake = Fake { most, commit: Duration::from_millis(30), ..fake() };
        let made = made(&load(Box::leak(Box::new(fake)), Stop::Requests(40), None), &never);
        let good = made.transactions.iter().filter(|(outcome, _)| *outcome == Outcome::Ok).count();
        let bad = made.transactions.len() - good;
        // One attempt every 100 ms, for 300 ms or longer.
        assert!(bad > 2 && (most == 0 || good > 20), "{made:?}");
        assert_eq!((made.is_truncated, made.is_silent), (is_given_up, is_given_up));
        assert!(most == 1 || bad < 20, "{bad}");
    }
}

#[test]
fn only_what_was_begun_is_undone() {
    let never = AtomicBool::new(false);
    let deadlocked = Fake { is_deadlocked: true, ..fake() };
    // Both clients have a connection, and each connection a deadlock.
    let one = made(&load(Box::leak(Box::new(deadlocked)), Stop::Requests(20), None), &never);
    assert!((1..=2).contains(&one.rollbacks), "{one:?}");
    let shut = Fake { is_shut: true, ..fake() };
    let made = made(&load(Box::leak(Box::new(shut)), Stop::Requests(20), None), &never);
    assert_eq!((made.transactions.len(), made.rollbacks), (20, 0), "{made:?}");
}

#[test]
fn a_connection_is_not_waited_for_when_the_load_is_over() {
    // The first connection is tried before the load begins, and refused.
    let fake = Fake { most: 0, connect: Duration::from_secs(3), ..fake() };
    let load = SqlLoad {
        timeout: Duration::from_secs(3),
        ..load(Box::leak(Box::new(fake)), Stop::After(Duration::from_millis(300)), None)
    };
    let made = made(&load, &AtomicBool::new(false));
    assert_eq!(made.transactions.len(), 2, "{made:?}");
    for (outcome, took) in made.transactions {
        assert!(outcome == Outcome::Unfinished && took < Duration::from_secs(1), "{outcome:?} {took:?}");
    }
}
