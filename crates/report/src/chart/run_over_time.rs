//! Latency, processors and memory of one run over its time, one above the other.

use vana_types::{Pulse, ResourceSource, RunSheet, Unit, Usage, metric};

use crate::figure::{Axis, Figure, Plot, Point, Series, Shape};
use crate::quantity::{Shown, decimals, format};
use crate::slug::file_part;
use crate::view::View;
use crate::{axis, label};

/// Readings during a run without which a line says nothing: a run shorter than that is no example.
const READINGS: usize = 5;
/// Labels that a low plot has room for.
const TICKS: usize = 5;

/// What is drawn of what was used: by whom, its words, its style. The first two styles are those of the latencies.
const SOURCES: [(ResourceSource, &str, usize); 3] = [
    (ResourceSource::System, "Used by the system", 2),
    (ResourceSource::Client, "Used by the client", 4),
    (ResourceSource::Guest, "Used in the guest", 6),
];

/// One figure: the first example whose requests and resources are known.
pub fn draw(view: &View<'_>) -> Vec<Figure> {
    view.results.examples.iter().find_map(|run| figure(view, run)).into_iter().collect()
}

fn figure(view: &View<'_>, run: &RunSheet) -> Option<Figure> {
    let pulse = run.pulse.as_ref()?;
    let (upper, words) = latencies(pulse)?;
    let cpu = used(pulse, "cpu", &[ResourceSource::System, ResourceSource::Client])?;
    let memory = used(pulse, metric::MEMORY, &[ResourceSource::System, ResourceSource::Guest])?;
    let plots = [&upper, &cpu, &memory];
    let ends = plots.iter().flat_map(|plot| &plot.series).flat_map(|series| &series.points);
    let last_s = ends.map(|point| point.x).fold(0.0, f64::max);
    let id = &run.identity;
    let clients = id.clients.map(|count| format!(" with {}", label::clients(count))).unwrap_or_default();
    let ending = id.clients.map(|count| format!("-{count}-clients")).unwrap_or_default();
    Some(Figure {
        name: format!("{}-{}-run-over-time{ending}", file_part(&id.workload), file_part(&id.system)),
        caption: format!(
            "{words} over the time of one run, and the processors and the memory that were used meanwhile: {} of {}{}. {} \
             Each point stands for {}.",
            view.workload_short(&id.workload),
            view.system_words(&id.system),
            clients,
            which(view, run),
            window(pulse)
        ),
        shape: Shape::Line,
        x: axis::linear(
            "Time since the start of the run (s)".to_owned(),
            0.0,
            if last_s > 0.0 { last_s } else { 1.0 },
        ),
        y: upper.y,
        series: upper.series,
        guides: Vec::new(),
        below: vec![cpu, memory],
    })
}

/// `Of 6 repetitions it is number 3, whose rate is the median.`
fn which(view: &View<'_>, run: &RunSheet) -> String {
    let same = |other: &&RunSheet| {
        (&other.identity.system, &other.identity.workload, other.identity.clients)
            == (&run.identity.system, &run.identity.workload, run.identity.clients)
    };
    match view.results.runs.iter().filter(same).count() {
        0 | 1 => "It was made once.".to_owned(),
        count => {
            format!(
                "Of {count} repetitions it is number {}, whose rate is the median.",
                run.identity.repetition
            )
        }
    }
}

/// The longest and the mean of each window, and what they are.
fn latencies(pulse: &Pulse) -> Option<(Plot, String)> {
    let width_s = pulse.window_ns as f64 / 1e9;
    let answered = || pulse.windows.iter().enumerate().filter(|(_, window)| window.count > 0);
    let values: Vec<f64> = answered()
        .flat_map(|(_, window)| [window.mean_ns, window.max_ns])
        .map(|ns| ns as f64 / 1e9)
        .collect();
    let shown = Shown::choose(Unit::Seconds, &values);
    let ends: Vec<f64> = values.iter().map(|value| shown.of(*value)).collect();
    let words = label::metric_label(&pulse.metric);
    let line = |of: fn(&vana_types::Window) -> u64| {
        answered()
            .map(|(place, window)| {
                Point::new((place as f64 + 0.5) * width_s, shown.of(of(window) as f64 / 1e9))
            })
            .collect::<Vec<Point>>()
    };
    let series =
        |label: &str, style, points| Series { label: label.to_owned(), style, hollow: false, points };
    (values.len() > 2).then(|| {
        let y = axis::of_values(format!("{words}{}", shown.in_brackets()), &ends);
        let all = vec![series("Mean", 0, line(|w| w.mean_ns)), series("Longest", 1, line(|w| w.max_ns))];
        (Plot { y, series: all }, words)
    })
}

