//! Where a study lies: in a folder, in an unpacked package, or in a container that is unpacked for the while.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;
use vana_trace::{SUMS_FILE, Sums};

use crate::{UnpackError, tar_zst, zip_file};

/// The file by which a folder is known as a package, and which says where in it the study lies.
pub const MARKER: &str = "vana-package.json";

/// The newest layout of packages that this vana reads.
pub(crate) const FORMAT: u64 = 1;

/// A study's folder, kept as long as this lives.
#[derive(Debug)]
pub struct Location {
    /// The study.
    pub study: PathBuf,
    /// The package around it, unpacked.
    pub package: Option<PathBuf>,
    /// Where it was unpacked; removed at the end.
    unpacked: Option<TempDir>,
}

impl Location {
    /// What a package lacks that says where its study lies, and has nothing there: that place, as it is called in it.
    pub fn lacks_study(&self) -> Option<&Path> {
        let package = self.package.as_ref().filter(|_| !self.study.is_dir())?;
        self.study.strip_prefix(package).ok()
    }

    /// Whether it had to be unpacked.
    pub const fn is_unpacked(&self) -> bool {
        self.unpacked.is_some()
    }
}

/// Finds the study in a folder, a package, or a container of one. Something that is not there is taken for a study's
/// folder, so that whoever opens that says so.
pub fn locate(path: &Path) -> Result<Location, UnpackError> {
    find(path, unpack)
}

/// [`locate`], for whoever compares every file anyway: damage that only the checksum at the end of the container would
/// show is left in the files, so that they can be named.
pub fn locate_to_compare(path: &Path) -> Result<Location, UnpackError> {
    find(path, |path| unpack_with(path, false))
}

fn find(
    path: &Path,
    unpack: impl Fn(&Path) -> Result<TempDir, UnpackError>,
) -> Result<Location, UnpackError> {
    if path.is_file() {
        let unpacked = unpack(path)?;
        let study = study_of(unpacked.path(), path)?
            .ok_or_else(|| marker(path, format!("no {MARKER} in it, so it is no package of vana")))?;
        let package = Some(unpacked.path().to_owned());
        return Ok(Location { study, package, unpacked: Some(unpacked) });
    }
    Ok(match study_of(path, path)? {
        Some(study) => Location { study, package: Some(path.to_owned()), unpacked: None },
        None => Location { study: path.to_owned(), package: None, unpacked: None },
    })
}

/// Unpacks a container into a folder for the while. Names that lead out of it, links, names that stand twice and contents
/// far larger than the container are refused before anything is written.
pub fn unpack(path: &Path) -> Result<TempDir, UnpackError> {
    unpack_with(path, true)
}

/// What of a container is not as vana writes it although its files may be, such as their modes or bytes behind its end; of
/// a tar.zst, what the checksum at its end says.
pub fn oddity(path: &Path) -> Result<Option<String>, UnpackError> {
    if is_zip(path)? { zip_file::oddity(path) } else { tar_zst::oddity(path) }
}

/// Whether a file begins as a zip does, and not as a tar.zst.
fn is_zip(path: &Path) -> Result<bool, UnpackError> {
    let mut head = [0; 4];
    let mut file = File::open(path).map_err(UnpackError::io(path))?;
    // An empty zip has nothing but its end.
    match file.read_exact(&mut head) {
        Ok(()) if head.starts_with(b"PK") => Ok(true),
        Ok(()) if head == [0x28, 0xb5, 0x2f, 0xfd] => Ok(false),
        Ok(()) => Err(UnpackError::Unknown(path.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            Err(UnpackError::Unknown(path.to_owned()))
        }
        Err(error) => Err(UnpackError::io(path)(error)),
    }
}

fn unpack_with(path: &Path, is_strict: bool) -> Result<TempDir, UnpackError> {
    let is_zip = is_zip(path)?;
    let folder = tempfile::Builder::new().prefix("vana-").tempdir().map_err(UnpackError::io(path))?;
    if is_zip {
        zip_file::unpack(path, folder.path())?;
    } else {
        tar_zst::unpack(path, folder.path(), is_strict)?;
    }
    Ok(folder)
}

/// The study of a package's folder; `None` for a folder that is no package. Errors call it as the user does.
fn study_of(folder: &Path, called: &Path) -> Result<Option<PathBuf>, UnpackError> {
    let path = called.join(MARKER);
    let text = match std::fs::read_to_string(folder.join(MARKER)) {
        Ok(text) => text,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            let is_package = Sums::read(folder).is_ok_and(|sums| sums.0.contains_key(MARKER));
            let missing = || marker(&path, format!("listed in {SUMS_FILE}, but not there"));
            return if is_package { Err(missing()) } else { Ok(None) };
        }
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            return Err(marker(&path, error.to_string()));
        }
        Err(error) => return Err(UnpackError::io(path)(error)),
    };
    let value: Value = serde_json::from_str(&text).map_err(|error| marker(&path, error.to_string()))?;
    match value["format"].as_u64() {
        Some(FORMAT) => {}
        Some(newer) => {
            let message =
                format!("package format {newer}; this vana reads format {FORMAT} (a newer vana wrote it)");
            return Err(marker(&path, message));
        }
        None => return Err(marker(&path, "no \"format\"".to_owned())),
    }
    let study =
        value["study"].as_str().map(Path::new).ok_or_else(|| marker(&path, "no \"study\"".to_owned()))?;
    let is_below = study.components().all(|part| matches!(part, Component::Normal(_)));
    if !is_below || study.as_os_str().is_empty() {
        return Err(marker(&path, "the study is not below the package".to_owned()));
    }
    Ok(Some(folder.join(study)))
}

fn marker(path: &Path, message: String) -> UnpackError {
    UnpackError::Marker { path: path.to_owned(), message }
}

/// Which end of a copy failed.
pub(crate) enum SaveError {
    Read(io::Error),
    Write(PathBuf, io::Error),
}

impl SaveError {
    pub fn at(self, package: &Path, name: &str) -> UnpackError {
        match self {
            Self::Read(error) => UnpackError::Damaged {
                path: package.to_owned(),
                name: name.to_owned(),
                why: error.to_string(),
            },
            Self::Write(path, source) => UnpackError::Io { path, source },
        }
    }
}

/// Writes a new file of at most `size` bytes and tells how many there were; one more is read to see that there are none.
pub(crate) fn save(place: &Path, reader: &mut dyn Read, size: u64) -> Result<u64, SaveError> {
    let write = |error| SaveError::Write(place.to_owned(), error);
    if let Some(folder) = place.parent() {
        std::fs::create_dir_all(folder).map_err(write)?;
    }
    let mut out = File::options().write(true).create_new(true).open(place).map_err(write)?;
    let mut buffer = vec![0; 1 << 17];
    let mut found = 0;
    loop {
        let read = reader.read(&mut buffer).map_err(SaveError::Read)?;
        found += read as u64;
        if read == 0 || found > size {
            return Ok(found);
        }
        out.write_all(&buffer[..read]).map_err(write)?;
    }
}
