//! Transactions of SQL over connections that block, one thread a client: sysbench's schema, statements, proportions and
//! distributions, with every statement and every transaction as a row.

mod client;
mod collect;
mod data;
mod database;
mod distribution;
mod failure;
mod options;
mod sender;
mod statement;
mod table;
mod workload;

pub use collect::collect_sql;
pub use data::public;
pub use database::{Argument, Bytes, Connection, DATABASES, Database, Executed, Limits, database};
pub use distribution::{DISTRIBUTIONS, Distribution, distribution};
pub use failure::{SqlError, SqlFailure};
pub use options::SqlLoad;
pub use statement::{Share, Statement, TRANSACTION};
pub use table::{Found, Tables, clean, fill, inspect};
pub use workload::{SQL_WORKLOADS, SqlWorkload, Step, sql_workload};
