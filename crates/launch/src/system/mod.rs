//! The kinds of systems, one file each.

pub(crate) mod container;
pub(crate) mod daemon;
mod docker;
mod external;
mod includeos;
mod linuxkit;
mod osv;
mod process;
mod qemu;
mod rumprun;
mod solo5;
mod unik;
mod unikraft;
mod wire;

use toml::Table;

use crate::{Place, Problem, Recipe};

/// A kind of system.
pub trait System: Sync {
    /// Kebab-case name, as it stands in a plan.
    fn name(&self) -> &'static str;
    /// One line for people.
    fn about(&self) -> &'static str;
    /// Where its interface is described.
    fn source(&self) -> &'static str;
    /// What is to be done to start one with these settings, or everything that is wrong with them. What is wrong with
    /// the machine is said by [`Recipe::problems`], so that a plan can be read where it cannot be carried out.
    fn recipe(&self, settings: &Table, place: &Place) -> Result<Recipe, Vec<Problem>>;
}

/// All kinds.
pub static SYSTEMS: &[&dyn System] = &[
    &external::External,
    &process::Process,
    &docker::Docker,
    &qemu::Qemu,
    &linuxkit::LinuxKit,
    &osv::Osv,
    &rumprun::Rumprun,
    &includeos::IncludeOs,
    &solo5::Solo5,
    &unikraft::Unikraft,
    &unik::Unik,
];

/// The kind of this name.
pub fn system(name: &str) -> Option<&'static dyn System> {
    SYSTEMS.iter().copied().find(|system| system.name() == name)
}

#[cfg(test)]
mod command_lines;
#[cfg(test)]
mod tests;
