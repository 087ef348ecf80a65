//! A file of a package, before it is packed.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use vana_trace::{FileDigest, hash_file};

use crate::PackError;

/// Where the bytes of a file are.
#[derive(Clone, Debug)]
pub enum Content {
    /// Here.
    Bytes(Vec<u8>),
    /// In a file, of which size and digest are known.
    Disk {
        /// The file.
        path: PathBuf,
        /// Its size, bytes.
        size: u64,
        /// Its SHA-256, hexadecimal.
        sha256: String,
    },
}

/// A file of a package.
#[derive(Clone, Debug)]
pub struct PackedFile {
    /// Relative path with forward slashes.
    pub path: String,
    /// Its content.
    pub content: Content,
}

impl PackedFile {
    /// A file with this text.
    pub fn text(path: impl Into<String>, text: String) -> Self {
        Self { path: path.into(), content: Content::Bytes(text.into_bytes()) }
    }

    /// A file with these bytes.
    pub fn bytes(path: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self { path: path.into(), content: Content::Bytes(bytes) }
    }

    /// A file on disk, read once for its digest unless that is known. Cost: its size.
    pub fn disk(path: impl Into<String>, source: &Path, sha256: Option<String>) -> Result<Self, PackError> {
        let size = source.metadata().map_err(PackError::io(source))?.len();
        let sha256 = sha256.map_or_else(|| hash_file(source), Ok)?;
        Ok(Self { path: path.into(), content: Content::Disk { path: source.to_owned(), size, sha256 } })
    }

    /// Its size, bytes.
    pub const fn size(&self) -> u64 {
        match &self.content {
            Content::Bytes(bytes) => bytes.len() as u64,
            Content::Disk { size, .. } => *size,
        }
    }

    /// Its SHA-256, hexadecimal.
    pub fn sha256(&self) -> String {
        match &self.content {
            Content::Bytes(bytes) => {
                let mut digest = FileDigest::default();
                digest.add(bytes);
                digest.finish()
            }
            Content::Disk { sha256, .. } => sha256.clone(),
        }
    }

    /// Its bytes; exactly [`PackedFile::size`] of them are read, so that a file that grows meanwhile tears nothing.
    pub(crate) fn open(&self) -> Result<Box<dyn Read + '_>, PackError> {
        Ok(match &self.content {
            Content::Bytes(bytes) => Box::new(io::Cursor::new(bytes)),
            Content::Disk { path, size, .. } => {
                Box::new(File::open(path).map_err(PackError::io(path))?.take(*size))
            }
        })
    }
}
