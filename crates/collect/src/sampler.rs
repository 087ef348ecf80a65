//! What the client itself uses while it makes a load, on the clock of the trace: what the load costs is read beside it,
//! by a thread that sends nothing.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use vana_types::{Resource, ResourceSample, ResourceSource};

use crate::system::{process_cpu_s, resident_bytes};

/// Between readings at the beginning; a longer run is read less often.
const SHORTEST: Duration = Duration::from_millis(100);
/// The same in a run of more than 100 s.
const LONGEST: Duration = Duration::from_secs(1);
/// Bytes sent to and fro before the load, of which the quickest counts.
const ECHOES_BEFORE: u32 = 200;
/// The same during the load.
const ECHOES_DURING: u32 = 5;
/// During the load the loopback is tried at every so manieth reading.
const SELDOM: u32 = 10;

/// Takes readings.
pub(crate) struct Sampler {
    origin: Instant,
    loopback: Option<Loopback>,
    samples: Vec<ResourceSample>,
    readings: u32,
}

impl Sampler {
    /// Finds the floor of the loopback, and takes a first reading when that is done: the time of the load begins then.
    pub fn begin() -> Self {
        let mut loopback = Loopback::open().ok();
        let floor = loopback.as_mut().and_then(|loopback| loopback.floor(ECHOES_BEFORE).ok());
        let mut sampler = Self { origin: Instant::now(), loopback, samples: Vec::new(), readings: 0 };
        sampler.push_floor(floor);
        sampler.read(None);
        sampler
    }

    /// The zero of its stamps and of those of the load.
    pub const fn origin(&self) -> Instant {
        self.origin
    }

    /// How long to wait for the next reading.
    pub fn period(&self) -> Duration {
        (self.origin.elapsed() / 100).clamp(SHORTEST, LONGEST)
    }

    /// Takes a reading; `lag_ns` is how late the latest request was since the last one, if any was due.
    pub fn read(&mut self, lag_ns: Option<i64>) {
        self.push(Resource::CpuTime, process_cpu_s());
        if let Some(bytes) = resident_bytes() {
            self.push(Resource::Memory, bytes);
        }
        if let Some(lag_ns) = lag_ns {
            self.push(Resource::ScheduleLag, lag_ns as f64 / 1e9);
        }
        self.readings += 1;
        if self.readings.is_multiple_of(SELDOM) {
            let floor = self.loopback.as_mut().and_then(|loopback| loopback.floor(ECHOES_DURING).ok());
            self.push_floor(floor);
        }
    }

    fn push_floor(&mut self, floor: Option<Duration>) {
        if let Some(floor) = floor {
            self.push(Resource::LoopbackTime, floor.as_secs_f64());
        }
    }

    fn push(&mut self, resource: Resource, value: f64) {
        let at_ns = self.origin.elapsed().as_nanos() as i64;
        self.samples.push(ResourceSample { at_ns, source: ResourceSource::Client, resource, value });
    }

    /// All readings; `start_ns` is the first request's stamp.
    pub fn finish(mut self, start_ns: i64) -> Vec<ResourceSample> {
        for sample in &mut self.samples {
            sample.at_ns -= start_ns;
        }
        self.samples
    }
}

/// A TCP connection of the thread with itself: nothing has to wake up, so that only the kernel's path is left.
struct Loopback {
    near: TcpStream,
    far: TcpStream,
}

impl Loopback {
    fn open() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let near = TcpStream::connect(listener.local_addr()?)?;
        let (far, _) = listener.accept()?;
        for end in [&near, &far] {
            end.set_nodelay(true)?;
            end.set_read_timeout(Some(LONGEST))?;
        }
        Ok(Self { near, far })
    }

    /// The shortest time of a byte there and back.
    fn floor(&mut self, echoes: u32) -> io::Result<Duration> {
        let mut shortest = Duration::MAX;
        let mut byte = [0];
        for _ in 0..echoes.max(1) {
            let begun = Instant::now();
            self.near.write_all(&byte)?;
            self.far.read_exact(&mut byte)?;
            self.far.write_all(&byte)?;
            self.near.read_exact(&mut byte)?;
            shortest = shortest.min(begun.elapsed());
        }
        Ok(shortest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_count_from_the_first_request() {
        let mut sampler = Sampler::begin();
        let begun_ns = sampler.samples[0].at_ns;
        for lag_ns in 0..i64::from(SELDOM) {
            sampler.read(Some(lag_ns));
        }
        let taken = sampler.finish(1000);
        assert_eq!(taken[0].at_ns, begun_ns - 1000);
        assert!(taken.is_sorted_by_key(|sample| sample.at_ns));
        let of =
            |resource| taken.iter().filter(move |sample| sample.resource == resource).map(|one| one.value);
        let floor: Vec<f64> = of(Resource::LoopbackTime).collect();
        assert!(floor.len() == 2 && floor.iter().all(|seconds| *seconds > 0.0), "{floor:?}");
        let cpu: Vec<f64> = of(Resource::CpuTime).collect();
        assert!(cpu.len() == 11 && cpu.is_sorted(), "{cpu:?}");
        assert!(of(Resource::Memory).count() == 11 && of(Resource::Memory).all(|bytes| bytes > 4096.0));
        assert!(of(Resource::ScheduleLag).any(|seconds| seconds > 8.5e-9));
    }
}
