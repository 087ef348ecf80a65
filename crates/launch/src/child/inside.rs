//! What runs inside the child, before it becomes the program, and in the watcher.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use rustix::process::{Signal, getppid, set_parent_process_death_signal};
use rustix::thread::sched_setaffinity;

use super::{ChildSpec, HIDDEN};
use crate::{cgroup, network, process, state, teardown};

/// This process was a child of vana and has done what it was for.
pub type BecameChild = ExitCode;

/// Does the work of a child if these arguments, the program's name first, ask for it; to be called before anything else.
///
/// `None` if this is an ordinary start. It does not return at all where the child becomes another program.
pub fn become_child(arguments: impl IntoIterator<Item = OsString>) -> Option<BecameChild> {
    let mut arguments = arguments.into_iter().skip(1);
    if arguments.next()? != HIDDEN {
        return None;
    }
    let (Some(what), Some(of)) = (arguments.next(), arguments.next()) else { return Some(ExitCode::from(2)) };
    match what.to_str() {
        Some("exec") => exec(&of.to_string_lossy()),
        Some("watch") => watch(Path::new(&of)),
        _ => return Some(ExitCode::from(2)),
    }
    Some(ExitCode::from(3))
}

/// Becomes the program, or says why not.
fn exec(json: &str) {
    // The copy closes by itself when the program runs, and that is how the parent knows.
    let Ok(line) = io::stdin().as_fd().try_clone_to_owned() else { return };
    let mut line = UnixStream::from(line);
    let error = become_program(json, &mut line);
    let _ = writeln!(line, "{error}");
}

fn become_program(json: &str, line: &mut UnixStream) -> String {
    let Ok(spec) = serde_json::from_str::<ChildSpec>(json) else { return "not understood".to_owned() };
    if let Err(error) = prepare(&spec) {
        return error;
    }
    let mut word = [0];
    if line.write_all(b"ready\n").is_err() || line.read_exact(&mut word).is_err() {
        return "broken off".to_owned();
    }
    let Some((program, rest)) = spec.arguments.split_first() else { return "no program".to_owned() };
    let mut command = Command::new(program);
    command.args(rest).stdin(Stdio::null());
    if let Some(folder) = &spec.folder {
        command.current_dir(folder);
    }
    format!("{program}: {}", command.exec())
}

fn prepare(spec: &ChildSpec) -> Result<(), String> {
    let parent = getppid();
    set_parent_process_death_signal(Some(Signal::TERM)).map_err(|error| format!("prctl: {error}"))?;
    if getppid() != parent {
        return Err("vana ended".to_owned());
    }
    for folder in &spec.groups {
        cgroup::enter(folder).map_err(|error| error.to_string())?;
    }
    if !spec.cores.is_empty() {
        let cores = process::core_set(&spec.cores);
        sched_setaffinity(None, &cores).map_err(|error| format!("cores {:?}: {error}", spec.cores))?;
    }
    match &spec.network {
        Some(path) => network::enter(path).map_err(|error| format!("{}: {error}", path.display())),
        None => Ok(()),
    }
}

/// Waits until the parent says that all is done, or is gone without having said so.
fn watch(path: &Path) {
    let mut said = Vec::new();
    let _ = io::stdin().read_to_end(&mut said);
    if said.is_empty()
        && let Some(state) = state::read(path)
        && teardown::clear(&state).is_empty()
    {
        let _ = std::fs::remove_file(path);
    }
}
