//! `SHA256SUMS`: the digest of every file of a study, in the layout of `sha256sum`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::StudyError;

/// Name of the file.
pub const SUMS_FILE: &str = "SHA256SUMS";

/// Digests by path relative to the study, with `/`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums(pub BTreeMap<String, String>);

impl Sums {
    /// Reads a study's sums; a study without has none.
    pub fn read(study: &Path) -> Result<Self, StudyError> {
        let path = study.join(SUMS_FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(StudyError::io(path)(error)),
        };
        let mut sums = BTreeMap::new();
        for (index, line) in text.lines().enumerate() {
            let malformed = |message: String| {
                let line = index as u64 + 1;
                StudyError::Malformed { path: path.clone(), line, message }
            };
            let (digest, name) =
                line.split_once("  ").filter(|(digest, _)| digest.len() == 64).ok_or_else(|| {
                    malformed("expected 64 hexadecimal digits, two blanks and a path".to_owned())
                })?;
            let before = sums.insert(name.to_owned(), digest.to_owned());
            if before.is_some_and(|before| !before.eq_ignore_ascii_case(digest)) {
                return Err(malformed(format!("{name} has another digest on an earlier line")));
            }
        }
        Ok(Self(sums))
    }

    /// The file's text.
    pub fn text(&self) -> String {
        let line = |(name, digest): (&String, &String)| [digest, "  ", name, "\n"].concat();
        self.0.iter().map(line).collect()
    }

    /// One digest over all: that of the file's text.
    pub fn digest(&self) -> String {
        hex(&Sha256::digest(self.text().as_bytes()))
    }
}

/// SHA-256 of a file, hexadecimal.
pub fn hash_file(path: &Path) -> Result<String, StudyError> {
    let mut file = File::open(path).map_err(StudyError::io(path))?;
    let mut digest = FileDigest::default();
    let mut buffer = vec![0; 1 << 18];
    loop {
        let read = file.read(&mut buffer).map_err(StudyError::io(path))?;
        if read == 0 {
            return Ok(digest.finish());
        }
        digest.add(&buffer[..read]);
    }
}

/// SHA-256 of bytes that come in pieces.
#[derive(Clone, Debug, Default)]
pub struct FileDigest(Sha256);

impl FileDigest {
    /// Adds the next bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Of all bytes, hexadecimal.
    pub fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

fn hex(digest: &[u8]) -> String {
    use std::fmt::Write;
    digest.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Sums {
    /// Digests of all files under a folder but the sums themselves and hidden files.
    pub fn of(root: &Path) -> Result<Self, StudyError> {
        let files = Self::files(root)?.into_iter();
        files.map(|path| Ok((relative(root, &path), hash_file(&path)?))).collect::<Result<_, _>>().map(Self)
    }

    /// All files under a folder but the sums themselves and hidden ones.
    pub(crate) fn files(root: &Path) -> Result<Vec<PathBuf>, StudyError> {
        let mut files = Vec::new();
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            for path in crate::study::entries(&folder)? {
                if path.is_dir() {
                    folders.push(path);
                } else if path.metadata().is_ok_and(|found| !found.is_file()) {
                    // A pipe would be waited for, and a device has no end.
                    let source = std::io::Error::other("neither a file nor a folder");
                    return Err(StudyError::io(path)(source));
                } else if path != root.join(SUMS_FILE) {
                    files.push(path);
                }
            }
        }
        Ok(files)
    }
}

/// A path below `root` with `/` between its names.
pub(crate) fn relative(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    below.iter().map(|name| name.to_string_lossy()).collect::<Vec<_>>().join("/")
}
