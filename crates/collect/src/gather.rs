//! Threads of load, the writer beside them, and what came of it: the same for every kind of load.

use std::io;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use vana_trace::TraceWriter;
use vana_types::{Finding, Severity};

use crate::recorder::{Abandoned, Recorder, Recording, recorder};
use crate::report::Report;
use crate::sampler::Sampler;
use crate::watch::{Glance, Live};
use crate::{Collected, Lags, LoadError};

/// How often the caller may look.
const LOOK: Duration = Duration::from_millis(500);

/// Both ends of the way from the threads to the writer.
pub(crate) struct Ends {
    recording: Recording,
    recorder: Recorder,
}

impl Ends {
    pub fn new() -> Self {
        let (recording, recorder) = recorder();
        Self { recording, recorder }
    }

    /// Where one more thread puts its records.
    pub fn another(&self) -> Recording {
        self.recording.another()
    }
}

/// What is needed beside the threads.
pub(crate) struct Gathering<'a> {
    pub writer: TraceWriter,
    /// Operations by the number that records have.
    pub operations: &'a [String],
    pub live: Live,
    /// Reads what the client uses, from before the first request on; its zero is that of all stamps.
    pub sampler: Sampler,
    pub threads: u16,
}

/// Runs the threads to their end and writes what they record. `watch` hears twice a second how it goes.
pub(crate) fn gather<W: FnOnce() -> io::Result<Report> + Send>(
    gathering: Gathering<'_>,
    ends: Ends,
    workers: Vec<W>,
    mut watch: impl FnMut(Duration, &Glance),
) -> Result<Collected, LoadError> {
    let Gathering { writer, operations, live, mut sampler, threads } = gathering;
    let origin = sampler.origin();
    let Ends { recording, recorder } = ends;
    let started_unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let started_unix = started_unix.saturating_sub(origin.elapsed());
    let abandoned = recording.abandoned();
    // The writer is done when the last thread has dropped its end.
    drop(recording);
    let (reports, trace) = thread::scope(|scope| {
        let writing = spawn(scope, "writer", || recorder.write(writer, operations, &live))?;
        let (done, all_done) = channel::<()>();
        let mut loading = Vec::new();
        // Without all of its threads it is no load; those that run would go on to its end.
        let mut starting = Ending::of(&abandoned);
        for worker in workers {
            let (done, mut ending) = (done.clone(), Ending::of(&abandoned));
            loading.push(spawn(scope, "load", move || {
                let report = worker();
                ending.is_good = report.is_ok();
                drop((ending, done));
                report
            })?);
        }
        starting.is_good = true;
        drop(done);
        let mut looked = Duration::ZERO;
        while matches!(all_done.recv_timeout(sampler.period()), Err(RecvTimeoutError::Timeout)) {
            sampler.read(live.lag_ns());
            let elapsed = origin.elapsed();
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
    Ok(Collected {
        started_unix_ns: nanos(started_unix) + start_ns,
        threads,
        attempts: live.attempts(),
        is_truncated: reports.iter().any(|report| report.is_truncated),
        client_cpu: reports.iter().map(|report| report.cpu_share).fold(0.0, f64::max),
        client_polling: reports.iter().map(|report| report.polling_share).sum(),
        findings: findings(&reports),
        lags: reports.iter().map(|report| report.lags).fold(Lags::default(), Lags::with),
        resources: sampler.finish(start_ns),
        failure: reports.into_iter().filter_map(|report| report.failure).next_back(),
        trace,
    })
}

/// Ends all threads of the load when it is dropped, unless what it stands for went well.
struct Ending {
    abandoned: Abandoned,
    is_good: bool,
}

impl Ending {
    fn of(abandoned: &Abandoned) -> Self {
        Self { abandoned: abandoned.clone(), is_good: false }
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        if !self.is_good {
            self.abandoned.set();
        }
    }
}

pub(crate) fn nanos(duration: Duration) -> i64 {
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

/// What the threads of load could not do.
fn findings(reports: &[Report]) -> Vec<Finding> {
    [stalls(reports), unrecorded(reports), silence(reports)].into_iter().flatten().collect()
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

/// The writing of what was never sent was interrupted.
fn unrecorded(reports: &[Report]) -> Option<Finding> {
    (!reports.iter().all(|report| report.is_whole)).then(|| {
        let message = "The load was interrupted while requests that had been due and were never sent were written down: \
                       there were more of them than the trace has.";
        Finding::new("unsent-left-out", Severity::Warning, message)
    })
}

/// The server was given up.
fn silence(reports: &[Report]) -> Option<Finding> {
    let silent = reports.iter().filter(|report| report.is_silent).count();
    (silent > 0).then(|| {
        let message = "The server answered nothing any more for 10 s and for three timeouts or longer, and the load was \
                       given up before all of its requests were sent.";
        Finding::new("server-silent", Severity::Error, message).with_value(silent as f64, Some(0.0))
    })
}

#[cfg(test)]
mod tests;
