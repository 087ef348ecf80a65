//! Where a report or a package may lie, and the way from it to its study.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use vana_package::Location;

use crate::failure::Failure;

/// Refuses to write into a study, or into the package around it: what lies there is part of it, and would change its digest
/// and go into packages.
pub(in crate::command) fn refuse_inside(out: &Path, location: &Location) -> Result<(), Failure> {
    let (what, root) = match &location.package {
        Some(package) => ("package", package),
        None => ("study", &location.study),
    };
    if !real(out).starts_with(real(root)) {
        return Ok(());
    }
    let message = format!("{} lies in the {what}, and would become a part of it", out.display());
    let hint = format!("choose a place beside it, such as --out {}", beside(out).display());
    Err(Failure::input(message).hint(Some(&hint)))
}

/// The same name beside the working folder.
fn beside(out: &Path) -> PathBuf {
    Path::new("..").join(out.file_name().unwrap_or(OsStr::new("report")))
}

/// The path of `study` as seen from the folder `out`, which need not exist yet, with forward slashes.
pub(in crate::command) fn way(out: &Path, study: &Path) -> String {
    let (out, study) = (real(out), real(study));
    let (from, to): (Vec<_>, Vec<_>) = (out.components().collect(), study.components().collect());
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[common..].iter().map(|_| "..".to_owned());
    let down = to[common..].iter().map(|part| part.as_os_str().to_string_lossy().into_owned());
    let way: Vec<String> = up.chain(down).collect();
    if way.is_empty() { ".".to_owned() } else { way.join("/") }
}

/// The path without links, as far as it exists.
fn real(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut known = path.as_path();
    loop {
        if let Ok(real) = known.canonicalize() {
            let rest = path.strip_prefix(known).unwrap_or(Path::new(""));
            return rest.components().fold(real, |mut real, part| {
                if part == Component::ParentDir {
                    real.pop();
                } else {
                    real.push(part);
                }
                real
            });
        }
        match known.parent() {
            Some(parent) => known = parent,
            None => return path,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_leads_up_and_down_again() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(at("datasets/a")).unwrap();
        assert_eq!(way(&at("reports/a"), &at("datasets/a")), "../../datasets/a");
        assert_eq!(way(&at("datasets/a/r"), &at("datasets/a")), "..");
        assert_eq!(way(&at("x/../datasets/a"), &at("datasets/a")), ".");
        assert_eq!(way(folder.path(), &at("datasets/a")), "datasets/a");
    }
}
