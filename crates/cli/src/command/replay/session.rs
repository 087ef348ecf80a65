//! One replay, kept as a run like any other.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use vana_collect::{Collected, Lags, Load, Order, Stop, Target, Tuning, collect, protocol};
use vana_reduce::{ReplayFidelity, replay_fidelity};
use vana_trace::{RunBody, UnfinishedRun, run_folder};
use vana_types::{Fidelity, Identity, Run, Seed};

use super::Replay;
use super::fidelity::{Replayed, findings, without_bodies};
use super::recorded::Recorded;
use super::source::Source;
use crate::command::load::client::{of_client, tool};
use crate::command::load::measured::{Made, measured};
use crate::command::load::progress::Progress;
use crate::command::load::randomness;
use crate::command::load::single::{SingleRun, refuse_existing};
use crate::command::load::summary::write_summary;
use crate::failure::Failure;
use crate::interrupt::{begin, cancel_flag};
use crate::output::{OutputFormat, write_rows};

/// Makes it and says how it went.
pub(super) fn run(options: &Replay, quiet: bool) -> Result<(), Failure> {
    if let Some(path) = &options.trace {
        refuse_existing(path)?;
    }
    let cannot = |error| Failure::machine(format!("no room for what is replayed: {error}"));
    let folder = tempfile::tempdir().map_err(cannot)?;
    let source = Source::find(&options.source, folder.path())?;
    let recorded = Recorded::new(&source.workload, options.limit, options.speed)?;
    if recorded.count == 0 {
        return Err(Failure::input(format!("{}: no request to be sent", source.file.display())));
    }
    let load = load(options, &source, &recorded)?;
    let warmup_s = recorded.warmup(source.warmup_ns)?;
    let cancel = cancel_flag()?;
    let (source, recorded) = (&source, &recorded);
    let session = Session { options, source, recorded, load: &load, warmup_s, cancel: &cancel, quiet };
    let Ended { made, fidelity, lags } = session.make()?;
    let name = source.file.display().to_string();
    let replayed = Replayed {
        run: &made.run,
        source: &name,
        requests: (recorded.sendable + source.unsendable(), recorded.sendable),
        speed: options.speed,
        connections: load.clients,
        lags,
        fidelity: &fidelity,
    };
    if options.format == OutputFormat::Text {
        let mut out = std::io::stdout().lock();
        write_summary(&mut out, &made)?;
        replayed.write(&mut out)?;
        out.flush()?;
    } else {
        write_rows(options.format, "replays", &[replayed.row()])?;
    }
    if !quiet {
        made.say_doubts();
    }
    Ok(())
}

/// What is sent when.
fn load(options: &Replay, source: &Source, recorded: &Recorded) -> Result<Load, Failure> {
    let target = Target::parse(&options.to)?;
    if target.path.contains('?') {
        return Err(Failure::input(format!("{}: a query cannot stand before recorded paths", options.to)));
    }
    let clients = match options.clients.or(source.clients.filter(|clients| *clients > 0)) {
        Some(clients) => clients,
        None => recorded.busiest_second()?,
    };
    let missing = || Failure::machine("this vana was built without HTTP");
    let parts = recorded.clone();
    let load = Load {
        requests: recorded.requests(&target, options.keep_host)?,
        target,
        protocol: protocol("http").ok_or_else(missing)?,
        clients,
        threads: options.threads,
        connects_first: false,
        stop: Stop::Requests(recorded.count),
        timeout: options.timeout,
        tuning: Tuning::default(),
        order: Order::Recorded(Arc::new(move |thread, threads| parts.part(thread, threads))),
        seed: Seed(1),
        randomness,
    };
    // What cannot be sent is refused before anything is made.
    load.protocol.prepare(&load.target, &load.requests)?;
    Ok(load)
}

struct Session<'a> {
    options: &'a Replay,
    source: &'a Source,
    recorded: &'a Recorded,
    load: &'a Load,
    /// What was a warm-up then is one now.
    warmup_s: Option<f64>,
    cancel: &'a AtomicBool,
    quiet: bool,
}

/// What came of it.
struct Ended {
    made: Made,
    fidelity: ReplayFidelity,
    lags: Lags,
}

