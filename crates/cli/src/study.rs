//! Where a command's study lies: in a folder, in a package's folder, or in a package that is unpacked for the while.

use std::ops::Deref;
use std::path::Path;

use vana_package::{Location, UnpackError, locate};
use vana_trace::Study;

use crate::failure::Failure;

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
    Ok(Opened { study: Study::open(&location.study)?, location })
}

impl From<UnpackError> for Failure {
    fn from(error: UnpackError) -> Self {
        match &error {
            UnpackError::Io { .. } => Self::machine(error.to_string()),
            UnpackError::Unknown(_) => Self::input(error.to_string())
                .hint(Some("a study is a folder, or a package that vana export made of one")),
            UnpackError::Refused { .. } => Self::input(error.to_string())
                .hint(Some("nothing was unpacked; vana export makes no such package")),
            UnpackError::Damaged { .. } | UnpackError::Marker { .. } => Self::input(error.to_string()),
        }
    }
}
