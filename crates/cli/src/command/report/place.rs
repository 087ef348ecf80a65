//! The way from a report to its study.

use std::path::{Component, Path, PathBuf};

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
