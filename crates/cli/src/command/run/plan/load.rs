//! The loads of a plan.

use toml::Value;
use vana_types::Workload;

use super::super::fields::Fields;
use super::super::problems::nearest;
use super::{BOOT, MANY, Plan, PlannedLoad, name};
use crate::command::load::typed::Typed;

/// What a load has that does not say otherwise.
pub(super) struct Defaults {
    /// Numbers of clients.
    pub clients: Vec<u32>,
    /// Names and values of options of `vana load`.
    pub options: Vec<(&'static str, String)>,
}

/// Reads one and adds it to the plan.
pub(super) fn read_load(mut fields: Fields<'_>, index: usize, defaults: &Defaults, plan: &mut Plan) {
    let taken: Vec<&str> = plan.loads.iter().map(|load| load.name.as_str()).chain([BOOT]).collect();
    let name = name(&mut fields, &taken);
    let label = fields.text("label");
    let clients = fields.counts("clients", 1..MANY);
    let clients = clients
        .map_or_else(|| defaults.clients.clone(), |list| list.iter().map(|count| *count as u32).collect());
    let whom = whom(&mut fields);
    let (Some(name), Some((kind, url))) = (name, whom) else { return };
    let rest = fields.rest();
    let is_own = |key: &str| rest.contains_key(key);
    let is_stop = |key: &str| matches!(key, "duration" | "requests" | "transactions");
    let has_stop = rest.keys().any(|key| is_stop(key));
    let mut options = Vec::new();
    for (key, value) in &defaults.options {
        // A number of requests takes no warm-up, and one way of ending stands for the other.
        let is_moot = is_stop(key) && has_stop || *key == "warmup" && is_own("requests");
        let is_other = kind != "http" && matches!(*key, "requests" | "warmup" | "threads");
        if !is_own(key) && !is_moot && !is_other {
            options.push(format!("--{key}={value}"));
        }
    }
    for (key, value) in &rest {
        options.extend(option(key, value));
    }
    plan.config.workloads.push(Workload { id: name.clone(), label });
    plan.loads.push(PlannedLoad { name, kind, url, clients, options, index });
}

/// Kind and address of a load.
fn whom(fields: &mut Fields<'_>) -> Option<(String, String)> {
    let kind = fields.text("kind").unwrap_or_else(|| "http".to_owned());
    if !Typed::KINDS.contains(&kind.as_str()) {
        let near = nearest(&kind, &Typed::KINDS);
        let near = near.map(|near| format!("; is it \"{near}\"?")).unwrap_or_default();
        fields.wrong("kind", format!("there is no load \"{kind}\"{near}"));
        return None;
    }
    match fields.text("url") {
        Some(url) if !url.contains("{address}") => {
            fields.wrong("url", "it must have {address} where host and port of the system go");
            None
        }
        Some(url) => Some((kind, url)),
        None if kind == "http" => Some((kind, "http://{address}/".to_owned())),
        None => Some((kind, "mysql://{address}/sbtest".to_owned())),
    }
}

/// A key of a load is an option of `vana load`, in one word with its value: some options may stand without one.
fn option(key: &str, value: &Value) -> Vec<String> {
    let name = format!("--{}", key.replace('_', "-"));
    match value {
        Value::Boolean(true) => vec![name],
        Value::Boolean(false) => Vec::new(),
        Value::Array(values) => values.iter().flat_map(|value| option(key, value)).collect(),
        Value::String(text) => vec![format!("{name}={text}")],
        other => vec![format!("{name}={other}")],
    }
}
