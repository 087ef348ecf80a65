//! One start of a system, and the runs it serves.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use vana_launch::{LIMITS_NOTE, LaunchError, Recipe, Sampler, Started};
use vana_trace::{RunBody, StagedTrace};
use vana_types::{Fidelity, Finding, Identity, Resource, ResourceSample, Run, Severity};

use super::plan::Plan;
use super::work;
use crate::command::load::typed::Typed;
use crate::failure::Failure;
use crate::interrupt;

/// The finding of a run that has no numbers.
pub(super) const FAILED: &str = "run-failed";
/// The finding of a run whose system may use more than the plan gives it.
const UNLIMITED: &str = "limits-not-applied";
/// Attributes of a start that are measured there, and not once more in each run.
const OF_START: [&str; 2] = ["boot_time_s", "connect_time_s"];
/// Readings of a system that has just started and has nothing to do, and the time between them.
const IDLE: (u32, Duration) = (5, Duration::from_millis(20));
/// Time between readings under load: a fiftieth of the run within these bounds.
const INTERVAL: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(1));

/// What all visits of a campaign share.
pub(super) struct Surroundings<'a> {
    pub plan: &'a Plan,
    pub study: &'a Path,
    pub cancel: &'a AtomicBool,
    pub quiet: bool,
}

/// A load at a number of clients.
pub(super) struct Task {
    /// Which run it is.
    pub identity: Identity,
    /// Place of its load in the plan.
    pub load: usize,
    /// Its place in the whole campaign, and how many runs that has.
    pub place: (usize, usize),
}

/// What came of something that may fail without ending the campaign.
pub(super) enum Outcome {
    /// It is in the study.
    Kept(Box<Run>),
    /// It is in the study as failed, and why.
    Failed(String),
    /// Broken off; nothing is kept.
    Cancelled,
}

