//! `vana load`

mod plan;
pub(super) mod quantity;
pub(super) mod session;
mod summary;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use vana_collect::{Order, Request, Stop, Target, Uniform, protocol, schedule};
use vana_stats::Random;
use vana_types::Seed;

use crate::failure::Failure;
use crate::output::OutputFormat;
use quantity::{parse_count, parse_number, parse_time, parse_time_or_none};

/// Send load to a server and record every request.
#[derive(Args)]
pub(crate) struct Load {
    #[command(subcommand)]
    protocol: LoadProtocol,
}

#[derive(Subcommand)]
enum LoadProtocol {
    Http(LoadHttp),
}

/// When requests of an open loop are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Arrivals {
    /// At equal distances.
    Constant,
    /// At random, as those of many independent users.
    Poisson,
}

/// HTTP/1.1 over connections that stay open.
///
/// Without --rate, each client sends its next request when the last one has ended (closed loop). With --rate, requests
/// are due at their own times; one that has to wait for a free connection is sent late, and its response time counts
/// from when it was due.
#[derive(Args)]
#[command(group(clap::ArgGroup::new("where").required(true).args(["study", "trace"])))]
pub(super) struct LoadHttp {
    /// Address: http://host:port/path
    url: String,
    /// Connections; several numbers make several runs.
    #[arg(long, short = 'c', value_name = "N", value_delimiter = ',', default_value = "10")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    clients: Vec<u32>,
    /// How long requests are sent.
    #[arg(long, short = 'd', value_name = "TIME", value_parser = parse_time)]
    #[arg(required_unless_present = "requests")]
    duration: Option<Duration>,
    /// Number of requests to send, in place of a duration.
    #[arg(long, value_name = "N", value_parser = parse_count, conflicts_with_all = ["duration", "warmup"])]
    requests: Option<u64>,
    /// Requests per second of all clients together: an open loop.
    #[arg(long, value_name = "N", value_parser = parse_number)]
    rate: Option<f64>,
    /// When requests of an open loop are due.
    #[arg(long, value_enum, default_value = "constant", requires = "rate")]
    arrivals: Arrivals,
    /// Threads of load, at most one a client.
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u16).range(1..1024))]
    threads: u16,
    /// Time before the duration; its requests are recorded and summarized too, and the run says how long it was.
    #[arg(long, value_name = "TIME", value_parser = parse_time_or_none, default_value = "0s")]
    warmup: Duration,
    /// How long a request may take.
    #[arg(long, value_name = "TIME", value_parser = parse_time, default_value = "2s")]
    timeout: Duration,
    /// Method.
    #[arg(long, value_name = "NAME", default_value = "GET")]
    method: String,
    /// A further header; may be given several times.
    #[arg(long, short = 'H', value_name = "NAME: VALUE", value_parser = header)]
    header: Vec<(String, String)>,
    /// Body, or a file with @FILE.
    #[arg(long, value_name = "TEXT")]
    body: Option<String>,
    /// Runs of each number of clients, in randomised blocks.
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..))]
    repetitions: u32,
    /// Seed of the order of runs and of random arrivals.
    #[arg(long, value_name = "N", default_value = "1")]
    seed: u64,
    /// The study to add to; made if it is not there.
    #[arg(long, value_name = "DIR", requires = "system")]
    study: Option<PathBuf>,
    /// Write the trace of one run into this file, without a study.
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
    /// System under test.
    #[arg(long, value_name = "NAME")]
    system: Option<String>,
    /// Workload.
    #[arg(long, value_name = "NAME", default_value = "http")]
    workload: String,
    /// How to write what was found.
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("a header is written \"Name: value\"")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

fn randomness(seed: Seed, thread: u64) -> Uniform {
    // The order of runs takes the first chunks.
    let mut random = Random::new(seed, (1 << 32) + thread);
    Box::new(move || random.uniform())
}

impl Load {
    pub fn run(&self, quiet: bool) -> Result<(), Failure> {
        match &self.protocol {
            LoadProtocol::Http(options) => session::run(options, quiet),
        }
    }
}

impl LoadHttp {
    /// Requests per second, where it is an open loop.
    pub(super) const fn rate(&self) -> Option<f64> {
        self.rate
    }

    /// The load of a run with so many clients.
    pub(super) fn load(&self, clients: u32) -> Result<vana_collect::Load, Failure> {
        let target = Target::parse(&self.url)?;
        let body = match self.body.as_deref() {
            Some(text) if text.starts_with('@') => {
                let path = &text[1..];
                let read = std::fs::read(path);
                Some(read.map_err(|error| Failure::input(format!("{path}: {error}")))?)
            }
            text => text.map(|text| text.as_bytes().to_vec()),
        };
        let name = match (self.rate, self.arrivals) {
            (None, _) => "closed",
            (Some(_), Arrivals::Constant) => "constant",
            (Some(_), Arrivals::Poisson) => "poisson",
        };
        let missing = || Failure::machine("this vana was built without that protocol or schedule");
        let stop = match (self.requests, self.duration) {
            (Some(requests), _) => Stop::Requests(requests),
            (None, Some(duration)) => Stop::After(self.warmup + duration),
            (None, None) => return Err(Failure::input("give --duration or --requests")),
        };
        let load = vana_collect::Load {
            target,
            protocol: protocol("http").ok_or_else(missing)?,
            requests: vec![Request {
                method: self.method.clone(),
                headers: self.header.clone(),
                body,
                ..Request::default()
            }],
            clients,
            threads: self.threads,
            stop,
            timeout: self.timeout,
            order: Order::Drawn {
                schedule: schedule(name).ok_or_else(missing)?,
                rate_per_s: self.rate.unwrap_or(1.0),
            },
            seed: Seed(self.seed),
            randomness,
        };
        // What cannot be sent is refused before anything is made.
        load.protocol.prepare(&load.target, &load.requests)?;
        Ok(load)
    }
}

impl From<vana_collect::LoadError> for Failure {
    fn from(error: vana_collect::LoadError) -> Self {
        if error.is_io() { Self::machine(error.to_string()) } else { Self::input(error.to_string()) }
    }
}
