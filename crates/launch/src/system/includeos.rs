//! An IncludeOS service.

use std::path::PathBuf;

use serde::Deserialize;
use serde_json::json;
use toml::Table;

use super::System;
use super::wire::{Asked, QEMU, Wire, accelerate, choose, or, size};
use crate::command::words;
use crate::image::{KERNEL, UNIKERNEL};
use crate::recipe::{Program, Start};
use crate::{Place, Problem, Recipe, settings};

pub(super) struct IncludeOs;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Settings {
    launcher: String,
    program: String,
    image: String,
    chainloader: Option<PathBuf>,
    arguments: String,
    disk: bool,
    nic: String,
    network: String,
    address: String,
    port: u16,
    gateway: String,
    mac: String,
}

const NICS: [&str; 3] = ["virtio", "vmxnet3", "e1000"];

impl System for IncludeOs {
    fn name(&self) -> &'static str {
        "includeos"
    }

    fn about(&self) -> &'static str {
        "an IncludeOS service, through QEMU or through IncludeOS's own boot (0.15 and before)"
    }

    fn source(&self) -> &'static str {
        "https://github.com/includeos/IncludeOS, vmrunner/vmrunner.py and etc/boot, version 0.15"
    }

    fn recipe(&self, settings: &Table, place: &Place) -> Result<Recipe, Vec<Problem>> {
        let read: Settings = settings::read(settings)?;
        let mut problems = Vec::new();
        settings::required("image", !read.image.is_empty(), &mut problems);
        let own = settings::choice("launcher", &read.launcher, &["qemu", "boot"], &mut problems) == "qemu";
        let nic = settings::choice("nic", &read.nic, &NICS, &mut problems);
        if read.disk && read.chainloader.is_some() {
            problems.push(Problem::at("chainloader", "a disk boots by itself"));
        }
        let asked = Asked {
            network: &read.network,
            address: &read.address,
            port: read.port,
            gateway: &read.gateway,
            mac: &read.mac,
        };
        let mut wire = Wire::new(&asked, "tap", place, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let program = or(&read.program, if own { QEMU } else { "boot" }).to_owned();
        let qemu = if own { program.clone() } else { QEMU.to_owned() };
        let description = place.file("vm.json");
        let mut start = Program::default();
        if own {
            start.arguments = arguments(&read, &program, nic, &wire, place);
        } else {
            start.arguments = boot(&read, &program, &description.display().to_string());
            start.inputs = vec![(description.clone(), machine(nic, &wire, place))];
            start.files = vec![description];
            // It makes its own bridge, bridge43, and its own taps.
            wire.network = None;
        }
        let mut recipe = wire.recipe(self.name(), place);
        recipe.own_address = recipe.network.is_some() || !own;
        recipe.programs.extend([program, qemu.clone()]);
        recipe.images = vec![PathBuf::from(&read.image)];
        let of_image = if read.disk { &[][..] } else { UNIKERNEL };
        recipe.files = vec![("image", PathBuf::from(&read.image), of_image)];
        recipe.files.extend(read.chainloader.iter().map(|path| ("chainloader", path.clone(), KERNEL)));
        recipe.start = Start::Child(start);
        recipe.attributes.insert("nic".to_owned(), nic.to_owned());
        accelerate(&mut recipe, &qemu);
        Ok(recipe)
    }
}

/// QEMU as vmrunner calls it.
fn arguments(read: &Settings, program: &str, nic: &str, wire: &Wire, place: &Place) -> Vec<String> {
    let (_, memory_mib) = size(&place.limits);
    let mut line = words([program]);
    if choose(place.acceleration, program).kvm {
        line.extend(words(["--enable-kvm"]));
    }
    if read.disk {
        line.extend(words(["-drive", &format!("file={},format=raw,if=ide,media=disk", read.image)]));
    } else if let Some(chainloader) = &read.chainloader {
        let service = [&read.image[..], &read.arguments].join(" ");
        line.extend(words(["-kernel", &chainloader.display().to_string(), "-append", &read.arguments]));
        line.extend(words(["-initrd", service.trim_end()]));
    } else {
        line.extend(words(["-kernel", &read.image, "-append", &read.arguments]));
    }
    let device = if nic == "virtio" { "virtio-net" } else { nic };
    line.extend(words(["-device", &format!("{device},netdev=net0,mac={}", wire.mac)]));
    line.extend(words(["-netdev", &wire.netdev("net0", ""), "-m", &memory_mib, "-nographic"]));
    line
}

fn boot(read: &Settings, program: &str, description: &str) -> Vec<String> {
    let mut line = words([program, "-j", description, "--create-bridge", &read.image]);
    line.extend(read.arguments.split_whitespace().map(str::to_owned));
    line
}

/// What `boot` reads.
fn machine(nic: &str, wire: &Wire, place: &Place) -> String {
    let (cores, memory_mib) = size(&place.limits);
    let number = |text: &str| text.parse::<u64>().unwrap_or(1);
    json!({
        "mem": number(&memory_mib),
        "smp": number(&cores),
        "net": [{ "device": nic, "backend": "tap", "mac": wire.mac }],
    })
    .to_string()
}
