//! Control groups of both versions, and of machines that have both at once: limits, memory and processor time of a
//! system with all its helpers.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::Limits;

/// What is controlled here.
const CONTROLLERS: [&str; 4] = ["memory", "cpu", "cpuacct", "cpuset"];
/// The period over which processor time is shared out, microseconds.
const PERIOD_US: u64 = 100_000;
/// How long a group may take to become empty after its processes ended.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where control groups are mounted, by controller.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Layout(BTreeMap<String, Mount>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Mount {
    folder: PathBuf,
    unified: bool,
}

impl Layout {
    /// This machine's.
    pub fn here() -> Self {
        let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        Self::of(&mounts, Path::new("/"))
    }

    /// From the text of proc(5) `mountinfo`; `root` stands before all paths.
    fn of(mounts: &str, root: &Path) -> Self {
        let mut layout = Self::default();
        for line in mounts.lines() {
            let Some((before, after)) = line.split_once(" - ") else { continue };
            let Some(point) = before.split_whitespace().nth(4) else { continue };
            let mut fields = after.split_whitespace();
            let kind = fields.next().unwrap_or_default();
            let folder = root.join(point.trim_start_matches('/'));
            let (unified, names) = match kind {
                "cgroup" => (false, fields.nth(1).unwrap_or_default().replace(',', " ")),
                "cgroup2" => (true, read(&folder.join("cgroup.controllers")).unwrap_or_default()),
                _ => continue,
            };
            for name in names.split_whitespace().filter(|name| CONTROLLERS.contains(name)) {
                layout.0.insert(name.to_owned(), Mount { folder: folder.clone(), unified });
            }
        }
        layout
    }

    /// The groups that a process is in, from the text of `/proc/PID/cgroup`.
    pub fn groups(&self, text: &str) -> Groups {
        let mut groups = BTreeMap::new();
        for line in text.lines() {
            let mut parts = line.splitn(3, ':').skip(1);
            let (Some(names), Some(path)) = (parts.next(), parts.next()) else { continue };
            for (name, mount) in &self.0 {
                let is_this =
                    if mount.unified { names.is_empty() } else { names.split(',').any(|one| one == name) };
                if is_this {
                    groups.insert(name.clone(), mount.folder.join(path.trim_start_matches('/')));
                }
            }
        }
        Groups(groups)
    }

    /// New groups of this name: below the group of this process in version 1, where that keeps the limits it has itself;
    /// at the top in version 2, where a group with processes can have no groups below it.
    pub fn planned(&self, name: &str, own: &str) -> Groups {
        let own = self.groups(own);
        let below = |controller: &String, mount: &Mount| {
            let parent = own.0.get(controller).filter(|path| !mount.unified && path.is_dir());
            parent.unwrap_or(&mount.folder).join(name)
        };
        Groups(self.0.iter().map(|(name, mount)| (name.clone(), below(name, mount))).collect())
    }
}

/// The folders of one system, by controller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Groups(BTreeMap<String, PathBuf>);

impl Groups {
    /// Each folder once.
    pub fn folders(&self) -> Vec<PathBuf> {
        let mut folders: Vec<PathBuf> = self.0.values().cloned().collect();
        folders.sort();
        folders.dedup();
        folders
    }

    /// Makes them, with these limits.
    pub fn create(&self, limits: &Limits) -> io::Result<()> {
        for folder in self.folders() {
            if let Some(parent) =
                folder.parent().filter(|parent| parent.join("cgroup.subtree_control").exists())
            {
                for name in CONTROLLERS {
                    let _ = write(&parent.join("cgroup.subtree_control"), &format!("+{name}"));
                }
            }
            match std::fs::create_dir(&folder) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
        }
        self.limit(limits)
    }

    fn limit(&self, limits: &Limits) -> io::Result<()> {
        if let Some(folder) = self.0.get("cpuset") {
            let cores =
                if limits.cores.is_empty() { inherited(folder, "cpus")? } else { list(&limits.cores) };
            write(&folder.join("cpuset.cpus"), &cores)?;
            write(&folder.join("cpuset.mems"), &inherited(folder, "mems")?)?;
        }
        if let Some(folder) = self.0.get("cpu").filter(|_| !limits.cores.is_empty()) {
            let quota = limits.cores.len() as u64 * PERIOD_US;
            if folder.join("cpu.max").exists() {
                write(&folder.join("cpu.max"), &format!("{quota} {PERIOD_US}"))?;
            } else {
                write(&folder.join("cpu.cfs_period_us"), &PERIOD_US.to_string())?;
                write(&folder.join("cpu.cfs_quota_us"), &quota.to_string())?;
            }
        }
        if let (Some(folder), Some(bytes)) = (self.0.get("memory"), limits.memory_bytes) {
            let bytes = bytes.to_string();
            if folder.join("memory.max").exists() {
                write(&folder.join("memory.max"), &bytes)?;
                // Not all kernels count swap.
                let _ = write(&folder.join("memory.swap.max"), "0");
            } else {
                write(&folder.join("memory.limit_in_bytes"), &bytes)?;
                let _ = write(&folder.join("memory.memsw.limit_in_bytes"), &bytes);
            }
        }
        Ok(())
    }