impl Session<'_> {
    fn make(&self) -> Result<Ended, Failure> {
        let options = self.options;
        let identity = |repetition| Identity {
            system: options.system.clone().unwrap_or_else(|| self.load.target.authority.clone()),
            workload: options
                .workload
                .clone()
                .or_else(|| self.source.name.clone())
                .unwrap_or_else(|| "default".to_owned()),
            // As the recorded run has them, so that both are compared, however many connections there are.
            clients: self.source.clients,
            repetition,
        };
        let Some(root) = &options.study else {
            let single = SingleRun::begin(options.trace.as_deref(), self.quiet)?;
            let (mut run, collected) = self.collect(single.folder(), identity(1))?;
            let lags = collected.lags;
            let sealed = single.seal(&run, collected.trace, &collected.resources)?;
            let fidelity = self.judge(&mut run, &lags, &sealed)?;
            single.keep(&sealed)?;
            return Ok(Ended { made: measured(run, single.folder().to_owned())?, fidelity, lags });
        };
        let mut transaction = begin(root, false, self.cancel, self.quiet)?;
        let Identity { system, workload, clients, .. } = identity(1);
        let repetition = transaction.next_repetition(&system, &workload, clients);
        let repetition = repetition.ok_or_else(|| Failure::input("there is no free repetition"))?;
        let (mut run, collected) = self.collect(transaction.staging(), identity(repetition))?;
        let lags = collected.lags;
        transaction.add_run(&run, RunBody::Trace(Box::new(collected.trace)))?;
        transaction.add_resources(&run.identity, &collected.resources)?;
        let trace = transaction.staged_run(&run.identity).join("trace.parquet");
        let fidelity = self.judge(&mut run, &lags, &trace)?;
        transaction.describe_run(&run)?;
        transaction.commit()?;
        let folder = root.join("runs").join(run_folder(&run.identity));
        Ok(Ended { made: measured(run, folder)?, fidelity, lags })
    }

    /// Sends it; a run of which nothing was answered is none.
    fn collect(&self, folder: &Path, identity: Identity) -> Result<(Run, Collected), Failure> {
        let begun = self.describe(identity);
        UnfinishedRun::announce(folder, &begun)?;
        let about = format!("{} requests over {} connections", self.recorded.count, self.load.clients);
        let progress = Progress::new(about, "requests", self.quiet);
        let collected =
            collect(self.load, folder, self.cancel, |elapsed, glance| progress.show(elapsed, glance));
        drop(progress);
        let collected = collected?;
        if let Some(why) = self.recorded.failure() {
            return Err(Failure::machine(format!("{why}; nothing was added")));
        }
        let summary = collected.trace.summary();
        if !summary.outcomes.keys().any(|outcome| outcome.is_complete()) {
            let why = collected.failure.map(|why| format!(": {why}")).unwrap_or_default();
            return Err(Failure::machine(format!(
                "{}: not one of {} requests was answered{why}; nothing was added",
                self.options.to, summary.rows
            )));
        }
        let mut run = Run {
            started_unix_ns: Some(collected.started_unix_ns),
            duration_s: Some(summary.duration_ns as f64 / 1e9),
            outcomes: summary.outcomes.clone(),
            findings: collected.findings.clone(),
            ..begun
        };
        run.attributes.extend(of_client(&collected));
        run.findings.extend(self.source.findings.iter().cloned());
        run.findings.extend(without_bodies(self.source, &self.load.requests));
        Ok((run, collected))
    }

    /// What is known before it begins.
    fn describe(&self, identity: Identity) -> Run {
        let file = self.source.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut attributes = BTreeMap::from([
            ("url".to_owned(), self.options.to.clone()),
            ("schedule".to_owned(), "recorded".to_owned()),
            ("replayed".to_owned(), file),
            ("replayed_sha256".to_owned(), self.source.sha256.clone()),
            ("speed".to_owned(), self.options.speed.to_string()),
            ("connections".to_owned(), self.load.clients.to_string()),
            ("timeout_s".to_owned(), self.options.timeout.as_secs_f64().to_string()),
            ("busy_poll".to_owned(), self.load.tuning.busy_poll.name().to_owned()),
        ]);
        attributes.extend(self.warmup_s.map(|seconds| ("warmup_s".to_owned(), seconds.to_string())));
        Run { tool: Some(tool()), attributes, ..Run::new(identity, Fidelity::Trace) }
    }

    /// Says in the run how faithful it was.
    fn judge(&self, run: &mut Run, lags: &Lags, trace: &Path) -> Result<ReplayFidelity, Failure> {
        let recorded = self.recorded;
        let fidelity = replay_fidelity(&recorded.workload, recorded.count, recorded.speed, trace)?;
        // Whoever asks for the first ones alone asks for those that can be sent.
        let is_all = recorded.count == recorded.sendable;
        let wanted = recorded.count + if is_all { self.source.unsendable() } else { 0 };
        run.findings.extend(findings(&fidelity, wanted, lags));
        if let Some(gaps) = fidelity.gaps {
            run.attributes.insert("gaps_ks_distance".to_owned(), gaps.kolmogorov_smirnov.to_string());
            run.attributes.insert("gaps_wasserstein_s".to_owned(), (gaps.wasserstein / 1e9).to_string());
        }
        Ok(fidelity)
    }
}
