//! A file to be read: its first bytes for detection, the whole for reading.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use vana_trace::{StudyError, hash_file};

use crate::{ReadError, Result};

/// Bytes that detection may look at.
const HEAD_BYTES: usize = 64 * 1024;
/// Files of formats that are read as one text may not be larger; tools print far less.
const TEXT_LIMIT: u64 = 64 << 20;

/// A file to be read.
#[derive(Debug)]
pub struct Input {
    path: PathBuf,
    head: Vec<u8>,
    len: u64,
    digest: OnceLock<String>,
}

impl Input {
    /// Opens a file and reads its head.
    pub fn open(path: &Path) -> Result<Self> {
        let io = |source| ReadError::Io { path: path.to_owned(), source };
        let file = File::open(path).map_err(io)?;
        let metadata = file.metadata().map_err(io)?;
        if !metadata.is_file() {
            let what = if metadata.is_dir() { "a folder" } else { "a pipe or device" };
            return Err(ReadError::at(0, format!("{what}, where a file is wanted"))
                .hint("a file is read several times: write what comes through a pipe to a file first"));
        }
        let mut head = Vec::new();
        file.take(HEAD_BYTES as u64).read_to_end(&mut head).map_err(io)?;
        Ok(Self { path: path.to_owned(), head, len: metadata.len(), digest: OnceLock::new() })
    }

    /// The file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The first 64 KiB.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// The head as text, without a byte-order mark; a character cut by the end of the head is left out.
    pub fn head_text(&self) -> &str {
        let bytes = self.head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.head);
        match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
        }
    }

    /// Size in bytes.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether the file has no bytes.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// SHA-256 of the whole file, hexadecimal. Read for it again, unless a format has read all of it.
    pub fn digest(&self) -> std::result::Result<&str, StudyError> {
        if let Some(digest) = self.digest.get() {
            return Ok(digest);
        }
        let digest = hash_file(&self.path)?;
        Ok(self.digest.get_or_init(|| digest))
    }

    /// Keeps the digest for [`Self::digest`], from who has read every byte of the file anyway.
    pub(crate) fn keep_digest(&self, digest: String) {
        let _ = self.digest.set(digest);
    }

    /// Opens the file again from its beginning.
    pub fn reader(&self) -> Result<File> {
        File::open(&self.path).map_err(|source| ReadError::Io { path: self.path.clone(), source })
    }

    /// An error on the line that holds a byte.
    pub(crate) fn error_at(&self, offset: u64, message: impl Into<String>) -> ReadError {
        let mut lines = 1;
        if let Ok(file) = self.reader() {
            let mut reader = std::io::BufReader::new(file.take(offset));
            while let Ok(bytes) = std::io::BufRead::fill_buf(&mut reader) {
                if bytes.is_empty() {
                    break;
                }
                lines += memchr::memchr_iter(b'\n', bytes).count() as u64;
                let used = bytes.len();
                std::io::BufRead::consume(&mut reader, used);
            }
        }
        ReadError::at(lines, message)
    }

    /// The whole file as text, for formats that print a page or two. Bytes that are no UTF-8 are refused with their line.
    pub fn text(&self) -> Result<String> {
        if self.len > TEXT_LIMIT {
            return Err(ReadError::at(0, format!("{} bytes are too many for a printed summary", self.len)));
        }
        let mut bytes = Vec::new();
        self.reader()?
            .read_to_end(&mut bytes)
            .map_err(|source| ReadError::Io { path: self.path.clone(), source })?;
        let bytes = match bytes.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) => rest.to_vec(),
            None => bytes,
        };
        String::from_utf8(bytes).map_err(|error| {
            let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = 1 + memchr::memchr_iter(b'\n', valid).count() as u64;
            ReadError::at(line, "not UTF-8").hint("convert the file, for example with iconv -t UTF-8")
        })
    }
}
