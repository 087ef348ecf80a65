//! Charts: from results to figures. One file per chart.

mod critical_difference;
mod curves;
mod ecdf;
mod forest;
mod grouped_bars;
mod over_clients;
mod parts;
mod quantiles;
mod rate_over_clients;
mod rate_over_memory;
mod run_over_time;
mod time_over_clients;
mod timeline;

use vana_types::IntervalKind;

use crate::figure::Figure;
use crate::quantity::format;
use crate::slug::Distinct;
use crate::view::{Name, View};

/// A kind of figure.
pub struct Chart {
    /// Kebab-case name.
    pub name: &'static str,
    /// What it shows, in one line.
    pub about: &'static str,
    /// Draws all figures of this kind that the results have numbers for.
    pub draw: fn(&View<'_>) -> Vec<Figure>,
}

/// All charts.
pub const CHARTS: &[Chart] = &[
    Chart {
        name: "rate-over-clients",
        about: "what is done per second, over the number of clients",
        draw: rate_over_clients::draw,
    },
    Chart {
        name: "time-over-clients",
        about: "how long it takes, over the number of clients",
        draw: time_over_clients::draw,
    },
    Chart {
        name: "rate-over-memory",
        about: "what is done per second, over the memory it takes",
        draw: rate_over_memory::draw,
    },
    Chart {
        name: "quantiles",
        about: "how long it takes, over the percentile, up to 99.99 %",
        draw: quantiles::draw,
    },
    Chart { name: "ecdf", about: "share of the requests that took no longer", draw: ecdf::draw },
    Chart { name: "timeline", about: "a number over the time of one run", draw: timeline::draw },
    Chart {
        name: "run-over-time",
        about: "latency, processors and memory of one run over its time, one above the other",
        draw: run_over_time::draw,
    },
    Chart {
        name: "grouped-bars",
        about: "systems by workloads, where there is one number of clients or none, or workloads share some",
        draw: grouped_bars::draw,
    },
    Chart {
        name: "forest",
        about: "ratio of each system to the baseline with its interval",
        draw: forest::draw,
    },
    Chart {
        name: "critical-difference",
        about: "mean ranks of systems, joined where they do not differ significantly",
        draw: critical_difference::draw,
    },
];

/// All figures of all charts, with distinct names, by the order of the charts.
pub fn draw_all(view: &View<'_>) -> Vec<Figure> {
    let mut figures: Vec<Figure> = CHARTS.iter().flat_map(|chart| (chart.draw)(view)).collect();
    let mut names = Distinct::default();
    for figure in &mut figures {
        figure.name = names.file(&figure.name);
    }
    figures
}

/// What to say of intervals: which, and over how many repetitions.
#[derive(Debug, Default)]
struct Bars {
    interval: Option<(IntervalKind, f64)>,
    counts: Vec<u32>,
    doubtful: bool,
}

impl Bars {
    fn see(&mut self, cell: &vana_types::Cell) {
        if let Some(interval) = cell.estimate.interval {
            self.interval = self.interval.or(Some((interval.kind, interval.level)));
            self.counts.extend(cell.estimate.n);
        }
    }

    fn sentence(&self) -> String {
        let mut text = String::new();
        if let Some((kind, level)) = self.interval {
            let kind = match kind {
                IntervalKind::StudentT => "Student t intervals of the mean",
                IntervalKind::OrderStatistic => "order-statistic intervals of the median",
            };
            let percent = format(level * 100.0, usize::from((level * 100.0).fract() > 1e-9));
            let over = match (self.counts.iter().min(), self.counts.iter().max()) {
                (Some(least), Some(most)) if least == most => format!(" over {most} repetitions"),
                (Some(least), Some(most)) => format!(" over {least} to {most} repetitions"),
                _ => String::new(),
            };
            text = format!(" Error bars: {percent} % {kind}{over}.");
        }
        if self.doubtful {
            text.push_str(" Hollow: in doubt, see the table.");
        }
        text
    }
}

/// ` A: …; B: ….` for names that figures may shorten.
fn legend<'n>(names: impl Iterator<Item = &'n Name>) -> String {
    let long: Vec<String> = names.filter(|name| name.key.is_some()).map(Name::with_key).collect();
    if long.is_empty() { String::new() } else { format!(" {}.", long.join("; ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts_have_distinct_names_and_a_line_about_them() {
        crate::render::assert_registry(CHARTS.iter().map(|chart| (chart.name, chart.about)));
    }
}
