//! SQLite in a file, for people without a server.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rusqlite::types::Value;
use rusqlite::{OpenFlags, ToSql};
use vana_types::Outcome;

use super::{Argument, Connection, Database, Executed, Limits};
use crate::sql::{Share, SqlError, SqlFailure, Statement};

/// The longest time in which SQLite waits for a lock by itself; after that vana looks whether it is wanted any more.
const NAP: Duration = Duration::from_millis(200);
const PAUSE: Duration = Duration::from_millis(1);
/// Somebody else has the lock; somebody of the same process; what was read has changed since, which no waiting helps.
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const CHANGED: i32 = 517;

/// See the head of this file.
pub(super) struct Sqlite;

impl Database for Sqlite {
    fn name(&self) -> &'static str {
        "sqlite"
    }

    fn about(&self) -> &'static str {
        "a database in a file, without a server: sqlite:FILE"
    }

    fn source(&self) -> &'static str {
        "https://sqlite.org/c3ref/intro.html"
    }

    fn engines(&self) -> &'static [&'static str] {
        &[]
    }

    fn check(&self, url: &str) -> Result<(), SqlError> {
        if path(url).is_empty() {
            Err(SqlError::Input("sqlite: needs a file: sqlite:FILE".to_owned()))
        } else {
            Ok(())
        }
    }

    fn connect<'a>(
        &self,
        url: &str,
        limits: Limits<'a>,
        may_create: bool,
    ) -> Result<Box<dyn Connection + 'a>, SqlFailure> {
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        if may_create {
            flags |= OpenFlags::SQLITE_OPEN_CREATE;
        }
        let opened = rusqlite::Connection::open_with_flags(path(url), flags);
        let inner = opened.map_err(|error| SqlFailure { outcome: Outcome::Connect, ..failure(error) })?;
        let allowed = limits.statement.unwrap_or(limits.connect);
        inner.busy_timeout(NAP.min(allowed)).map_err(failure)?;
        let mut connection = Open { inner, limits, allowed, texts: Vec::new() };
        // Readers and a writer do not wait for each other then.
        connection.query("PRAGMA journal_mode=WAL")?;
        Ok(Box::new(connection))
    }

    fn version(&self) -> &'static str {
        "SELECT 'SQLite ' || sqlite_version()"
    }

    fn definition(&self, table: &str, _: Option<&str>) -> String {
        format!(
            "CREATE TABLE {table}(id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, k INTEGER DEFAULT '0' NOT NULL, \
             c CHAR(120) DEFAULT '' NOT NULL, pad CHAR(60) DEFAULT '' NOT NULL)"
        )
    }

    fn columns(&self, table: &str) -> String {
        format!("SELECT name || ' ' || lower(type) FROM pragma_table_info('{table}') ORDER BY cid")
    }

    fn expected_columns(&self) -> [&'static str; 4] {
        ["id integer", "k integer", "c char(120)", "pad char(60)"]
    }

    fn index(&self, table: &str, index: &str) -> String {
        format!("SELECT COUNT(*) FROM pragma_index_list('{table}') WHERE name='{index}'")
    }

    fn engine(&self, _: &str) -> Option<String> {
        None
    }
}

fn path(url: &str) -> &str {
    url.strip_prefix("sqlite:").unwrap_or(url)
}

struct Open<'a> {
    inner: rusqlite::Connection,
    limits: Limits<'a>,
    /// How long a lock is waited for.
    allowed: Duration,
    /// Of each table, of each statement.
    texts: Vec<Vec<String>>,
}

impl Connection for Open<'_> {
    fn query(&mut self, text: &str) -> Result<Vec<String>, SqlFailure> {
        self.patiently(|inner| {
            let mut statement = inner.prepare(text)?;
            let mut rows = statement.query([])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(match row.get(0)? {
                    Value::Integer(number) => number.to_string(),
                    Value::Real(number) => number.to_string(),
                    Value::Text(text) => text,
                    Value::Null | Value::Blob(_) => String::new(),
                });
            }
            Ok(found)
        })
    }

    fn prepare(&mut self, statements: &[Statement], tables: u32) -> Result<(), SqlFailure> {
        self.inner.set_prepared_statement_cache_capacity(Statement::ALL.len() * tables as usize);
        // A transaction that reads first and writes later could not get the lock for writing while another has it: it
        // would be broken off at once instead of waiting. So one that will write takes the lock when it begins.
        let is_writing = statements.iter().any(|statement| statement.share() == Share::Write);
        let text = |statement: Statement, table| match statement {
            Statement::Begin if is_writing => "BEGIN IMMEDIATE".to_owned(),
            statement => statement.text(table),
        };
        self.texts = (1..=tables).map(|table| Statement::ALL.map(|one| text(one, table)).to_vec()).collect();
        for text in self.texts.iter().flat_map(|texts| statements.iter().map(|one| texts.get(*one as usize)))
        {
            self.patiently(|inner| inner.prepare_cached(text.map_or("", String::as_str)).map(drop))?;
        }
        Ok(())
    }

    fn execute(&mut self, statement: Statement, table: u32, arguments: &[Argument<'_>]) -> Executed {
        let sent = Instant::now();
        let result = self.run(statement, table, arguments);
        Executed { sent, first_byte: None, ended: Instant::now(), bytes: None, result }
    }
}

