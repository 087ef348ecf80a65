//! Which entries a package may have. All of them are looked at before anything is written.

use std::collections::BTreeSet;

/// More files and folders than this are no study.
pub(crate) const MOST_ENTRIES: u64 = 1_000_000;
/// Bytes that a file or a folder takes on disk however little is in it: an empty one is not for nothing, and a long name
/// makes many folders.
const BLOCK: u64 = 4096;
/// Bytes that any package may unpack to.
const ALWAYS: u64 = 64 << 20;
/// Beyond that, bytes for each byte of the package. Tables of text shrink to a fiftieth at most; traces are packed already.
const MOST_RATIO: u64 = 200;
/// Names longer than this are refused by file systems.
const LONGEST: usize = 4096;
const LONGEST_PART: usize = 255;

/// The entries of a package, one after the other.
#[derive(Debug)]
pub(crate) struct Entries {
    files: BTreeSet<String>,
    folders: BTreeSet<String>,
    count: u64,
    bytes: u64,
    limit: u64,
}

impl Entries {
    /// Of a package of so many bytes.
    pub fn new(packed: u64) -> Self {
        let limit = packed.saturating_mul(MOST_RATIO).max(ALWAYS);
        Self { files: BTreeSet::new(), folders: BTreeSet::new(), count: 0, bytes: 0, limit }
    }

    /// Takes the next entry; `Err` says what is wrong with it, as a lowercase fragment.
    pub fn add(&mut self, name: &str, is_folder: bool, size: u64) -> Result<(), String> {
        self.take(size)?;
        let plain = name.strip_suffix('/').filter(|_| is_folder).unwrap_or(name);
        check_name(plain)?;
        for (at, _) in plain.match_indices('/') {
            let above = &plain[..at];
            if self.files.contains(above) {
                return Err(format!("{above} is a file"));
            }
            if !self.folders.contains(above) {
                self.take(0)?;
                self.folders.insert(above.to_owned());
            }
        }
        if is_folder {
            if self.files.contains(plain) {
                return Err("it is a file as well".to_owned());
            }
            self.folders.insert(plain.to_owned());
        } else if self.folders.contains(plain) {
            return Err("it is a folder as well".to_owned());
        } else if !self.files.insert(plain.to_owned()) {
            return Err("it is there twice".to_owned());
        }
        Ok(())
    }

    /// Counts a file or a folder of so many bytes.
    fn take(&mut self, size: u64) -> Result<(), String> {
        self.count += 1;
        if self.count > MOST_ENTRIES {
            return Err(format!("more than {MOST_ENTRIES} entries"));
        }
        self.bytes = self.bytes.saturating_add(size.max(BLOCK));
        if self.bytes > self.limit {
            let limit = self.limit;
            return Err(format!("the package unpacks to more than {limit} bytes, far more than it holds"));
        }
        Ok(())
    }
}

/// Whether a name stays below the folder that it is unpacked into, on any system.
fn check_name(name: &str) -> Result<(), String> {
    let fault = if name.is_empty() {
        "an empty name"
    } else if name.len() > LONGEST {
        "the name is too long"
    } else if name.starts_with('/') || name.contains('\\') || name.as_bytes().get(1) == Some(&b':') {
        "not a relative path"
    } else if name.chars().any(char::is_control) {
        "a control character in the name"
    } else if name.split('/').any(|part| part.is_empty() || part == "." || part == "..") {
        "the path leads out of the package"
    } else if name.split('/').any(|part| part.len() > LONGEST_PART) {
        "a part of the name is too long"
    } else {
        return Ok(());
    };
    Err(fault.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(names: &[&str]) -> Result<(), String> {
        let mut entries = Entries::new(0);
        names.iter().try_for_each(|name| entries.add(name, name.ends_with('/'), 1))
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in ["../a", "a/../../b", "/a", "a//b", "./a", "a\\b", "C:a", "", "a\nb", "a/.."] {
            assert!(verdict(&[name]).is_err(), "{name}");
        }
        for name in ["a", "a/b", ".zenodo.json", "runs/system=a%2Fb/run.json", "a..b", "f/", "ü"] {
            assert_eq!(verdict(&[name]), Ok(()), "{name}");
        }
    }

    #[test]
    fn a_name_stands_once_and_is_a_file_or_a_folder() {
        let said = [&["a", "a"][..], &["a", "a/b"], &["a/b", "a"], &["a", "a/"]].map(verdict);
        let words = ["it is there twice", "a is a file", "it is a folder as well", "it is a file as well"];
        assert_eq!(said, words.map(|word| Err(word.to_owned())));
        assert_eq!(verdict(&["a/", "a/b", "a/c/d"]), Ok(()));
    }

    #[test]
    fn what_unpacks_to_far_more_than_it_holds_is_refused() {
        assert!(Entries::new(1000).add("a", false, 65 << 20).is_err());
        assert_eq!(Entries::new(1 << 20).add("a", false, 200 << 20), Ok(()));
        let mut entries = Entries::new(0);
        assert_eq!(entries.add("a", false, 40 << 20), Ok(()));
        assert!(entries.add("b", false, 40 << 20).is_err());
        assert!(entries.add("c", false, u64::MAX).is_err());
    }

    #[test]
    fn many_empty_files_and_deep_folders_are_not_for_nothing() {
        let mut entries = Entries::new(1000);
        let added = (0..20_000).find_map(|number| entries.add(&format!("{number}"), false, 0).err());
        assert!(added.unwrap().contains("far more than it holds"));
        // Two thousand folders a name, of a kilobyte that compresses to nothing.
        let mut entries = Entries::new(1000);
        let deep = "a/".repeat(2000);
        let is_refused = |number| entries.add(&format!("{number}/{deep}f"), false, 0).is_err();
        assert_eq!((0..100).position(is_refused), Some(8));
        // What is there already costs nothing once more.
        let mut entries = Entries::new(1000);
        assert!((0..1000).all(|number| entries.add(&format!("{deep}{number}"), false, 1).is_ok()));
    }
}
