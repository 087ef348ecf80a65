//! A unikernel that a UniK daemon runs.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use toml::Table;

use super::{System, daemon};
use crate::recipe::{Instance, Start};
use crate::{Place, Problem, Recipe, settings};

pub(super) struct Unik;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Settings {
    daemon: String,
    image: String,
    address: String,
    memory_mib: u64,
    environment: BTreeMap<String, String>,
    mounts: BTreeMap<String, String>,
}

impl System for Unik {
    fn name(&self) -> &'static str {
        "unik"
    }

    fn about(&self) -> &'static str {
        "a unikernel that a UniK daemon runs; its address has to be given, since the daemon often does not know it"
    }

    fn source(&self) -> &'static str {
        "https://github.com/solo-io/unik, docs/api.md and pkg/daemon/daemon.go"
    }

    fn recipe(&self, settings: &Table, place: &Place) -> Result<Recipe, Vec<Problem>> {
        let read: Settings = settings::read(settings)?;
        let mut problems = Vec::new();
        settings::required("image", !read.image.is_empty(), &mut problems);
        settings::address("address", &read.address, &mut problems);
        let mut found = Vec::new();
        let url =
            if read.daemon.is_empty() { "http://127.0.0.1:3000" } else { read.daemon.trim_end_matches('/') };
        let mut attributes = BTreeMap::new();
        if problems.is_empty() {
            match image(url, &read.image) {
                Ok(size_mb) => {
                    let bytes = size_mb.map(|size| (size << 20).to_string());
                    attributes.extend(bytes.map(|bytes| ("image_bytes".to_owned(), bytes)));
                }
                Err(problem) => found.push(problem),
            }
        }
        let name = format!("{}-{}", place.label(), place.name);
        let memory_mib = match read.memory_mib {
            0 => place.limits.memory_bytes.map_or(0, |bytes| bytes >> 20),
            given => given,
        };
        let body = json!({
            "InstanceName": name,
            "ImageName": read.image,
            "Mounts": read.mounts,
            "Env": read.environment,
            "MemoryMb": memory_mib,
            "NoCleanup": false,
            "DebugMode": false,
        });
        let recipe = Recipe {
            address: Some(read.address),
            problems: found,
            attributes,
            start: Start::Instance(Instance { daemon: url.to_owned(), name, body }),
            ..Recipe::new(self.name(), place)
        };
        settings::finish(recipe, problems)
    }
}

/// The size of an image at the daemon, MiB.
fn image(url: &str, name: &str) -> Result<Option<u64>, Problem> {
    let asked = format!("{url}/images");
    let (status, text) = daemon::ask("GET", &asked, None).map_err(|error| {
        Problem::at("daemon", error.to_string()).hint("start it with: unik daemon --port 3000")
    })?;
    let not_understood =
        || Problem::at("daemon", format!("GET {asked}: status {status}, which is no answer of UniK"));
    if status != 200 {
        return Err(not_understood());
    }
    let images: Vec<Value> = serde_json::from_str(&text).map_err(|_| not_understood())?;
    let names: Vec<&str> = images.iter().filter_map(|image| image["Name"].as_str()).collect();
    let found = images.iter().find(|image| image["Name"] == name || image["Id"] == name);
    found.map(|image| image["SizeMb"].as_u64()).ok_or_else(|| {
        Problem::at("image", format!("{name}: the daemon has no such image"))
            .hint(format!("it has: {}", names.join(", ")))
    })
}

#[cfg(test)]
mod tests;
