//! A Python of our own with pinned packages, under the target folder.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::Provision;
use crate::command::{answer, command, run};
use crate::workspace::{root, target};

/// Tests find the Python that has the packages by this variable; who sets it brings their own.
pub(crate) const VARIABLE: &str = "VANA_TEST_PYTHON";
const REQUIREMENTS: &str = include_str!("../../requirements.txt");

/// The Python that has the packages; `None` while there is none.
pub(crate) fn interpreter() -> Option<PathBuf> {
    if let Some(own) = std::env::var_os(VARIABLE).filter(|own| !own.is_empty()) {
        return Some(PathBuf::from(own));
    }
    (std::fs::read_to_string(stamp()).ok()? == REQUIREMENTS).then(|| folder().join("bin/python"))
}

fn folder() -> PathBuf {
    target().join("venv")
}

/// The requirements that were installed; it is written last.
fn stamp() -> PathBuf {
    folder().join("installed.txt")
}

/// Makes the virtual environment unless it is there with the same requirements.
pub(crate) fn provide() -> Provision {
    if let Some(python) = interpreter() {
        let modules = "import axe_playwright_python, cffconvert, duckdb, frictionless, ipykernel, matplotlib, mlcroissant, \
                       nbclient, nbformat, numpy, pandas, playwright, polars, pyarrow, rocrate, rocrate_validator, scipy";
        if answer(&python.to_string_lossy(), &["-c", modules]).is_some() {
            return Provision::Present;
        }
        if std::env::var_os(VARIABLE).is_some_and(|own| !own.is_empty()) {
            return Provision::Skipped(format!("{VARIABLE}={} fails at: {modules}", python.display()));
        }
    }
    let packages = REQUIREMENTS.split_whitespace().collect::<Vec<_>>().join(" ");
    Provision::tried(install(), &format!("{packages} in {}", folder().display()))
}

fn install() -> Result<()> {
    let python = folder().join("bin/python");
    let requirements = root().join("crates/xtask/requirements.txt");
    run(command("python3", ["-m", "venv", "--clear"]).arg(folder()))?;
    let pip = ["-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--requirement"];
    run(command(&python.to_string_lossy(), pip).arg(requirements))?;
    std::fs::write(stamp(), REQUIREMENTS).with_context(|| stamp().display().to_string())
}
