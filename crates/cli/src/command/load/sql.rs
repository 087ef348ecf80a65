//! `vana load sql`

mod tables;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use clap::Args;
use clap::builder::PossibleValuesParser;
use vana_collect::{
    Collected, DATABASES, DISTRIBUTIONS, Distribution, Found, Glance, LoadError, SQL_WORKLOADS, SqlLoad,
    SqlWorkload, Stop, TRANSACTION, Tables, collect_sql, inspect, public, schedule, sql_workload,
};
use vana_types::{OUTERMOST, Seed};

use super::quantity::{parse_count, parse_number, parse_time};
use super::session::{self, Loading, Order};
use super::{Arrivals, randomness};
use crate::failure::Failure;
use crate::interrupt::cancel_flag;
use crate::output::OutputFormat;

/// Transactions of sysbench's OLTP workloads; every statement and every transaction is a row.
///
/// First fill the tables with --prepare. Without --rate, each client begins its next transaction when the last one has
/// ended (closed loop). With --rate, transactions are due at their own times.
#[derive(Args)]
#[command(group(clap::ArgGroup::new("where").args(["study", "trace"])))]
#[command(group(clap::ArgGroup::new("what").required(true).args(["prepare", "cleanup", "duration", "transactions"])))]
pub(in crate::command) struct LoadSql {
    #[arg(help = "Address: mysql://user:password@host:3306/database or sqlite:FILE")]
    url: String,
    /// Make and fill the tables, going on from what is there.
    #[arg(long)]
    prepare: bool,
    /// Remove the tables.
    #[arg(long)]
    cleanup: bool,
    /// What a transaction consists of.
    #[arg(long, value_name = "NAME", default_value = "oltp_read_write")]
    #[arg(value_parser = PossibleValuesParser::new(SQL_WORKLOADS.iter().map(|one| one.name())))]
    workload: String,
    /// Number of tables.
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..=1000))]
    tables: u32,
    /// Rows of each table; with --prepare 10k if not given, otherwise as many as there are.
    #[arg(long, value_name = "N", value_parser = parse_count)]
    rows: Option<u64>,
    /// Rows of a range.
    #[arg(long, value_name = "N", default_value = "100", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    range_size: u32,
    /// How ids are drawn.
    #[arg(long, value_name = "NAME", default_value = "special")]
    #[arg(value_parser = PossibleValuesParser::new(DISTRIBUTIONS.iter().map(|one| one.name())))]
    distribution: String,
    /// Engine of the tables, of MySQL and MariaDB; innodb if not given.
    #[arg(long, value_name = "NAME")]
    #[arg(value_parser = PossibleValuesParser::new(DATABASES.iter().flat_map(|one| one.engines())))]
    engine: Option<String>,
    /// Connections; several numbers make several runs.
    #[arg(long, short = 'c', value_name = "N", value_delimiter = ',', default_value = "10")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=10_000))]
    clients: Vec<u32>,
    /// How long transactions are begun; this or --transactions is needed, unless tables are filled or removed.
    #[arg(long, short = 'd', value_name = "TIME", value_parser = parse_time)]
    duration: Option<Duration>,
    /// Number of transactions to make, in place of a duration.
    #[arg(long, value_name = "N", value_parser = parse_count)]
    transactions: Option<u64>,
    /// Transactions per second of all clients together: an open loop.
    #[arg(long, value_name = "N", value_parser = parse_number)]
    rate: Option<f64>,
    /// When transactions of an open loop are due.
    #[arg(long, value_enum, default_value = "constant", requires = "rate")]
    arrivals: Arrivals,
    /// How long a statement may take to its last byte, or a connection with its login; nothing that fills tables is limited.
    #[arg(long, value_name = "TIME", value_parser = parse_time, default_value = "10s")]
    timeout: Duration,
    /// Runs of each number of clients, in randomised blocks.
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..))]
    repetitions: u32,
    /// Seed of the order of runs, and of random arrivals and all values in the first of them; each further run takes the
    /// next one.
    #[arg(long, value_name = "N", default_value = "1")]
    seed: u64,
    /// The study to add to; made if it is not there. Without this and --trace the result is printed and nothing is kept.
    #[arg(long, value_name = "DIR", requires = "system")]
    study: Option<PathBuf>,
    /// Write the trace of one run into this file, without a study.
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
    /// System under test.
    #[arg(long, value_name = "NAME")]
    system: Option<String>,
    /// How to write what was found.
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

