//! Parts of cargo that do not come with every Rust.

use super::Provision;
use crate::command::{answer, command, run};

/// rustfmt and clippy, which a minimal profile of rustup leaves out.
pub(super) fn provide_components() -> Provision {
    if answer("cargo", &["fmt", "--version"]).is_some() && answer("cargo", &["clippy", "--version"]).is_some()
    {
        return Provision::Present;
    }
    let done = run(&mut command("rustup", ["component", "add", "rustfmt", "clippy"]));
    Provision::tried(done, "rustfmt clippy")
}

/// cargo-deny, which takes some minutes to build, once.
pub(super) fn provide_deny() -> Provision {
    if has_deny() {
        return Provision::Present;
    }
    Provision::tried(run(&mut command("cargo", ["install", "--locked", "cargo-deny"])), "cargo-deny")
}

/// Whether cargo-deny can be called.
fn has_deny() -> bool {
    answer("cargo", &["deny", "--version"]).is_some()
}
