//! What system and client used while the run went on.

use vana_trace::{Column, StudyRun, read_resources};
use vana_types::{ANSWERED, Fidelity, Resource, ResourceSample, ResourceSource, Unit, metric, statistic};

use crate::{ReduceError, Sink};

/// Attributes of a run that are seconds from the start of a system, and what they are called as metrics.
const STARTS: [(&str, &str); 2] =
    [("boot_time_s", metric::BOOT_TIME), ("connect_time_s", metric::CONNECT_TIME)];

/// Reads the resources of a run that has them, and the boot time of one that began with a start of its system.
pub(crate) fn reduce(run: &StudyRun, sink: &mut Sink<'_>) -> Result<(), ReduceError> {
    for (attribute, name) in STARTS {
        if let Some(seconds) = run.run.attributes.get(attribute).and_then(|text| text.parse().ok()) {
            sink.measure(name, statistic::USED, seconds, Unit::Seconds, None);
        }
    }
    let path = run.resources();
    if !path.exists() {
        return Ok(());
    }
    let samples = since_warmup(read_resources(&path)?, run.run.warmup_ns());
    let of = |source, resource| Series::of(&samples, source, resource);
    if sink.options.series && run.run.identity.clients.is_some() {
        let system = ResourceSource::System;
        let memory = of(system, Resource::Memory).map(|series| series.seconds()).unwrap_or_default();
        let cpu = of(system, Resource::CpuTime).map(|series| series.slopes()).unwrap_or_default();
        for (name, unit, points) in [(metric::MEMORY, Unit::Bytes, memory), (metric::CPU, Unit::One, cpu)] {
            sink.draw(name, unit, points);
        }
    }
    let memory = [
        (ResourceSource::System, metric::MEMORY),
        (ResourceSource::Guest, metric::GUEST_MEMORY),
        (ResourceSource::Client, metric::CLIENT_MEMORY),
    ];
    for (source, name) in memory {
        let Some(series) = of(source, Resource::Memory) else { continue };
        sink.measure(name, statistic::USED, series.mean(), Unit::Bytes, None);
        let peak = of(source, Resource::MemoryPeak).map_or(series.max(), |peak| peak.max().max(series.max()));
        sink.measure(name, statistic::MAX, peak, Unit::Bytes, None);
    }
    for (source, name) in
        [(ResourceSource::System, metric::CPU), (ResourceSource::Client, metric::CLIENT_CPU)]
    {
        let Some((used_s, wall_s)) = of(source, Resource::CpuTime).and_then(|series| series.growth()) else {
            continue;
        };
        sink.measure(name, statistic::MEAN, used_s / wall_s, Unit::One, None);
        if source == ResourceSource::System {
            let answered = answered(run)?;
            sink.measure(
                metric::CPU_PER_REQUEST,
                statistic::MEAN,
                used_s / answered as f64,
                Unit::Seconds,
                None,
            );
        }
    }
    if let Some(lag) = of(ResourceSource::Client, Resource::ScheduleLag) {
        sink.measure(metric::SCHEDULE_LAG, statistic::MAX, lag.max(), Unit::Seconds, None);
    }
    if let Some(floor) = of(ResourceSource::Client, Resource::LoopbackTime) {
        sink.measure(metric::LOOPBACK_TIME, statistic::MIN, floor.min(), Unit::Seconds, None);
        sink.measure(metric::LOOPBACK_TIME, statistic::MEAN, floor.mean(), Unit::Seconds, None);
    }
    Ok(())
}

/// The readings after the warm-up, counted from its end as the requests are; all of them where there was none.
pub(crate) fn since_warmup(mut samples: Vec<ResourceSample>, warmup_ns: i64) -> Vec<ResourceSample> {
    if warmup_ns > 0 {
        samples.retain(|sample| sample.at_ns >= warmup_ns);
        for sample in &mut samples {
            sample.at_ns -= warmup_ns;
        }
    }
    samples
}

