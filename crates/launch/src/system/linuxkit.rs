//! A `LinuxKit` image: NAME-kernel, NAME-initrd.img, NAME-cmdline.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Table;

use super::System;
use super::wire::{Asked, QEMU, Wire, accelerate, choose, or, size};
use crate::command::words;
use crate::image::{Form, INITRAMFS, KERNEL};
use crate::recipe::{Program, Start};
use crate::{Place, Problem, Recipe, settings};

pub(super) struct LinuxKit;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Settings {
    image: String,
    launcher: String,
    program: String,
    nic: String,
    network: String,
    address: String,
    port: u16,
    gateway: String,
    mac: String,
    grace_s: f64,
}

impl System for LinuxKit {
    fn name(&self) -> &'static str {
        "linuxkit"
    }

    fn about(&self) -> &'static str {
        "a LinuxKit image by its three files, through QEMU as linuxkit calls it or through linuxkit itself"
    }

    fn source(&self) -> &'static str {
        "https://github.com/linuxkit/linuxkit, src/cmd/linuxkit/run_qemu.go, version 1.8.2"
    }

    fn recipe(&self, settings: &Table, place: &Place) -> Result<Recipe, Vec<Problem>> {
        let read: Settings = settings::read(settings)?;
        let mut problems = Vec::new();
        settings::required("image", !read.image.is_empty(), &mut problems);
        let own =
            settings::choice("launcher", &read.launcher, &["qemu", "linuxkit"], &mut problems) == "qemu";
        let nic = settings::choice("nic", &read.nic, &["virtio", "e1000"], &mut problems);
        if !own && nic == "e1000" {
            let problem = Problem::at("nic", "linuxkit itself gives every machine a virtio device");
            problems.push(problem.hint("launcher = \"qemu\" starts the same files with e1000"));
        }
        let asked = Asked {
            network: &read.network,
            address: &read.address,
            port: read.port,
            gateway: &read.gateway,
            mac: &read.mac,
        };
        let wire = Wire::new(&asked, "user", place, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let part = |suffix: &str| PathBuf::from(format!("{}-{suffix}", read.image));
        let (kernel, initrd, cmdline) = (part("kernel"), part("initrd.img"), part("cmdline"));
        let program = or(&read.program, if own { QEMU } else { "linuxkit" }).to_owned();
        let qemu = if own { program.clone() } else { QEMU.to_owned() };
        let state = place.file("linuxkit");
        let socket = place.file("qmp");
        let start = if own {
            Program {
                arguments: own_arguments(&read, &program, nic, &wire, place, &command_line(&cmdline)),
                files: vec![socket.clone(), place.file("pid")],
                qmp: Some(socket),
                grace_s: read.grace_s,
                ..Program::default()
            }
        } else {
            let arguments = linuxkit_arguments(&read, &program, &state, &wire, place);
            Program { arguments, files: vec![state], ..Program::default() }
        };
        let mut recipe = wire.recipe(self.name(), place);
        recipe.programs.extend([program, qemu.clone()]);
        if !own {
            recipe.programs.push("qemu-img".to_owned());
        }
        recipe.images = vec![kernel.clone(), initrd.clone()];
        recipe.files = vec![
            ("image", kernel, KERNEL),
            ("image", initrd, INITRAMFS),
            ("image", cmdline, &[Form::Text, Form::Empty]),
        ];
        recipe.start = Start::Child(start);
        recipe.attributes.insert("nic".to_owned(), nic.to_owned());
        accelerate(&mut recipe, &qemu);
        Ok(recipe)
    }
}

/// The one line of NAME-cmdline; where the file is missing, what stands for it in a shell.
fn command_line(path: &Path) -> String {
    match std::fs::read_to_string(path) {
        Ok(text) => text.trim().to_owned(),
        Err(_) => format!("$(cat {})", path.display()),
    }
}

/// QEMU as linuxkit calls it, in its order; and a socket to stop it with.
fn own_arguments(
    read: &Settings,
    program: &str,
    nic: &str,
    wire: &Wire,
    place: &Place,
    append: &str,
) -> Vec<String> {
    let (cores, memory_mib) = size(&place.limits);
    let accel = choose(place.acceleration, program).name();
    let path = |suffix: &str| place.file(suffix).display().to_string();
    let device = if nic == "e1000" { "e1000" } else { "virtio-net-pci" };
    [
        words([program, "-smp", &cores, "-m", &memory_mib, "-pidfile", &path("pid")]),
        words([
            "-machine",
            &format!("q35,accel={accel}"),
            "-object",
            "rng-random,id=rng0,filename=/dev/urandom",
        ]),
        words(["-device", "virtio-rng-pci,rng=rng0", "-kernel", &format!("{}-kernel", read.image)]),
        words(["-initrd", &format!("{}-initrd.img", read.image), "-append", append]),
        words([
            "-device",
            &format!("{device},netdev=t0,mac={}", wire.mac),
            "-netdev",
            &wire.netdev("t0", ""),
        ]),
        words(["-nographic", "-qmp", &format!("unix:{},server=on,wait=off", path("qmp"))]),
    ]
    .concat()
}

fn linuxkit_arguments(
    read: &Settings,
    program: &str,
    state: &Path,
    wire: &Wire,
    place: &Place,
) -> Vec<String> {
    let (cores, memory_mib) = size(&place.limits);
    let accel = choose(place.acceleration, QEMU).name();
    let mut line = words([program, "run", "qemu", "-cpus", &cores, "-mem", &memory_mib, "--accel", accel]);
    if let Some(tap) = wire.tap() {
        line.extend(words(["--networking", &format!("tap,{tap}")]));
    } else {
        let (outside, inside) = wire.ports;
        line.extend(words(["--networking", "user", "--publish", &format!("{outside}:{inside}/tcp")]));
    }
    line.extend(words(["--state", &state.display().to_string(), "--kernel", &read.image]));
    line
}
