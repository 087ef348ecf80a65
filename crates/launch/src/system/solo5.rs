//! A Solo5 unikernel, MirageOS's among them, under the tender that it was built for.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;
use toml::Table;

use super::System;
use super::wire::{Asked, QEMU, Wire, accelerate, choose, or, size};
use crate::command::{run, words};
use crate::image::UNIKERNEL;
use crate::recipe::{Program, Start};
use crate::{Place, Problem, Recipe, acceleration, settings};

pub(super) struct Solo5;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Settings {
    tender: String,
    program: String,
    elftool: String,
    image: String,
    net: String,
    blocks: BTreeMap<String, String>,
    arguments: Option<Vec<String>>,
    network: String,
    address: String,
    gateway: String,
    mac: String,
}

const TENDERS: [&str; 5] = ["auto", "hvt", "spt", "virtio", "ukvm"];

impl System for Solo5 {
    fn name(&self) -> &'static str {
        "solo5"
    }

    fn about(&self) -> &'static str {
        "a Solo5 unikernel such as MirageOS's, under hvt, spt, virtio or the old ukvm, as its image says"
    }

    fn source(&self) -> &'static str {
        "https://github.com/Solo5/solo5, docs/building.md and tenders/, version 0.12.1"
    }

    fn recipe(&self, settings: &Table, place: &Place) -> Result<Recipe, Vec<Problem>> {
        let read: Settings = settings::read(settings)?;
        let mut problems = Vec::new();
        settings::required("image", !read.image.is_empty(), &mut problems);
        let asked_for = settings::choice("tender", &read.tender, &TENDERS, &mut problems);
        let asked = Asked {
            network: &read.network,
            address: &read.address,
            gateway: &read.gateway,
            mac: &read.mac,
            ..Asked::default()
        };
        let wire = Wire::new(&asked, "tap", place, &mut problems);
        if wire.network.is_none() {
            problems.push(Problem::at("network", "Solo5 has no network but a tap"));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut found = Vec::new();
        let manifest = Manifest::read(&read, asked_for, &mut found);
        let tender = manifest.tender.clone();
        let net = match &read.net[..] {
            "" => manifest.net.clone(),
            given => given.to_owned(),
        };
        found.extend(manifest.missing(&read));
        let usual = match &tender[..] {
            "virtio" => QEMU.to_owned(),
            "ukvm" => "ukvm-bin".to_owned(),
            _ => format!("solo5-{tender}"),
        };
        let program = or(&read.program, &usual).to_owned();
        let arguments = match &tender[..] {
            "virtio" => virtio(&read, &program, &wire, place),
            "ukvm" => ukvm(&read, &program, &wire),
            _ => tended(&read, &program, &net, &wire, place),
        };
        let mut recipe = wire.recipe(self.name(), place);
        recipe.programs.push(program.clone());
        recipe.images = vec![PathBuf::from(&read.image)];
        recipe.files = vec![("image", PathBuf::from(&read.image), UNIKERNEL)];
        recipe.files.extend(read.blocks.values().map(|path| ("blocks", PathBuf::from(path), &[][..])));
        recipe.problems = found;
        recipe.start = Start::Child(Program { arguments, ..Program::default() });
        recipe.attributes.insert("tender".to_owned(), tender.clone());
        match &tender[..] {
            "virtio" => accelerate(&mut recipe, &program),
            "spt" => {}
            _ => {
                recipe.attributes.insert("accel".to_owned(), "kvm".to_owned());
                recipe.problems.extend(needs_kvm(&tender));
            }
        }
        Ok(recipe)
    }
}

/// Hvt and ukvm cannot do without KVM. Whether it runs their guests is not tried with QEMU: there are machines on which
/// firmware stands still and a guest that starts in long mode, as theirs do, runs.
fn needs_kvm(tender: &str) -> Option<Problem> {
    let problem = acceleration::unopened()?;
    Some(problem.hint(format!("{tender} cannot do without; images for spt or virtio can")))
}

/// What an image says of itself.
#[derive(Debug, Default, PartialEq)]
struct Manifest {
    tender: String,
    net: String,
    nets: Vec<String>,
    blocks: Vec<String>,
}

