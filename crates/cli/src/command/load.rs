//! `vana load`

mod busy_poll;
pub(super) mod client;
mod cores;
pub(super) mod measured;
mod plan;
pub(super) mod progress;
pub(super) mod quantity;
mod requests;
pub(super) mod session;
pub(super) mod single;
mod sql;
mod sql_summary;
pub(super) mod summary;
pub(super) mod typed;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::slice;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use vana_collect::{
    Collected, Glance, LoadError, Order, Request, Stop, Target, Trust, Tuning, Uniform, collect, protocol,
    schedule, usable_cores,
};
use vana_stats::Random;
use vana_types::Seed;

use crate::failure::Failure;
use crate::output::OutputFormat;
use busy_poll::BusyPolling;
use cores::Cores;
use quantity::{parse_count, parse_number, parse_time, parse_time_or_none};

/// How long requests are sent where nothing says it.
const DURATION: Duration = Duration::from_secs(10);

/// Send load to a server and record every request.
#[derive(Args)]
pub(crate) struct Load {
    #[command(subcommand)]
    protocol: LoadProtocol,
}

#[derive(Subcommand)]
enum LoadProtocol {
    Http(LoadHttp),
    Sql(sql::LoadSql),
}

/// When requests of an open loop are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Arrivals {
    /// At equal distances.
    Constant,
    /// At random, as those of many independent users.
    Poisson,
}

impl Arrivals {
    /// The name of the schedule, closed where there is no rate.
    const fn schedule(self, rate: Option<f64>) -> &'static str {
        match (rate, self) {
            (None, _) => "closed",
            (Some(_), Self::Constant) => "constant",
            (Some(_), Self::Poisson) => "poisson",
        }
    }
}

/// HTTP/1.1 over connections that stay open.
///
/// Without --rate, each client sends its next request when the last one has ended (closed loop). With --rate, requests
/// are due at their own times; one that has to wait for a free connection is sent late, and its response time counts
/// from when it was due.
#[derive(Args)]
#[command(group(clap::ArgGroup::new("where").args(["study", "trace"])))]
pub(super) struct LoadHttp {
    /// Address: http://host:port/path or https://…
    url: String,
    /// Connections; several numbers make several runs.
    #[arg(long, short = 'c', value_name = "N", value_delimiter = ',', default_value = "10")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    clients: Vec<u32>,
    /// How long requests are sent; 10s if neither this nor a number of requests is given.
    #[arg(long, short = 'd', value_name = "TIME", value_parser = parse_time)]
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
    /// Time before the duration: its requests are recorded, and left out of all that is computed from the run.
    #[arg(long, value_name = "TIME", value_parser = parse_time_or_none, default_value = "0s")]
    warmup: Duration,
    /// Open all connections, one after the other, before the first request is sent: for short runs, and for servers that
    /// let few connections wait to be accepted.
    #[arg(long)]
    connect_first: bool,
    /// How long a request may take.
    #[arg(long, value_name = "TIME", value_parser = parse_time, default_value = "2s")]
    timeout: Duration,
    /// Method.
    #[arg(long, value_name = "NAME", default_value = "GET")]
    method: String,
    /// Requests to choose from, one JSON object a line: {"method": "GET", "path": "/a?b", "weight": 3, "headers":
    /// {"Accept": "*/*"}, "body": "text"}. All but the path may be left out; each is drawn as often as its weight says.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["method", "body"])]
    requests_from: Option<PathBuf>,
    /// A further header of every request; may be given several times. A request of a file that has it keeps its own.
    #[arg(long, short = 'H', value_name = "NAME: VALUE", value_parser = header)]
    header: Vec<(String, String)>,
    /// Body, or a file with @FILE.
    #[arg(long, value_name = "TEXT")]
    body: Option<String>,
    /// With https, believe the authorities in this PEM file and no others; without it, those of the system.
    #[arg(long, value_name = "FILE", conflicts_with = "insecure")]
    ca: Option<PathBuf>,
    /// With https, believe any certificate.
    #[arg(long)]
    insecure: bool,
    /// Bind threads of load to these cores: 0,1; or to all cores in turn, without a value (behind the address) or as `all`.
    #[arg(long, value_name = "CORES", num_args = 0..=1, default_missing_value = "all")]
    pin: Option<Cores>,
    /// Ask for answers over and over in place of sleeping until there are some: quicker, and keeps its cores busy. Without a
    /// value always.
    #[arg(
        long,
        value_enum,
        value_name = "WHEN",
        num_args = 0..=1,
        require_equals = true,
        default_value = "adaptive",
        default_missing_value = "always"
    )]
    busy_poll: BusyPolling,
    /// Runs of each number of clients, in randomised blocks.
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..))]
    repetitions: u32,
    /// Seed of the order of runs, and of random arrivals and choices in the first of them; each further run takes the next
    /// one.
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

pub(super) fn randomness(seed: Seed, thread: u64) -> Uniform {
    // The order of runs takes the first chunks.
    let mut random = Random::new(seed, (1 << 32) + thread);
    Box::new(move || random.uniform())
}

impl Load {
    pub fn run(&self, quiet: bool) -> Result<(), Failure> {
        match &self.protocol {
            LoadProtocol::Http(options) => session::run(options, quiet),
            LoadProtocol::Sql(options) => options.run(quiet),
        }
    }
}

