//! What is in the way of a plan, found before anything is started.

use std::path::Path;

use vana_launch::{Limits, Place, Recipe};

use super::fields::Lines;
use super::plan::{Plan, PlannedLoad, PlannedSystem};
use super::problems::{Problem, Problems};
use super::{order, work};
use crate::command::load::typed::Typed;

/// Bytes of a trace for each request, generously.
const BYTES_PER_REQUEST: f64 = 12.0;
/// Requests per second of a load without a rate, generously.
const REQUESTS_PER_S: f64 = 100_000.0;

/// The recipe of every system, in the order of the plan; what is wrong with settings and loads goes to `problems`.
pub(super) fn recipes(plan: &Plan, lines: &Lines<'_>, folder: &Path, problems: &Problems) -> Vec<Recipe> {
    let mut recipes = Vec::new();
    for system in &plan.systems {
        let kind = vana_launch::system(&system.kind);
        match kind.map(|kind| kind.recipe(&system.settings, &place(plan, system, folder))) {
            Some(Ok(recipe)) => recipes.push(recipe),
            Some(Err(found)) => add(found, system, lines, problems),
            None => {}
        }
    }
    for load in &plan.loads {
        check_load(load, lines, problems);
    }
    if let Some(baseline) = &plan.config.baseline
        && plan.systems.iter().all(|system| system.name != *baseline)
    {
        let line = lines.of_key("plan", 0, Some("baseline"));
        problems.at(line, format!("baseline: there is no system \"{baseline}\" in this plan"));
    }
    recipes
}

/// What is wrong with this machine for this plan.
pub(super) fn machine(plan: &Plan, recipes: &[Recipe], lines: &Lines<'_>, study: &Path, problems: &Problems) {
    for (system, recipe) in plan.systems.iter().zip(recipes) {
        add(recipe.problems(), system, lines, problems);
    }
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    for (key, cores) in [("server_cores", &plan.server_cores), ("client_cores", &plan.client_cores)] {
        if let Some(core) = cores.iter().find(|core| usize::from(**core) >= count) {
            let line = lines.of_key("plan", 0, Some(key));
            problems.at(line, format!("{key}: this machine has no core {core}, only 0 to {}", count - 1));
        }
    }
    if let Some(core) = plan.server_cores.iter().find(|core| plan.client_cores.contains(core)) {
        let line = lines.of_key("plan", 0, Some("client_cores"));
        problems.at(
            line,
            format!("client_cores: core {core} is the systems' too; they would disturb each other"),
        );
    }
    disk(plan, study, problems);
}

fn add(found: Vec<vana_launch::Problem>, system: &PlannedSystem, lines: &Lines<'_>, problems: &Problems) {
    for problem in found {
        let line = lines.of_key("system", system.told_at, problem.key.as_deref());
        let message = format!("{}: {problem}", system.name);
        problems.add(Problem { line: Some(line), message, hint: problem.hint });
    }
}

fn place(plan: &Plan, system: &PlannedSystem, folder: &Path) -> Place {
    Place {
        name: system.name.clone(),
        limits: Limits { cores: plan.server_cores.clone(), memory_bytes: plan.memory_bytes },
        acceleration: plan.acceleration,
        folder: folder.to_owned(),
        relay: std::env::current_exe().unwrap_or_default(),
    }
}

/// A load is read as if it were typed, at an address that stands for the system's.
fn check_load(load: &PlannedLoad, lines: &Lines<'_>, problems: &Problems) {
    let tried = Typed::read(&work::example(load))
        .and_then(|typed| typed.check().map_err(|failure| failure.message().to_owned()));
    if let Err(message) = tried {
        // It names the option, which is a key of the table.
        let key = message.split_once("--").map(|(_, rest)| {
            let end = rest.find(|letter: char| letter != '-' && !letter.is_ascii_alphanumeric());
            rest[..end.unwrap_or(rest.len())].replace('-', "_")
        });
        let line = lines.of_key("load", load.index, key.as_deref());
        problems.at(line, format!("load {}: {message}", load.name));
    }
}

/// Traces must fit beside what is there.
fn disk(plan: &Plan, study: &Path, problems: &Problems) {
    let there = study.ancestors().skip(1).find(|folder| folder.is_dir()).unwrap_or(Path::new("."));
    let there = if there.as_os_str().is_empty() { Path::new(".") } else { there };
    let Ok(space) = rustix::fs::statvfs(there) else { return };
    let free = space.f_bavail as f64 * space.f_frsize as f64;
    let needed = BYTES_PER_REQUEST * requests(plan);
    if needed > free {
        let gigabytes = |bytes: f64| format!("{:.1} GB", bytes / 1e9);
        let message = format!(
            "the traces may take {}, and {} has {} left",
            gigabytes(needed),
            there.display(),
            gigabytes(free)
        );
        problems.add(Problem {
            line: None,
            message,
            hint: Some("make the runs shorter, or fewer".to_owned()),
        });
    }
}

/// How many requests a plan may make at most, as far as it says.
fn requests(plan: &Plan) -> f64 {
    let of = |load: &PlannedLoad| -> Option<f64> {
        let (count, time, rate) = Typed::read(&work::example(load)).ok()?.size();
        let timed = time.map(|time| time.as_secs_f64() * rate.unwrap_or(REQUESTS_PER_S));
        count.map(|count| count as f64).or(timed)
    };
    let visits = order::visits(plan);
    let runs = visits.iter().flat_map(|visit| &visit.runs);
    runs.filter_map(|(load, _)| of(&plan.loads[*load])).sum()
}
