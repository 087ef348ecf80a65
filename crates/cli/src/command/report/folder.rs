//! A report in its folder: an earlier one is replaced, and what is another's stays.

use std::path::{Component, Path, PathBuf};

use vana_report::OutputFile;

use crate::failure::Failure;

/// Lists the files of a report, so that the next one can remove those it does not have.
const MANIFEST: &str = "MANIFEST";
/// Its first line. Other programs have files of this name, which may list anything.
const SIGNATURE: &str =
    "# Files that vana report wrote here; the next report removes those that it does not have.";

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
    if force || entries.next().is_none() {
        return Ok(());
    }
    let message = format!("{} is not empty and holds no report", out.display());
    Err(Failure::input(message).hint(Some("choose another --out, or write into it with --force")))
}

/// The names that an earlier report listed; `None` where there is none.
fn earlier(out: &Path) -> Option<String> {
    let text = std::fs::read_to_string(out.join(MANIFEST)).ok()?;
    text.strip_prefix(SIGNATURE)?.strip_prefix('\n').map(str::to_owned)
}

/// Writes a report and the list of its files.
pub(super) fn write(out: &Path, files: &mut Vec<OutputFile>) -> Result<(), Failure> {
    let names = files.iter().flat_map(|file| [file.path.as_str(), "\n"]).collect::<String>();
    files.push(OutputFile { path: MANIFEST.to_owned(), bytes: format!("{SIGNATURE}\n{names}").into_bytes() });
    replace(out, files).map_err(|(path, error)| {
        let is_full = error.kind() == std::io::ErrorKind::StorageFull;
        Failure::machine(format!("{}: {error}", path.display()))
            .hint(is_full.then_some("nothing was changed there"))
    })
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
    let partial = out.join(format!(".partial-{}", std::process::id()));
    let written = write_partial(&partial, out, files).and_then(|()| {
        let earlier = earlier(out).unwrap_or_default();
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
