//! The end of a change: everything in its place, or nothing.

use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};

use super::{REPLACED, Transaction};
use crate::sums::relative;
use crate::{SUMS_FILE, StudyError, Sums, UnfinishedRun, hash_file};

impl Transaction {
    /// Puts everything in its place. On failure the study is as it was before.
    pub fn commit(mut self) -> Result<(), StudyError> {
        UnfinishedRun::withdraw(self.staging());
        for target in &self.targets {
            let staged = self.staging().join(target);
            let name = relative(Path::new(""), target);
            if staged.is_dir() {
                self.sums.0.retain(|path, _| !path.starts_with(&format!("{name}/")));
                for (path, digest) in Sums::of(&staged)?.0 {
                    self.sums.0.insert(format!("{name}/{path}"), digest);
                }
            } else {
                self.sums.0.insert(name, hash_file(&staged)?);
            }
        }
        // What the user wrote beside the runs, such as study.toml and claims.toml, belongs to the study.
        for path in crate::study::entries(&self.root)? {
            let name = relative(&self.root, &path);
            if path.is_file() && name != SUMS_FILE {
                self.sums.0.insert(name, hash_file(&path)?);
            }
        }
        // What came in by other ways than this, and what is gone.
        for path in Sums::files(&self.root)? {
            let name = relative(&self.root, &path);
            if let Entry::Vacant(place) = self.sums.0.entry(name) {
                place.insert(hash_file(&path)?);
            }
        }
        let is_there = |name: &str| {
            self.root.join(name).exists()
                || self.targets.iter().any(|target| Path::new(name).starts_with(target))
        };
        self.sums.0.retain(|name, _| is_there(name));
        let sums = self.staging().join(SUMS_FILE);
        std::fs::write(&sums, self.sums.text()).map_err(StudyError::io(&sums))?;
        self.targets.push(PathBuf::from(SUMS_FILE));
        let mut moved = Vec::new();
        for target in &self.targets {
            if let Err(error) = self.put(target, &mut moved) {
                self.undo(moved);
                return Err(error);
            }
        }
        Ok(())
    }

    fn put(&self, target: &Path, moved: &mut Vec<(PathBuf, Option<PathBuf>)>) -> Result<(), StudyError> {
        let place = self.root.join(target);
        if let Some(parent) = place.parent() {
            std::fs::create_dir_all(parent).map_err(StudyError::io(parent))?;
        }
        let replaced = if place.exists() {
            let aside = self.staging().join(REPLACED).join(target);
            let parent = aside.parent().unwrap_or(self.staging());
            std::fs::create_dir_all(parent).map_err(StudyError::io(parent))?;
            std::fs::rename(&place, &aside).map_err(StudyError::io(&place))?;
            Some(aside)
        } else {
            None
        };
        moved.push((place.clone(), replaced));
        std::fs::rename(self.staging().join(target), &place).map_err(StudyError::io(place))
    }

    fn undo(&self, moved: Vec<(PathBuf, Option<PathBuf>)>) {
        for (index, (place, replaced)) in moved.into_iter().enumerate().rev() {
            let aside = self.staging().join(format!("undone-{index}"));
            let _ = std::fs::rename(&place, aside);
            if let Some(replaced) = replaced {
                let _ = std::fs::rename(replaced, &place);
            }
            // Folders that this change made are empty now; one that is not stays.
            for parent in place.ancestors().skip(1).take_while(|parent| *parent != self.root) {
                if std::fs::remove_dir(parent).is_err() {
                    break;
                }
            }
        }
    }
}
