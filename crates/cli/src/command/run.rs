//! `vana run`

mod campaign;
mod check;
mod fields;
mod order;
mod plan;
mod problems;
mod visit;
mod work;

use std::fs::DirEntry;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use clap::Args;
use vana_launch::{Leftover, Recipe};
use vana_types::{StudyConfig, Workload};

use crate::failure::{Failure, say};
use crate::interrupt::cancel_flag;
use campaign::{Campaign, Tally, left};
use fields::Lines;
use order::visits;
use plan::{BOOT, Plan};
use problems::Problems;
use visit::Surroundings;

/// The plan's copy in the study.
const COPY: &str = "plan.toml";
/// How the names of folders begin in which systems are started.
const PLACE: &str = "vana-";

/// Carry out a plan: start each system, wait until it answers, load it, measure it, stop it.
///
/// Runs that the study has already are not made again, so a campaign that was broken off goes on where it stopped; runs
/// that failed are tried again.
#[derive(Args)]
pub(crate) struct RunPlan {
    /// The plan, a TOML file.
    plan: PathBuf,
    /// The study to add to; made if it is not there.
    #[arg(long, value_name = "DIR")]
    study: PathBuf,
    /// Only say what would be done, with every command line, in order.
    #[arg(long)]
    dry_run: bool,
    /// Go on although the study was begun with another plan.
    #[arg(long)]
    force: bool,
    /// Stop and remove first what a vana that was killed left running.
    #[arg(long)]
    clear: bool,
}

impl RunPlan {
    pub fn run(&self, quiet: bool) -> Result<(), Failure> {
        let shown = self.plan.display().to_string();
        let text = std::fs::read_to_string(&self.plan)
            .map_err(|error| Failure::input(format!("{shown}: {error}")))?;
        let root = plan::parse(&text, &shown)?;
        let lines = Lines::of(&text);
        let problems = Problems::default();
        let plan = plan::read(&lines, root, &problems);
        let folder = place(&self.study)?;
        let recipes = check::recipes(&plan, &lines, &folder, &problems);
        if self.dry_run {
            problems.into_result(&shown)?;
            self.print(&plan, &recipes)?;
            let problems = Problems::default();
            check::machine(&plan, &recipes, &lines, &self.study, &problems);
            if let Err(failure) = problems.into_result(&shown) {
                say(&format!("this machine is not ready: {}", failure.message()));
            }
            return Ok(());
        }
        self.clear_leftovers()?;
        if recipes.len() == plan.systems.len() {
            check::machine(&plan, &recipes, &lines, &self.study, &problems);
        }
        problems.into_result(&shown)?;
        let (visits, complete) = left(&plan, &self.study)?;
        self.begin_study(&plan, &text)?;
        pin(&plan)?;
        let cancel = cancel_flag()?;
        let surroundings = Surroundings { plan: &plan, study: &self.study, cancel: &cancel, quiet };
        let tally = Campaign::new(surroundings, &recipes).run(&visits, &complete);
        // Consoles stay where something failed, for who wants to read them.
        let went_well = tally.as_ref().is_ok_and(|tally| tally.failed == 0);
        if went_well && vana_launch::leftovers(&folder).is_empty() {
            let _ = std::fs::remove_dir_all(&folder);
        }
        let tally = tally?;
        end(&tally, quiet)
    }

    /// Every command line in the order in which it would be run.
    fn print(&self, plan: &Plan, recipes: &[Recipe]) -> Result<(), Failure> {
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        let mut number = 0;
        let study = self.study.display().to_string();
        for visit in visits(plan) {
            let (system, recipe) = (&plan.systems[visit.system], &recipes[visit.system]);
            writeln!(out, "# repetition {}: {} ({})", visit.block, system.name, system.kind)?;
            for line in recipe.command_lines() {
                writeln!(out, "{line}")?;
            }
            let address = recipe.address().unwrap_or("ADDRESS");
            for words in work::preparations(plan, system.loads.iter().copied(), address) {
                writeln!(out, "vana load {}", words.join(" "))?;
            }
            for run in &visit.runs {
                number += 1;
                let identity = visit.identity(plan, *run);
                let load = &plan.loads[run.0];
                let words = work::words(load, address, &identity, &study, work::seed(plan, number));
                writeln!(out, "vana load {}", words.join(" "))?;
            }
        }
        Ok(out.flush()?)
    }

