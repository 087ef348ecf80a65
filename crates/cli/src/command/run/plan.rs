//! A plan as it stands in its file: which systems, which loads, how often.

mod load;

use std::time::Duration;

use toml::{Table, Value};
use vana_launch::Acceleration;
use vana_types::{Class, Seed, StudyConfig, System};

use super::fields::{Fields, Lines};
use super::problems::{Problem, Problems, nearest};
use crate::command::load::quantity::{parse_time, parse_time_or_none};
use crate::failure::Failure;
use crate::quantity::parse_bytes;
use load::{Defaults, read_load};

/// The workload under which the start of a system is kept.
pub(super) const BOOT: &str = "boot";
/// The most clients and repetitions.
const MANY: i64 = 1 << 20;

/// What is to be done.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// What the study says of itself.
    pub config: StudyConfig,
    /// Blocks.
    pub repetitions: u32,
    /// Of the order of runs, and of loads.
    pub seed: Seed,
    /// Time between two runs.
    pub rest: Duration,
    /// How long a system may take until it answers.
    pub ready: Duration,
    /// Cores of the systems; all if empty.
    pub server_cores: Vec<u16>,
    /// Cores of the load; all if empty.
    pub client_cores: Vec<u16>,
    /// Memory of a system; as much as there is if absent.
    pub memory_bytes: Option<u64>,
    /// What runs virtual machines.
    pub acceleration: Acceleration,
    /// Systems in the order of the plan.
    pub systems: Vec<PlannedSystem>,
    /// Loads in the order of the plan.
    pub loads: Vec<PlannedLoad>,
}

/// A system of a plan.
#[derive(Clone, Debug)]
pub(super) struct PlannedSystem {
    /// As it stands in measurements.
    pub name: String,
    /// Kind of system.
    pub kind: String,
    /// What the kind is told.
    pub settings: Table,
    /// The loads it takes, by their places.
    pub loads: Vec<usize>,
    /// Its place among the tables `[[system]]`.
    pub index: usize,
    /// The place of the table that has its settings: another's for one that is there again.
    pub told_at: usize,
}

/// A load of a plan.
#[derive(Clone, Debug)]
pub(super) struct PlannedLoad {
    /// As it stands in measurements.
    pub name: String,
    /// The word after `vana load`.
    pub kind: String,
    /// Whom it goes to, with `{address}` for host and port of the system.
    pub url: String,
    /// Numbers of clients, each a run.
    pub clients: Vec<u32>,
    /// Further options of `vana load`.
    pub options: Vec<String>,
    /// Its place among the tables `[[load]]`.
    pub index: usize,
}

/// Reads a plan. Everything that is wrong with it goes to `problems`; what is good of it comes back.
pub(super) fn read(lines: &Lines<'_>, mut root: Table, problems: &Problems) -> Plan {
    let table = match root.remove("plan") {
        Some(Value::Table(table)) => table,
        Some(_) => {
            problems.at(lines.of_key("plan", 0, None), "plan is to be a table, [plan]");
            Table::new()
        }
        None => Table::new(),
    };
    let loads = tables(&mut root, "load", lines, problems);
    let systems = tables(&mut root, "system", lines, problems);
    for key in root.keys() {
        let message = format!("unknown table \"{key}\"");
        let hint = nearest(key, &["plan", "system", "load"]).map(|near| format!("is it \"{near}\"?"));
        problems.add(Problem { line: Some(lines.of_key(key, 0, None)), message, hint });
    }
    let mut fields = Fields::new(table, ("plan", 0), lines, problems);
    let (mut plan, defaults) = read_head(&mut fields);
    fields.finish();
    for (index, table) in loads.into_iter().enumerate() {
        let fields = Fields::new(table, ("load", index), lines, problems);
        read_load(fields, index, &defaults, &mut plan);
    }
    let mut again = Vec::new();
    for (index, table) in systems.into_iter().enumerate() {
        let mut fields = Fields::new(table, ("system", index), lines, problems);
        if let Some(of) = fields.text("again") {
            again.push((fields, index, of));
        } else {
            read_system(fields, index, &mut plan);
        }
    }
    for (fields, index, of) in again {
        repeat_system(fields, index, &of, &mut plan);
    }
    plan.config.systems.sort_by_key(|system| {
        plan.systems
            .iter()
            .find(|planned| planned.name == system.id)
            .map_or(usize::MAX, |planned| planned.index)
    });
    plan.systems.sort_by_key(|system| system.index);
    plan
}

fn tables(root: &mut Table, name: &'static str, lines: &Lines<'_>, problems: &Problems) -> Vec<Table> {
    let list = match root.remove(name) {
        Some(Value::Array(list)) if !list.is_empty() => list,
        Some(_) => {
            problems.at(lines.of_key(name, 0, None), format!("{name} is to be a list of tables, [[{name}]]"));
            return Vec::new();
        }
        None => {
            problems.at(1, format!("there is no [[{name}]]"));
            return Vec::new();
        }
    };
    list.into_iter().map(|value| if let Value::Table(table) = value { table } else { Table::new() }).collect()
}

