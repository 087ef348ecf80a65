//! Sends a workload and records every request.
//!
//! Turns a [`Load`] into a trace: one event loop per thread, connections divided among them, each request a row with
//! its true outcome. It refuses to know what is computed from the rows, and which study they go to.
//!
//! ```no_run
//! use std::sync::atomic::AtomicBool;
//! use std::time::Duration;
//! use vana_collect::{Load, Order, Request, Stop, Target, Tuning, collect, protocol, schedule};
//! use vana_types::Seed;
//!
//! let load = Load {
//!     target: Target::parse("http://127.0.0.1:8080/")?,
//!     protocol: protocol("http").unwrap(),
//!     requests: vec![Request::default()],
//!     clients: 10,
//!     threads: 1,
//!     connects_first: false,
//!     stop: Stop::After(Duration::from_secs(10)),
//!     timeout: Duration::from_secs(2),
//!     order: Order::Drawn { schedule: schedule("closed").unwrap(), rate_per_s: 1.0 },
//!     tuning: Tuning::default(),
//!     seed: Seed(1),
//!     randomness: |_, _| Box::new(|| 0.5),
//! };
//! let folder = std::env::temp_dir();
//! let collected = collect(&load, &folder, &AtomicBool::new(false), |_, glance| drop(glance.p99))?;
//! assert!(collected.trace.summary().rows > 0);
//! # Ok::<(), vana_collect::LoadError>(())
//! ```

mod alarm;
mod arrivals;
mod connection;
mod error;
mod gather;
mod lag;
mod options;
mod protocol;
mod queue;
mod record;
mod recorder;
mod report;
mod run;
mod sampler;
mod schedule;
mod shared;
mod silence;
mod sql;
mod stream;
mod system;
mod target;
mod tls;
mod waiting;
mod watch;
mod worker;

pub use arrivals::{Arrival, Arrivals};
pub use error::LoadError;
pub use lag::{Lag, Lags};
pub use options::{BusyPoll, Load, Order, Request, Stop, Tuning, Uniform};
pub use protocol::{Answer, PROTOCOLS, Prepared, Protocol, Reader, Response, protocol};
pub use run::{Collected, collect};
pub use schedule::{DueTimes, Part, SCHEDULES, Schedule, schedule};
pub use sql::{
    Argument, Bytes, Connection, DATABASES, DISTRIBUTIONS, Database, Distribution, Executed, Found, Limits,
    SQL_WORKLOADS, Share, SqlError, SqlFailure, SqlLoad, SqlWorkload, Statement, Step, TRANSACTION, Tables,
    clean, collect_sql, database, distribution, fill, inspect, public, sql_workload,
};
pub use system::usable_cores;
pub use target::Target;
pub use tls::Trust;
pub use watch::{Attempts, Glance};
