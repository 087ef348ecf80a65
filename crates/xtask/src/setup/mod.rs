//! What the checks need and a fresh machine lacks.

mod cargo;
mod debian;
pub(crate) mod python;

use std::fmt;

use anyhow::Result;

/// How it stands with a thing that is needed.
#[derive(Debug)]
pub(crate) enum Provision {
    /// It was there.
    Present,
    /// It was put there now.
    Installed(String),
    /// It is not there, and why.
    Skipped(String),
}

impl fmt::Display for Provision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Present => f.write_str("present"),
            Self::Installed(what) => write!(f, "installed {what}"),
            Self::Skipped(why) => write!(f, "skipped: {why}"),
        }
    }
}

impl Provision {
    /// What was tried and failed is skipped.
    pub(crate) fn tried(done: Result<()>, what: &str) -> Self {
        match done {
            Ok(()) => Self::Installed(what.to_owned()),
            Err(error) => Self::Skipped(format!("{error:#}")),
        }
    }
}

/// Sets up everything, and says how each thing stands.
pub(crate) fn all() -> Vec<(&'static str, Provision)> {
    vec![
        ("Debian packages", debian::provide()),
        ("Python packages", python::provide()),
        ("rustfmt and clippy", cargo::provide_components()),
        ("cargo-deny", cargo::provide_deny()),
        ("guest", crate::guest::provide()),
    ]
}
