use std::path::Path;

use super::{REPLACED, STAGING};
use crate::sums::relative;
use crate::{Sums, UnfinishedRun};

/// Puts back what a killed vana was about to replace, and removes what it left; the lock says that no other one is at
/// work here.
pub(super) fn recover(root: &Path) {
    let Ok(listing) = std::fs::read_dir(root) else { return };
    for entry in listing.flatten() {
        if entry.file_name().to_string_lossy().starts_with(STAGING) {
            let replaced = entry.path().join(REPLACED);
            for path in Sums::files(&replaced).unwrap_or_default() {
                let place = root.join(relative(&replaced, &path));
                let is_open = place.parent().is_some_and(|parent| std::fs::create_dir_all(parent).is_ok());
                if is_open && !place.exists() {
                    let _ = std::fs::rename(&path, &place);
                }
            }
            // A run that was not finished is kept until it is salvaged or somebody removes it.
            if !matches!(UnfinishedRun::open(&entry.path()), Ok(Some(unfinished)) if unfinished.requests > 0)
            {
                let _ = std::fs::remove_dir_all(entry.path());
            }
        }
    }
}
