//! MySQL and MariaDB.

use std::io;
use std::time::Duration;

use mysql::prelude::Queryable;
use mysql::{Conn, Opts, OptsBuilder, Params, Value};
use mysql_common::proto::codec::error::PacketCodecError;
use vana_types::Outcome;

use super::{Argument, Connection, Database};
use crate::sql::{SqlError, SqlFailure, Statement};

/// The largest packet: that of a bulk insert of a thousand rows has 200 kB.
const PACKET_BYTES: usize = 4 << 20;
/// Deadlock, lock wait timeout, row changed since it was read: what sysbench ignores unless told otherwise.
const RETRYABLE: [u16; 3] = [1213, 1205, 1020];
/// Server is shut down, connection was killed (MySQL, MariaDB).
const FATAL: [u16; 4] = [1053, 1077, 1317, 1927];

/// See the head of this file.
pub(super) struct MySql;

impl Database for MySql {
    fn name(&self) -> &'static str {
        "mysql"
    }

    fn about(&self) -> &'static str {
        "MySQL or MariaDB: mysql://user:password@host:3306/database, ?socket=PATH for a Unix socket"
    }

    fn source(&self) -> &'static str {
        "https://mariadb.com/kb/en/clientserver-protocol/"
    }

    fn engines(&self) -> &'static [&'static str] {
        &["innodb", "myisam"]
    }

    fn check(&self, url: &str) -> Result<(), SqlError> {
        options(url).map(drop)
    }

    fn connect(&self, url: &str, timeout: Duration, _: bool) -> Result<Box<dyn Connection>, SqlFailure> {
        let refuse = |message: String| SqlFailure {
            outcome: Outcome::Connect,
            code: 0,
            message,
            is_retryable: false,
            is_lost: true,
        };
        let options = options(url).map_err(|error| refuse(error.to_string()))?;
        let options = options
            .tcp_connect_timeout(Some(timeout))
            .read_timeout(Some(timeout))
            .write_timeout(Some(timeout))
            .max_allowed_packet(Some(PACKET_BYTES))
            .prefer_socket(false)
            .stmt_cache_size(0)
            .tcp_nodelay(true);
        let inner = Conn::new(Opts::from(options)).map_err(|error| SqlFailure {
            outcome: Outcome::Connect,
            is_lost: true,
            ..failure(error)
        })?;
        Ok(Box::new(Open { inner, prepared: Vec::new() }))
    }

    fn definition(&self, table: &str, engine: Option<&str>) -> String {
        format!(
            "CREATE TABLE {table}(id INTEGER NOT NULL AUTO_INCREMENT, k INTEGER DEFAULT '0' NOT NULL, \
             c CHAR(120) DEFAULT '' NOT NULL, pad CHAR(60) DEFAULT '' NOT NULL, PRIMARY KEY (id)) ENGINE={}",
            engine.unwrap_or("innodb")
        )
    }

    fn columns(&self, table: &str) -> String {
        format!(
            "SELECT CONCAT(COLUMN_NAME, ' ', LOWER(DATA_TYPE), \
             COALESCE(CONCAT('(', CHARACTER_MAXIMUM_LENGTH, ')'), '')) FROM information_schema.COLUMNS \
             WHERE TABLE_SCHEMA=DATABASE() AND TABLE_NAME='{table}' ORDER BY ORDINAL_POSITION"
        )
    }

    fn expected_columns(&self) -> [&'static str; 4] {
        ["id int", "k int", "c char(120)", "pad char(60)"]
    }

    fn index(&self, table: &str, index: &str) -> String {
        format!(
            "SELECT COUNT(*) FROM information_schema.STATISTICS \
             WHERE TABLE_SCHEMA=DATABASE() AND TABLE_NAME='{table}' AND INDEX_NAME='{index}'"
        )
    }

    fn engine(&self, table: &str) -> Option<String> {
        Some(format!(
            "SELECT LOWER(ENGINE) FROM information_schema.TABLES \
             WHERE TABLE_SCHEMA=DATABASE() AND TABLE_NAME='{table}'"
        ))
    }
}

