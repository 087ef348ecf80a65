//! One run over its time, in at most as many windows as a page shows, and the histogram of its durations.

use std::collections::BTreeMap;

use vana_trace::{Batch, Column, StudyRun, read_histogram, read_resources};
use vana_types::{
    Fidelity, MOST_WINDOWS, Pulse, Resource, ResourceSample, ResourceSource, Unit, Usage, Window, metric,
};

use crate::ReduceError;
use crate::resources::since_warmup;

/// One run over its time, from its files. Memory does not grow with the run; it takes a pass over its requests.
pub fn pulse(run: &StudyRun) -> Result<Option<Pulse>, ReduceError> {
    let mut pulse = match run.run.fidelity {
        Fidelity::Trace => of_trace(run)?,
        Fidelity::Histogram => of_histogram(run)?,
        Fidelity::Summary | Fidelity::Published => None,
    };
    let path = run.resources();
    if path.exists() {
        let samples = since_warmup(read_resources(&path)?, run.run.warmup_ns());
        pulse.get_or_insert_default().usages = usages(&samples);
    }
    Ok(pulse)
}

fn of_trace(run: &StudyRun) -> Result<Option<Pulse>, ReduceError> {
    let reader = run.requests()?;
    if reader.row_count() == 0 {
        return Ok(None);
    }
    let is_due = reader.has(Column::Due) && reader.has_values(Column::Due);
    let mut columns = vec![Column::Sent, Column::Service, Column::Outcome];
    columns.extend(is_due.then_some(Column::Due));
    let mut windows = Windows::new(run.run.duration_s);
    let mut bins = BTreeMap::<u16, u64>::new();
    let mut first_sent_ns = None;
    reader.scan(&columns, |batch| {
        let first_sent_ns = *first_sent_ns.get_or_insert_with(|| batch.i64s(Column::Sent)[0]);
        add(batch, is_due, first_sent_ns, &mut windows, &mut bins);
    })?;
    let metric = if is_due { metric::RESPONSE_TIME } else { metric::SERVICE_TIME };
    Ok(Some(Pulse {
        metric: metric.to_owned(),
        window_ns: windows.width_ns,
        windows: windows.finish(),
        histogram: bins.into_iter().collect(),
        usages: Vec::new(),
    }))
}

fn add(
    batch: &Batch,
    is_due: bool,
    first_sent_ns: i64,
    windows: &mut Windows,
    bins: &mut BTreeMap<u16, u64>,
) {
    let (sent, service) = (batch.i64s(Column::Sent), batch.i64s(Column::Service));
    // Neighbours mostly fall into one bin: the map is asked once for each stretch of equal bins.
    let mut run: Option<(u16, u64)> = None;
    for row in (0..batch.len()).filter(|&row| batch.outcome(row).is_complete()) {
        let done_ns = sent[row].saturating_add(service[row]);
        let due_ns = if is_due { batch.time(Column::Due, row) } else { None };
        let took_ns = done_ns.saturating_sub(due_ns.unwrap_or(sent[row])).max(0).unsigned_abs();
        windows.add(done_ns.saturating_sub(first_sent_ns).max(0).unsigned_abs(), took_ns);
        let bin = bin(took_ns);
        run = match run {
            Some((same, count)) if same == bin => Some((bin, count + 1)),
            Some((other, count)) => {
                *bins.entry(other).or_default() += count;
                Some((bin, 1))
            }
            None => Some((bin, 1)),
        };
    }
    if let Some((bin, count)) = run {
        *bins.entry(bin).or_default() += count;
    }
}

/// The bin of a duration: eight to each power of two. 0 and 1 ns share the first.
fn bin(took_ns: u64) -> u16 {
    let exponent = took_ns.max(1).ilog2();
    let rest = took_ns.max(1) - (1 << exponent);
    let eighth = if exponent >= 3 { rest >> (exponent - 3) } else { rest << (3 - exponent) };
    (exponent * 8) as u16 + eighth as u16
}

/// Windows that become twice as long, and half as many, whenever the run goes on beyond the last.
struct Windows {
    width_ns: u64,
    sums: Vec<Sum>,
}

#[derive(Clone, Copy, Default)]
struct Sum {
    count: u64,
    min_ns: u64,
    total_ns: u128,
    max_ns: u64,
}

impl Sum {
    fn join(self, other: Self) -> Self {
        match (self.count, other.count) {
            (0, _) => other,
            (_, 0) => self,
            _ => Self {
                count: self.count + other.count,
                min_ns: self.min_ns.min(other.min_ns),
                total_ns: self.total_ns + other.total_ns,
                max_ns: self.max_ns.max(other.max_ns),
            },
        }
    }
}

impl Windows {
    /// With its length known a run fills all windows, else between half of them and all.
    fn new(duration_s: Option<f64>) -> Self {
        let known_ns =
            duration_s.filter(|seconds| *seconds > 0.0 && *seconds < 1e9).map(|seconds| seconds * 1e9);
        let width_ns = known_ns.map_or(1_000_000, |ns| (ns / MOST_WINDOWS as f64).ceil() as u64 + 1);
        Self { width_ns, sums: Vec::new() }
    }

