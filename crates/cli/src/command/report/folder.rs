//! A report in its folder: an earlier one is replaced, and what is another's stays.

use std::fs::DirEntry;
use std::path::{Component, Path, PathBuf};

use vana_report::OutputFile;

use crate::failure::Failure;

/// Lists the files of a report, so that the next one can remove those it does not have.
const MANIFEST: &str = "MANIFEST";
/// Its first line. Other programs have files of this name, which may list anything.
const SIGNATURE: &str =
    "# Files that vana report wrote here; the next report removes those that it does not have.";

/// Beginning of the name of the folder in which a report is made ready; the number of the process follows.
const PARTIAL: &str = ".partial-";

/// Refuses a folder that holds something other than a report, and with `force` one in which a report cannot be told from it.
pub(super) fn check(out: &Path, force: bool) -> Result<(), Failure> {
    let Ok(mut entries) = std::fs::read_dir(out) else { return Ok(()) };
    if out.join(MANIFEST).symlink_metadata().is_ok() {
        if earlier(out).is_some() {
            return Ok(());
        }
        let message = format!("{}: not written by this vana", out.join(MANIFEST).display());
        let hint = "choose another --out; what an older vana wrote there is to be removed by hand";
        return Err(Failure::input(message).hint(Some(hint)));
    }
    // What a report left that was killed while it was written is in nobody's way.
    if force || entries.all(|entry| entry.is_ok_and(|entry| partial_of(&entry).is_some())) {
        return Ok(());
    }
    let message = format!("{} is not empty and holds no report", out.display());
    Err(Failure::input(message).hint(Some("choose another --out, or write into it with --force")))
}

/// The number of the process whose report an entry was to become.
fn partial_of(entry: &DirEntry) -> Option<u32> {
    entry.file_name().to_str()?.strip_prefix(PARTIAL)?.parse().ok()
}

/// Removes what killed processes left, this one's number included; where nobody can tell who lives, it stays.
fn remove_partial(out: &Path) {
    let is_dead = |process: u32| {
        process == std::process::id()
            || (Path::new("/proc/self").exists() && !Path::new("/proc").join(process.to_string()).exists())
    };
    for entry in std::fs::read_dir(out).into_iter().flatten().flatten() {
        if partial_of(&entry).is_some_and(is_dead) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// The names that an earlier report listed; `None` where there is none.
fn earlier(out: &Path) -> Option<String> {
    let text = std::fs::read_to_string(out.join(MANIFEST)).ok()?;
    text.strip_prefix(SIGNATURE)?.strip_prefix('\n').map(str::to_owned)
}

/// Writes a report and the list of its files.
pub(super) fn write(out: &Path, files: &mut Vec<OutputFile>) -> Result<(), Failure> {
    let names = listed(files);
    files.push(manifest(&names));
    replace(out, files).map_err(|(path, error)| {
        let is_full = error.kind() == std::io::ErrorKind::StorageFull;
        Failure::machine(format!("{}: {error}", path.display()))
            .hint(is_full.then_some("nothing was changed there"))
    })
}

fn listed(files: &[OutputFile]) -> String {
    files.iter().flat_map(|file| [file.path.as_str(), "\n"]).collect()
}

fn manifest(names: &str) -> OutputFile {
    OutputFile { path: MANIFEST.to_owned(), bytes: format!("{SIGNATURE}\n{names}").into_bytes() }
}

/// Writes everything beside its place first, so that a full disk leaves the earlier report as it was; then puts file by
/// file in its place and removes what only the earlier report had.
fn replace(out: &Path, files: &[OutputFile]) -> Result<(), (PathBuf, std::io::Error)> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |error| (path, error)
    };
    let is_new = !out.exists();
    std::fs::create_dir_all(out).map_err(at(out))?;
    let partial = out.join(format!("{PARTIAL}{}", std::process::id()));
    remove_partial(out);
    let written = write_partial(&partial, out, files).and_then(|()| {
        let earlier = earlier(out).unwrap_or_default();
        // Whoever is killed from here on leaves a folder whose every file the next report knows for one of a report's.
        let both = manifest(&(earlier.clone() + &listed(files)));
        let first = partial.join("manifest");
        std::fs::write(&first, &both.bytes).map_err(at(&out.join(MANIFEST)))?;
        std::fs::rename(&first, out.join(MANIFEST)).map_err(at(&out.join(MANIFEST)))?;
        for file in files {
            let place = out.join(&file.path);
            let folder = place.parent().unwrap_or(out);
            std::fs::create_dir_all(folder).map_err(at(folder))?;
            std::fs::rename(partial.join(&file.path), &place).map_err(at(&place))?;
        }
        // Only names below the report are its own, whatever the manifest says.
        let is_inside = |name: &&str| !name.is_empty() && Path::new(name).components().all(is_plain);
        for name in earlier.lines().filter(is_inside) {
            if files.iter().all(|file| file.path != name) {
                remove(out, name);
            }
        }
        Ok(())
    });
    let _ = std::fs::remove_dir_all(&partial);
    if is_new && written.is_err() {
        let _ = std::fs::remove_dir(out);
    }
    written
}

/// Removes a file of an earlier report and the folders that are empty then.
fn remove(out: &Path, name: &str) {
    let _ = std::fs::remove_file(out.join(name));
    let mut folder = Path::new(name).parent();
    while let Some(inside) = folder.filter(|inside| !inside.as_os_str().is_empty()) {
        if std::fs::remove_dir(out.join(inside)).is_err() {
            break;
        }
        folder = inside.parent();
    }
}

fn is_plain(component: Component<'_>) -> bool {
    matches!(component, Component::Normal(_))
}

/// Errors name the place that a file would have had below `out`.
fn write_partial(partial: &Path, out: &Path, files: &[OutputFile]) -> Result<(), (PathBuf, std::io::Error)> {
    for file in files {
        let path = partial.join(&file.path);
        let failed = |error| (out.join(&file.path), error);
        std::fs::create_dir_all(path.parent().unwrap_or(partial)).map_err(failed)?;
        std::fs::write(&path, &file.bytes).map_err(failed)?;
    }
    Ok(())
}