impl Manifest {
    /// Asks `solo5-elftool`. What cannot be known is taken to be as usual, and is a problem.
    fn read(read: &Settings, asked_for: &str, problems: &mut Vec<Problem>) -> Self {
        let mut manifest =
            Self { tender: asked_for.to_owned(), net: "service".to_owned(), ..Self::default() };
        let is_needed = asked_for == "auto" || matches!(asked_for, "hvt" | "spt") && read.net.is_empty();
        if !is_needed {
            return manifest;
        }
        let elftool = or(&read.elftool, "solo5-elftool");
        if asked_for == "auto" {
            "hvt".clone_into(&mut manifest.tender);
            match ask(elftool, "query-abi", &read.image).as_ref().map(|abi| abi["target"].as_str()) {
                Ok(Some(target @ ("hvt" | "spt" | "virtio"))) => target.clone_into(&mut manifest.tender),
                Ok(other) => {
                    problems.push(Problem::at("tender", format!("{}: no tender for {other:?}", read.image)));
                }
                Err(error) => {
                    let hint = "tender = \"hvt\", \"spt\" or \"virtio\" says what the image is for";
                    problems.push(Problem::at("tender", error.clone()).hint(hint));
                }
            }
        }
        match ask(elftool, "query-manifest", &read.image) {
            Ok(answer) => manifest.take(&answer),
            // The same was said of the other question.
            Err(_) if asked_for == "auto" => {}
            Err(error) => {
                problems.push(Problem::at("net", error).hint("net = \"service\" is its name in the image"));
            }
        }
        manifest
    }

    fn take(&mut self, answer: &Value) {
        for device in answer["devices"].as_array().into_iter().flatten() {
            let name = device["name"].as_str().unwrap_or_default().to_owned();
            match device["type"].as_str() {
                Some("NET_BASIC") => self.nets.push(name),
                Some("BLOCK_BASIC") => self.blocks.push(name),
                _ => {}
            }
        }
        if let Some(net) = self.nets.first() {
            self.net.clone_from(net);
        }
    }

    /// Every device that an image declares has to be attached.
    fn missing(&self, read: &Settings) -> Vec<Problem> {
        let more = self.nets.len() > 1;
        let nets = more.then(|| {
            Problem::at("net", format!("the image wants {}, and there is one", self.nets.join(" and ")))
        });
        let blocks = self.blocks.iter().filter(|name| !read.blocks.contains_key(*name));
        let blocks = blocks.map(|name| Problem::at("blocks", format!("the image wants {name}")));
        nets.into_iter().chain(blocks).collect()
    }
}

fn ask(elftool: &str, what: &str, image: &str) -> Result<Value, String> {
    let text = run(&words([elftool, what, image])).map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|error| format!("{elftool} {what}: {error}"))
}

/// As given, or as MirageOS is told its address.
fn guest_arguments(read: &Settings, wire: &Wire) -> Vec<String> {
    match (&read.arguments, wire.inside()) {
        (Some(given), _) => given.clone(),
        (None, Some((address, gateway))) => {
            vec![format!("--ipv4={address}"), format!("--ipv4-gateway={gateway}")]
        }
        (None, None) => Vec::new(),
    }
}

fn tended(read: &Settings, program: &str, net: &str, wire: &Wire, place: &Place) -> Vec<String> {
    let (_, memory_mib) = size(&place.limits);
    let mut line = words([program, &format!("--mem={memory_mib}")]);
    if let Some(tap) = wire.tap() {
        line.extend(words([&format!("--net:{net}={tap}"), &format!("--net-mac:{net}={}", wire.mac)]));
    }
    line.extend(read.blocks.iter().map(|(name, path)| format!("--block:{name}={path}")));
    line.extend(words(["--", &read.image]));
    line.extend(guest_arguments(read, wire));
    line
}

fn ukvm(read: &Settings, program: &str, wire: &Wire) -> Vec<String> {
    let mut line = words([program]);
    line.extend(wire.tap().map(|tap| format!("--net={tap}")));
    line.extend(read.blocks.values().map(|path| format!("--disk={path}")));
    line.push(read.image.clone());
    line.extend(guest_arguments(read, wire));
    line
}

fn virtio(read: &Settings, program: &str, wire: &Wire, place: &Place) -> Vec<String> {
    let (_, memory_mib) = size(&place.limits);
    let kvm = choose(place.acceleration, program).kvm;
    let mut line = words([program, "-cpu", if kvm { "host" } else { "Westmere" }]);
    if kvm {
        line.push("-enable-kvm".to_owned());
    }
    line.extend(words(["-m", &memory_mib, "-nodefaults", "-machine", "acpi=off", "-display", "none"]));
    line.extend(words(["-serial", "stdio", "-netdev", &wire.netdev("n0", "")]));
    line.extend(words(["-device", &format!("virtio-net,netdev=n0,mac={}", wire.mac)]));
    for (index, path) in read.blocks.values().enumerate() {
        line.extend(words(["-drive", &format!("file={path},if=virtio,format=raw,id=b{index}")]));
    }
    line.extend(words(["-device", "isa-debug-exit", "-kernel", &read.image]));
    line.extend(words(["-append", &guest_arguments(read, wire).join(" ")]));
    line
}

#[cfg(test)]
mod tests;