impl Open<'_> {
    fn run(&self, statement: Statement, table: u32, arguments: &[Argument<'_>]) -> Result<(), SqlFailure> {
        let text = self.texts.get(table as usize - 1).and_then(|texts| texts.get(statement as usize));
        self.patiently(|inner| {
            let mut prepared = inner.prepare_cached(text.map_or("", String::as_str))?;
            for (index, argument) in arguments.iter().enumerate() {
                let value: &dyn ToSql = match argument {
                    Argument::Number(number) => number,
                    Argument::Text(text) => text,
                };
                prepared.raw_bind_parameter(index + 1, value)?;
            }
            let mut rows = prepared.raw_query();
            while let Some(row) = rows.next()? {
                row.get_ref(0)?;
            }
            Ok(())
        })
    }

    /// Attempts it again while somebody else has the lock, as long as may be waited for that, and not after an interrupt.
    fn patiently<T>(
        &self,
        attempt: impl Fn(&rusqlite::Connection) -> rusqlite::Result<T>,
    ) -> Result<T, SqlFailure> {
        let mut begun = None;
        loop {
            let error = match attempt(&self.inner) {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            let failed = failure(error);
            let is_locked = i32::from(failed.code) & 0xff == BUSY && i32::from(failed.code) != CHANGED;
            if self.limits.cancel.load(Ordering::Relaxed) && is_locked {
                let message = "interrupted".to_owned();
                return Err(SqlFailure { outcome: Outcome::Unfinished, message, is_lost: true, ..failed });
            }
            // The first attempt had waited for a nap by then.
            let begun = *begun.get_or_insert_with(Instant::now);
            if !is_locked || begun.elapsed() + NAP >= self.allowed {
                return Err(failed);
            }
            // Some locks SQLite does not wait for.
            std::thread::sleep(PAUSE);
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "what a failed call gives is mapped with it")]
fn failure(error: rusqlite::Error) -> SqlFailure {
    let code = error.sqlite_error().map_or(0, |error| error.extended_code);
    // The low byte is the kind: busy and locked end by themselves.
    let is_retryable = matches!(code & 0xff, BUSY | LOCKED);
    let message = if code == 0 { error.to_string() } else { format!("SQLite error {code}: {error}") };
    let outcome = if code == 0 { Outcome::Protocol } else { Outcome::ErrorStatus };
    SqlFailure { outcome, code: u16::try_from(code).unwrap_or(0), message, is_retryable, is_lost: false }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;
    use std::thread;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn a_lock_is_waited_for_as_long_as_allowed_and_not_after_an_interrupt() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("a.db").display());
        let cancel = AtomicBool::new(false);
        let connect = |statement: Duration| {
            let limits = Limits { connect: HOUR, statement: Some(statement), cancel: &cancel };
            Sqlite.connect(&url, limits, true).unwrap()
        };
        let mut holder = connect(HOUR);
        holder.query("CREATE TABLE sbtest1(id INTEGER)").unwrap();
        holder.query("BEGIN IMMEDIATE").unwrap();

        let mut impatient = connect(Duration::from_millis(500));
        impatient.prepare(&[Statement::Begin, Statement::Delete], 1).unwrap();
        let done = impatient.execute(Statement::Begin, 1, &[]);
        let refused = done.result.unwrap_err();
        assert_eq!((refused.outcome, refused.code, refused.is_retryable), (Outcome::ErrorStatus, 5, true));
        let waited = done.ended - done.sent;
        assert!(waited >= Duration::from_millis(490) && waited < Duration::from_secs(5), "{waited:?}");

        let mut patient = connect(HOUR);
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(Duration::from_millis(100));
                cancel.store(true, Ordering::Relaxed);
            });
            let refused = patient.query("BEGIN IMMEDIATE").unwrap_err();
            assert_eq!((refused.outcome, refused.is_lost), (Outcome::Unfinished, true));
        });
        cancel.store(false, Ordering::Relaxed);
        holder.query("ROLLBACK").unwrap();
        assert!(patient.query("BEGIN IMMEDIATE").is_ok());
    }
}