/// Transactions, and tables that were found.
pub(in crate::command) struct Ready<'a> {
    options: &'a LoadSql,
    tables: Tables,
    found: Found,
    rows: u32,
}

impl LoadSql {
    pub fn run(&self, quiet: bool) -> Result<(), Failure> {
        // Unless something is filled, an interrupt ends vana where it is.
        let never = AtomicBool::new(false);
        if self.prepare {
            let cancel = cancel_flag()?;
            return self.fill(quiet, &cancel);
        }
        if self.cleanup {
            return self.clean(quiet, &never);
        }
        session::run(&self.ready(&never)?, quiet)
    }

    /// The tables are there, and how large they are.
    pub fn ready(&self, cancel: &AtomicBool) -> Result<Ready<'_>, Failure> {
        let tables = self.tables()?;
        let mut connection = self.connect(&tables, Some(self.timeout), cancel)?;
        let found = inspect(&mut *connection, &tables, self.rows).map_err(|error| self.refused(&error))?;
        let rows = u32::try_from(found.last_id)
            .map_err(|_| Failure::input("the tables have ids of more than 32 bits"))?;
        Ok(Ready { options: self, tables, found, rows })
    }

    /// What can be refused without a server.
    pub fn check(&self) -> Result<(), Failure> {
        self.tables().map(drop)
    }

    /// When it ends, and how many transactions are due in a second, where that is said.
    pub fn size(&self) -> (Option<u64>, Option<Duration>, Option<f64>) {
        (self.transactions, self.duration, self.rate)
    }
}

impl Loading for Ready<'_> {
    type Load = SqlLoad;

    fn order(&self) -> Order<'_> {
        let options = self.options;
        Order {
            url: public(&options.url),
            clients: &options.clients,
            repetitions: options.repetitions,
            seed: Seed(options.seed),
            study: options.study.as_deref(),
            trace: options.trace.as_deref(),
            system: options.system.clone().unwrap_or_else(|| self.tables.database.name().to_owned()),
            workload: &options.workload,
            is_open: options.rate.is_some(),
            noun: "transactions",
            format: options.format,
        }
    }

    fn load(&self, clients: u32, seed: Seed) -> Result<SqlLoad, Failure> {
        let options = self.options;
        let workload: &'static dyn SqlWorkload = sql_workload(&options.workload).ok_or_else(missing)?;
        let distribution: &'static dyn Distribution = self.tables.distribution;
        Ok(SqlLoad {
            database: self.tables.database,
            url: options.url.clone(),
            workload,
            distribution,
            tables: options.tables,
            rows: self.rows,
            range_size: options.range_size,
            clients: u16::try_from(clients)
                .map_err(|_| Failure::input("at most 10k clients are possible"))?,
            stop: match (options.transactions, options.duration) {
                (Some(transactions), _) => Stop::Requests(transactions),
                (None, Some(duration)) => Stop::After(duration),
                (None, None) => return Err(Failure::input("give --duration or --transactions")),
            },
            timeout: options.timeout,
            schedule: schedule(options.arrivals.schedule(options.rate)).ok_or_else(missing)?,
            rate_per_s: options.rate.unwrap_or(1.0),
            seed,
            randomness,
        })
    }

    fn collect(
        load: &SqlLoad,
        folder: &Path,
        cancel: &AtomicBool,
        watch: impl FnMut(Duration, &Glance),
    ) -> Result<Collected, LoadError> {
        collect_sql(load, folder, cancel, watch)
    }

    fn attributes(&self, load: &SqlLoad) -> BTreeMap<String, String> {
        let mut attributes = BTreeMap::from(
            [
                (OUTERMOST, TRANSACTION.to_owned()),
                ("schedule", load.schedule.name().to_owned()),
                ("timeout_s", load.timeout.as_secs_f64().to_string()),
                ("database", load.database.name().to_owned()),
                ("distribution", load.distribution.name().to_owned()),
                ("tables", load.tables.to_string()),
                ("rows", load.rows.to_string()),
                ("range_size", load.range_size.to_string()),
            ]
            .map(|(key, value)| (key.to_owned(), value)),
        );
        attributes.insert("server_version".to_owned(), self.found.version.clone());
        if let Some(engine) = &self.found.engine {
            attributes.insert("engine".to_owned(), engine.clone());
        }
        if let Some(rate) = self.options.rate {
            attributes.insert("rate_per_s".to_owned(), rate.to_string());
        }
        attributes
    }
}

fn missing() -> Failure {
    Failure::machine("this vana was built without that workload, distribution or schedule")
}
