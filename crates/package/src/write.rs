//! Files become a package.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::name::Entries;
use crate::{PackError, PackedFile, tar_zst, zip_file};

/// What a package is wrapped in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// One file, stored.
    Zip,
    /// One file, compressed.
    TarZst,
    /// No file: a folder.
    Folder,
}

impl Container {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Zip, Self::TarZst, Self::Folder];

    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::TarZst => "tar.zst",
            Self::Folder => "dir",
        }
    }

    /// What a file's name says; a name without a known ending is a folder's.
    pub fn of(path: &Path) -> Self {
        let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        let mut endings = name.rsplit('.');
        match (endings.next(), endings.next()) {
            (Some("zip"), Some(_)) => Self::Zip,
            (Some("zst"), Some("tar")) | (Some("tzst"), Some(_)) => Self::TarZst,
            _ => Self::Folder,
        }
    }
}

impl FromStr for Container {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|container| container.name() == text);
        found.ok_or_else(|| format!("\"{text}\" is no container (zip, tar.zst, dir)"))
    }
}

/// Writes files, sorted by path. A container replaces an earlier one only with `force`, and only when it is whole; a folder
/// must be empty or new. Names that [`crate::unpack`] would refuse are refused before anything is written. `progress` is
/// told the path of each file before it is written.
pub fn write(
    files: &[PackedFile],
    out: &Path,
    container: Container,
    force: bool,
    progress: &dyn Fn(&str),
) -> Result<(), PackError> {
    let mut files = files.to_vec();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let mut entries = Entries::new(u64::MAX);
    for file in &files {
        let refused = |why| PackError::Name { name: file.path.clone(), why };
        entries.add(&file.path, false, file.size()).map_err(refused)?;
    }
    match container {
        Container::Folder => write_folder(&files, out, progress),
        Container::Zip => write_file(&files, out, force, progress, zip_file::write),
        Container::TarZst => write_file(&files, out, force, progress, tar_zst::write),
    }
}

type Write = fn(&[PackedFile], &Path, File, &dyn Fn(&str)) -> Result<File, PackError>;

/// Writes beside the place and moves into it, so that nothing half looks whole.
fn write_file(
    files: &[PackedFile],
    out: &Path,
    force: bool,
    progress: &dyn Fn(&str),
    write: Write,
) -> Result<(), PackError> {
    // What is neither a file nor a folder, such as a device, is nothing that was packed earlier.
    if out.exists() && !(force && out.is_file()) {
        return Err(PackError::Exists(out.to_owned()));
    }
    let partial = beside(out)?;
    let file = File::create(&partial).map_err(PackError::io(out))?;
    let written = write(files, out, file, progress)
        .and_then(|file| file.sync_all().map_err(PackError::io(out)))
        .and_then(|()| std::fs::rename(&partial, out).map_err(PackError::io(out)));
    if written.is_err() {
        let _ = std::fs::remove_file(&partial);
    }
    written
}

fn write_folder(files: &[PackedFile], out: &Path, progress: &dyn Fn(&str)) -> Result<(), PackError> {
    match std::fs::read_dir(out).map(|mut entries| entries.next().is_none()) {
        Ok(true) => {}
        Ok(false) => return Err(PackError::Exists(out.to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(PackError::io(out)(error)),
    }
    let partial = beside(out)?;
    let written = fill(files, &partial, out, progress).and_then(|()| {
        if out.exists() {
            std::fs::remove_dir(out).map_err(PackError::io(out))?;
        }
        std::fs::rename(&partial, out).map_err(PackError::io(out))
    });
    if written.is_err() {
        let _ = std::fs::remove_dir_all(&partial);
    }
    written
}

/// Writes files below `folder`; errors name the place that they would have had below `out`.
fn fill(files: &[PackedFile], folder: &Path, out: &Path, progress: &dyn Fn(&str)) -> Result<(), PackError> {
    for file in files {
        progress(&file.path);
        let place = folder.join(&file.path);
        let failed = || PackError::io(out.join(&file.path));
        std::fs::create_dir_all(place.parent().unwrap_or(folder)).map_err(failed())?;
        let mut written = File::create_new(&place).map_err(failed())?;
        std::io::copy(&mut file.open()?, &mut written).map_err(failed())?;
    }
    Ok(())
}

/// A hidden name in the same folder, with nothing there: who had this number before may have been killed, and in a
/// container every process has the same.
fn beside(out: &Path) -> Result<PathBuf, PackError> {
    let name = out.file_name().ok_or_else(|| PackError::Nameless(out.to_owned()))?.to_string_lossy();
    let partial = out.with_file_name(format!(".{name}.partial-{}", std::process::id()));
    let removed =
        if partial.is_dir() { std::fs::remove_dir_all(&partial) } else { std::fs::remove_file(&partial) };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(PackError::io(out)(error)),
        _ => Ok(partial),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_its_container() {
        let of = |name: &str| Container::of(Path::new(name));
        assert_eq!([of("a.zip"), of("b/A.ZIP")], [Container::Zip; 2]);
        assert_eq!([of("a.tar.zst"), of("a.tzst")], [Container::TarZst; 2]);
        assert_eq!([of("a"), of("zip"), of("a.zst"), of("a.zip/b")], [Container::Folder; 4]);
        assert!(Container::ALL.iter().all(|one| one.name().parse() == Ok(*one)));
    }

    #[test]
    fn what_a_killed_process_of_the_same_number_left_is_in_nobodys_way() {
        let folder = tempfile::tempdir().unwrap();
        let files = [PackedFile::text("a", "x".to_owned())];
        for (name, container) in [("p", Container::Folder), ("p.zip", Container::Zip)] {
            let out = folder.path().join(name);
            let left = beside(&out).unwrap();
            std::fs::create_dir(&left).unwrap();
            std::fs::write(left.join("a"), "half").unwrap();
            std::fs::write(left.join("b"), "of another study").unwrap();
            write(&files, &out, container, false, &|_| {}).unwrap();
            assert!(!left.exists() && !out.join("b").exists());
        }
        assert_eq!(std::fs::read_to_string(folder.path().join("p/a")).unwrap(), "x");
    }

    #[test]
    fn a_package_has_a_name_and_replaces_no_socket() {
        let folder = tempfile::tempdir().unwrap();
        let files = [PackedFile::text("a", "x".to_owned())];
        let dot = write(&files, &folder.path().join(".."), Container::Folder, false, &|_| {});
        assert!(matches!(dot, Err(PackError::Exists(_) | PackError::Nameless(_))), "{dot:?}");
        assert!(matches!(beside(Path::new(".")), Err(PackError::Nameless(_))));
        let socket = folder.path().join("s.zip");
        let _bound = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let written = write(&files, &socket, Container::Zip, true, &|_| {});
        assert!(matches!(written, Err(PackError::Exists(_))) && !socket.is_file());
    }
}
