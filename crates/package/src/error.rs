//! Why a package could not be written or read.

use std::io;
use std::path::PathBuf;

use vana_trace::{StudyError, TraceError};

/// Why a package could not be written.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The study could not be read.
    #[error(transparent)]
    Study(#[from] StudyError),
    /// A trace could not be thinned.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// A file of the study is not what its checksums say; nobody should get it under a new checksum.
    #[error("{0}: not the file that SHA256SUMS lists")]
    Changed(String),
    /// A file that its checksums list is not there.
    #[error("{0}: listed in SHA256SUMS, but not there")]
    Missing(String),
    /// The container cannot hold this.
    #[error("{}: {message}", path.display())]
    Container {
        /// The container.
        path: PathBuf,
        /// What the writer says.
        message: String,
    },
    /// A name that vana would refuse in a package.
    #[error("{name:?}: cannot be packed: {why}")]
    Name {
        /// The file's path in the package.
        name: String,
        /// Lowercase fragment: what is wrong with it.
        why: String,
    },
    /// A place such as `.` or `..`, beside which nothing can be made ready.
    #[error("{}: not the name of a package", .0.display())]
    Nameless(PathBuf),
    /// There is something at the place already.
    #[error("{}: exists already", .0.display())]
    Exists(PathBuf),
}

impl PackError {
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    /// Whether the machine is at fault and not what it was given.
    pub const fn is_io(&self) -> bool {
        matches!(self, Self::Io { .. } | Self::Container { .. })
            || matches!(self, Self::Study(StudyError::Io { .. }) | Self::Trace(TraceError::Io { .. }))
    }
}

/// Why a package could not be read.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Neither a folder nor a container of packages.
    #[error("{}: neither a folder nor a package (zip, tar.zst)", .0.display())]
    Unknown(PathBuf),
    /// It asks for something that no package needs.
    #[error("{}: refused: {name}: {why}", path.display())]
    Refused {
        /// The package.
        path: PathBuf,
        /// The name of an entry, as it stands there.
        name: String,
        /// Lowercase fragment: what is wrong.
        why: String,
    },
    /// Bytes are not those that were packed.
    #[error("{}: {name}: damaged ({why})", path.display())]
    Damaged {
        /// The package.
        path: PathBuf,
        /// The entry, or what of the container.
        name: String,
        /// What the reader says.
        why: String,
    },
    /// What says where the study lies cannot be read.
    #[error("{}: {message}", path.display())]
    Marker {
        /// The file.
        path: PathBuf,
        /// Lowercase fragment: what is wrong.
        message: String,
    },
}

impl UnpackError {
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
