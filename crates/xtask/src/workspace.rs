//! Where things are.

use std::path::PathBuf;

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).map_or_else(|| own.clone(), std::path::Path::to_path_buf)
}

/// The folder of what is built.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// A Python script of the benchmarks.
pub(crate) fn script(name: &str) -> PathBuf {
    root().join("crates/xtask/bench").join(name)
}
