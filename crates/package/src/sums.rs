//! The files of a package against its checksums.

use std::collections::BTreeSet;
use std::path::Path;

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
}

/// Reads every file of a package, hidden ones too, and compares its digest; differences are sorted by kind and name.
/// Unlike a study, which grows, a package has exactly what it lists.
pub fn compare_sums(package: &Path) -> Result<Vec<Difference>, StudyError> {
    let listed = Sums::read(package)?;
    if listed.0.is_empty() {
        return Ok(vec![Difference::NoSums]);
    }
    let mut names = BTreeSet::new();
    find(package, "", &mut names)?;
    let mut differences = Vec::new();
    for (name, digest) in &listed.0 {
        if !names.contains(name) {
            differences.push(Difference::Missing(name.clone()));
        } else if !hash_file(&package.join(name))?.eq_ignore_ascii_case(digest) {
            differences.push(Difference::Changed(name.clone()));
        }
    }
    let added = names.into_iter().filter(|name| name != SUMS_FILE && !listed.0.contains_key(name));
    differences.extend(added.map(Difference::Added));
    differences.sort();
    Ok(differences)
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
