use std::collections::BTreeMap;

use vana_types::{Cell, Finding, Severity, metric, statistic};

use super::checked::{about, caveat};
use super::message::{count, list, number, percent};
use super::{Check, Checked};

/// Maxima within this of each other are at one ceiling.
const WIDTH: f64 = 0.01;
/// So many systems must meet there.
const SYSTEMS: usize = 3;
/// Rates of links, bits per second, and their names.
const LINKS: [(f64, &str); 6] = [
    (1e8, "100 Mbit/s"),
    (1e9, "1 Gbit/s"),
    (1e10, "10 Gbit/s"),
    (2.5e10, "25 Gbit/s"),
    (4e10, "40 Gbit/s"),
    (1e11, "100 Gbit/s"),
];
/// The share of a link above which it is the bound; the rest goes to frames and headers.
const FULL: f64 = 0.85;

/// Systems were measured against a bound that they share, not against each other.
pub(super) struct CommonCeiling;

impl Check for CommonCeiling {
    fn name(&self) -> &'static str {
        "common-ceiling"
    }

    fn about(&self) -> &'static str {
        "The highest rates of three systems or more lie within 1 % of each other: a link or the client bounds them all."
    }

    fn source(&self) -> &'static str {
        "Gregg, Systems Performance, 2nd ed. (2020), chapter 12: limiters of a benchmark; thresholds are vana's"
    }

    fn find(&self, study: &Checked<'_>, out: &mut Vec<Finding>) {
        // The highest window of each run, or its mean rate where no windows are known.
        let mut lines = study.lines(metric::REQUEST_RATE, statistic::MAX);
        let known: Vec<String> = lines.iter().map(|line| line.workload.to_owned()).collect();
        let means = study.lines(metric::REQUEST_RATE, statistic::MEAN).into_iter();
        lines.extend(means.filter(|line| !known.iter().any(|workload| workload == line.workload)));
        let mut workloads: BTreeMap<&str, Vec<&Cell>> = BTreeMap::new();
        for line in &lines {
            workloads.entry(line.workload).or_default().extend(line.points.iter().map(|(_, cell)| *cell));
        }
        for (workload, cells) in workloads {
            let Some(ceiling) = Ceiling::of(&cells) else { continue };
            out.push(ceiling.finding(self.name(), workload, study));
        }
    }
}

struct Ceiling<'a> {
    low: f64,
    high: f64,
    /// The cells at the ceiling, by system.
    systems: BTreeMap<&'a str, Vec<&'a Cell>>,
    /// Of how many cells each system.
    of: BTreeMap<&'a str, usize>,
}

impl<'a> Ceiling<'a> {
    /// The range of 1 % with the most systems, and of those the one with the most cells. Systems have to meet there at
    /// one number of clients.
    fn of(cells: &[&'a Cell]) -> Option<Self> {
        let mut rates: Vec<(f64, &'a Cell)> = cells
            .iter()
            .filter_map(|cell| Some((cell.estimate.value.filter(|rate| *rate > 0.0)?, *cell)))
            .collect();
        rates.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut best: Option<(usize, usize, usize)> = None;
        for start in 0..rates.len() {
            let end =
                start + rates[start..].partition_point(|(rate, _)| *rate <= rates[start].0 * (1.0 + WIDTH));
            let met = most_at_once(&rates[start..end]);
            let is_better = best.is_none_or(|(most, from, to)| (met, end - start) > (most, to - from));
            if met >= SYSTEMS && is_better {
                best = Some((met, start, end));
            }
        }
        let (_, start, end) = best?;
        let mut systems: BTreeMap<&str, Vec<&Cell>> = BTreeMap::new();
        for (_, cell) in rates.get(start..end)? {
            systems.entry(&cell.key.system).or_default().push(cell);
        }
        let mut of: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, cell) in &rates {
            *of.entry(&cell.key.system).or_default() += 1;
        }
        Some(Self { low: rates.get(start)?.0, high: rates.get(end - 1)?.0, systems, of })
    }

    fn finding(&self, code: &str, workload: &str, study: &Checked<'_>) -> Finding {
        let shown: Vec<String> = self
            .systems
            .iter()
            .map(|(system, cells)| format!("{system} at {} of {}", cells.len(), self.of[system]))
            .collect();
        let cells: usize = self.systems.values().map(Vec::len).sum();
        let message = format!(
            "The highest rates of {} lie within 1 % of each other, between {} and {} requests/s ({} of all; by numbers of \
             clients: {}). They met a common bound, so they \
             were measured against it and differ more than their means show. {} Measure again with smaller responses, \
             a faster link or a second client.",
            count(self.systems.len(), "system"),
            number(self.low),
            number(self.high),
            cells,
            list(&shown),
            self.link(study),
        );
        let message = message + &caveat(self.systems.values().flatten().copied());
        let finding = Finding::new(code, Severity::Warning, message).with_value(self.high, None);
        about(finding.of_metric(metric::REQUEST_RATE), workload, None, None)
    }

    /// What share of which link it is, when bytes are known; else what responses would fill one.
    fn link(&self, study: &Checked<'_>) -> String {
        let rates = self.systems.values().flatten().filter_map(|cell| {
            study
                .beside(cell, metric::TRANSFER_RATE, statistic::MEAN)
                .map(|(_, bytes_per_s)| bytes_per_s * 8.0)
        });
        let bits_per_s = rates.fold(0.0, f64::max);
        if bits_per_s == 0.0 {
            return format!(
                "Responses of {} bytes fill a link of 100 Mbit/s at this rate, ten times as long ones one of 1 Gbit/s.",
                number(1e8 / 8.0 / self.high)
            );
        }
        match LINKS.iter().find(|(link, _)| (FULL..=1.0).contains(&(bits_per_s / link))) {
            Some((link, name)) => format!("That is {} of a link of {name}.", percent(bits_per_s / link)),
            None => format!(
                "At {} Mbit/s no common link is full, so it may be the client.",
                number(bits_per_s / 1e6)
            ),
        }
    }
}

/// The most systems that have a cell at one number of clients.
fn most_at_once(cells: &[(f64, &Cell)]) -> usize {
    let mut at: BTreeMap<Option<u32>, Vec<&str>> = BTreeMap::new();
    for (_, cell) in cells {
        let systems = at.entry(cell.key.clients).or_default();
        if !systems.contains(&cell.key.system.as_str()) {
            systems.push(&cell.key.system);
        }
    }
    at.values().map(Vec::len).max().unwrap_or(0)
}
