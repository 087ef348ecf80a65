//! MySQL and MariaDB.

mod address;
mod command;
mod failure;
mod login;
mod open;
mod socket;
mod wire;

use vana_types::Outcome;

use super::{Connection, Database, Limits};
use crate::sql::{SqlError, SqlFailure};
use address::Address;
use failure::refused;
use open::Open;

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
        Address::parse(url).map(drop)
    }

    fn connect<'a>(
        &self,
        url: &str,
        limits: Limits<'a>,
        _: bool,
    ) -> Result<Box<dyn Connection + 'a>, SqlFailure> {
        let address = Address::parse(url).map_err(|error| refused(error.to_string()))?;
        let opened = Open::connect(&address, limits);
        let opened =
            opened.map_err(|failure| SqlFailure { outcome: Outcome::Connect, is_lost: true, ..failure })?;
        Ok(Box::new(opened))
    }

    fn version(&self) -> &'static str {
        "SELECT VERSION()"
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
