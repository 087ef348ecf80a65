//! An `OSv` image, or its loader with a disk.

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

pub(super) struct Osv;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Settings {
    launcher: String,
    program: String,
    image: String,
    loader: Option<PathBuf>,
    rootfs: String,
    command: String,
    network: String,
    address: String,
    port: u16,
    gateway: String,
    mac: String,
    environment: BTreeMap<String, String>,
}

impl System for Osv {
    fn name(&self) -> &'static str {
        "osv"
    }

    fn about(&self) -> &'static str {
        "an OSv image, or its loader and a command line; through QEMU, run.py or capstan"
    }

    fn source(&self) -> &'static str {
        "https://github.com/cloudius-systems/osv, scripts/run.py; https://github.com/cloudius-systems/capstan"
    }

    fn recipe(&self, settings: &Table, place: &Place) -> Result<Recipe, Vec<Problem>> {
        let read: Settings = settings::read(settings)?;
        let mut problems = Vec::new();
        settings::required("image", !read.image.is_empty(), &mut problems);
        let names = ["qemu", "run.py", "capstan"];
        let launcher = settings::choice("launcher", &read.launcher, &names, &mut problems);
        let asked = Asked {
            network: &read.network,
            address: &read.address,
            port: read.port,
            gateway: &read.gateway,
            mac: &read.mac,
        };
        let wire = Wire::new(&asked, "user", place, &mut problems);
        if launcher == "qemu" && read.loader.is_none() && !read.command.is_empty() {
            let problem =
                Problem::at("command", "is inside an image; with launcher = \"qemu\" it needs a loader");
            problems.push(
                problem.hint("loader = \"loader.elf\", or launcher = \"run.py\", which changes the image"),
            );
        }
        if launcher == "capstan" && read.loader.is_some() {
            problems.push(Problem::at("loader", "capstan boots images"));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let usual = match launcher {
            "run.py" => "scripts/run.py",
            "capstan" => "capstan",
            _ => QEMU,
        };
        let program = or(&read.program, usual).to_owned();
        let qemu = if launcher == "qemu" { program.clone() } else { QEMU.to_owned() };
        let instance = place.label();
        let mut start = Program { environment: read.environment.clone(), ..Program::default() };
        start.arguments = match launcher {
            "run.py" => script(&read, &program, &wire, place),
            "capstan" => capstan(&read, &program, &instance, &wire, place),
            _ => direct(&read, &program, &wire, place),
        };
        if launcher == "capstan" {
            start.removals =
                vec![words([&program, "stop", &instance]), words([&program, "delete", &instance])];
        }
        let mut recipe = wire.recipe(self.name(), place);
        recipe.programs.extend([program, qemu.clone()]);
        if launcher != "capstan" {
            // Capstan's images are names in its own repository.
            recipe.images = vec![PathBuf::from(&read.image)];
            recipe.files = vec![("image", PathBuf::from(&read.image), &[])];
        }
        recipe.files.extend(read.loader.iter().map(|path| ("loader", path.clone(), UNIKERNEL)));
        recipe.images.extend(read.loader.clone());
        recipe.start = Start::Child(start);
        accelerate(&mut recipe, &qemu);
        Ok(recipe)
    }
}

/// The loader's command line: where it is, then what it runs.
fn command_line(read: &Settings, wire: &Wire) -> String {
    let mut parts = Vec::new();
    if let (Some(mask), Some((_, gateway))) = (wire.mask(), wire.inside()) {
        parts.push(format!("--ip=eth0,{},{mask} --defaultgw={gateway}", wire.host));
    }
    if !read.rootfs.is_empty() {
        parts.push(format!("--rootfs={}", read.rootfs));
    }
    parts.push(read.command.clone());
    parts.join(" ")
}

/// QEMU as run.py calls it.
fn direct(read: &Settings, program: &str, wire: &Wire, place: &Place) -> Vec<String> {
    let (cores, memory_mib) = size(&place.limits);
    let mut line = words([program, "-m", &memory_mib, "-smp", &cores, "--nographic"]);
    if let Some(loader) = &read.loader {
        line.extend(words(["-kernel", &loader.display().to_string(), "-append", &command_line(read, wire)]));
    }
    let drive = format!("file={},if=none,id=hd0,cache=none,aio=native", read.image);
    line.extend(words([
        "-device",
        "virtio-blk-pci,id=blk0,drive=hd0,scsi=off,bootindex=0",
        "-drive",
        &drive,
    ]));
    line.extend(words(["-netdev", &wire.netdev("un0", ",net=192.168.122.0/24,host=192.168.122.1")]));
    line.extend(words(["-device", &format!("virtio-net-pci,netdev=un0,mac={}", wire.mac)]));
    line.extend(words(["-device", "virtio-rng-pci", "-chardev", "stdio,mux=on,id=stdio,signal=off"]));
    line.extend(words(["-mon", "chardev=stdio,mode=readline", "-device", "isa-serial,chardev=stdio"]));
    if choose(place.acceleration, program).kvm {
        line.extend(words(["-enable-kvm", "-cpu", "host,+x2apic"]));
    }
    line
}

fn script(read: &Settings, program: &str, wire: &Wire, place: &Place) -> Vec<String> {
    let (cores, memory_mib) = size(&place.limits);
    let hypervisor = if choose(place.acceleration, QEMU).kvm { "kvm" } else { "qemu" };
    let mut line =
        words([program, "-i", &read.image, "-m", &format!("{memory_mib}M"), "-c", &cores, "-p", hypervisor]);
    if let Some(tap) = wire.tap() {
        line.extend(words(["-n", "-t", tap]));
    } else {
        let (outside, inside) = wire.ports;
        line.extend(words(["--forward", &format!("tcp::{outside}-:{inside}")]));
    }
    if !read.command.is_empty() {
        line.extend(words(["-e", &read.command]));
    }
    if let Some(mask) = wire.mask() {
        line.extend(words(["--ip", &format!("eth0,{},{mask}", wire.host)]));
    }
    line.extend(words(["--mac", &wire.mac, "--novnc", "--nogdb"]));
    if let Some(loader) = &read.loader {
        line.extend(words(["-k", "--kernel-path", &loader.display().to_string()]));
    }
    line
}

fn capstan(read: &Settings, program: &str, instance: &str, wire: &Wire, place: &Place) -> Vec<String> {
    let (cores, memory_mib) = size(&place.limits);
    let mut line = words([
        program,
        "run",
        "-i",
        &read.image,
        "-p",
        "qemu",
        "-m",
        &format!("{memory_mib}M"),
        "-c",
        &cores,
    ]);
    if let Some(tap) = wire.tap() {
        line.extend(words(["-n", "tap", "-b", tap]));
    } else {
        let (outside, inside) = wire.ports;
        line.extend(words(["-n", "nat", "-f", &format!("{outside}:{inside}")]));
    }
    if !read.command.is_empty() {
        line.extend(words(["-e", &read.command]));
    }
    line.extend(words(["--mac", &wire.mac, instance]));
    line
}
