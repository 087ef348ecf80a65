//! A whole run: threads of load, the writer beside them, and what came of it.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use vana_trace::{StagedTrace, TraceWriter};
use vana_types::{Finding, ResourceSample, Severity};

use crate::arrivals::Drawn;
use crate::connection::Connection;
use crate::queue::Queue;
use crate::recorder::{Recording, recorder};
use crate::report::Report;
use crate::sampler::Sampler;
use crate::shared::Shared;
use crate::tls::Tls;
use crate::watch::{Glance, Live};
use crate::worker::Worker;
use crate::{Arrivals, Lags, Load, LoadError, Order, Part, Prepared, Stop, system};

/// How often the caller may look.
const LOOK: Duration = Duration::from_millis(500);

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
    /// Whether the load was interrupted.
    pub is_truncated: bool,
    /// Processor time over wall time of the busiest thread of load, a share of one processor; without the time in which
    /// it spun and nothing had happened.
    pub client_cpu: f64,
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
    mut watch: impl FnMut(Duration, &Glance),
) -> Result<Collected, LoadError> {
    let prepared = load.protocol.prepare(&load.target, &load.requests)?;
    let threads = u32::from(load.threads).min(load.clients).max(1) as u16;
    system::allow_open_files(load.clients, threads)?;
    system::check_cores(&load.tuning.cores)?;
    let tls = Tls::of(&load.target)?;
    let address = load.target.resolve(load.timeout)?;
    let writer = TraceWriter::create(folder)?;
    let live = Live::default();
    let (recording, recorder) = recorder();
    let shared = Shared {
        address,
        tls,
        requests: &prepared.bytes,
        timeout_ns: nanos(load.timeout),
        origin: Instant::now(),
        cancel,
        tuning: &load.tuning,
    };
    let mut sampler = Sampler::begin(shared.origin);
    let started_unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let workers = workers(load, &shared, &prepared, threads, &recording)?;
    drop(recording);
    let (reports, trace) = thread::scope(|scope| {
        let operations = prepared.operations.as_slice();
        let writing = spawn(scope, "writer", || recorder.write(writer, operations, &live))?;
        let (done, all_done) = channel::<()>();
        let mut loading = Vec::new();
        for worker in workers {
            let done = done.clone();
            loading.push(spawn(scope, "load", move || {
                let report = worker.run();
                drop(done);
                report
            })?);
        }
        drop(done);
        let mut looked = Duration::ZERO;
        while matches!(all_done.recv_timeout(sampler.period()), Err(RecvTimeoutError::Timeout)) {
            sampler.read(live.lag_ns());
            let elapsed = shared.origin.elapsed();
            let since = elapsed.saturating_sub(looked);
            if since >= LOOK {
                watch(elapsed, &Glance { since, ..live.look() });
                looked = elapsed;
            }
        }
        sampler.read(live.lag_ns());
        let reports: Result<Vec<Report>, _> = loading.into_iter().map(join).collect();
        Ok::<_, LoadError>((reports, join(writing)))
    })?;
    // The writer's failure is the cause of what the threads say then.
    let trace = trace?;
    let reports = reports.map_err(LoadError::system("wait for events"))?;
    let start_ns = trace.summary().start_ns;
    let is_truncated = reports.iter().any(|report| report.is_truncated);
    Ok(Collected {
        started_unix_ns: nanos(started_unix) + start_ns,
        threads,
        is_truncated,
        client_cpu: reports.iter().map(|report| report.cpu_share).fold(0.0, f64::max),
        findings: stalls(&reports).into_iter().collect(),
        lags: reports.iter().map(|report| report.lags).fold(Lags::default(), Lags::with),
        failure: reports.into_iter().filter_map(|report| report.failure).next_back(),
        resources: sampler.finish(start_ns),
        trace,
    })
}

/// A worker for each thread.
fn workers<'a>(
    load: &Load,
    shared: &'a Shared<'a>,
    prepared: &Prepared,
    threads: u16,
    recording: &Recording,
) -> Result<Vec<Worker<'a>>, LoadError> {
    let worker = |thread| {
        let connections = connections(load.clients, thread, threads, prepared);
        let queue = queue(load, thread, threads);
        let worker = Worker::new(shared, thread, connections, queue, recording.another());
        worker.map_err(LoadError::system("wait for events"))
    };
    (0..threads).map(worker).collect()
}

fn nanos(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}

fn spawn<'scope, T: Send + 'scope>(
    scope: &'scope thread::Scope<'scope, '_>,
    name: &str,
    body: impl FnOnce() -> T + Send + 'scope,
) -> Result<ScopedJoinHandle<'scope, T>, LoadError> {
    let builder = thread::Builder::new().name(name.to_owned());
    builder.spawn_scoped(scope, body).map_err(LoadError::system("start a thread"))
}

/// What a thread returned; its panic goes on here.
fn join<T>(handle: ScopedJoinHandle<'_, T>) -> T {
    handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// The connections of a thread: every `threads`-th of all.
fn connections(clients: u32, thread: u16, threads: u16, prepared: &Prepared) -> Vec<Connection> {
    let numbers = (u32::from(thread)..clients).step_by(usize::from(threads));
    numbers.map(|number| Connection::new(number, (prepared.reader)())).collect()
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
    let (left, end_ns) = match load.stop {
        Stop::After(duration) => (u64::MAX, nanos(duration)),
        Stop::Requests(requests) => {
            let further = u64::from(u64::from(thread) < requests % u64::from(threads));
            (requests / u64::from(threads) + further, i64::MAX)
        }
    };
    Queue::new(arrivals, left, end_ns)
}

/// The load waited for the disk.
fn stalls(reports: &[Report]) -> Option<Finding> {
    let stalled: Duration = reports.iter().map(|report| report.stalled).sum();
    (stalled > Duration::ZERO).then(|| {
        let message = "The writer of the trace could not keep up, and the load waited for it. No request is lost, but \
                       some were sent later than they would have been. Give the client a further processor or a \
                       faster disk.";
        Finding::new("recorder-stalled", Severity::Warning, message)
            .with_value(stalled.as_secs_f64(), Some(0.0))
    })
}