/// How many requests were answered, without those of the warm-up.
fn answered(run: &StudyRun) -> Result<u64, ReduceError> {
    if let Some(answered) = run.run.attributes.get(ANSWERED).and_then(|text| text.parse().ok()) {
        return Ok(answered);
    }
    if run.run.warmup_ns() == 0 || run.run.fidelity != Fidelity::Trace {
        let complete = run.run.outcomes.iter().filter(|(outcome, _)| outcome.is_complete());
        return Ok(complete.map(|(_, count)| *count).sum());
    }
    let mut answered = 0;
    run.requests()?.scan(&[Column::Outcome], |batch| {
        answered += (0..batch.len()).filter(|&row| batch.outcome(row).is_complete()).count() as u64;
    })?;
    Ok(answered)
}

/// The readings of one thing; never empty.
struct Series(Vec<(i64, f64)>);

impl Series {
    fn of(samples: &[ResourceSample], source: ResourceSource, resource: Resource) -> Option<Self> {
        let same = samples.iter().filter(|sample| sample.source == source && sample.resource == resource);
        let readings: Vec<_> = same.map(|sample| (sample.at_ns, sample.value)).collect();
        (!readings.is_empty()).then_some(Self(readings))
    }

    fn values(&self) -> impl Iterator<Item = f64> {
        self.0.iter().map(|(_, value)| *value)
    }

    fn mean(&self) -> f64 {
        self.values().sum::<f64>() / self.0.len() as f64
    }

    fn min(&self) -> f64 {
        self.values().fold(f64::INFINITY, f64::min)
    }

    fn max(&self) -> f64 {
        self.values().fold(f64::NEG_INFINITY, f64::max)
    }

    /// Seconds since the run's start and value, from that start on.
    fn seconds(&self) -> Vec<(f64, f64)> {
        let seconds = self.0.iter().map(|(at_ns, value)| (*at_ns as f64 / 1e9, *value));
        seconds.filter(|(at_s, _)| *at_s >= 0.0).collect()
    }

    /// Seconds since the run's start and how fast a counter grew until then.
    fn slopes(&self) -> Vec<(f64, f64)> {
        let pairs = self.0.windows(2).filter(|pair| pair[0].0 >= 0 && pair[1].0 > pair[0].0);
        let slope = |pair: &[(i64, f64)]| {
            let seconds = (pair[1].0 - pair[0].0) as f64 / 1e9;
            (pair[1].0 as f64 / 1e9, (pair[1].1 - pair[0].1) / seconds)
        };
        pairs.map(slope).collect()
    }

    /// How much a counter grew between its first and last reading, and how many seconds lie between them.
    fn growth(&self) -> Option<(f64, f64)> {
        let ((first_ns, first), (last_ns, last)) = (self.0.first()?, self.0.last()?);
        let seconds = (last_ns - first_ns) as f64 / 1e9;
        (seconds > 0.0 && last >= first).then_some((last - first, seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_become_means_extremes_and_growth() {
        let sample = |at_s: i64, resource, value| ResourceSample {
            at_ns: at_s * 1_000_000_000,
            source: ResourceSource::System,
            resource,
            value,
        };
        let samples = [
            sample(0, Resource::CpuTime, 1.0),
            sample(0, Resource::Memory, 10.0),
            sample(2, Resource::Memory, 40.0),
            sample(4, Resource::CpuTime, 3.0),
        ];
        let of = |resource| Series::of(&samples, ResourceSource::System, resource);
        let memory = of(Resource::Memory).unwrap();
        assert_eq!((memory.mean(), memory.min(), memory.max()), (25.0, 10.0, 40.0));
        assert_eq!(of(Resource::CpuTime).unwrap().growth(), Some((2.0, 4.0)));
        assert_eq!(memory.seconds(), [(0.0, 10.0), (2.0, 40.0)]);
        assert_eq!(of(Resource::CpuTime).unwrap().slopes(), [(4.0, 0.5)]);
        assert!(of(Resource::MemoryPss).is_none());
    }
}
