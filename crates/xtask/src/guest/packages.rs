//! Files of Debian packages, without installing them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::command::{answer, command, run};

/// Downloads packages of this machine's Debian and unpacks each into `folder/NAME`; those that are there stay.
pub(super) fn unpack(folder: &Path, names: &[&str]) -> Result<()> {
    for name in names {
        let place = folder.join(name);
        if place.exists() {
            continue;
        }
        let download = folder.join("download");
        let _ = std::fs::remove_dir_all(&download);
        std::fs::create_dir_all(&download).with_context(|| download.display().to_string())?;
        // apt gives up root for downloads unless told not to, and then cannot write here.
        let options = ["-q", "-o", "APT::Sandbox::User=root", "download"];
        run(command("apt-get", options).arg(name).current_dir(&download))
            .context("the guest is made from Debian packages; run apt-get update if this one is not found")?;
        let found = std::fs::read_dir(&download)?.flatten().map(|entry| entry.path()).next();
        let package = found.with_context(|| format!("apt-get downloaded no {name}"))?;
        let unpacked = folder.join(format!("{name}.part"));
        let _ = std::fs::remove_dir_all(&unpacked);
        run(command("dpkg-deb", ["--extract"]).arg(&package).arg(&unpacked))?;
        std::fs::rename(&unpacked, &place)?;
        std::fs::remove_dir_all(&download)?;
    }
    Ok(())
}

/// The package of the newest kernel that a package such as `linux-image-amd64` stands for.
pub(super) fn kernel(name: &str) -> Result<String> {
    let depends = answer("apt-cache", &["depends", name]).unwrap_or_default();
    let found = depends.lines().find_map(|line| line.trim().strip_prefix("Depends: linux-image-"));
    match found {
        Some(version) => Ok(format!("linux-image-{version}")),
        None => bail!("Debian's package {name} is not known here; run apt-get update"),
    }
}

/// The file of this name below a folder.
pub(super) fn find(folder: &Path, is_wanted: &dyn Fn(&str) -> bool) -> Option<PathBuf> {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if let Some(found) = entries.iter().find(|path| !path.is_dir() && is_wanted(&name(path))) {
        return Some(found.clone());
    }
    entries.iter().filter(|path| path.is_dir() && !path.is_symlink()).find_map(|path| find(path, is_wanted))
}