    fn add(&mut self, done_ns: u64, took_ns: u64) {
        let mut place = done_ns / self.width_ns;
        while place >= MOST_WINDOWS as u64 {
            let halves = self.sums.chunks(2).map(|pair| pair.iter().copied().fold(Sum::default(), Sum::join));
            self.sums = halves.collect();
            self.width_ns = self.width_ns.saturating_mul(2);
            place = done_ns / self.width_ns;
        }
        let place = place as usize;
        if place >= self.sums.len() {
            self.sums.resize(place + 1, Sum::default());
        }
        let one = Sum { count: 1, min_ns: took_ns, total_ns: u128::from(took_ns), max_ns: took_ns };
        self.sums[place] = self.sums[place].join(one);
    }

    fn finish(self) -> Vec<Window> {
        let window = |sum: Sum| Window {
            count: sum.count,
            min_ns: sum.min_ns,
            mean_ns: (sum.total_ns / u128::from(sum.count.max(1))) as u64,
            max_ns: sum.max_ns,
        };
        self.sums.into_iter().map(window).collect()
    }
}

/// The first histogram of a run that has no requests, in the bins of a page; each bin counts at its upper edge.
fn of_histogram(run: &StudyRun) -> Result<Option<Pulse>, ReduceError> {
    let Some((metric, found)) = read_histogram(&run.histogram())?.into_iter().next() else { return Ok(None) };
    let mut bins = BTreeMap::<u16, u64>::new();
    for each in found {
        *bins.entry(bin(each.value_ns.max(0).unsigned_abs())).or_default() += each.count;
    }
    Ok(Some(Pulse { metric, histogram: bins.into_iter().collect(), ..Pulse::default() }))
}

/// Memory, and processors between two readings; the first of so many neighbours where there are too many.
fn usages(samples: &[ResourceSample]) -> Vec<Usage> {
    let mut all = Vec::new();
    for source in ResourceSource::ALL {
        let of = |resource| {
            let same = samples.iter().filter(move |s| s.source == source && s.resource == resource);
            thin(same.map(|sample| (sample.at_ns as f64 / 1e9, sample.value)).collect())
        };
        let time = of(Resource::CpuTime);
        let used = time.windows(2).filter(|pair| pair[1].0 > pair[0].0);
        let cpu = used.map(|pair| (pair[1].0, (pair[1].1 - pair[0].1) / (pair[1].0 - pair[0].0))).collect();
        for (name, unit, points) in
            [("cpu", Unit::One, cpu), (metric::MEMORY, Unit::Bytes, of(Resource::Memory))]
        {
            if !Vec::is_empty(&points) {
                all.push(Usage { source, metric: name.to_owned(), unit, points });
            }
        }
    }
    all
}

fn thin(points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let step = points.len().div_ceil(MOST_WINDOWS).max(1);
    points.into_iter().step_by(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bin_is_an_eighth_of_a_power_of_two() {
        assert_eq!([0, 1, 2, 3, 8, 9, 15, 16, 18].map(bin), [0, 0, 8, 12, 24, 25, 31, 32, 33]);
        assert_eq!(bin(u64::MAX), 63 * 8 + 7);
        assert!((1..100_000).all(|ns| bin(ns) <= bin(ns + 1)));
    }

    #[test]
    fn windows_grow_with_the_run_and_lose_no_request() {
        let mut windows = Windows::new(None);
        for second in 0..1000 {
            windows.add(second * 1_000_000_000, second);
        }
        let width_ns = windows.width_ns;
        let windows = windows.finish();
        assert!(windows.len() <= MOST_WINDOWS && windows.len() > MOST_WINDOWS / 2);
        assert_eq!(windows.iter().map(|window| window.count).sum::<u64>(), 1000);
        assert_eq!((windows[0].min_ns, windows.last().unwrap().max_ns), (0, 999));
        let first = width_ns / 1_000_000_000;
        assert_eq!(windows[0], Window { count: first + 1, min_ns: 0, mean_ns: first / 2, max_ns: first });
    }

    #[test]
    fn a_run_of_known_length_fills_all_windows() {
        let mut windows = Windows::new(Some(60.0));
        (0..=60_000).for_each(|ms| windows.add(ms * 1_000_000, 5));
        let windows = windows.finish();
        assert_eq!(windows.len(), MOST_WINDOWS);
        assert!(windows.iter().all(|window| window.mean_ns == 5 && window.count > 490));
    }

    #[test]
    fn processor_time_becomes_processors() {
        let sample = |at_s: i64, resource, value| ResourceSample {
            at_ns: at_s * 1_000_000_000,
            source: ResourceSource::System,
            resource,
            value,
        };
        let samples = [
            sample(0, Resource::CpuTime, 1.0),
            sample(2, Resource::CpuTime, 4.0),
            sample(2, Resource::Memory, 10.0),
        ];
        let points: Vec<_> = usages(&samples).into_iter().map(|usage| (usage.metric, usage.points)).collect();
        assert_eq!(points, [("cpu".to_owned(), vec![(2.0, 1.5)]), ("memory".to_owned(), vec![(2.0, 10.0)])]);
    }
}
