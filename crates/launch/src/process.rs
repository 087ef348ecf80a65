//! Processes of this machine, told from others that got the same number later.

use std::collections::BTreeSet;
use std::io;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use rustix::thread::{CpuSet, sched_setaffinity};
use rustix::time::Timespec;
use serde::{Deserialize, Serialize};

/// A process: its number and when it began, since numbers are used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Process {
    pub pid: i32,
    /// Clock ticks since the machine's start.
    pub started_ticks: u64,
}

/// Fields of `/proc/PID/stat` (proc(5)), counted from the state, which follows the name in parentheses.
const STATE: usize = 0;
const PARENT: usize = 1;
const USER_TICKS: usize = 11;
const SYSTEM_TICKS: usize = 12;
const CHILDREN_TICKS: [usize; 2] = [13, 14];
const STARTED: usize = 19;

/// `/proc/PID/stat`.
pub(crate) struct Stat(Vec<String>);

impl Stat {
    pub fn read(pid: i32) -> Option<Self> {
        Self::parse(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    /// The name may hold anything, parentheses and blanks included.
    fn parse(text: &str) -> Option<Self> {
        let (_, rest) = text.rsplit_once(')')?;
        let fields: Vec<String> = rest.split_whitespace().map(str::to_owned).collect();
        (fields.len() > STARTED).then_some(Self(fields))
    }

    fn number(&self, field: usize) -> u64 {
        self.0[field].parse().unwrap_or(0)
    }

    pub fn parent(&self) -> i32 {
        self.number(PARENT) as i32
    }

    /// Processor time of it and of its children that ended.
    pub fn cpu_ticks(&self) -> u64 {
        [USER_TICKS, SYSTEM_TICKS].into_iter().chain(CHILDREN_TICKS).map(|field| self.number(field)).sum()
    }

    /// Ended, and only not waited for.
    fn is_over(&self) -> bool {
        matches!(self.0[STATE].as_str(), "Z" | "X")
    }
}

impl Process {
    /// The one that has this number now.
    pub fn of(pid: i32) -> Option<Self> {
        let stat = Stat::read(pid)?;
        Some(Self { pid, started_ticks: stat.number(STARTED) })
    }

    /// This one.
    pub fn own() -> Option<Self> {
        Self::of(rustix::process::getpid().as_raw_nonzero().get())
    }

    pub fn is_alive(&self) -> bool {
        Stat::read(self.pid).is_some_and(|stat| !stat.is_over() && stat.number(STARTED) == self.started_ticks)
    }

    /// Sends a signal to it and to no other: the descriptor is opened first and then compared.
    pub fn signal(&self, signal: Signal) {
        let Some(pid) = Pid::from_raw(self.pid) else { return };
        let Ok(descriptor) = pidfd_open(pid, PidfdFlags::empty()) else { return };
        if self.is_alive() {
            let _ = pidfd_send_signal(descriptor, signal);
        }
    }

    /// Waits until it has ended; false if it has not in this time.
    pub fn await_end(&self, patience: Duration) -> bool {
        let end = Instant::now() + patience;
        let Some(pid) = Pid::from_raw(self.pid) else { return true };
        let Ok(descriptor) = pidfd_open(pid, PidfdFlags::empty()) else { return !self.is_alive() };
        while self.is_alive() {
            let Some(rest) = end.checked_duration_since(Instant::now()) else { return false };
            let rest = rest.min(Duration::from_millis(100));
            let timeout = Timespec { tv_sec: 0, tv_nsec: i64::from(rest.subsec_nanos()) };
            let _ = poll(&mut [PollFd::new(&descriptor, PollFlags::IN)], Some(&timeout));
        }
        true
    }
}

/// This process and all that come from it, from one look at `/proc`.
pub(crate) fn with_descendants(root: i32) -> Vec<i32> {
    let Ok(folder) = std::fs::read_dir("/proc") else { return vec![root] };
    let pids = folder.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let parents: Vec<(i32, i32)> = pids.filter_map(|pid| Some((pid, Stat::read(pid)?.parent()))).collect();
    let mut found = vec![root];
    let mut next = 0;
    while next < found.len() {
        let parent = found[next];
        found.extend(parents.iter().filter(|(pid, of)| *of == parent && *pid != root).map(|(pid, _)| *pid));
        next += 1;
    }
    found
}

/// Cores by number as the kernel takes them.
pub(crate) fn core_set(cores: &[u16]) -> CpuSet {
    let mut set = CpuSet::new();
    for core in cores {
        set.set(usize::from(*core));
    }
    set
}

/// Keeps a process that runs already to these cores, with all its threads. What a thread begins later inherits them, so
/// it is over when a look at the threads finds no new one.
pub(crate) fn pin(pid: i32, cores: &[u16]) -> io::Result<()> {
    let set = core_set(cores);
    let mut pinned = BTreeSet::new();
    loop {
        let entries = std::fs::read_dir(format!("/proc/{pid}/task"))?.flatten();
        let threads = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
        let new: Vec<i32> = threads.filter(|thread| pinned.insert(*thread)).collect();
        if new.is_empty() {
            return Ok(());
        }
        for thread in new {
            match sched_setaffinity(Pid::from_raw(thread), &set) {
                // It ended meanwhile.
                Ok(()) | Err(rustix::io::Errno::SRCH) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// The parent of a process, if its name begins with one of these.
pub(crate) fn parent_named(pid: i32, names: &[&str]) -> Option<i32> {
    let parent = Stat::read(pid)?.parent();
    let name = std::fs::read_to_string(format!("/proc/{parent}/comm")).ok()?;
    names.iter().any(|known| name.starts_with(known)).then_some(parent)
}

/// The variable by which processes of a system are known wherever they went.
pub(crate) const MARK: &str = "VANA_SYSTEM";

/// All processes whose environment has this mark and that this one may look into.
pub(crate) fn marked(mark: &str) -> Vec<Process> {
    let Ok(folder) = std::fs::read_dir("/proc") else { return Vec::new() };
    let pids = folder.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let entry = format!("{MARK}={mark}").into_bytes();
    let is_marked = |pid: &i32| {
        let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == entry)
    };
    pids.filter(is_marked).filter_map(Process::of).filter(Process::is_alive).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_parentheses_and_blanks() {
        let numbers: Vec<String> = (1..=22).map(|number| number.to_string()).collect();
        let stat = Stat::parse(&format!("7 (a) b (c)) S {}", numbers.join(" "))).unwrap();
        assert_eq!((stat.parent(), stat.cpu_ticks(), stat.number(STARTED)), (1, 11 + 12 + 13 + 14, 19));
        assert!(!stat.is_over());
        assert!(Stat::parse("7 (cut").is_none());
    }

    #[test]
    fn a_process_that_began_later_under_the_same_number_is_another() {
        let own = Process::own().unwrap();
        assert!(own.is_alive());
        let earlier = Process { started_ticks: own.started_ticks - 1, ..own };
        assert!(!earlier.is_alive());
        // Neither ends this test.
        earlier.signal(Signal::KILL);
        assert!(earlier.await_end(Duration::ZERO));
    }

    #[test]
    fn a_process_that_runs_already_is_kept_to_its_cores() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let pid = child.id() as i32;
        pin(pid, &[0]).unwrap();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(
            status.lines().find(|line| line.starts_with("Cpus_allowed_list:")),
            Some("Cpus_allowed_list:\t0")
        );
        assert_eq!(pin(pid, &[0]).map_err(|error| error.kind()), Err(io::ErrorKind::NotFound));
    }

    #[test]
    fn a_child_is_among_the_descendants_until_it_ends() {
        let own = Process::own().unwrap();
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let process = Process::of(child.id() as i32).unwrap();
        assert!(with_descendants(own.pid).contains(&process.pid));
        assert!(!process.await_end(Duration::from_millis(1)));
        process.signal(Signal::TERM);
        assert!(process.await_end(Duration::from_secs(10)));
        child.wait().unwrap();
        assert_eq!(Process::of(process.pid), None);
    }
}
