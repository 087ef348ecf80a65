//! Where a command's study lies: in a folder, in a package's folder, or in a package that is unpacked for the while.

use std::ops::Deref;
use std::path::Path;

use vana_package::{Location, MARKER, UnpackError, locate};
use vana_trace::Study;

use crate::failure::{Failure, harmless};

/// A study that is open; what was unpacked for it stays until it is dropped.
pub(crate) struct Opened {
    study: Study,
    /// Where it lies.
    pub location: Location,
}

impl Deref for Opened {
    type Target = Study;

    fn deref(&self) -> &Study {
        &self.study
    }
}

/// Opens the study at a path, whatever it is packed in.
pub(crate) fn open(path: &Path) -> Result<Opened, Failure> {
    let location = locate(path)?;
    if let Some(message) = lacks_study(path, &location) {
        return Err(Failure::input(message));
    }
    Ok(Opened { study: Study::open(&location.study)?, location })
}

/// Says that there is no study where a package says that it lies.
pub(crate) fn lacks_study(path: &Path, location: &Location) -> Option<String> {
    let place = location.lacks_study()?;
    let message =
        format!("{}: no study at {}, where {MARKER} says that it lies", path.display(), place.display());
    Some(harmless(&message))
}

impl From<UnpackError> for Failure {
    fn from(error: UnpackError) -> Self {
        let message = harmless(&error.to_string());
        match &error {
            UnpackError::Io { .. } => Self::machine(message),
            UnpackError::Unknown(_) => Self::input(message)
                .hint(Some("a study is a folder, or a package that vana export made of one")),
            UnpackError::Refused { .. } => {
                Self::input(message).hint(Some("nothing was unpacked; vana export makes no such package"))
            }
            UnpackError::Damaged { .. } | UnpackError::Marker { .. } => Self::input(message),
        }
    }
}
