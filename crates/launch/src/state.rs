//! What a started system consists of, on disk before it exists, so that whatever happens it can be cleared away.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::process::Process;
use crate::{LaunchError, teardown};

/// How its files end.
const SUFFIX: &str = ".state.json";

/// Everything that has to be gone after a stop.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct State {
    /// The system.
    pub name: String,
    /// Of which start of the machine.
    pub boot: String,
    /// The vana that started it.
    pub owner: Option<Process>,
    /// The socket at which QEMU takes orders.
    pub qmp: Option<PathBuf>,
    /// Seconds that a guest has to power itself off.
    pub grace_s: f64,
    /// Its processes.
    pub processes: Vec<Process>,
    /// What its processes have in their environment; nothing if it has none of its own.
    pub mark: String,
    /// Its control groups.
    pub groups: Vec<PathBuf>,
    /// Its network namespace, taps included.
    pub namespace: Option<String>,
    /// Command lines that remove what no process of ours holds, such as a container; gone already is no failure.
    pub removals: Vec<Vec<String>>,
    /// Command lines that fail, or print nothing, when that is removed.
    pub proofs: Vec<Vec<String>>,
    /// An instance at a daemon: the address at which it is removed.
    pub instance: Option<String>,
    /// Sockets and files.
    pub files: Vec<PathBuf>,
}

impl State {
    /// Of this start of this machine, owned by this process.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), boot: boot(), owner: Process::own(), ..Self::default() }
    }

    /// Writes it under its name in this folder.
    pub fn write(&self, path: &Path) -> Result<(), LaunchError> {
        let text =
            serde_json::to_string_pretty(self).map_err(|error| LaunchError::Start(error.to_string()))?;
        let new = path.with_extension("new");
        std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, path)).map_err(LaunchError::io(path))
    }

    fn is_left_over(&self) -> bool {
        self.boot != boot() || !self.owner.is_some_and(|owner| owner.is_alive())
    }
}

/// The file of a system's state in this folder.
pub(crate) fn path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}{SUFFIX}"))
}

/// A state file; `None` if it is none.
pub(crate) fn read(path: &Path) -> Option<State> {
    serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()
}

/// The number of this start of the machine: after the next one the same process numbers are other processes.
fn boot() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().to_owned()
}

/// A system of a vana that is gone.
#[derive(Clone, Debug, PartialEq)]
pub struct Leftover {
    path: PathBuf,
    state: State,
}

impl Leftover {
    /// The system.
    pub fn name(&self) -> &str {
        &self.state.name
    }

    /// What is still there of it: `process 12`, `control group …`, for people.
    pub fn what(&self) -> Vec<String> {
        if self.state.boot == boot() { teardown::remains(&self.state) } else { Vec::new() }
    }

    /// Stops and removes everything of it.
    pub fn clear(&self) -> Result<(), LaunchError> {
        let mut state = self.state.clone();
        if state.boot != boot() {
            state = State { files: state.files, ..State::default() };
        }
        let left = teardown::clear(&state);
        if left.is_empty() {
            std::fs::remove_file(&self.path).map_err(LaunchError::io(&self.path))
        } else {
            Err(LaunchError::Left(left))
        }
    }
}

/// What earlier vanas left in this folder, by name; those of a vana that lives are not among them.
pub fn leftovers(folder: &Path) -> Vec<Leftover> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    let files = paths.filter(|path| path.to_string_lossy().ends_with(SUFFIX));
    let states = files.filter_map(|path| Some(Leftover { state: read(&path)?, path }));
    let mut left: Vec<Leftover> = states.filter(|found| found.state.is_left_over()).collect();
    left.sort_by(|one, other| one.path.cmp(&other.path));
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_living_vana_started_is_not_left_over() {
        let folder = tempfile::tempdir().unwrap();
        let of = |name: &str, owner| {
            let state = State { owner, ..State::new(name) };
            state.write(&path(folder.path(), name)).unwrap();
            state
        };
        of("mine", Process::own());
        let earlier = Process::own().map(|own| Process { started_ticks: own.started_ticks - 1, ..own });
        let state = of("left", earlier);
        let found = leftovers(folder.path());
        assert_eq!(found, [Leftover { path: path(folder.path(), "left"), state }]);
        assert_eq!((found[0].name(), found[0].what()), ("left", vec![]));
        found[0].clear().unwrap();
        assert_eq!(leftovers(folder.path()), []);
    }

    #[test]
    fn after_another_start_of_the_machine_only_files_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("socket");
        std::fs::write(&socket, "").unwrap();
        let own = Process::own().unwrap();
        let state = State {
            boot: "another".to_owned(),
            // Were it believed, this test would end itself.
            processes: vec![own],
            files: vec![socket.clone()],
            ..State::new("a")
        };
        state.write(&path(folder.path(), "a")).unwrap();
        let left = leftovers(folder.path());
        assert_eq!(left[0].what(), Vec::<String>::new());
        left[0].clear().unwrap();
        assert!(!socket.exists() && own.is_alive());
    }
}