fn options(url: &str) -> Result<OptsBuilder, SqlError> {
    let refuse = |why: String| SqlError::Input(format!("\"{}\": {why}", super::super::data::public(url)));
    let options = Opts::from_url(url).map_err(|error| refuse(error.to_string()))?;
    if options.get_db_name().is_none_or(str::is_empty) {
        return Err(refuse("a database is missing, as in mysql://user@host:3306/database".to_owned()));
    }
    Ok(OptsBuilder::from_opts(options))
}

struct Open {
    inner: Conn,
    /// Of each table, of each statement.
    prepared: Vec<[Option<mysql::Statement>; Statement::ALL.len()]>,
}

impl Connection for Open {
    fn query(&mut self, text: &str) -> Result<Vec<String>, SqlFailure> {
        let mut result = self.inner.query_iter(text).map_err(failure)?;
        let mut found = Vec::new();
        for row in result.by_ref() {
            let value = row.map_err(failure)?.unwrap().into_iter().next();
            found.push(match value {
                Some(Value::Bytes(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
                Some(Value::Int(number)) => number.to_string(),
                Some(Value::UInt(number)) => number.to_string(),
                _ => String::new(),
            });
        }
        Ok(found)
    }

    fn prepare(&mut self, statements: &[Statement], tables: u32) -> Result<(), SqlFailure> {
        self.prepared.clear();
        for table in 1..=tables {
            let mut of_table = [const { None }; Statement::ALL.len()];
            for (statement, slot) in Statement::ALL.into_iter().zip(&mut of_table) {
                if statements.contains(&statement) {
                    *slot = Some(self.inner.prep(statement.text(table)).map_err(failure)?);
                }
            }
            self.prepared.push(of_table);
        }
        Ok(())
    }

    fn execute(
        &mut self,
        statement: Statement,
        table: u32,
        arguments: &[Argument<'_>],
    ) -> Result<(), SqlFailure> {
        let of_table = self.prepared.get((table as usize).wrapping_sub(1));
        let prepared = of_table.and_then(|all| all.get(statement as usize)).and_then(Option::as_ref);
        let Some(prepared) = prepared else {
            return self.query(&statement.text(table)).map(drop);
        };
        let values = arguments.iter().map(|argument| match argument {
            Argument::Number(number) => Value::Int(*number),
            Argument::Text(text) => Value::Bytes(text.as_bytes().to_vec()),
        });
        let params = if arguments.is_empty() { Params::Empty } else { Params::Positional(values.collect()) };
        let mut result = self.inner.exec_iter(prepared, params).map_err(failure)?;
        for row in result.by_ref() {
            row.map_err(failure)?;
        }
        Ok(())
    }
}

fn failure(error: mysql::Error) -> SqlFailure {
    // What happened to the socket comes in two wrappings.
    let error = match error {
        mysql::Error::CodecError(PacketCodecError::Io(error)) => mysql::Error::IoError(error),
        error => error,
    };
    let (outcome, code, is_lost) = match &error {
        mysql::Error::MySqlError(error) => (Outcome::ErrorStatus, error.code, FATAL.contains(&error.code)),
        mysql::Error::IoError(error) if is_timeout(error) => (Outcome::Timeout, 0, true),
        mysql::Error::IoError(_) => (Outcome::Reset, 0, true),
        mysql::Error::DriverError(
            mysql::DriverError::ConnectTimeout | mysql::DriverError::CouldNotConnect(_),
        ) => (Outcome::Connect, 0, true),
        mysql::Error::DriverError(mysql::DriverError::Timeout) => (Outcome::Timeout, 0, true),
        _ => (Outcome::Protocol, 0, true),
    };
    let message = match &error {
        mysql::Error::MySqlError(error) => format!("error {}: {}", error.code, error.message),
        mysql::Error::IoError(error) if is_timeout(error) => "no answer in the time allowed".to_owned(),
        mysql::Error::IoError(error) => error.to_string(),
        mysql::Error::DriverError(error) => error.to_string(),
        error => error.to_string(),
    };
    SqlFailure { outcome, code, message, is_retryable: RETRYABLE.contains(&code), is_lost }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}