/// What these used of something; `None` where the system's is not known over time.
fn used(pulse: &Pulse, name: &str, by: &[ResourceSource]) -> Option<Plot> {
    let of = |source| pulse.usages.iter().find(|usage| usage.metric == name && usage.source == source);
    let is_line = |usage: &&Usage| during(pulse, usage).count() > 1;
    let system = of(ResourceSource::System).filter(|usage| during(pulse, usage).count() >= READINGS)?;
    let found: Vec<(&Usage, &str, usize)> = SOURCES
        .iter()
        .filter(|(source, ..)| by.contains(source))
        .filter_map(|(source, words, style)| Some((of(*source).filter(is_line)?, *words, *style)))
        .collect();
    let values: Vec<f64> =
        found.iter().flat_map(|(usage, ..)| during(pulse, usage)).map(|point| point.1).collect();
    let shown = Shown::choose(system.unit, &values);
    let points =
        |usage| during(pulse, usage).map(|(at_s, value)| Point::new(at_s, shown.of(value))).collect();
    let words = if name == "cpu" { "Processors".to_owned() } else { label::metric_label(name) };
    let ends: Vec<f64> = values.iter().map(|value| shown.of(*value)).collect();
    let series = found.iter().map(|(usage, words, style)| Series {
        label: (*words).to_owned(),
        style: *style,
        hollow: false,
        points: points(usage),
    });
    let y = axis::from_zero(format!("{words}{}", shown.in_brackets()), &ends);
    Some(Plot { y: sparse(y), series: series.collect() })
}

/// Readings from the first request to the end of the last window.
fn during<'a>(pulse: &Pulse, usage: &'a Usage) -> impl Iterator<Item = (f64, f64)> + use<'a> {
    let end_s = pulse.windows.len() as f64 * pulse.window_ns as f64 / 1e9;
    let is_during = move |(at_s, value): &(f64, f64)| (0.0..=end_s).contains(at_s) && value.is_finite();
    usage.points.iter().copied().filter(is_during)
}

/// Every other tick of an axis that has too many for a low plot.
fn sparse(mut y: Axis) -> Axis {
    while y.ticks.len() > TICKS {
        let mut keep = false;
        y.ticks.retain(|_| {
            keep = !keep;
            keep
        });
    }
    y
}

/// `the requests done in 83 ms`.
fn window(pulse: &Pulse) -> String {
    let seconds = pulse.window_ns as f64 / 1e9;
    let shown = Shown::choose(Unit::Seconds, &[seconds]);
    let value = shown.of(seconds);
    format!("the requests done in {} {}", format(value, decimals(&[value]).min(1)), shown.symbol)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_low_plot_has_few_ticks_and_keeps_the_first() {
        let at = |high: f64| {
            let axis = sparse(axis::linear(String::new(), 0.0, high));
            axis.ticks.iter().map(|tick| tick.at).collect::<Vec<_>>()
        };
        assert_eq!(at(6.0), [0.0, 2.0, 4.0, 6.0]);
        assert_eq!(at(4.0), [0.0, 1.0, 2.0, 3.0, 4.0]);
    }

    #[test]
    fn a_run_of_which_one_part_is_unknown_is_not_drawn() {
        let pulse = Pulse { metric: metric::SERVICE_TIME.to_owned(), ..Pulse::default() };
        assert_eq!(latencies(&pulse), None);
        assert_eq!(used(&pulse, "cpu", &[ResourceSource::System]), None);
    }
}
