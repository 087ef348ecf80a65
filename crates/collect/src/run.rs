//! A whole run of requests.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use vana_trace::{StagedTrace, TraceWriter};
use vana_types::{Finding, ResourceSample};

use crate::arrivals::{Drawn, LEAD_NS};
use crate::connection::Connection;
use crate::gather::{Ends, Gathering, gather, nanos};
use crate::queue::Queue;
use crate::sampler::Sampler;
use crate::shared::Shared;
use crate::tls::Tls;
use crate::watch::{Attempts, Glance, Live};
use crate::worker::Worker;
use crate::{Arrivals, Lags, Load, LoadError, Order, Part, Prepared, Stop, system};

/// Between two connections that are opened before the load: time for the server to accept the first.
const CONNECT_PAUSE: Duration = Duration::from_millis(2);

/// What came of a load.
#[derive(Debug)]
pub struct Collected {
    /// Every request.
    pub trace: StagedTrace,
    /// What the client used, on the clock of the trace.
    pub resources: Vec<ResourceSample>,
    /// When the first request was sent, nanoseconds since 1970-01-01 UTC.
    pub started_unix_ns: i64,
    /// Threads that were used.
    pub threads: u16,
    /// What became of requests, or of transactions where statements lie within them.
    pub attempts: Attempts,
    /// Whether the load was interrupted.
    pub is_truncated: bool,
    /// Processor time over wall time of the busiest thread of load, a share of one processor; without the time in which
    /// it asked for answers and there was none.
    pub client_cpu: f64,
    /// That time, of all threads of load together, over wall time: how many processors it kept busy.
    pub client_polling: f64,
    /// Doubts.
    pub findings: Vec<Finding>,
    /// The last thing that went wrong with a request, if anything did.
    pub failure: Option<String>,
    /// Why requests with a due time were sent late.
    pub lags: Lags,
}

/// Makes a load and records every request in `folder`. Ends at the end of the load, or soon after `cancel` is set;
/// `watch` hears twice a second how it goes.
///
/// Memory is that of the connections, 8 MiB of records on their way, and what the trace's writer holds.
pub fn collect(
    load: &Load,
    folder: &Path,
    cancel: &AtomicBool,
    watch: impl FnMut(Duration, &Glance),
) -> Result<Collected, LoadError> {
    let prepared = load.protocol.prepare(&load.target, &load.requests)?;
    let threads = u32::from(load.threads).min(load.clients).max(1) as u16;
    system::allow_open_files(load.clients, threads)?;
    system::check_cores(&load.tuning.cores)?;
    let tls = Tls::of(&load.target)?;
    let address = load.target.resolve(load.timeout)?;
    let writer = TraceWriter::create(folder)?;
    let mut connected = if load.connects_first { connect(load, address, cancel) } else { BTreeMap::new() };
    let ends = Ends::new();
    let sampler = Sampler::begin();
    let shared = Shared {
        address,
        tls,
        requests: &prepared.bytes,
        timeout_ns: nanos(load.timeout),
        origin: sampler.origin(),
        cancel,
        tuning: &load.tuning,
    };
    let mut workers = Vec::new();
    for thread in 0..threads {
        let connections = connections(load.clients, thread, threads, &prepared, &mut connected);
        let queue = queue(load, thread, threads);
        let worker = Worker::new(&shared, thread, connections, queue, ends.another());
        let worker = worker.map_err(LoadError::system("wait for events"))?;
        workers.push(move || worker.run());
    }
    let operations = prepared.operations.as_slice();
    let live = Live::default();
    gather(Gathering { writer, operations, live, sampler, threads }, ends, workers, watch)
}

/// Connects one client after the other: a backlog that is full drops the next one, which TCP tries again after a second.
/// From the first failure on the rest is left to the load, which records what becomes of it.
fn connect(load: &Load, address: SocketAddr, cancel: &AtomicBool) -> BTreeMap<u32, TcpStream> {
    let open = || {
        let socket = TcpStream::connect_timeout(&address, load.timeout).ok()?;
        socket.set_nonblocking(true).ok()?;
        std::thread::sleep(CONNECT_PAUSE);
        Some(socket)
    };
    let clients = (0..load.clients).take_while(|_| !cancel.load(Ordering::Relaxed));
    clients.map_while(|client| Some((client, open()?))).collect()
}

/// The connections of a thread: every `threads`-th of all.
fn connections(
    clients: u32,
    thread: u16,
    threads: u16,
    prepared: &Prepared,
    connected: &mut BTreeMap<u32, TcpStream>,
) -> Vec<Connection> {
    let numbers = (u32::from(thread)..clients).step_by(usize::from(threads));
    numbers.map(|number| Connection::new(number, (prepared.reader)(), connected.remove(&number))).collect()
}

fn queue(load: &Load, thread: u16, threads: u16) -> Queue {
    let randomness = |stream: u64| (load.randomness)(load.seed, (stream << 16) + u64::from(thread));
    let arrivals: Box<dyn Arrivals> = match &load.order {
        Order::Recorded(recorded) => recorded(thread, threads),
        Order::Drawn { schedule, rate_per_s } => {
            let part = Part { rate_per_s: *rate_per_s, thread, threads, uniform: randomness(0) };
            Box::new(Drawn::new(schedule.part(part), &load.requests, randomness(1)))
        }
    };
    let lead_ns = match &load.order {
        Order::Drawn { schedule, .. } if schedule.has_due_times() => LEAD_NS,
        Order::Drawn { .. } | Order::Recorded(_) => 0,
    };
    let (left, end_ns) = match load.stop {
        Stop::After(duration) => (u64::MAX, nanos(duration).saturating_add(lead_ns)),
        Stop::Requests(requests) => {
            let further = u64::from(u64::from(thread) < requests % u64::from(threads));
            (requests / u64::from(threads) + further, i64::MAX)
        }
    };
    Queue::new(arrivals, left, end_ns)
}

#[cfg(test)]
mod tests;
