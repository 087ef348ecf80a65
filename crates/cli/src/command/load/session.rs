//! The runs of one command, each added to the study when it is complete.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use vana_collect::{Attempts, Collected, Glance, LoadError};
use vana_trace::{RunBody, StagedTrace, UnfinishedRun, run_folder};
use vana_types::{Fidelity, Finding, Identity, ResourceSample, Run, Seed, Severity};

use super::client::{of_client, tool};
use super::measured::{Made, measured};
use super::plan;
use super::progress::Progress;
use super::single::{SingleRun, refuse_existing};
use super::sql_summary::write_sql_summary;
use super::summary::write_summary;
use crate::failure::{Failure, say};
use crate::interrupt::{begin, cancel_flag};
use crate::output::{OutputFormat, write_rows};

/// The share of its due requests below which a run did not keep its rate.
const KEPT: f64 = 0.99;

/// What the runs of one command have in common.
pub(super) struct Order<'a> {
    /// Whom they go to, as it may be shown.
    pub url: String,
    /// Numbers of clients.
    pub clients: &'a [u32],
    /// Runs of each.
    pub repetitions: u32,
    /// Seed of their order and of what is random in the first of them.
    pub seed: Seed,
    /// The study to add to.
    pub study: Option<&'a Path>,
    /// The file of one run without a study; without either, nothing is kept.
    pub trace: Option<&'a Path>,
    /// System under test.
    pub system: String,
    /// Workload.
    pub workload: &'a str,
    /// Whether there is a rate to keep.
    pub is_open: bool,
    /// What is counted, in the plural.
    pub noun: &'static str,
    /// How to write what was found.
    pub format: OutputFormat,
}

/// A kind of load.
pub(super) trait Loading {
    /// One run of it.
    type Load;
    /// What its runs have in common.
    fn order(&self) -> Order<'_>;
    /// The run with so many clients and this seed; what cannot be meant is refused before anything is made.
    fn load(&self, clients: u32, seed: Seed) -> Result<Self::Load, Failure>;
    /// Makes it.
    fn collect(
        load: &Self::Load,
        folder: &Path,
        cancel: &AtomicBool,
        watch: impl FnMut(Duration, &Glance),
    ) -> Result<Collected, LoadError>;
    /// What a run says of itself beside what all runs say.
    fn attributes(&self, load: &Self::Load) -> BTreeMap<String, String>;
}

/// Makes all runs.
pub(super) fn run<L: Loading>(loading: &L, quiet: bool) -> Result<(), Failure> {
    let options = loading.order();
    let order = plan::blocks(options.clients, options.repetitions, options.seed);
    let planned = order.iter().zip(plan::seeds(options.seed));
    let loads = planned
        .map(|(clients, seed)| Ok((*clients, seed, loading.load(*clients, seed)?)))
        .collect::<Result<Vec<_>, Failure>>()?;
    if let Some(path) = options.trace {
        if loads.len() > 1 {
            let failure = Failure::input("--trace takes the requests of one run");
            return Err(failure.hint(Some("several runs go to a study: --study DIR --system NAME")));
        }
        refuse_existing(path)?;
    }
    let cancel = cancel_flag()?;
    let (mut all, mut unanswered) = (Vec::new(), 0);
    let count = loads.len();
    for (index, (clients, seed, load)) in loads.iter().enumerate() {
        let (clients, seed, place) = (*clients, *seed, (index + 1, count));
        let options = &options;
        let session = Session { loading, options, clients, seed, load, cancel: &cancel, quiet, place };
        let mut became = "was not made";
        match session.make()? {
            Attempt::Made(made) => {
                session.show(&made)?;
                became = session.became(&made.run);
                all.extend(made.measurements);
            }
            // The others may be worth having.
            Attempt::Unanswered(why) if count > 1 => {
                say(&format!("error: {}: {}", session.about(), why.message()));
                unanswered += 1;
            }
            Attempt::Unanswered(why) => return Err(why),
        }
        if cancel.load(Ordering::Relaxed) {
            if !quiet {
                let left = count - index - 1;
                say(&format!("interrupted: this run {became}; {left} runs were not made"));
            }
            break;
        }
    }
    if !quiet && options.study.is_none() && options.trace.is_none() {
        say(
            "info: nothing is kept; --study DIR --system NAME keeps every request, --trace FILE those of one run",
        );
    }
    if options.format != OutputFormat::Text {
        write_rows(options.format, "measurements", &all)?;
    }
    if unanswered > 0 {
        let words = "runs were not made, because nothing was answered in them";
        return Err(Failure::machine(format!("{unanswered} of {count} {words}")));
    }
    Ok(())
}

/// What came of one of the runs.
enum Attempt {
    /// It was made.
    Made(Box<Made>),
    /// Nothing was answered, which makes no run.
    Unanswered(Failure),
}

/// A run that is not kept yet, with what the client used on the clock of the trace.
pub(crate) type Collection = (Run, StagedTrace, Vec<ResourceSample>);

/// Makes one run that somebody else keeps: `place` says which of how many it is.
pub(super) fn collect<L: Loading>(
    loading: &L,
    identity: Identity,
    folder: &Path,
    cancel: &AtomicBool,
    (quiet, place): (bool, (usize, usize)),
) -> Result<Collection, Failure> {
    let options = loading.order();
    let (clients, seed) = (identity.clients.unwrap_or(1), options.seed);
    let load = loading.load(clients, seed)?;
    let session = Session { loading, options: &options, clients, seed, load: &load, cancel, quiet, place };
    let collected = session.collect(folder, &identity)?;
    match session.unanswered(&collected) {
        Some(why) => Err(why),
        None => Ok(session.describe(collected, identity)),
    }
}

