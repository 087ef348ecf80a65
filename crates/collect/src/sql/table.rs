//! sysbench's tables: filled, found, removed.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, Ordering};

use vana_types::Seed;

use super::data::{C_GROUPS, Digits, PAD_GROUPS};
use super::{Connection, Database, Distribution, SqlError};
use crate::Uniform;

/// Rows of one statement, and of one transaction.
const ROWS_AT_ONCE: u64 = 1000;

/// Tables as they are wanted.
#[derive(Clone, Copy)]
pub struct Tables {
    /// What kind of database they are in.
    pub database: &'static dyn Database,
    /// How many.
    pub count: u32,
    /// Their engine, where there is a choice.
    pub engine: Option<&'static str>,
    /// How the indexed column is drawn.
    pub distribution: &'static dyn Distribution,
    /// Seed of all values.
    pub seed: Seed,
    /// Makes randomness from the seed and a number.
    pub randomness: fn(Seed, u64) -> Uniform,
}

/// What was found of tables that are there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The last id of each.
    pub last_id: u64,
    /// Their engine, where tables have one; several if they differ.
    pub engine: Option<String>,
    /// Version of the database.
    pub version: String,
}

/// The first answer to a query, about a table.
fn ask(connection: &mut dyn Connection, table: &str, text: &str) -> Result<Option<String>, SqlError> {
    let found = connection.query(text).map_err(SqlError::database(format!("cannot look at {table}")))?;
    Ok(found.into_iter().next())
}

fn number(connection: &mut dyn Connection, table: &str, text: &str) -> Result<u64, SqlError> {
    Ok(ask(connection, table, text)?.and_then(|text| text.parse().ok()).unwrap_or(0))
}

/// The last id of a table; `None` if it is not there. Cheap, however large it is.
fn last_id(
    connection: &mut dyn Connection,
    database: &dyn Database,
    table: &str,
) -> Result<Option<u64>, SqlError> {
    let columns = connection.query(&database.columns(table));
    let columns = columns.map_err(SqlError::database(format!("cannot look at {table}")))?;
    if columns.is_empty() {
        return Ok(None);
    }
    let expected = database.expected_columns();
    if columns != expected {
        let (found, wanted) = (columns.join(", "), expected.join(", "));
        let difference = format!("its columns are {found}; sysbench's are {wanted}");
        return Err(SqlError::Shape { table: table.to_owned(), difference });
    }
    number(connection, table, &format!("SELECT MAX(id) FROM {table}")).map(Some)
}

/// The engine of a table, which has to be the one that is wanted, where one is.
fn engine(connection: &mut dyn Connection, tables: &Tables, table: &str) -> Result<Option<String>, SqlError> {
    let Some(query) = tables.database.engine(table) else { return Ok(None) };
    let found = ask(connection, table, &query)?;
    match (&found, tables.engine) {
        (Some(found), Some(wanted)) if found != wanted => Err(SqlError::Shape {
            table: table.to_owned(),
            difference: format!("its engine is {found}, not {wanted}"),
        }),
        _ => Ok(found),
    }
}

/// Checks that the tables are there, filled and alike. Workloads that broke off may have left a row deleted, so the number
/// of rows may be smaller than the last id.
pub fn inspect(
    connection: &mut dyn Connection,
    tables: &Tables,
    expected: Option<u64>,
) -> Result<Found, SqlError> {
    let mut expected = expected;
    let mut engines = BTreeSet::new();
    for number in 1..=tables.count {
        let table = format!("sbtest{number}");
        let missing = || SqlError::Missing { table: table.clone() };
        let found = last_id(connection, tables.database, &table)?.ok_or_else(missing)?;
        engines.extend(engine(connection, tables, &table)?);
        if found != *expected.get_or_insert(found) || found == 0 {
            let wanted = expected.filter(|rows| *rows > 0);
            let wanted = wanted.map_or_else(|| "at least one".to_owned(), |rows| rows.to_string());
            let difference = format!("it has {found} rows, not {wanted}");
            return Err(SqlError::Shape { table, difference });
        }
    }
    let version = connection.query(tables.database.version());
    let version = version.map_err(SqlError::database("cannot ask for the version"))?;
    let engines: Vec<String> = engines.into_iter().collect();
    Ok(Found {
        last_id: expected.unwrap_or(0),
        engine: (!engines.is_empty()).then(|| engines.join(", ")),
        version: version.into_iter().next().unwrap_or_default(),
    })
}

