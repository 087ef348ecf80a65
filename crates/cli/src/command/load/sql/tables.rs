//! The tables of `vana load sql`: found, filled, removed.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use vana_collect::{
    Connection, Database, Limits, SqlError, Tables, clean, database, distribution, fill, public,
};
use vana_types::Seed;

use super::{LoadSql, missing};
use crate::command::load::randomness;
use crate::failure::{Failure, say};
use crate::progress::bar;

/// Rows of each table where nothing is said: sysbench's default.
const ROWS: u64 = 10_000;
/// The largest table: ids are 32 bits wide.
const MOST_ROWS: u64 = 1 << 31;

impl LoadSql {
    /// Makes and fills the tables.
    pub fn prepare(&self, cancel: &AtomicBool) -> Result<(), Failure> {
        self.fill(true, cancel)
    }

    /// Connects; a statement may take as long as `statement` says.
    pub(super) fn connect<'a>(
        &self,
        tables: &Tables,
        statement: Option<Duration>,
        cancel: &'a AtomicBool,
    ) -> Result<Box<dyn Connection + 'a>, Failure> {
        if self.rows.is_some_and(|rows| rows > MOST_ROWS) {
            return Err(Failure::input(
                "--rows: ids are numbers of 32 bits; at most 2147M rows are possible",
            ));
        }
        let limits = Limits { connect: self.timeout, statement, cancel };
        let connected = tables.database.connect(&self.url, limits, self.prepare);
        connected.map_err(|failure| Failure::machine(format!("{}: {failure}", public(&self.url))))
    }

    pub(super) fn tables(&self) -> Result<Tables, Failure> {
        let database: &'static dyn Database = database(&self.url)?;
        let engines = database.engines();
        let engine = match &self.engine {
            Some(name) => Some(engines.iter().copied().find(|engine| engine == name).ok_or_else(|| {
                Failure::input(format!("--engine: tables of {} have no engine {name}", database.name()))
            })?),
            None => None,
        };
        Ok(Tables {
            database,
            count: self.tables,
            engine,
            distribution: distribution(&self.distribution).ok_or_else(missing)?,
            seed: Seed(self.seed),
            randomness,
        })
    }

    pub(super) fn fill(&self, quiet: bool, cancel: &AtomicBool) -> Result<(), Failure> {
        let tables = self.tables()?;
        // An index of a large table takes its time.
        let mut connection = self.connect(&tables, None, cancel)?;
        let rows = self.rows.unwrap_or(ROWS);
        let bar = bar(quiet, rows * u64::from(self.tables), "rows");
        let added = fill(&mut *connection, &tables, rows, cancel, |there| bar.set_position(there));
        bar.finish_and_clear();
        let added = added.map_err(|error| self.refused(&error))?;
        if !quiet {
            let plural = if self.tables == 1 { "" } else { "s" };
            let done = if added == 0 { "there already".to_owned() } else { format!("{added} rows added") };
            say(&format!("{} table{plural} of {rows} rows: {done}", self.tables));
        }
        Ok(())
    }

    /// What was wrong, at which address, and what helps.
    pub(super) fn refused(&self, error: &SqlError) -> Failure {
        let url = public(&self.url);
        let message = format!("{url}: {error}");
        match error {
            SqlError::Missing { .. } => {
                let hint = format!("vana load sql {url} --prepare --tables {}", self.tables);
                Failure::input(message).hint(Some(&hint))
            }
            SqlError::Shape { .. } => Failure::input(message).hint(Some(
                "--cleanup removes tables that --prepare made; --rows says how many rows are wanted",
            )),
            SqlError::Input(_) => Failure::input(message),
            SqlError::Database { .. } | SqlError::Interrupted { .. } => Failure::machine(message),
        }
    }

    /// Removes the tables.
    pub(super) fn clean(&self, quiet: bool, cancel: &AtomicBool) -> Result<(), Failure> {
        let tables = self.tables()?;
        let mut connection = self.connect(&tables, None, cancel)?;
        let removed = clean(&mut *connection, &tables).map_err(|error| self.refused(&error))?;
        if !quiet {
            say(&format!("removed {removed} table{}", if removed == 1 { "" } else { "s" }));
        }
        Ok(())
    }
}

impl From<SqlError> for Failure {
    fn from(error: SqlError) -> Self {
        Self::input(error.to_string())
    }
}