impl LoadHttp {
    /// When it ends, and how many requests are due in a second, where that is said.
    fn size(&self) -> (Option<u64>, Option<Duration>, Option<f64>) {
        match self.stop() {
            Stop::Requests(requests) => (Some(requests), None, self.rate),
            Stop::After(duration) => (None, Some(duration), self.rate),
        }
    }

    fn stop(&self) -> Stop {
        match self.requests {
            Some(requests) => Stop::Requests(requests),
            None => Stop::After(self.warmup + self.duration.unwrap_or(DURATION)),
        }
    }
}

impl session::Loading for LoadHttp {
    type Load = vana_collect::Load;

    fn order(&self) -> session::Order<'_> {
        let authority = || Target::parse(&self.url).map(|target| target.authority).unwrap_or_default();
        session::Order {
            url: self.url.clone(),
            clients: &self.clients,
            repetitions: self.repetitions,
            seed: Seed(self.seed),
            study: self.study.as_deref(),
            trace: self.trace.as_deref(),
            system: self.system.clone().unwrap_or_else(authority),
            workload: &self.workload,
            is_open: self.rate.is_some(),
            noun: "requests",
            format: self.format,
        }
    }

    fn collect(
        load: &Self::Load,
        folder: &Path,
        cancel: &AtomicBool,
        watch: impl FnMut(Duration, &Glance),
    ) -> Result<Collected, LoadError> {
        collect(load, folder, cancel, watch)
    }

    fn attributes(&self, load: &Self::Load) -> BTreeMap<String, String> {
        let schedule = match &load.order {
            Order::Drawn { schedule, .. } => schedule.name(),
            Order::Recorded(_) => "recorded",
        };
        let mut attributes = BTreeMap::from([
            ("schedule".to_owned(), schedule.to_owned()),
            ("timeout_s".to_owned(), self.timeout.as_secs_f64().to_string()),
            ("busy_poll".to_owned(), load.tuning.busy_poll.name().to_owned()),
        ]);
        if let Some(rate) = self.rate {
            attributes.insert("rate_per_s".to_owned(), rate.to_string());
        }
        if !self.warmup.is_zero() {
            attributes.insert("warmup_s".to_owned(), self.warmup.as_secs_f64().to_string());
        }
        if !load.tuning.cores.is_empty() {
            let cores: Vec<String> = load.tuning.cores.iter().map(ToString::to_string).collect();
            attributes.insert("pinned_to".to_owned(), cores.join(","));
        }
        if load.connects_first {
            attributes.insert("connect_first".to_owned(), "true".to_owned());
        }
        attributes
    }

    fn load(&self, clients: u32, seed: Seed) -> Result<vana_collect::Load, Failure> {
        let name = self.arrivals.schedule(self.rate);
        let missing = || Failure::machine("this vana was built without that protocol or schedule");
        let (target, protocol) = (self.target()?, protocol("http").ok_or_else(missing)?);
        let requests =
            self.requests(|request| protocol.prepare(&target, slice::from_ref(request)).map(drop))?;
        let load = vana_collect::Load {
            target,
            protocol,
            requests,
            clients,
            threads: self.threads,
            connects_first: self.connect_first,
            stop: self.stop(),
            timeout: self.timeout,
            order: Order::Drawn {
                schedule: schedule(name).ok_or_else(missing)?,
                rate_per_s: self.rate.unwrap_or(1.0),
            },
            tuning: Tuning {
                cores: match &self.pin {
                    None => Vec::new(),
                    Some(Cores::All) => usable_cores()?,
                    Some(Cores::Listed(cores)) => cores.clone(),
                },
                busy_poll: self.busy_poll.into(),
            },
            seed,
            randomness,
        };
        // What cannot be sent is refused before anything is made.
        load.protocol.prepare(&load.target, &load.requests)?;
        Ok(load)
    }
}

impl LoadHttp {
    fn target(&self) -> Result<Target, Failure> {
        let mut target = Target::parse(&self.url)?;
        if let Some(trust) = &mut target.trust {
            if self.insecure {
                *trust = Trust::Anybody;
            } else if let Some(path) = &self.ca {
                *trust = Trust::Authorities(read(path)?);
            }
        }
        Ok(target)
    }

    /// What is sent: one request, or those of a file, of which each has to be one that can be sent.
    fn requests(
        &self,
        can_be_sent: impl Fn(&Request) -> Result<(), LoadError>,
    ) -> Result<Vec<Request>, Failure> {
        if let Some(path) = &self.requests_from {
            let mut requests = requests::read(path, can_be_sent)?;
            for request in &mut requests {
                let is_own =
                    |name: &str| request.headers.iter().any(|(own, _)| own.eq_ignore_ascii_case(name));
                let further = self.header.iter().filter(|(name, _)| !is_own(name)).cloned();
                let further: Vec<_> = further.collect();
                request.headers.extend(further);
            }
            return Ok(requests);
        }
        let body = match self.body.as_deref() {
            Some(text) => Some(text.strip_prefix('@').map_or(Ok(text.into()), |path| read(Path::new(path)))?),
            None => None,
        };
        let (method, headers) = (self.method.clone(), self.header.clone());
        Ok(vec![Request { method, headers, body, ..Request::default() }])
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::input(format!("{}: {error}", path.display())))
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        if error.is_io() { Self::machine(error.to_string()) } else { Self::input(error.to_string()) }
    }
}