/// One of the runs.
struct Session<'a, L: Loading> {
    loading: &'a L,
    options: &'a Order<'a>,
    clients: u32,
    seed: Seed,
    load: &'a L::Load,
    cancel: &'a AtomicBool,
    quiet: bool,
    place: (usize, usize),
}

impl<L: Loading> Session<'_, L> {
    /// Makes the run, keeps it and measures it.
    fn make(&self) -> Result<Attempt, Failure> {
        let Some(root) = self.options.study else { return self.make_single() };
        let (system, workload) = (self.options.system.clone(), self.options.workload.to_owned());
        let clients = Some(self.clients);
        let mut transaction = begin(root, false, self.cancel, self.quiet)?;
        let repetition = transaction.next_repetition(&system, &workload, clients);
        let repetition = repetition.ok_or_else(|| Failure::input("there is no free repetition"))?;
        let identity = Identity { system, workload, clients, repetition };
        let collected = self.collect(transaction.staging(), &identity)?;
        if let Some(why) = self.unanswered(&collected) {
            return Ok(Attempt::Unanswered(why));
        }
        let (run, trace, resources) = self.describe(collected, identity);
        transaction.add_run(&run, RunBody::Trace(Box::new(trace)))?;
        transaction.add_resources(&run.identity, &resources)?;
        transaction.commit()?;
        let folder = root.join("runs").join(run_folder(&run.identity));
        Ok(Attempt::Made(Box::new(measured(run, folder)?)))
    }

    /// The same without a study.
    fn make_single(&self) -> Result<Attempt, Failure> {
        let single = SingleRun::begin(self.options.trace, self.quiet)?;
        let (system, workload) = (self.options.system.clone(), self.options.workload.to_owned());
        let identity = Identity { system, workload, clients: Some(self.clients), repetition: 1 };
        let collected = self.collect(single.folder(), &identity)?;
        if let Some(why) = self.unanswered(&collected) {
            return Ok(Attempt::Unanswered(why));
        }
        let (run, trace, resources) = self.describe(collected, identity);
        let sealed = single.seal(&run, trace, &resources)?;
        single.keep(&sealed)?;
        Ok(Attempt::Made(Box::new(measured(run, single.folder().to_owned())?)))
    }

    /// Which of the runs it is.
    fn about(&self) -> String {
        let (place, count) = self.place;
        format!("run {place}/{count}, {} clients", self.clients)
    }

    /// Sends the load.
    fn collect(&self, folder: &Path, identity: &Identity) -> Result<Collected, Failure> {
        UnfinishedRun::announce(folder, &self.begun(identity.clone()))?;
        let progress = Progress::new(self.about(), self.options.noun, self.quiet);
        let watch = |elapsed: Duration, glance: &Glance| progress.show(elapsed, glance);
        let collected = L::collect(self.load, folder, self.cancel, watch);
        drop(progress);
        Ok(collected?)
    }

    /// A run of which nothing was answered is none, and why.
    fn unanswered(&self, collected: &Collected) -> Option<Failure> {
        let outcomes = &collected.trace.summary().outcomes;
        if outcomes.keys().any(|outcome| outcome.is_complete()) {
            return None;
        }
        let attempts: u64 = outcomes.values().sum();
        let why = collected.failure.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        Some(Failure::machine(format!(
            "{}: not one of {attempts} {} was answered{why}; nothing was added",
            self.options.url, self.options.noun,
        )))
    }

    /// What is known before it begins, for whoever has to salvage it.
    fn begun(&self, identity: Identity) -> Run {
        let mut attributes = self.loading.attributes(self.load);
        attributes.insert("url".to_owned(), self.options.url.clone());
        Run { tool: Some(tool()), seed: Some(self.seed), attributes, ..Run::new(identity, Fidelity::Trace) }
    }

    fn describe(&self, collected: Collected, identity: Identity) -> Collection {
        let begun = self.begun(identity);
        let summary = collected.trace.summary();
        let mut findings = collected.findings.clone();
        if self.options.is_open {
            findings.extend(not_kept(collected.attempts));
        }
        let mut run = Run {
            started_unix_ns: Some(collected.started_unix_ns),
            duration_s: Some(summary.duration_ns as f64 / 1e9),
            outcomes: summary.outcomes.clone(),
            findings,
            ..begun
        };
        run.attributes.extend(of_client(&collected));
        (run, collected.trace, collected.resources)
    }

    /// Prints what came of the run, and what not to trust in that.
    fn show(&self, made: &Made) -> Result<(), Failure> {
        if self.options.format == OutputFormat::Text {
            let mut out = std::io::stdout().lock();
            if made.run.outermost().is_some() {
                write_sql_summary(&mut out, made)?;
            } else {
                write_summary(&mut out, made)?;
            }
            out.flush()?;
        }
        if !self.quiet {
            made.say_doubts();
        }
        Ok(())
    }

    /// What an interrupt left of the run.
    fn became(&self, run: &Run) -> &'static str {
        let is_kept = self.options.study.is_some() || self.options.trace.is_some();
        match (run.attributes.contains_key("truncated"), is_kept) {
            (true, true) => "is kept and marked as truncated",
            (true, false) => "was cut short",
            (false, true) => "is kept, and it is whole",
            (false, false) => "is whole",
        }
    }
}

/// An open loop that left requests unsent or unfinished.
fn not_kept(Attempts { all, unfinished }: Attempts) -> Option<Finding> {
    let kept = (all - unfinished) as f64 / all.max(1) as f64;
    (kept < KEPT).then(|| {
        let message = "Requests were due faster than they were answered: many of them were not sent, or not \
                       answered, before the end. Response times grow with the length of such a run.";
        Finding::new("rate-not-met", Severity::Warning, message).with_value(kept, Some(1.0))
    })
}
