//! A Unikraft kernel under QEMU.

use std::path::PathBuf;

use serde::Deserialize;
use toml::Table;

use super::System;
use super::wire::{Asked, QEMU, Wire, accelerate, choose, or, size};
use crate::command::words;
use crate::image::{Form, KERNEL};
use crate::recipe::{Program, Start};
use crate::{Place, Problem, Recipe, settings};

pub(super) struct Unikraft;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Settings {
    program: String,
    kernel: Option<PathBuf>,
    initrd: Option<PathBuf>,
    share: Option<PathBuf>,
    arguments: String,
    parameters: String,
    network: String,
    address: String,
    port: u16,
    gateway: String,
    mac: String,
}

/// How releases want to be told their address.
const PARAMETERS: [&str; 3] = ["netdev.ip", "netdev.ipv4_addr", "none"];

impl System for Unikraft {
    fn name(&self) -> &'static str {
        "unikraft"
    }

    fn about(&self) -> &'static str {
        "a Unikraft kernel under QEMU, with virtio"
    }

    fn source(&self) -> &'static str {
        "https://unikraft.org/docs, lib/uknetdev of version 0.16"
    }

    fn recipe(&self, settings: &Table, place: &Place) -> Result<Recipe, Vec<Problem>> {
        let read: Settings = settings::read(settings)?;
        let mut problems = Vec::new();
        settings::required("kernel", read.kernel.is_some(), &mut problems);
        let parameters = settings::choice("parameters", &read.parameters, &PARAMETERS, &mut problems);
        let asked = Asked {
            network: &read.network,
            address: &read.address,
            port: read.port,
            gateway: &read.gateway,
            mac: &read.mac,
        };
        let wire = Wire::new(&asked, "tap", place, &mut problems);
        let Some(kernel) = read.kernel.clone().filter(|_| problems.is_empty()) else { return Err(problems) };
        let program = or(&read.program, QEMU).to_owned();
        let socket = place.file("qmp");
        let start = Program {
            arguments: arguments(&read, &program, &kernel, parameters, &wire, place),
            qmp: Some(socket.clone()),
            console: Some(place.file("serial")),
            files: vec![socket, place.file("pid")],
            ..Program::default()
        };
        let mut recipe = wire.recipe(self.name(), place);
        recipe.programs.push(program.clone());
        recipe.images = [Some(kernel.clone()), read.initrd.clone()].into_iter().flatten().collect();
        recipe.files = vec![("kernel", kernel, KERNEL)];
        recipe.files.extend(read.initrd.map(|path| ("initrd", path, &[][..])));
        recipe.files.extend(read.share.map(|path| ("share", path, &[Form::Folder][..])));
        recipe.start = Start::Child(start);
        accelerate(&mut recipe, &program);
        Ok(recipe)
    }
}

fn arguments(
    read: &Settings,
    program: &str,
    kernel: &std::path::Path,
    parameters: &str,
    wire: &Wire,
    place: &Place,
) -> Vec<String> {
    let (cores, memory_mib) = size(&place.limits);
    let accel = choose(place.acceleration, program);
    let path = |suffix: &str| place.file(suffix).display().to_string();
    // QEMU's usual processor lacks what the kernel is built for.
    let cpu = if accel.kvm { "host" } else { "max" };
    let mut line = words([program, "-accel", accel.name(), "-smp", &cores, "-m", &memory_mib, "-cpu", cpu]);
    line.extend(words(["-display", "none", "-nodefaults", "-no-reboot"]));
    line.extend(words(["-serial", &format!("file:{}", path("serial"))]));
    line.extend(words([
        "-qmp",
        &format!("unix:{},server=on,wait=off", path("qmp")),
        "-pidfile",
        &path("pid"),
    ]));
    line.extend(words(["-kernel", &kernel.display().to_string()]));
    if let Some(initrd) = &read.initrd {
        line.extend(words(["-initrd", &initrd.display().to_string()]));
    }
    line.extend(words(["-append", &append(read, parameters, wire)]));
    line.extend(words(["-netdev", &wire.netdev("n0", ",restrict=on")]));
    line.extend(words(["-device", &format!("virtio-net-pci,netdev=n0,mac={}", wire.mac)]));
    if let Some(share) = &read.share {
        let folder = format!("local,id=fs0,path={},security_model=none,readonly=on", share.display());
        line.extend(words(["-fsdev", &folder, "-device", "virtio-9p-pci,fsdev=fs0,mount_tag=fs0"]));
    }
    line
}

/// Parameters of the kernel, `--`, arguments of the application. Without an address it asks DHCP.
fn append(read: &Settings, parameters: &str, wire: &Wire) -> String {
    let address = match (wire.inside(), parameters) {
        (Some((address, gateway)), "netdev.ip") => format!("netdev.ip={address}:{gateway} "),
        (Some((_, gateway)), "netdev.ipv4_addr") => format!(
            "netdev.ipv4_addr={} netdev.ipv4_gw_addr={gateway} netdev.ipv4_subnet_mask={} ",
            wire.host,
            wire.mask().unwrap_or_default()
        ),
        _ => String::new(),
    };
    format!("{address}-- {}", read.arguments).trim_end().to_owned()
}
