//! How a virtual machine is reached: through a port of the host that QEMU forwards, or at an address of its own.

use crate::command::find_program;
use crate::network::Network;
use crate::recipe::{Limits, Place};
use crate::{Acceleration, Problem, Recipe, acceleration, settings};

/// What QEMU itself needs beside the guest's memory.
const OVERHEAD_BYTES: u64 = 256 << 20;
/// Memory of a guest if the plan limits none.
const MEMORY_MIB: u64 = 1024;
/// The host's end of a tap if nothing else is asked for.
const GATEWAY: &str = "10.0.0.1/24";

/// Settings of all kinds of virtual machines.
#[derive(Default)]
pub(super) struct Asked<'a> {
    pub network: &'a str,
    pub address: &'a str,
    pub port: u16,
    pub gateway: &'a str,
    pub mac: &'a str,
}

/// How one is reached.
pub(super) struct Wire {
    pub address: String,
    pub host: String,
    /// The port at the host, and the one in the guest.
    pub ports: (u16, u16),
    pub mac: String,
    /// A network of its own, with its tap; QEMU's own network without.
    pub network: Option<Network>,
}

impl Wire {
    /// `first` is the network of a system that says nothing: `user` or `tap`.
    pub fn new(asked: &Asked<'_>, first: &'static str, place: &Place, problems: &mut Vec<Problem>) -> Self {
        let (host, port) = settings::address("address", asked.address, problems);
        let names = if first == "tap" { ["tap", "user"] } else { ["user", "tap"] };
        let is_tap = settings::choice("network", asked.network, &names, problems) == "tap";
        let mac = if asked.mac.is_empty() { place.mac() } else { asked.mac.to_owned() };
        let gateway = if asked.gateway.is_empty() { GATEWAY } else { asked.gateway };
        if is_tap && gateway.split_once('/').is_none_or(|(_, prefix)| prefix.parse::<u8>().is_err()) {
            let problem = Problem::at("gateway", format!("{gateway:?} is no address with a prefix"));
            problems.push(problem.hint("such as 10.0.0.1/24: the host's end of the wire"));
        }
        let network = is_tap.then(|| Network {
            namespace: place.label(),
            tap: place.label(),
            host: gateway.to_owned(),
            address: host.clone(),
            mac: mac.clone(),
        });
        let guest = if asked.port == 0 || is_tap { port } else { asked.port };
        Self { address: asked.address.to_owned(), host, ports: (port, guest), mac, network }
    }

    /// The value of `-netdev`, with what a user network takes further.
    pub fn netdev(&self, id: &str, further: &str) -> String {
        match &self.network {
            Some(network) => format!("tap,id={id},ifname={},script=no,downscript=no", network.tap),
            None => format!("user,id={id}{further},{}", self.forward()),
        }
    }

    /// `hostfwd=…`, at the one address of the host that is asked.
    pub fn forward(&self) -> String {
        let (outside, inside) = self.ports;
        format!("hostfwd=tcp:{}:{outside}-:{inside}", self.host)
    }

    /// The tap device, if there is one.
    pub fn tap(&self) -> Option<&str> {
        self.network.as_ref().map(|network| network.tap.as_str())
    }

    /// Address with prefix, and gateway, as guests are told; of a tap only.
    pub fn inside(&self) -> Option<(String, String)> {
        let (gateway, prefix) = self.network.as_ref()?.host.split_once('/')?;
        Some((format!("{}/{prefix}", self.host), gateway.to_owned()))
    }

    /// The network mask, `255.255.255.0`.
    pub fn mask(&self) -> Option<String> {
        let prefix: u32 = self.network.as_ref()?.host.split_once('/')?.1.parse().ok()?;
        let mask = u32::MAX.checked_shl(32_u32.checked_sub(prefix)?).unwrap_or(0);
        Some(std::net::Ipv4Addr::from(mask).to_string())
    }

    /// A recipe for what is reached this way.
    pub fn recipe(self, kind: &'static str, place: &Place) -> Recipe {
        Recipe {
            address: Some(self.address),
            own_address: self.network.is_some(),
            programs: self.network.iter().map(|_| "ip".to_owned()).collect(),
            network: self.network,
            group_memory_bytes: place.limits.memory_bytes.map(|bytes| bytes + OVERHEAD_BYTES),
            ..Recipe::new(kind, place)
        }
    }
}

/// Processors and MiB of memory of a guest.
pub(super) fn size(limits: &Limits) -> (String, String) {
    let memory_mib = limits.memory_bytes.map_or(MEMORY_MIB, |bytes| bytes >> 20);
    (limits.cores.len().max(1).to_string(), memory_mib.to_string())
}

/// What runs the guest, noted in the recipe; `program` is the QEMU it is tried with.
pub(super) fn accelerate(recipe: &mut Recipe, program: &str) {
    let chosen = choose(recipe.place.acceleration, program);
    recipe.attributes.insert("accel".to_owned(), chosen.name().to_owned());
    recipe.attributes.extend(chosen.note.map(|note| ("accel_note".to_owned(), note)));
    if find_program(program).is_some() {
        recipe.problems.extend(recipe.place.acceleration.problem(program));
    }
}

/// What runs guests with this QEMU.
pub(super) fn choose(acceleration: Acceleration, program: &str) -> acceleration::Chosen {
    acceleration.choose(program)
}

/// A program's name, or the usual one.
pub(super) fn or<'a>(given: &'a str, usual: &'a str) -> &'a str {
    if given.is_empty() { usual } else { given }
}

/// The QEMU of this machine's processors.
pub(super) const QEMU: &str = "qemu-system-x86_64";
