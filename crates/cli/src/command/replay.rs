//! `vana replay`

mod fidelity;
mod recorded;
mod session;
mod source;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::load::quantity::{parse_count, parse_number, parse_time};
use crate::failure::Failure;
use crate::output::OutputFormat;

/// Send a recorded workload again at its recorded times, and say how faithful that was.
///
/// What is sent comes from a run of a study, a trace, a workload, or a file that vana ingest would read: an access log, a
/// GoReplay capture, a trace of arrivals. Requests are due when they were due then (or sent, where nothing was due), whether
/// or not earlier ones have ended; paths are relative to that of --to.
#[derive(Args)]
#[command(group(clap::ArgGroup::new("where").required(true).args(["study", "trace"])))]
pub(crate) struct Replay {
    /// A run's folder, a trace.parquet, a workload.parquet, or a recording.
    #[arg(value_name = "SOURCE")]
    source: PathBuf,
    /// Address of the server: http://host:port/base
    #[arg(long, value_name = "URL")]
    to: String,
    /// How many times as fast as it was recorded.
    #[arg(long, value_name = "FACTOR", default_value = "1", value_parser = parse_number)]
    speed: f64,
    /// Send the first N requests alone.
    #[arg(long, value_name = "N", value_parser = parse_count)]
    limit: Option<u64>,
    /// Connections at most; without it as many as the recorded run had clients, or what arrives within a second (at most
    /// 256). The run is filed under the recorded run's clients in any case.
    #[arg(long, short = 'c', value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    clients: Option<u32>,
    /// Threads of load, at most one a client.
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u16).range(1..1024))]
    threads: u16,
    /// How long a request may take.
    #[arg(long, value_name = "TIME", value_parser = parse_time, default_value = "10s")]
    timeout: Duration,
    /// Send the recorded Host in place of the one in --to.
    #[arg(long)]
    keep_host: bool,
    /// The study to add to; made if it is not there.
    #[arg(long, value_name = "DIR", requires = "system")]
    study: Option<PathBuf>,
    /// Write the trace into this file, without a study.
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
    /// System under test.
    #[arg(long, value_name = "NAME")]
    system: Option<String>,
    /// Workload; without it that of the recorded run, so that both can be compared.
    #[arg(long, value_name = "NAME")]
    workload: Option<String>,
    /// How to write what was found.
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

impl Replay {
    pub fn run(&self, quiet: bool) -> Result<(), Failure> {
        session::run(self, quiet)
    }
}