impl Surroundings<'_> {
    /// Starts a system, waits until it answers, and keeps how long that took and what it uses then. The start of a
    /// block is kept once: that after a death is no second measurement.
    pub fn start(
        &self,
        recipe: &Recipe,
        load: usize,
        boot: &Identity,
        is_kept: bool,
    ) -> Result<(Option<Started>, Outcome), Failure> {
        let probe = work::probe(&self.plan.loads[load]);
        let up = recipe.start().and_then(|mut started| {
            started.await_ready(&probe, self.plan.ready, self.cancel)?;
            Ok(started)
        });
        let started = match up {
            Ok(started) => started,
            Err(LaunchError::Cancelled) => return Ok((None, Outcome::Cancelled)),
            Err(error) => {
                let why = format!("the system did not start: {error}");
                if !is_kept {
                    self.fail(boot, recipe, &why)?;
                }
                return Ok((None, Outcome::Failed(why)));
            }
        };
        let mut run = Run::new(boot.clone(), Fidelity::Summary);
        run.attributes = started.attributes();
        run.started_unix_ns = Some(unix_ns());
        if !is_kept {
            let mut sampler = started.sampler();
            let begin = Instant::now();
            let mut readings = Vec::new();
            for _ in 0..IDLE.0 {
                readings.extend(sampler.sample(begin.elapsed().as_nanos() as i64));
                std::thread::sleep(IDLE.1);
            }
            // It has nothing to do; what it takes to start is not in these.
            readings.retain(|reading| reading.resource != Resource::CpuTime);
            let mut transaction = interrupt::begin(self.study, true, self.cancel, self.quiet)?;
            transaction.add_run(&run, RunBody::Summary)?;
            transaction.add_resources(boot, &readings)?;
            transaction.commit()?;
        }
        Ok((Some(started), Outcome::Kept(Box::new(run))))
    }

    /// Makes what the loads of a visit need before they begin, such as tables.
    pub fn prepare(&self, started: &Started, loads: impl Iterator<Item = usize>) -> Result<(), String> {
        for words in work::preparations(self.plan, loads, started.address()) {
            let typed = Typed::read(&words)?;
            let prepared =
                started.within(|| typed.prepare(self.cancel)).map_err(|error| error.to_string())?;
            prepared.map_err(|failure| failure.message().to_owned())?;
        }
        Ok(())
    }

    /// Makes a run against a system that is up, and keeps it.
    pub fn load(&self, started: &mut Started, recipe: &Recipe, task: &Task) -> Result<Outcome, Failure> {
        let load = &self.plan.loads[task.load];
        let study = self.study.to_string_lossy();
        let seed = work::seed(self.plan, task.place.0);
        let words = work::words(load, started.address(), &task.identity, &study, seed);
        let typed = Typed::read(&words).map_err(Failure::input)?;
        let mut transaction = interrupt::begin(self.study, true, self.cancel, self.quiet)?;
        let folder = transaction.staging().to_owned();
        let sampler = started.sampler();
        let (collected, of_system) = sampled(sampler, interval(typed.size().1), || {
            let shown = (self.quiet, task.place);
            started.within(|| typed.collect(task.identity.clone(), &folder, self.cancel, shown))
        });
        if self.cancel.load(Ordering::Relaxed) {
            return Ok(Outcome::Cancelled);
        }
        let mut why = match &collected {
            Ok(Ok(_)) => None,
            Ok(Err(failure)) => Some(failure.message().to_owned()),
            Err(error) => Some(error.to_string()),
        };
        if let Some(how) = started.ended() {
            why = Some(format!(
                "the system ended under load ({how}); its console ends with:\n{}",
                started.console()
            ));
        }
        let (Ok(Ok((mut run, trace, of_client))), None) = (collected, &why) else {
            drop(transaction);
            let why = why.unwrap_or_default();
            self.fail(&task.identity, recipe, &why)?;
            return Ok(Outcome::Failed(why));
        };
        let attributes = started.attributes();
        run.attributes.extend(attributes.into_iter().filter(|(key, _)| !OF_START.contains(&key.as_str())));
        if let Some(note) = run.attributes.get(LIMITS_NOTE) {
            run.findings.push(Finding::new(UNLIMITED, Severity::Warning, note.clone()));
        }
        let mut readings = on_clock_of(&run, &trace, of_system);
        readings.extend(of_client);
        readings.sort_by_key(|reading| reading.at_ns);
        transaction.add_run(&run, RunBody::Trace(Box::new(trace)))?;
        transaction.add_resources(&task.identity, &readings)?;
        transaction.commit()?;
        Ok(Outcome::Kept(Box::new(run)))
    }

    /// Keeps that a run failed, and why; the next `vana run` tries it again.
    pub fn fail(&self, identity: &Identity, recipe: &Recipe, why: &str) -> Result<(), Failure> {
        let mut run = Run::new(identity.clone(), Fidelity::Summary);
        run.attributes = recipe.attributes();
        let message = format!("The run failed and has no numbers: {why}");
        run.findings.push(Finding::new(FAILED, Severity::Error, message));
        let mut transaction = interrupt::begin(self.study, true, self.cancel, self.quiet)?;
        transaction.add_run(&run, RunBody::Summary)?;
        Ok(transaction.commit()?)
    }
}

/// Does something while a system is read from a thread of its own; times are nanoseconds since 1970.
fn sampled<T>(
    mut sampler: Sampler,
    interval: Duration,
    work: impl FnOnce() -> T,
) -> (T, Vec<ResourceSample>) {
    let (done, is_done) = std::sync::mpsc::channel::<()>();
    let (begin_unix_ns, begin) = (unix_ns(), Instant::now());
    std::thread::scope(|scope| {
        let reading = scope.spawn(move || {
            let mut readings = Vec::new();
            loop {
                readings.extend(sampler.sample(begin_unix_ns + begin.elapsed().as_nanos() as i64));
                if is_done.recv_timeout(interval) != Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                    readings.extend(sampler.sample(begin_unix_ns + begin.elapsed().as_nanos() as i64));
                    return readings;
                }
            }
        });
        let result = work();
        drop(done);
        (result, reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

/// The trace counts from a moment of its own, and the run says when its first request was sent.
fn on_clock_of(run: &Run, trace: &StagedTrace, samples: Vec<ResourceSample>) -> Vec<ResourceSample> {
    let zero_unix_ns = run.started_unix_ns.unwrap_or(0) - trace.summary().start_ns;
    let shifted = |sample: ResourceSample| ResourceSample { at_ns: sample.at_ns - zero_unix_ns, ..sample };
    samples.into_iter().map(shifted).collect()
}

fn interval(time: Option<Duration>) -> Duration {
    time.map_or(INTERVAL.0, |time| (time / 50).clamp(INTERVAL.0, INTERVAL.1))
}

fn unix_ns() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}