    /// A system of a vana that was killed would be measured in place of ours, or beside it, whatever study it was for.
    fn clear_leftovers(&self) -> Result<(), Failure> {
        let left: Vec<Leftover> = places().iter().flat_map(|folder| vana_launch::leftovers(folder)).collect();
        if self.clear {
            for one in &left {
                one.clear().map_err(|error| Failure::machine(error.to_string()))?;
            }
            return Ok(());
        }
        if left.is_empty() {
            return Ok(());
        }
        let what = |one: &Leftover| match one.what() {
            what if what.is_empty() => format!("\n  {}: its files only", one.name()),
            what => format!("\n  {}: {}", one.name(), what.join(", ")),
        };
        let what: Vec<String> = left.iter().map(what).collect();
        let failure =
            Failure::input(format!("a vana that was killed left something behind{}", what.concat()));
        Err(failure.hint(Some("--clear stops and removes it first")))
    }

    /// A new study says what is compared in it, and keeps the plan it was made by.
    fn begin_study(&self, plan: &Plan, text: &str) -> Result<(), Failure> {
        let cannot = |path: &Path| {
            let path = path.display().to_string();
            move |error: std::io::Error| Failure::machine(format!("{path}: {error}"))
        };
        let copy = self.study.join(COPY);
        match std::fs::read_to_string(&copy) {
            Ok(before) if before != text && !self.force => {
                let failure =
                    Failure::input(format!("{} is not the plan of this study", self.plan.display()));
                let hint = format!("its plan is {}; --force goes on with this one", copy.display());
                return Err(failure.hint(Some(&hint)));
            }
            _ => {}
        }
        std::fs::create_dir_all(&self.study).map_err(cannot(&self.study))?;
        std::fs::write(&copy, text).map_err(cannot(&copy))?;
        let config = self.study.join("study.toml");
        if !config.exists() {
            let mut workloads = plan.config.workloads.clone();
            workloads.push(Workload { id: BOOT.to_owned(), label: Some("a start".to_owned()) });
            let content = StudyConfig { seed: plan.seed, workloads, ..plan.config.clone() };
            let content = toml::to_string(&content).map_err(|error| Failure::machine(error.to_string()))?;
            std::fs::write(&config, content).map_err(cannot(&config))?;
        }
        Ok(())
    }
}

/// Where consoles, sockets and states of the systems of this study are: outside it, on a short path.
fn place(study: &Path) -> Result<PathBuf, Failure> {
    let absolute = std::path::absolute(study).map_err(|error| Failure::input(error.to_string()))?;
    // FNV-1a, the same in every vana.
    let hash = absolute.to_string_lossy().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    Ok(base().join(format!("{PLACE}{:08x}", hash as u32)))
}

/// Where such folders are.
fn base() -> PathBuf {
    let base = std::env::var_os("XDG_RUNTIME_DIR").filter(|base| Path::new(base).is_dir()).map(PathBuf::from);
    base.unwrap_or_else(|| {
        if rustix::process::geteuid().is_root() { PathBuf::from("/run") } else { std::env::temp_dir() }
    })
}

/// Those of all studies, in the order of their names.
fn places() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(base()).into_iter().flatten().flatten();
    // What others started can only they stop.
    let own = rustix::process::geteuid().as_raw();
    let is_place = |entry: &DirEntry| {
        entry.file_name().to_string_lossy().starts_with(PLACE)
            && entry.metadata().is_ok_and(|found| found.is_dir() && found.uid() == own)
    };
    let mut places: Vec<PathBuf> = entries.filter(is_place).map(|entry| entry.path()).collect();
    places.sort();
    places
}

/// The load, and all threads that come after this, keep off the systems' cores.
fn pin(plan: &Plan) -> Result<(), Failure> {
    if plan.client_cores.is_empty() {
        return Ok(());
    }
    let mut cores = rustix::thread::CpuSet::new();
    for core in &plan.client_cores {
        cores.set(usize::from(*core));
    }
    rustix::thread::sched_setaffinity(None, &cores)
        .map_err(|error| Failure::machine(format!("cannot keep the load on its cores: {error}")))
}

fn end(tally: &Tally, quiet: bool) -> Result<(), Failure> {
    let Tally { count, done, failed } = *tally;
    if done < count {
        let failure = Failure::machine(format!("interrupted: {} of {count} runs are left", count - done));
        return Err(failure.hint(Some("the same command goes on where it stopped")));
    }
    if failed > 0 {
        let failure = Failure::machine(format!("{failed} of {count} runs failed; the study says why"));
        return Err(failure.hint(Some("the same command tries them again")));
    }
    if count == 0 && !quiet {
        say("nothing is left to be done: the study has every run of the plan");
    }
    Ok(())
}
