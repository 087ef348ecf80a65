//! Generated data that are made once and found again.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::Programs;
use crate::command::{command, run};

/// The study or file of `kind` with so many requests, made in `folder` unless it is there.
pub(super) fn provide(programs: &Programs, folder: &Path, kind: &str, requests: u64) -> Result<PathBuf> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let folder = folder.canonicalize().with_context(|| folder.display().to_string())?;
    let ending = match kind {
        "jtl" => ".jtl",
        "k6" => ".json",
        _ => "",
    };
    let place = folder.join(format!("{kind}-{requests}{ending}"));
    if place.exists() {
        println!("found {}", place.display());
        return Ok(place);
    }
    // A name of its own while it is made, so that what was cut short is not taken for whole.
    let partial = folder.join(format!("partial-{kind}{ending}"));
    if partial.is_dir() {
        std::fs::remove_dir_all(&partial).with_context(|| partial.display().to_string())?;
    }
    let words = [kind, &partial.to_string_lossy(), &requests.to_string()].map(str::to_owned);
    run(&mut command(&programs.generate.to_string_lossy(), words))?;
    std::fs::rename(&partial, &place).with_context(|| place.display().to_string())?;
    Ok(place)
}
