//! Carries out a plan, visit by visit.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use vana_launch::{Recipe, Started};
use vana_trace::{Study, StudyError};
use vana_types::{Identity, Outcome as Answer, Run};

use super::order::{Visit, visits};
use super::plan::Plan;
use super::visit::{FAILED, Outcome, Surroundings, Task};
use crate::failure::{Failure, say};

/// A plan under way.
pub(super) struct Campaign<'a> {
    surroundings: Surroundings<'a>,
    recipes: &'a [Recipe],
    begin: Instant,
    /// Runs to be made, those that were made, and those of them that failed.
    count: usize,
    done: usize,
    failed: usize,
}

/// What a campaign came to.
pub(super) struct Tally {
    /// Runs that were to be made.
    pub count: usize,
    /// Runs that were made, failed ones among them.
    pub done: usize,
    /// Runs that failed.
    pub failed: usize,
}

/// What of a plan is not in the study yet, in the order of the plan.
pub(super) fn left(plan: &Plan, study: &Path) -> Result<(Vec<Visit>, BTreeSet<Identity>), Failure> {
    let complete = complete(study)?;
    let mut visits = visits(plan);
    for visit in &mut visits {
        let visited = visit.clone();
        visit.runs.retain(|run| !complete.contains(&visited.identity(plan, *run)));
    }
    visits.retain(|visit| !visit.runs.is_empty());
    Ok((visits, complete))
}

/// The runs of a study that did not fail.
fn complete(study: &Path) -> Result<BTreeSet<Identity>, Failure> {
    if !study.exists() {
        return Ok(BTreeSet::new());
    }
    let runs = match Study::open(study) {
        Ok(study) => study.runs,
        Err(StudyError::Empty(_)) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let good = runs.into_iter().filter(|run| run.run.findings.iter().all(|finding| finding.code != FAILED));
    Ok(good.map(|run| run.run.identity).collect())
}

impl<'a> Campaign<'a> {
    /// A campaign in which nothing was done yet.
    pub fn new(surroundings: Surroundings<'a>, recipes: &'a [Recipe]) -> Self {
        Self { surroundings, recipes, begin: Instant::now(), count: 0, done: 0, failed: 0 }
    }

    /// Makes all runs that are left. Ends early when it is broken off, or when the study cannot be written.
    pub fn run(mut self, left: &[Visit], complete: &BTreeSet<Identity>) -> Result<Tally, Failure> {
        self.count = left.iter().map(|visit| visit.runs.len()).sum();
        for visit in left {
            if !self.visit(visit, complete)? {
                break;
            }
        }
        Ok(Tally { count: self.count, done: self.done, failed: self.failed })
    }

    /// Makes the runs of a visit; false when it was broken off. A system that dies is started once more for what is
    /// left of the visit, after each run in which it died.
    fn visit(&mut self, visit: &Visit, complete: &BTreeSet<Identity>) -> Result<bool, Failure> {
        let plan = self.surroundings.plan;
        let recipe = &self.recipes[visit.system];
        let boot = visit.boot(plan);
        let mut is_kept = complete.contains(&boot);
        let mut up: Option<Started> = None;
        let mut broken: Option<String> = None;
        for (load, clients) in &visit.runs {
            let place = (self.done + 1, self.count);
            let task = Task { identity: visit.identity(plan, (*load, *clients)), load: *load, place };
            if up.is_none() && broken.is_none() {
                let (started, outcome) = self.surroundings.start(recipe, *load, &boot, is_kept)?;
                match outcome {
                    Outcome::Cancelled => return Ok(false),
                    Outcome::Failed(why) => broken = Some(why),
                    Outcome::Kept(run) => self.tell_start(&run),
                }
                is_kept = true;
                up = started;
                let loads = visit.runs.iter().map(|(load, _)| *load);
                let prepared = up.as_ref().map(|started| self.surroundings.prepare(started, loads));
                if let Some(Err(why)) = prepared {
                    Self::end(up.take())?;
                    if self.surroundings.cancel.load(Ordering::Relaxed) {
                        return Ok(false);
                    }
                    broken = Some(format!("its tables could not be made: {why}"));
                }
            }
            self.rest();
            let outcome = match (&mut up, &broken) {
                (Some(started), _) => self.surroundings.load(started, recipe, &task)?,
                (None, why) => {
                    let why = why.clone().unwrap_or_default();
                    self.surroundings.fail(&task.identity, recipe, &why)?;
                    Outcome::Failed(why)
                }
            };
            if !self.tell(&task, &outcome) {
                return Self::end(up).map(|()| false);
            }
            if up.as_mut().is_some_and(|started| started.ended().is_some()) {
                Self::end(up.take())?;
            }
        }
        Self::end(up)?;
        Ok(!self.surroundings.cancel.load(Ordering::Relaxed))
    }

    /// Stops a system. What it leaves behind would disturb every run after it.
    fn end(started: Option<Started>) -> Result<(), Failure> {
        match started.map(Started::stop) {
            None | Some(Ok(())) => Ok(()),
            Some(Err(error)) => Err(Failure::machine(error.to_string())),
        }
    }

    fn rest(&self) {
        let begin = Instant::now();
        while begin.elapsed() < self.surroundings.plan.rest
            && !self.surroundings.cancel.load(Ordering::Relaxed)
        {
            std::thread::sleep(Duration::from_millis(10).min(self.surroundings.plan.rest));
        }
    }

    fn tell_start(&self, run: &Run) {
        if !self.surroundings.quiet {
            let time =
                run.attributes.get("boot_time_s").map(|time| format!(" after {time} s")).unwrap_or_default();
            say(&format!("{} answers{time}", run.identity.system));
        }
    }

    /// Says what came of a run and how long the others may take; false when it was broken off.
    fn tell(&mut self, task: &Task, outcome: &Outcome) -> bool {
        let what = match outcome {
            Outcome::Cancelled => return false,
            Outcome::Failed(why) => {
                self.failed += 1;
                format!("failed: {why}")
            }
            Outcome::Kept(run) => {
                let answered =
                    |(outcome, count): (&Answer, &u64)| if outcome.is_complete() { *count } else { 0 };
                let answered: u64 = run.outcomes.iter().map(answered).sum();
                let rate = answered as f64 / run.duration_s.unwrap_or(f64::NAN);
                format!("{answered} requests answered, {rate:.0}/s")
            }
        };
        self.done += 1;
        let left = self.begin.elapsed().mul_f64((self.count - self.done) as f64 / self.done as f64);
        if !self.surroundings.quiet {
            let left = if left.as_secs() < 120 {
                format!("{} s", left.as_secs())
            } else {
                format!("{} min", left.as_secs() / 60)
            };
            say(&format!("run {}/{} (left {left}): {}: {what}", self.done, self.count, task.identity));
        }
        true
    }
}
