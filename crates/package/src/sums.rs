//! The files of a package against its checksums.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use vana_trace::{SUMS_FILE, StudyError, Sums, hash_file};

/// How a file differs from what the checksums say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// Other bytes.
    Changed(String),
    /// Listed, but not there.
    Missing(String),
    /// There, but not listed.
    Added(String),
    /// There are no checksums at all.
    NoSums,
    /// The checksums cannot be read: where, and why.
    BrokenSums(String),
}

/// Reads every file of a package, hidden ones too, and compares its digest; differences are sorted by kind and name.
/// Unlike a study, which grows, a package has exactly what it lists.
pub fn compare_sums(package: &Path) -> Result<Vec<Difference>, StudyError> {
    let listed = match Sums::read(package) {
        Ok(listed) => listed,
        Err(error) => {
            return broken_sums(&error).map(|what| vec![Difference::BrokenSums(what)]).ok_or(error);
        }
    };
    if listed.0.is_empty() {
        return Ok(vec![Difference::NoSums]);
    }
    let mut names = BTreeSet::new();
    find(package, "", &mut names)?;
    let mut differences = Vec::new();
    for (name, digest) in &listed.0 {
        if !names.contains(name) {
            differences.push(Difference::Missing(name.clone()));
        } else if !is_listed(&package.join(name), digest)? {
            differences.push(Difference::Changed(name.clone()));
        }
    }
    let added = names.into_iter().filter(|name| name != SUMS_FILE && !listed.0.contains_key(name));
    differences.extend(added.map(Difference::Added));
    differences.sort();
    Ok(differences)
}

/// Whether there is a file with this digest; a link that leads nowhere is none.
fn is_listed(path: &Path, digest: &str) -> Result<bool, StudyError> {
    Ok(path.is_file() && hash_file(path)?.eq_ignore_ascii_case(digest))
}

/// The first of all that lies below a folder that is neither a file nor a folder, such as a pipe or a device, be it behind
/// a link.
pub fn special_file(folder: &Path) -> Result<Option<PathBuf>, StudyError> {
    let mut names = BTreeSet::new();
    if folder.is_dir() {
        find(folder, "", &mut names)?;
    }
    let is_special = |path: &PathBuf| path.metadata().is_ok_and(|found| !found.is_file() && !found.is_dir());
    Ok(names.into_iter().map(|name| folder.join(name)).find(is_special))
}

/// Where and why checksums are none, when that is what an error says; `None` when it says something else.
pub fn broken_sums(error: &StudyError) -> Option<String> {
    match error {
        StudyError::Malformed { line, message, .. } => Some(format!("{SUMS_FILE}:{line}: {message}")),
        StudyError::Io { source, .. } if source.kind() == ErrorKind::InvalidData => {
            Some(format!("{SUMS_FILE}: {source}"))
        }
        _ => None,
    }
}

fn find(folder: &Path, above: &str, names: &mut BTreeSet<String>) -> Result<(), StudyError> {
    let io = |source| StudyError::Io { path: folder.to_owned(), source };
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let entry = entry.map_err(io)?;
        let name = format!("{above}{}", entry.file_name().to_string_lossy());
        if entry.file_type().map_err(io)?.is_dir() {
            find(&entry.path(), &format!("{name}/"), names)?;
        } else {
            names.insert(name);
        }
    }
    Ok(())
}