    /// Bytes that it is charged for now.
    pub fn memory_bytes(&self) -> Option<u64> {
        self.number("memory", &["memory.usage_in_bytes", "memory.current"])
    }

    /// The most so far; kernels before 5.19 do not tell it in version 2.
    pub fn memory_peak_bytes(&self) -> Option<u64> {
        self.number("memory", &["memory.max_usage_in_bytes", "memory.peak"])
    }

    /// Processor time so far.
    pub fn cpu_time_ns(&self) -> Option<u64> {
        if let Some(nanoseconds) = self.number("cpuacct", &["cpuacct.usage"]) {
            return Some(nanoseconds);
        }
        let text = read(&self.0.get("cpu")?.join("cpu.stat"))?;
        let used = text.lines().find_map(|line| line.strip_prefix("usage_usec "))?;
        Some(used.trim().parse::<u64>().ok()? * 1000)
    }

    /// Processes that were ended because memory was short.
    pub fn kills(&self) -> Option<u64> {
        let folder = self.0.get("memory")?;
        let text =
            read(&folder.join("memory.events")).or_else(|| read(&folder.join("memory.oom_control")))?;
        let count = text.lines().find_map(|line| line.strip_prefix("oom_kill "))?;
        count.trim().parse().ok()
    }

    /// Where memory is counted: `cgroup v1` or `cgroup v2`.
    pub fn version(&self) -> Option<&'static str> {
        let folder = self.0.get("memory")?;
        let has = |name: &str| folder.join(name).exists();
        if has("memory.usage_in_bytes") {
            Some("cgroup v1")
        } else {
            has("memory.current").then_some("cgroup v2")
        }
    }

    /// Its processes.
    pub fn pids(&self) -> Vec<i32> {
        pids(&self.folders())
    }

    fn number(&self, controller: &str, names: &[&str]) -> Option<u64> {
        let folder = self.0.get(controller)?;
        names.iter().find_map(|name| read(&folder.join(name))?.trim().parse().ok())
    }
}

/// Processes of these groups, each once.
pub(crate) fn pids(folders: &[PathBuf]) -> Vec<i32> {
    let texts = folders.iter().filter_map(|folder| read(&folder.join("cgroup.procs")));
    let mut pids: Vec<i32> = texts
        .flat_map(|text| text.lines().filter_map(|line| line.parse().ok()).collect::<Vec<_>>())
        .collect();
    pids.sort_unstable();
    pids.dedup();
    pids
}

/// Removes a group; the kernel needs a moment after its last process ended.
pub(crate) fn remove(folder: &Path) -> io::Result<()> {
    let begin = Instant::now();
    loop {
        match std::fs::remove_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) if begin.elapsed() > PATIENCE => return Err(error),
            Err(_) => std::thread::sleep(Duration::from_millis(10)),
            Ok(()) => return Ok(()),
        }
    }
}

/// Moves this process into the group of this folder.
pub(crate) fn enter(folder: &Path) -> io::Result<()> {
    write(&folder.join("cgroup.procs"), "0")
}

/// What the group above may use: in version 1 a new group may use nothing until it is told.
fn inherited(folder: &Path, what: &str) -> io::Result<String> {
    let parent = folder.parent().unwrap_or(folder);
    let names =
        [format!("cpuset.effective_{what}"), format!("cpuset.{what}.effective"), format!("cpuset.{what}")];
    let found = names.iter().find_map(|name| read(&parent.join(name)).filter(|text| !text.trim().is_empty()));
    found
        .map(|text| text.trim().to_owned())
        .ok_or_else(|| io::Error::other(format!("{}: no {what}", parent.display())))
}

/// `0,2,3`.
pub(crate) fn list(cores: &[u16]) -> String {
    cores.iter().map(u16::to_string).collect::<Vec<_>>().join(",")
}

fn read(path: &Path) -> Option<String> {
    std::fs::read_to_string(path).ok()
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    std::fs::write(path, text)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

#[cfg(test)]
mod tests;
