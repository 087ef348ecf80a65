//! What is asked of the operating system.

use std::time::Duration;

use rustix::process::{Resource, getrlimit, setrlimit};
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
