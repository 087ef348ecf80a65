//! A network namespace with a tap device, so that a virtual machine has an address of its own.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use serde::{Deserialize, Serialize};

use crate::command::words;

/// A namespace and the host's end of a tap in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Network {
    /// The namespace.
    pub namespace: String,
    /// The tap device.
    pub tap: String,
    /// The host's address and prefix, `10.0.0.1/24`.
    pub host: String,
    /// The system's own address.
    pub address: String,
    /// The system's MAC address; empty if it is not known before.
    pub mac: String,
}

impl Network {
    /// The command lines that make it, in order. The system's MAC is set at once: a kernel asks for an unknown one
    /// once a second, and boot times would be rounded up to that.
    pub fn commands(&self) -> Vec<Vec<String>> {
        let Self { namespace, tap, host, address, mac } = self;
        let mut lines = vec![
            words(["ip", "netns", "add", namespace]),
            words(["ip", "-n", namespace, "link", "set", "lo", "up"]),
            words(["ip", "-n", namespace, "tuntap", "add", tap, "mode", "tap"]),
            words(["ip", "-n", namespace, "address", "add", host, "dev", tap]),
            words(["ip", "-n", namespace, "link", "set", tap, "up"]),
        ];
        if !mac.is_empty() {
            let neighbour = ["ip", "-n", namespace, "neighbour", "replace", address, "lladdr", mac];
            lines.push([words(neighbour), words(["nud", "permanent", "dev", tap])].concat());
        }
        lines
    }

    /// Its file.
    pub fn path(&self) -> PathBuf {
        path(&self.namespace)
    }
}

/// The file of a namespace that `ip netns` made.
pub(crate) fn path(namespace: &str) -> PathBuf {
    Path::new("/run/netns").join(namespace)
}

/// Moves this thread into a network namespace. Unlike `ip netns exec` it leaves `/sys`, and with it the control groups,
/// as they are.
pub(crate) fn enter(path: &Path) -> io::Result<()> {
    let file = File::open(path)?;
    Ok(move_into_link_name_space(file.as_fd(), Some(LinkNameSpaceType::Network))?)
}
