//! A Rumprun unikernel.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use toml::Table;

use super::System;
use super::wire::{Asked, QEMU, Wire, accelerate, choose, or, size};
use crate::command::words;
use crate::image::UNIKERNEL;
use crate::recipe::{Program, Start};
use crate::{Place, Problem, Recipe, settings};

pub(super) struct Rumprun;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Settings {
    program: String,
    image: String,
    arguments: Vec<String>,
    environment: BTreeMap<String, String>,
    blocks: Vec<String>,
    network: String,
    address: String,
    port: u16,
    gateway: String,
    mac: String,
}

impl System for Rumprun {
    fn name(&self) -> &'static str {
        "rumprun"
    }

    fn about(&self) -> &'static str {
        "a Rumprun unikernel, baked for hw_virtio, through the rumprun script"
    }

    fn source(&self) -> &'static str {
        "https://github.com/rumpkernel/rumprun, app-tools/rumprun.in and doc/networking.md"
    }

    fn recipe(&self, settings: &Table, place: &Place) -> Result<Recipe, Vec<Problem>> {
        let read: Settings = settings::read(settings)?;
        let mut problems = Vec::new();
        settings::required("image", !read.image.is_empty(), &mut problems);
        let asked = Asked {
            network: &read.network,
            address: &read.address,
            port: read.port,
            gateway: &read.gateway,
            mac: &read.mac,
        };
        let wire = Wire::new(&asked, "tap", place, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let program = or(&read.program, "rumprun").to_owned();
        let start = Program { arguments: arguments(&read, &program, &wire, place), ..Program::default() };
        let mut recipe = wire.recipe(self.name(), place);
        // The script gives the device a random MAC, so it cannot be told before.
        if let Some(network) = &mut recipe.network {
            network.mac.clear();
        }
        recipe.programs.extend([program, QEMU.to_owned()]);
        recipe.images = vec![PathBuf::from(&read.image)];
        recipe.files = vec![("image", PathBuf::from(&read.image), UNIKERNEL)];
        recipe.start = Start::Child(start);
        accelerate(&mut recipe, QEMU);
        Ok(recipe)
    }
}

fn arguments(read: &Settings, program: &str, wire: &Wire, place: &Place) -> Vec<String> {
    let (_, memory_mib) = size(&place.limits);
    let hypervisor = if choose(place.acceleration, QEMU).kvm { "kvm" } else { "qemu" };
    // -i keeps QEMU in the foreground and its console with it.
    let mut line = words([program, hypervisor, "-i", "-M", &memory_mib, "-N", &place.label()]);
    for (name, value) in &read.environment {
        line.extend(words(["-e", &format!("{name}={value}")]));
    }
    for block in &read.blocks {
        line.extend(words(["-b", block]));
    }
    if let (Some(tap), Some((address, gateway))) = (wire.tap(), wire.inside()) {
        line.extend(words(["-I", &format!("net0,vioif,-net tap,script=no,ifname={tap}")]));
        line.extend(words(["-W", &format!("net0,inet,static,{address},{gateway}")]));
    } else {
        line.extend(words(["-I", &format!("net0,vioif,-net user,{}", wire.forward())]));
        line.extend(words(["-W", "net0,inet,dhcp"]));
    }
    line.extend(words(["--", &read.image]));
    line.extend(read.arguments.clone());
    line
}
