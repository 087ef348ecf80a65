//! What a system uses, read the same way for all kinds.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use vana_types::{Resource, ResourceSample, ResourceSource};

use crate::cgroup::Groups;
use crate::process::{Stat, with_descendants};
use crate::qmp::Qmp;

/// How often a socket that does not answer is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// Reads processor time and memory of a system with all its helpers.
///
/// Where it has control groups, they say: whatever they are charged for. Where it has none, its processes do. What a
/// guest's own kernel says stands beside that and never for it: a guest knows nothing of the program that runs it.
pub struct Sampler {
    groups: Groups,
    root: Option<i32>,
    helper: Option<i32>,
    qmp: Option<PathBuf>,
    guest: Option<Qmp>,
    tried: Option<Instant>,
}

/// Memory of some processes, bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Pages {
    resident: u64,
    peak: u64,
    shared_out: u64,
}

impl Sampler {
    pub(crate) fn new(groups: Groups, root: Option<i32>, helper: Option<i32>, qmp: Option<PathBuf>) -> Self {
        Self { groups, root, helper, qmp, guest: None, tried: None }
    }

    /// One reading of everything that can be read; `at_ns` is its time on the clock of the trace.
    ///
    /// It takes about as many milliseconds as the system has gigabytes, most of it for the shares of shared pages.
    pub fn sample(&mut self, at_ns: i64) -> Vec<ResourceSample> {
        let pids = self.pids();
        let pages = pids.iter().filter_map(|pid| pages(*pid)).fold(Pages::default(), Pages::plus);
        let has_pages = pages != Pages::default();
        let of_pages = |bytes: u64| has_pages.then_some(bytes);
        let cpu_ns = self.groups.cpu_time_ns().or_else(|| cpu_time_ns(&pids));
        let readings = [
            (ResourceSource::System, Resource::CpuTime, cpu_ns.map(|nanoseconds| nanoseconds as f64 / 1e9)),
            (
                ResourceSource::System,
                Resource::Memory,
                bytes(self.groups.memory_bytes().or_else(|| of_pages(pages.resident))),
            ),
            (
                ResourceSource::System,
                Resource::MemoryPeak,
                bytes(self.groups.memory_peak_bytes().or_else(|| of_pages(pages.peak))),
            ),
            (ResourceSource::System, Resource::MemoryPss, bytes(of_pages(pages.shared_out))),
            (ResourceSource::Guest, Resource::Memory, bytes(self.guest_bytes())),
        ];
        let sample = |(source, resource, value): (_, _, Option<f64>)| {
            Some(ResourceSample { at_ns, source, resource, value: value? })
        };
        readings.into_iter().filter_map(sample).collect()
    }

    fn pids(&self) -> Vec<i32> {
        let mut pids = self.groups.pids();
        if pids.is_empty() {
            pids = self.root.map(with_descendants).unwrap_or_default();
        }
        pids.extend(self.helper.filter(|helper| !pids.contains(helper)));
        pids
    }

    fn guest_bytes(&mut self) -> Option<u64> {
        let socket = self.qmp.as_ref()?;
        if self.guest.is_none() && self.tried.is_none_or(|tried| tried.elapsed() > RETRY) {
            self.tried = Some(Instant::now());
            self.guest = Qmp::connect(socket).ok();
        }
        self.guest.as_mut()?.guest_memory_bytes()
    }
}

fn bytes(bytes: Option<u64>) -> Option<f64> {
    bytes.map(|bytes| bytes as f64)
}

impl Pages {
    fn plus(self, other: Self) -> Self {
        Self {
            resident: self.resident + other.resident,
            peak: self.peak + other.peak,
            shared_out: self.shared_out + other.shared_out,
        }
    }
}

/// From `/proc/PID/smaps_rollup` and `/proc/PID/status` (proc(5)).
fn pages(pid: i32) -> Option<Pages> {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    Some(Pages {
        resident: field(&rollup, "Rss:")?,
        peak: field(&status, "VmHWM:")?,
        shared_out: field(&rollup, "Pss:")?,
    })
}

/// A line such as `Rss:  12 kB`, in bytes.
fn field(text: &str, name: &str) -> Option<u64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(rest.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? << 10)
}

/// Processor time of processes that live, and of children they have waited for.
fn cpu_time_ns(pids: &[i32]) -> Option<u64> {
    let ticks: Vec<u64> = pids.iter().filter_map(|pid| Some(Stat::read(*pid)?.cpu_ticks())).collect();
    let per_s = rustix::param::clock_ticks_per_second();
    (!ticks.is_empty()).then(|| ticks.iter().sum::<u64>() * (1_000_000_000 / per_s.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_proc_are_read_in_bytes() {
        let text = "VmPeak:\t   20 kB\nVmHWM:\t   12 kB\nThreads:\t1\n";
        assert_eq!(
            (field(text, "VmHWM:"), field(text, "Threads:"), field(text, "Rss:")),
            (Some(12_288), None, None)
        );
    }

    #[test]
    fn a_process_without_groups_is_read_itself() {
        let own = rustix::process::getpid().as_raw_nonzero().get();
        let samples = Sampler::new(Groups::default(), Some(own), None, None).sample(7);
        let what: Vec<_> =
            samples.iter().map(|sample| (sample.at_ns, sample.source, sample.resource)).collect();
        let of = |resource| (7, ResourceSource::System, resource);
        let all = [Resource::CpuTime, Resource::Memory, Resource::MemoryPeak, Resource::MemoryPss];
        assert_eq!(what, all.map(of));
        let value = |index: usize| samples[index].value;
        assert!(value(2) >= value(1) && value(1) >= value(3) && value(3) > 100_000.0, "{samples:?}");
    }

    #[test]
    fn of_a_process_that_is_gone_nothing_is_known() {
        assert_eq!(Sampler::new(Groups::default(), Some(i32::MAX), None, None).sample(0), []);
    }
}