/// Makes and fills tables with so many rows each, going on from what is there; `watch` hears how many rows there are
/// of all. The number of rows that were added.
pub fn fill(
    connection: &mut dyn Connection,
    tables: &Tables,
    wanted: u64,
    cancel: &AtomicBool,
    mut watch: impl FnMut(u64),
) -> Result<u64, SqlError> {
    let mut added = 0;
    for number in 1..=tables.count {
        let table = format!("sbtest{number}");
        let before = u64::from(number - 1) * wanted;
        let mut there = found_or_made(connection, tables, &table)?;
        if there > wanted {
            let difference = format!("it has {there} rows, not {wanted}");
            return Err(SqlError::Shape { table, difference });
        }
        while there < wanted {
            if cancel.load(Ordering::Relaxed) {
                return Err(SqlError::Interrupted { rows: there });
            }
            let upto = ((there / ROWS_AT_ONCE + 1) * ROWS_AT_ONCE).min(wanted);
            insert(connection, tables, number, there, upto, wanted).map_err(|error| {
                let is_interrupted = cancel.load(Ordering::Relaxed);
                if is_interrupted { SqlError::Interrupted { rows: there } } else { error }
            })?;
            added += upto - there;
            there = upto;
            watch(before + there);
        }
        index(connection, tables.database, number)?;
    }
    Ok(added)
}

/// The rows of a table, which is made if it is not there.
fn found_or_made(connection: &mut dyn Connection, tables: &Tables, table: &str) -> Result<u64, SqlError> {
    let Some(last_id) = last_id(connection, tables.database, table)? else {
        let definition = tables.database.definition(table, tables.engine);
        connection.query(&definition).map_err(SqlError::database(format!("cannot make {table}")))?;
        return Ok(0);
    };
    engine(connection, tables, table)?;
    let rows = number(connection, table, &format!("SELECT COUNT(*) FROM {table}"))?;
    if rows != last_id {
        let difference = format!("it has {rows} rows, and the ids go up to {last_id}");
        return Err(SqlError::Shape { table: table.to_owned(), difference });
    }
    Ok(rows)
}

/// Rows after the first `there`, up to `upto`, in one transaction. The values of a thousand rows depend on the seed and
/// on where they are, so that an interrupted filling ends in the same table.
fn insert(
    connection: &mut dyn Connection,
    tables: &Tables,
    number: u32,
    there: u64,
    upto: u64,
    wanted: u64,
) -> Result<(), SqlError> {
    let begin = there / ROWS_AT_ONCE * ROWS_AT_ONCE;
    let mut uniform =
        (tables.randomness)(tables.seed, (1 << 52) + (u64::from(number) << 32) + begin / ROWS_AT_ONCE);
    let (mut c, mut pad) = (Digits::new(C_GROUPS), Digits::new(PAD_GROUPS));
    let mut text = format!("INSERT INTO sbtest{number} (id, k, c, pad) VALUES ");
    let last = u32::try_from(wanted).unwrap_or(u32::MAX);
    for id in begin + 1..=upto {
        let k = tables.distribution.draw(last, &mut uniform);
        let (c, pad) = (c.draw(&mut uniform), pad.draw(&mut uniform));
        if id > there {
            let comma = if id == there + 1 { "" } else { "," };
            // Writing to a string cannot fail.
            let _ = write!(text, "{comma}({id},{k},'{c}','{pad}')");
        }
    }
    for text in ["BEGIN", &text, "COMMIT"] {
        connection.query(text).map_err(SqlError::database(format!("cannot fill sbtest{number}")))?;
    }
    Ok(())
}

/// The secondary index, made after the rows as sysbench does.
fn index(connection: &mut dyn Connection, database: &dyn Database, number: u32) -> Result<(), SqlError> {
    let (table, index) = (format!("sbtest{number}"), format!("k_{number}"));
    let cannot = || SqlError::database(format!("cannot index {table}"));
    let found = connection.query(&database.index(&table, &index)).map_err(cannot())?;
    if found.first().is_none_or(|count| count == "0") {
        connection.query(&format!("CREATE INDEX {index} ON {table}(k)")).map_err(cannot())?;
    }
    Ok(())
}

/// Removes the tables. A table of another shape is somebody else's, and stays.
pub fn clean(connection: &mut dyn Connection, tables: &Tables) -> Result<u32, SqlError> {
    let mut removed = 0;
    for number in 1..=tables.count {
        let table = format!("sbtest{number}");
        let cannot = || SqlError::database(format!("cannot remove {table}"));
        let columns = connection.query(&tables.database.columns(&table)).map_err(cannot())?;
        if columns.is_empty() {
            continue;
        }
        if columns != tables.database.expected_columns() {
            let difference = format!("its columns are {}; it was not removed", columns.join(", "));
            return Err(SqlError::Shape { table, difference });
        }
        connection.query(&format!("DROP TABLE {table}")).map_err(cannot())?;
        removed += 1;
    }
    Ok(removed)
}