fn read_head(fields: &mut Fields<'_>) -> (Plan, Defaults) {
    let default = StudyConfig::default();
    let config = StudyConfig {
        title: fields.text("title"),
        source: fields.text("source"),
        baseline: fields.text("baseline"),
        alpha: fields.share("alpha").unwrap_or(default.alpha),
        margin: fields.share("margin").unwrap_or(default.margin),
        ..default
    };
    let cores = |list: Option<Vec<i64>>| list.map(|cores| cores.iter().map(|core| *core as u16).collect());
    let (server, client) = default_cores();
    let plan = Plan {
        config,
        repetitions: fields.count("repetitions", 1..MANY).unwrap_or(1) as u32,
        seed: Seed(fields.count("seed", 0..i64::MAX).unwrap_or(1) as u64),
        rest: fields.parsed("rest", parse_time_or_none).unwrap_or(Duration::from_millis(200)),
        ready: fields.parsed("ready", parse_time).unwrap_or(Duration::from_secs(60)),
        server_cores: cores(fields.counts("server_cores", 0..1024)).unwrap_or(server),
        client_cores: cores(fields.counts("client_cores", 0..1024)).unwrap_or(client),
        memory_bytes: fields.parsed("memory", parse_memory).unwrap_or(Some(1 << 30)),
        acceleration: acceleration(fields),
        systems: Vec::new(),
        loads: Vec::new(),
    };
    let clients = fields.counts("clients", 1..MANY).unwrap_or_else(|| vec![10]);
    let mut options = Vec::new();
    for key in ["duration", "requests", "warmup", "threads", "timeout"] {
        options.extend(fields.parsed(key, |text| Ok::<_, String>(text.to_owned())).map(|text| (key, text)));
    }
    if options.iter().all(|(key, _)| !matches!(*key, "duration" | "requests")) {
        options.push(("duration", "10s".to_owned()));
    }
    (plan, Defaults { clients: clients.iter().map(|count| *count as u32).collect(), options })
}

/// Bytes, or no limit.
fn parse_memory(text: &str) -> Result<Option<u64>, String> {
    if text == "none" {
        return Ok(None);
    }
    parse_bytes(text).map(Some).map_err(|error| format!("{error}; or none, for no limit"))
}

fn acceleration(fields: &mut Fields<'_>) -> Acceleration {
    let known = |name: &str| {
        Acceleration::from_name(name)
            .ok_or_else(|| format!("\"{name}\" is none of {}", Acceleration::NAMES.join(", ")))
    };
    fields.parsed("accel", known).unwrap_or_default()
}

/// One core for the system, as in the paper, and the others for the load; where there is one core they share it.
fn default_cores() -> (Vec<u16>, Vec<u16>) {
    match std::thread::available_parallelism().map_or(1, usize::from) {
        1 => (Vec::new(), Vec::new()),
        count => (vec![0], (1..count.min(1024) as u16).collect()),
    }
}

/// A name that is written into paths and command lines.
fn name(fields: &mut Fields<'_>, taken: &[&str]) -> Option<String> {
    let name = fields.needed("name")?;
    if taken.contains(&name.as_str()) {
        fields.wrong("name", format!("\"{name}\" is taken"));
        return None;
    }
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        || name.starts_with(['.', '-'])
    {
        fields.wrong("name", format!("\"{name}\" has more than letters, digits, and - _ . between them"));
        return None;
    }
    Some(name)
}

fn read_system(mut fields: Fields<'_>, index: usize, plan: &mut Plan) {
    let Some((system, loads)) = identity(&mut fields, plan) else { return };
    let class = fields.parsed("class", class).or(system.class);
    let Some(kind) = fields.needed("kind") else { return };
    if vana_launch::system(&kind).is_none() {
        let names: Vec<&str> = vana_launch::SYSTEMS.iter().map(|system| system.name()).collect();
        let near = nearest(&kind, &names).map(|near| format!("; is it \"{near}\"?")).unwrap_or_default();
        fields.wrong("kind", format!("there is no kind of system \"{kind}\"{near}"));
        return;
    }
    let name = system.id.clone();
    plan.config.systems.push(System { class, ..system });
    plan.systems.push(PlannedSystem { name, kind, settings: fields.rest(), loads, index, told_at: index });
}

/// The same system under another name: what differs between the two is noise.
fn repeat_system(mut fields: Fields<'_>, index: usize, of: &str, plan: &mut Plan) {
    let Some((system, _)) = identity(&mut fields, plan) else { return };
    let Some(original) = plan.systems.iter().find(|system| system.name == of).cloned() else {
        fields.wrong("again", format!("there is no system \"{of}\" in this plan"));
        return;
    };
    let class = plan.config.systems.iter().find(|system| system.id == of).and_then(|system| system.class);
    let name = system.id.clone();
    plan.config.systems.push(System { class, ..system });
    plan.systems.push(PlannedSystem { name, index, ..original });
    fields.finish();
}

/// What every system says of itself, and the loads it takes.
fn identity(fields: &mut Fields<'_>, plan: &Plan) -> Option<(System, Vec<usize>)> {
    let taken: Vec<&str> = plan.systems.iter().map(|system| system.name.as_str()).collect();
    let name = name(fields, &taken);
    let label = fields.text("label");
    let mut loads = Vec::new();
    match fields.texts("loads") {
        None => loads.extend(0..plan.loads.len()),
        Some(names) => {
            for name in names {
                match plan.loads.iter().position(|load| load.name == name) {
                    Some(place) => loads.push(place),
                    None => fields.wrong("loads", format!("there is no load \"{name}\" in this plan")),
                }
            }
        }
    }
    Some((System { id: name?, label, class: None }, loads))
}

fn class(name: &str) -> Result<Class, String> {
    let read = Value::String(name.to_owned()).try_into::<Class>();
    read.map_err(|_| format!("\"{name}\" is none of bare, container, vm, unikernel"))
}

/// The text of a plan as TOML.
pub(super) fn parse(text: &str, path: &str) -> Result<Table, Failure> {
    text.parse::<Table>().map_err(|error| {
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        let line = 1 + text.get(..at).unwrap_or_default().matches('\n').count();
        Failure::input(format!("{path}:{line}: {}", error.message()))
    })
}
