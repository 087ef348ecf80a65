//! What is asked of the operating system.

use std::io;
use std::time::Duration;

use rustix::process::{Resource, getrlimit, setrlimit};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use rustix::time::{ClockId, clock_gettime};

use crate::LoadError;

/// Descriptors that are not connections: standard streams, the trace, the study's lock, queues and timers.
const BESIDE: u64 = 64;

/// Allows as many open files as the clients need, as far as the hard limit goes.
pub(crate) fn allow_open_files(clients: u32, threads: u16) -> Result<(), LoadError> {
    let needed = u64::from(clients) + 3 * u64::from(threads) + BESIDE;
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= needed) {
        return Ok(());
    }
    let allowed = limit.maximum.unwrap_or(u64::MAX);
    if allowed < needed {
        return Err(LoadError::OpenFiles { clients, needed, allowed });
    }
    limit.current = Some(needed);
    setrlimit(Resource::Nofile, limit)
        .map_err(|error| LoadError::system("allow more open files")(error.into()))
}

/// Processor time of the calling thread.
pub(crate) fn thread_cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.max(0).unsigned_abs(), time.tv_nsec as u32)
}

/// Binds the calling thread to a core.
pub(crate) fn pin(core: usize) -> io::Result<()> {
    let mut cores = CpuSet::new();
    cores.set(core);
    Ok(sched_setaffinity(None, &cores)?)
}

/// The cores that the calling thread may use, in order.
pub fn usable_cores() -> Result<Vec<usize>, LoadError> {
    let allowed = sched_getaffinity(None)
        .map_err(|error| LoadError::system("find the cores that may be used")(error.into()))?;
    Ok((0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core)).collect())
}

/// Refuses cores that the calling thread may not use.
pub(crate) fn check_cores(wanted: &[usize]) -> Result<(), LoadError> {
    if wanted.is_empty() {
        return Ok(());
    }
    let usable = usable_cores()?;
    match wanted.iter().find(|core| !usable.contains(core)) {
        None => Ok(()),
        Some(core) => {
            let usable: Vec<String> = usable.iter().map(ToString::to_string).collect();
            let usable = usable.join(", ");
            Err(LoadError::Input(format!("core {core} cannot be used here; there are {usable}")))
        }
    }
}

/// Processor time of the whole process, seconds.
pub(crate) fn process_cpu_s() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Resident memory of the process, bytes, where the system tells it.
pub(crate) fn resident_bytes() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: f64 = text.split(' ').nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as f64)
}
