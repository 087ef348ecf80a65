//! The runs of one command, each added to the study when it is complete.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use vana_analysis::{CHECKS, Measured, check};
use vana_collect::{Attempts, Collected, Glance, LoadError};
use vana_reduce::{ReduceError, ReduceOptions, reduce};
use vana_trace::{RunBody, StagedTrace, Study, StudyRun, Transaction, UnfinishedRun, run_folder};
use vana_types::{Fidelity, Finding, Identity, Measurement, ResourceSample, Run, Seed, Severity};

use super::client::{of_client, tool};
use super::plan;
use super::progress::Progress;
use super::single::{SingleRun, refuse_existing};
use super::sql_summary::write_sql_summary;
use super::summary::write_summary;
use crate::failure::{Failure, say};
use crate::output::{OutputFormat, write_rows};

/// The share of its due requests below which a run did not keep its rate.
const KEPT: f64 = 0.99;
/// Checks that are made of each run at once; `vana check` makes them all.
const SHOWN: [&str; 4] = ["client-saturated", "littles-law", "errors", "schedule-lag"];

/// What the runs of one command have in common.
pub(super) struct Order<'a> {
    /// Whom they go to, as it may be shown.
    pub url: String,
    /// Numbers of clients.
    pub clients: &'a [u32],
    /// Runs of each.
    pub repetitions: u32,
    /// Seed of their order and of what is random in them.
    pub seed: Seed,
    /// The study to add to.
    pub study: Option<&'a Path>,
    /// The file of one run without a study.
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
    /// The run with so many clients; what cannot be meant is refused before anything is made.
    fn load(&self, clients: u32) -> Result<Self::Load, Failure>;
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

/// A flag that an interrupt sets.
pub(crate) fn cancel_flag() -> Result<Arc<AtomicBool>, Failure> {
    let cancel = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&cancel);
    ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed))
        .map_err(|error| Failure::machine(error.to_string()))?;
    Ok(cancel)
}

/// Makes all runs.
pub(super) fn run<L: Loading>(loading: &L, quiet: bool) -> Result<(), Failure> {
    let options = loading.order();
    let order = plan::blocks(options.clients, options.repetitions, options.seed);
    let loads = order
        .iter()
        .map(|clients| Ok((*clients, loading.load(*clients)?)))
        .collect::<Result<Vec<_>, Failure>>()?;
    if let Some(path) = options.trace {
        if loads.len() > 1 {
            let failure = Failure::input("--trace takes the requests of one run");
            return Err(failure.hint(Some("several runs go to a study: --study DIR --system NAME")));
        }
        refuse_existing(path)?;
    }
    let cancel = cancel_flag()?;
    let mut all = Vec::new();
    let count = loads.len();
    for (index, (clients, load)) in loads.iter().enumerate() {
        let place = (index + 1, count);
        let session =
            Session { loading, options: &options, clients: *clients, load, cancel: &cancel, quiet, place };
        let Made { run, measurements, doubts } = session.make()?;
        if options.format == OutputFormat::Text {
            let mut out = std::io::stdout().lock();
            if run.outermost().is_some() {
                write_sql_summary(&mut out, &run, &measurements)?;
            } else {
                write_summary(&mut out, &run, &measurements)?;
            }
            out.flush()?;
        }
        if !quiet {
            for finding in run.findings.iter().chain(&doubts) {
                say(&format!("{}: {}: {}", finding.severity, finding.code, finding.message));
            }
        }
        all.extend(measurements);
        if cancel.load(Ordering::Relaxed) {
            if !quiet {
                let left = count - index - 1;
                say(&format!(
                    "interrupted: this run is kept and marked as truncated; {left} runs were not made"
                ));
            }
            break;
        }
    }
    if options.format == OutputFormat::Text {
        Ok(())
    } else {
        write_rows(options.format, "measurements", &all)
    }
}

/// A run, what was measured in it, and what not to trust in that.
pub(crate) struct Made {
    pub run: Run,
    pub measurements: Vec<Measurement>,
    pub doubts: Vec<Finding>,
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
    let clients = identity.clients.unwrap_or(1);
    let load = loading.load(clients)?;
    let session = Session { loading, options: &options, clients, load: &load, cancel, quiet, place };
    session.collect(folder, identity)
}

/// One of the runs.
struct Session<'a, L: Loading> {
    loading: &'a L,
    options: &'a Order<'a>,
    clients: u32,
    load: &'a L::Load,
    cancel: &'a AtomicBool,
    quiet: bool,
    place: (usize, usize),
}

