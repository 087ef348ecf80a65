//! Databases, one file each.

mod mysql;
mod sqlite;

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::{SqlError, SqlFailure, Statement};

/// A value of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument<'a> {
    /// A whole number.
    Number(i64),
    /// ASCII text.
    Text(&'a str),
}

/// A kind of database.
pub trait Database: Send + Sync {
    /// Kebab-case name, and the scheme of its addresses.
    fn name(&self) -> &'static str;
    /// One line for people.
    fn about(&self) -> &'static str;
    /// Where it is described.
    fn source(&self) -> &'static str;
    /// Engines of tables, the default first; empty where there is no choice.
    fn engines(&self) -> &'static [&'static str];
    /// Whether an address can be meant.
    fn check(&self, url: &str) -> Result<(), SqlError>;
    /// Opens a connection. A database in a file is made only where `may_create`.
    fn connect<'a>(
        &self,
        url: &str,
        limits: Limits<'a>,
        may_create: bool,
    ) -> Result<Box<dyn Connection + 'a>, SqlFailure>;
    /// A query for its version.
    fn version(&self) -> &'static str;
    /// The statement that makes a table.
    fn definition(&self, table: &str, engine: Option<&str>) -> String;
    /// A query for the columns of a table: name, space, type.
    fn columns(&self, table: &str) -> String;
    /// What that query gives for sysbench's table.
    fn expected_columns(&self) -> [&'static str; 4];
    /// A query that counts the indices of that name.
    fn index(&self, table: &str, index: &str) -> String;
    /// A query for the engine of a table, where tables have engines.
    fn engine(&self, table: &str) -> Option<String>;
}

/// How long is waited.
#[derive(Clone, Copy, Debug)]
pub struct Limits<'a> {
    /// For a connection with its login, and for the lock of a database in a file.
    pub connect: Duration,
    /// For the whole answer to a statement; `None` for as long as it takes.
    pub statement: Option<Duration>,
    /// Ends all waiting over a wire soon after it is set.
    pub cancel: &'a AtomicBool,
}

/// A connection.
pub trait Connection: Send {
    /// Executes a text; the first column of its rows.
    fn query(&mut self, text: &str) -> Result<Vec<String>, SqlFailure>;
    /// Prepares statements for so many tables.
    fn prepare(&mut self, statements: &[Statement], tables: u32) -> Result<(), SqlFailure>;
    /// Executes a prepared statement and reads its result to the end.
    fn execute(&mut self, statement: Statement, table: u32, arguments: &[Argument<'_>]) -> Executed;
}

/// What came of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executed {
    /// Just before it was handed over.
    pub sent: Instant,
    /// When the first bytes of the answer came, where it comes over a wire.
    pub first_byte: Option<Instant>,
    /// When the last ones had come, or it was known that they will not.
    pub ended: Instant,
    /// What went over the wire, where there is one.
    pub bytes: Option<Bytes>,
    /// Whether the database did it.
    pub result: Result<(), SqlFailure>,
}

/// What went over a wire, headers of the protocol included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bytes {
    /// To the database, in bytes.
    pub sent: i64,
    /// From it, in bytes.
    pub received: i64,
}

/// All databases.
pub static DATABASES: &[&dyn Database] = &[&mysql::MySql, &sqlite::Sqlite];

/// The database of an address.
pub fn database(url: &str) -> Result<&'static dyn Database, SqlError> {
    let scheme = url.split(':').next().unwrap_or_default();
    let found = DATABASES.iter().copied().find(|database| url.contains(':') && database.name() == scheme);
    let database = found.ok_or_else(|| {
        SqlError::Input(format!("\"{url}\" is no address, as mysql://user@host:3306/database or sqlite:FILE"))
    })?;
    database.check(url)?;
    Ok(database)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_everything_is_said_of_each() {
        let mut names: Vec<_> = DATABASES.iter().map(|database| database.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), DATABASES.len());
        for database in DATABASES {
            assert!(!database.about().is_empty() && !database.source().is_empty());
        }
    }

    #[test]
    fn an_address_says_which_database_it_is() {
        assert_eq!(database("mysql://root@127.0.0.1:3306/test").map(Database::name).unwrap(), "mysql");
        assert_eq!(database("sqlite:a.db").map(Database::name).unwrap(), "sqlite");
        for url in
            ["", "mysql", "mysql:", "mysql://host", "mysql://host:x/test", "sqlite:", "oracle://host/test"]
        {
            assert!(database(url).is_err(), "{url}");
        }
    }
}
