//! SQLite in a file, for people without a server.

use std::time::Instant;

use rusqlite::{OpenFlags, ToSql};
use vana_types::Outcome;

use super::{Argument, Connection, Database, Executed, Limits};
use crate::sql::{Share, SqlError, SqlFailure, Statement};

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
        inner.busy_timeout(limits.connect).map_err(failure)?;
        let mut connection = Open { inner, texts: Vec::new() };
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

struct Open {
    inner: rusqlite::Connection,
    /// Of each table, of each statement.
    texts: Vec<Vec<String>>,
}

impl Connection for Open {
    fn query(&mut self, text: &str) -> Result<Vec<String>, SqlFailure> {
        let mut statement = self.inner.prepare(text).map_err(failure)?;
        let mut rows = statement.query([]).map_err(failure)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(failure)? {
            let value: rusqlite::types::Value = row.get(0).map_err(failure)?;
            found.push(match value {
                rusqlite::types::Value::Integer(number) => number.to_string(),
                rusqlite::types::Value::Real(number) => number.to_string(),
                rusqlite::types::Value::Text(text) => text,
                rusqlite::types::Value::Null | rusqlite::types::Value::Blob(_) => String::new(),
            });
        }
        Ok(found)
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
            drop(self.inner.prepare_cached(text.map_or("", String::as_str)).map_err(failure)?);
        }
        Ok(())
    }

    fn execute(&mut self, statement: Statement, table: u32, arguments: &[Argument<'_>]) -> Executed {
        let sent = Instant::now();
        let result = self.run(statement, table, arguments);
        Executed { sent, first_byte: None, ended: Instant::now(), bytes: None, result }
    }
}

impl Open {
    fn run(
        &mut self,
        statement: Statement,
        table: u32,
        arguments: &[Argument<'_>],
    ) -> Result<(), SqlFailure> {
        let text = self.texts.get(table as usize - 1).and_then(|texts| texts.get(statement as usize));
        let mut prepared = self.inner.prepare_cached(text.map_or("", String::as_str)).map_err(failure)?;
        for (index, argument) in arguments.iter().enumerate() {
            let value: &dyn ToSql = match argument {
                Argument::Number(number) => number,
                Argument::Text(text) => text,
            };
            prepared.raw_bind_parameter(index + 1, value).map_err(failure)?;
        }
        let mut rows = prepared.raw_query();
        while let Some(row) = rows.next().map_err(failure)? {
            row.get_ref(0).map_err(failure)?;
        }
        Ok(())
    }
}

#[expect(clippy::needless_pass_by_value, reason = "what a failed call gives is mapped with it")]
fn failure(error: rusqlite::Error) -> SqlFailure {
    let code = error.sqlite_error().map_or(0, |error| error.extended_code);
    // The low byte is the kind: busy and locked end by themselves.
    let is_retryable = matches!(code & 0xff, 5 | 6);
    let message = if code == 0 { error.to_string() } else { format!("SQLite error {code}: {error}") };
    let outcome = if code == 0 { Outcome::Protocol } else { Outcome::ErrorStatus };
    SqlFailure { outcome, code: u16::try_from(code).unwrap_or(0), message, is_retryable, is_lost: false }
}