impl<L: Loading> Session<'_, L> {
    /// Makes the run, keeps it and measures it.
    fn make(&self) -> Result<Made, Failure> {
        let (system, workload) = (self.options.system.clone(), self.options.workload.to_owned());
        let clients = Some(self.clients);
        match (self.options.study, self.options.trace) {
            (Some(root), _) => {
                let mut transaction = Transaction::begin(root, false)?;
                let repetition = transaction.next_repetition(&system, &workload, clients);
                let repetition = repetition.ok_or_else(|| Failure::input("there is no free repetition"))?;
                let identity = Identity { system, workload, clients, repetition };
                let (run, trace, resources) = self.collect(transaction.staging(), identity)?;
                transaction.add_run(&run, RunBody::Trace(Box::new(trace)))?;
                transaction.add_resources(&run.identity, &resources)?;
                transaction.commit()?;
                let folder = root.join("runs").join(run_folder(&run.identity));
                measured(run, folder)
            }
            (None, Some(path)) => {
                let single = SingleRun::begin(path, self.quiet)?;
                let identity = Identity { system, workload, clients, repetition: 1 };
                let (run, trace, resources) = self.collect(single.folder(), identity)?;
                let sealed = single.seal(&run.identity, trace, &resources)?;
                let measured = measured(run, single.folder().to_owned())?;
                single.keep(&sealed)?;
                Ok(measured)
            }
            (None, None) => Err(Failure::input("give --study or --trace")),
        }
    }

    /// Sends the load; a run of which nothing was answered is none.
    fn collect(&self, folder: &Path, identity: Identity) -> Result<Collection, Failure> {
        UnfinishedRun::announce(folder, &self.begun(identity.clone()))?;
        let (place, count) = self.place;
        let about = format!("run {place}/{count}, {} clients", self.clients);
        let progress = Progress::new(about, self.options.noun, self.quiet);
        let watch = |elapsed: Duration, glance: &Glance| progress.show(elapsed, glance);
        let collected = L::collect(self.load, folder, self.cancel, watch);
        drop(progress);
        let collected = collected?;
        let outcomes = &collected.trace.summary().outcomes;
        if !outcomes.keys().any(|outcome| outcome.is_complete()) {
            let attempts: u64 = outcomes.values().sum();
            let why = collected.failure.map(|why| format!(": {why}")).unwrap_or_default();
            return Err(Failure::machine(format!(
                "{}: not one of {attempts} {} was answered{why}; nothing was added",
                self.options.url, self.options.noun,
            )));
        }
        let run = self.describe(&collected, identity);
        Ok((run, collected.trace, collected.resources))
    }

    /// What is known before it begins, for whoever has to salvage it.
    fn begun(&self, identity: Identity) -> Run {
        Run {
            tool: Some(tool()),
            seed: Some(self.options.seed),
            attributes: BTreeMap::from([("url".to_owned(), self.options.url.clone())]),
            ..Run::new(identity, Fidelity::Trace)
        }
    }

    fn describe(&self, collected: &Collected, identity: Identity) -> Run {
        let (options, summary) = (self.options, collected.trace.summary());
        let mut attributes = self.loading.attributes(self.load);
        attributes.insert("url".to_owned(), options.url.clone());
        attributes.extend(of_client(collected));
        let mut findings = collected.findings.clone();
        if options.is_open {
            findings.extend(not_kept(collected.attempts));
        }
        Run {
            tool: Some(tool()),
            seed: Some(options.seed),
            started_unix_ns: Some(collected.started_unix_ns),
            duration_s: Some(summary.duration_ns as f64 / 1e9),
            outcomes: summary.outcomes.clone(),
            attributes,
            findings,
            ..Run::new(identity, Fidelity::Trace)
        }
    }
}

/// Reads the run again as any other, and doubts it by the rules that one run can break.
pub(crate) fn measured(run: Run, folder: PathBuf) -> Result<Made, Failure> {
    let run = StudyRun { run, folder };
    let by_operation = run.run.outermost().is_some();
    let reduced = match reduce(&run, &ReduceOptions { by_operation, ..ReduceOptions::default() }) {
        // Too many for that: the run as a whole it is.
        Err(ReduceError::TooManyRows { .. }) => reduce(&run, &ReduceOptions::default()),
        reduced => reduced,
    };
    let known = Measured { measurements: reduced?.measurements, ..Measured::default() };
    let study = Study::of_run(run.clone());
    let checks: Vec<_> = CHECKS.iter().copied().filter(|check| SHOWN.contains(&check.name())).collect();
    let doubts = check(&study, &known, &checks, || ())?;
    Ok(Made { run: run.run, measurements: known.measurements, doubts })
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
