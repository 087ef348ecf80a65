//! A virtual machine of QEMU: a kernel and an initramfs, or a disk.

use std::path::PathBuf;

use serde::Deserialize;
use toml::Table;

use super::System;
use super::wire::{Asked, QEMU, Wire, accelerate, choose, or, size};
use crate::command::words;
use crate::image::{Form, KERNEL};
use crate::qmp::BALLOON;
use crate::recipe::{Program, Start};
use crate::{Place, Problem, Recipe, settings};

pub(super) struct Qemu;

/// Names of network devices, and what QEMU calls them.
const NICS: [(&str, &str); 3] =
    [("virtio", "virtio-net-pci"), ("e1000", "e1000"), ("virtio-mmio", "virtio-net-device")];

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Settings {
    program: String,
    machine: String,
    cpu: String,
    kernel: Option<PathBuf>,
    initrd: Option<PathBuf>,
    append: String,
    disk: Option<PathBuf>,
    nic: String,
    network: String,
    address: String,
    port: u16,
    gateway: String,
    mac: String,
    guest_memory: bool,
    grace_s: f64,
    options: Vec<String>,
}

impl System for Qemu {
    fn name(&self) -> &'static str {
        "qemu"
    }

    fn about(&self) -> &'static str {
        "a virtual machine of QEMU: kernel and initramfs, or a disk; nic = \"virtio\" or \"e1000\""
    }

    fn source(&self) -> &'static str {
        "https://www.qemu.org/docs/master/system/invocation.html"
    }

    fn recipe(&self, settings: &Table, place: &Place) -> Result<Recipe, Vec<Problem>> {
        let read: Settings = settings::read(settings)?;
        let mut problems = Vec::new();
        settings::required("kernel", read.kernel.is_some() || read.disk.is_some(), &mut problems);
        for (key, is_given) in [("initrd", read.initrd.is_some()), ("append", !read.append.is_empty())] {
            if is_given && read.kernel.is_none() {
                problems.push(Problem::at(key, "needs a kernel"));
            }
        }
        if !read.grace_s.is_finite() || read.grace_s < 0.0 {
            problems.push(Problem::at("grace_s", "is no number of seconds"));
        }
        let nic = settings::choice("nic", &read.nic, &NICS.map(|(name, _)| name), &mut problems);
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
        let program = or(&read.program, QEMU).to_owned();
        let (socket, pidfile, console) = (place.file("qmp"), place.file("pid"), place.file("serial"));
        let start = Program {
            arguments: arguments(&read, &program, nic, &wire, place),
            qmp: Some(socket.clone()),
            grace_s: read.grace_s,
            tells_memory: read.guest_memory,
            console: Some(console),
            files: vec![socket, pidfile],
            ..Program::default()
        };
        let of_kernel = if is_x86(&program) { KERNEL } else { &[] };
        let files =
            [("kernel", &read.kernel, of_kernel), ("initrd", &read.initrd, &[]), ("disk", &read.disk, &[])];
        let named = |(key, path, forms): (&'static str, &Option<PathBuf>, &'static [Form])| {
            Some((key, path.clone()?, forms))
        };
        let files: Vec<_> = files.into_iter().filter_map(named).collect();
        let mut recipe = wire.recipe(self.name(), place);
        recipe.programs.push(program.clone());
        recipe.images = files.iter().map(|(_, path, _)| path.clone()).collect();
        recipe.files = files;
        recipe.start = Start::Child(start);
        recipe.attributes.insert("nic".to_owned(), nic.to_owned());
        accelerate(&mut recipe, &program);
        Ok(recipe)
    }
}

/// Whether a QEMU's guests have x86 processors, whose kernels are known by their first bytes.
fn is_x86(program: &str) -> bool {
    ["x86_64", "i386"].iter().any(|name| program.ends_with(name))
}

fn arguments(read: &Settings, program: &str, nic: &str, wire: &Wire, place: &Place) -> Vec<String> {
    let (cores, memory_mib) = size(&place.limits);
    let accel = choose(place.acceleration, program).name();
    let path = |suffix: &str| place.file(suffix).display().to_string();
    let mut line = words([program, "-accel", accel, "-smp", &cores, "-m", &memory_mib]);
    for (option, value) in [("-M", &read.machine), ("-cpu", &read.cpu)] {
        if !value.is_empty() {
            line.extend(words([option, value]));
        }
    }
    line.extend(words(["-display", "none", "-nodefaults", "-no-reboot"]));
    line.extend(words(["-serial", &format!("file:{}", path("serial"))]));
    line.extend(words([
        "-qmp",
        &format!("unix:{},server=on,wait=off", path("qmp")),
        "-pidfile",
        &path("pid"),
    ]));
    for (option, file) in [("-kernel", &read.kernel), ("-initrd", &read.initrd)] {
        if let Some(file) = file {
            line.extend(words([option, &file.display().to_string()]));
        }
    }
    if !read.append.is_empty() {
        // Commas reach the guest as they are: doubling them, as elsewhere, would double them for the guest.
        line.extend(words(["-append", &read.append]));
    }
    if let Some(disk) = &read.disk {
        // What a guest writes is forgotten, so that every repetition starts from the same image.
        let drive = format!("file={},if=none,id=hd0,snapshot=on", disk.display());
        line.extend(words(["-drive", &drive, "-device", "virtio-blk-pci,drive=hd0,bootindex=0"]));
    }
    let device = NICS.iter().find(|(name, _)| *name == nic).map_or(nic, |(_, device)| device);
    line.extend(words(["-netdev", &wire.netdev("n0", ",restrict=on")]));
    line.extend(words(["-device", &format!("{device},netdev=n0,mac={}", wire.mac)]));
    if read.guest_memory {
        let device = if nic == "virtio-mmio" { "virtio-balloon-device" } else { "virtio-balloon-pci" };
        line.extend(words(["-device", &format!("{device},id={BALLOON},guest-stats-polling-interval=1")]));
    }
    line.extend(read.options.clone());
    line
}
