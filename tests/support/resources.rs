//! What systems and clients would have used during runs that were made up.

use std::path::Path;

use vana_trace::{RESOURCES_FILE, Study, write_resources};
use vana_types::{Resource, ResourceSample, ResourceSource};

/// Readings of each run.
const READINGS: i64 = 40;

/// Adds readings to all runs of a study; the client is read somewhat later than the system, and both before the first
/// request. The study's sums are removed.
pub fn add_resources(root: &Path) {
    for run in Study::open(root).unwrap().runs {
        let end_ns = (run.run.duration_s.unwrap() * 1e9) as i64;
        let mut samples = Vec::new();
        for (source, late_ns) in [(ResourceSource::System, 0), (ResourceSource::Client, end_ns / 100)] {
            for reading in 0..READINGS {
                let at_ns = (reading - 1) * end_ns / (READINGS - 2) + late_ns;
                let busy_s = (reading * reading) as f64 / 1e3 + at_ns as f64 / 2e9;
                let memory = 64e6 + 1e5 * (reading % 7) as f64;
                let mut add = |resource, value| {
                    samples.push(ResourceSample { at_ns, source, resource, value });
                };
                add(Resource::CpuTime, busy_s);
                add(Resource::Memory, memory);
                if source == ResourceSource::Client {
                    add(Resource::ScheduleLag, 1e-5 * reading as f64);
                    add(Resource::LoopbackTime, 2e-5 + 1e-7 * reading as f64);
                } else {
                    add(Resource::MemoryPeak, memory + 1e6);
                }
            }
        }
        write_resources(&run.folder.join(RESOURCES_FILE), &samples).unwrap();
    }
    std::fs::remove_file(root.join("SHA256SUMS")).unwrap();
}
