use vana_stats::Sample;
use vana_types::{Cell, Finding, Origin, Severity, Unit, metric, statistic};

use super::checked::{Line, about, caveat};
use super::message::{in_flight, list, number, time};
use super::{Check, Checked, little};

/// As printed, a misprint is off by at least this factor in every respect.
const OFF: f64 = 4.0;
/// With its point moved, it is off by at most this.
const FITS: f64 = 2.0;
/// Places by which a point may have slipped.
const SHIFTS: [i32; 4] = [1, -1, 2, -2];

/// A printed number that fits nothing around it, and would with its decimal point moved.
pub(super) struct SuspectValue;

impl Check for SuspectValue {
    fn name(&self) -> &'static str {
        "suspect-value"
    }

    fn about(&self) -> &'static str {
        "A printed mean is off by a factor of 4 from its neighbours, its stdev and Little's law, and fits all with its point moved."
    }

    fn source(&self) -> &'static str {
        "vana: three witnesses (neighbours, stdev, Little's law) and the slip of a decimal point"
    }

    fn find(&self, study: &Checked<'_>, out: &mut Vec<Finding>) {
        for name in METRICS {
            for line in study.lines(name, statistic::MEAN) {
                for (place, _) in line.points.iter().enumerate() {
                    out.extend(
                        Suspicion::of(study, &line, place).map(|found| found.finding(self.name(), &line)),
                    );
                }
            }
        }
    }
}

/// Whose printed means are looked at.
const METRICS: [&str; 3] = [metric::REQUEST_RATE, metric::LATENCY, metric::WRK_LATENCY];

/// Whether a mean is one of those found.
pub(super) fn is_suspect(study: &Checked<'_>, mean: &Cell) -> bool {
    let is_same = |line: &Line<'_>| line.workload == mean.key.workload && line.system == mean.key.system;
    let lines = study.lines(&mean.key.metric, statistic::MEAN);
    lines.iter().find(|line| is_same(line)).is_some_and(|line| {
        let place = line.points.iter().position(|(_, cell)| cell.key == mean.key);
        METRICS.contains(&mean.key.metric.as_str())
            && place.is_some_and(|place| Suspicion::of(study, line, place).is_some())
    })
}

/// What a mean should be about, in the eyes of one witness.
struct Witness {
    expected: f64,
    says: String,
}

struct Suspicion<'a> {
    cell: &'a Cell,
    value: f64,
    moved: f64,
    witnesses: Vec<Witness>,
}

impl<'a> Suspicion<'a> {
    fn of(study: &Checked<'_>, line: &Line<'a>, place: usize) -> Option<Self> {
        let &(clients, cell) = line.points.get(place)?;
        let value = cell.estimate.value.filter(|value| *value > 0.0 && cell.origin != Origin::Computed)?;
        let show = |value| show(value, cell.unit);
        let mut witnesses = Vec::new();
        witnesses.extend(by_neighbours(line, place).map(|expected| Witness {
            says: format!("its neighbours lead to about {}", show(expected)),
            expected,
        }));
        witnesses.extend(by_stdev(study, line, place).map(|expected| Witness {
            says: format!("its stdev, as theirs do, to {}", show(expected)),
            expected,
        }));
        witnesses.extend(by_law(study, cell, clients, value).map(|(expected, under_way)| Witness {
            says: format!(
                "Little's law to {} (as printed {} of {clients} requests would be under way)",
                show(expected),
                in_flight(under_way)
            ),
            expected,
        }));
        let off =
            |value: f64| witnesses.iter().map(move |witness| (value / witness.expected).ln().abs().exp());
        let is_off = witnesses.len() > 1 && off(value).all(|factor| factor >= OFF);
        let fits = |moved: &f64| off(*moved).all(|factor| factor <= FITS);
        let moved = SHIFTS.iter().map(|shift| value / 10f64.powi(*shift)).find(fits).filter(|_| is_off)?;
        Some(Self { cell, value, moved, witnesses })
    }

    fn finding(&self, code: &str, line: &Line<'_>) -> Finding {
        let says: Vec<&str> = self.witnesses.iter().map(|witness| witness.says.as_str()).collect();
        let show = |value| show(value, self.cell.unit);
        let mut message = format!(
            "The mean {} of {} fits nothing around it: {}. With its point moved it would be {}, which fits all. It is \
             probably a misprint: ask the authors, and leave it out of averages until they answer.",
            self.cell.key.metric.replace('_', " "),
            show(self.value),
            list(&says),
            show(self.moved)
        );
        message += &caveat([self.cell]);
        let finding = Finding::new(code, Severity::Error, message).with_value(self.value, Some(self.moved));
        about(
            finding.of_metric(&self.cell.key.metric),
            line.workload,
            Some(line.system),
            self.cell.key.clients,
        )
    }
}

fn show(value: f64, unit: Unit) -> String {
    if unit == Unit::Seconds { time(value) } else { format!("{}/s", number(value)) }
}

/// What the two nearest numbers of clients lead to, on logarithmic axes. Neither times nor rates of a closed loop grow
/// faster than the clients, and they hardly fall.
fn by_neighbours(line: &Line<'_>, place: usize) -> Option<f64> {
    let log = |&(clients, cell): &(u32, &Cell)| {
        let value = cell.estimate.value.filter(|value| *value > 0.0 && clients > 0)?;
        Some((f64::from(clients).ln(), value.ln()))
    };
    let (at, _) = log(line.points.get(place)?)?;
    let others = line.points.iter().enumerate().filter(|(other, _)| *other != place);
    let mut others: Vec<(f64, f64)> = others.filter_map(|(_, point)| log(point)).collect();
    others.sort_by(|a, b| (a.0 - at).abs().total_cmp(&(b.0 - at).abs()));
    let [near, far, ..] = others.as_slice() else { return None };
    let slope = ((far.1 - near.1) / (far.0 - near.0)).clamp(0.0, 1.0);
    Some((near.1 + slope * (at - near.0)).exp())
}

/// The mean that has the usual ratio to its stdev: the median one of the line's other points.
fn by_stdev(study: &Checked<'_>, line: &Line<'_>, place: usize) -> Option<f64> {
    let metric = |cell: &Cell| cell.key.metric.clone();
    let stdev = |cell: &Cell| study.beside(cell, &metric(cell), statistic::STDEV).map(|(_, value)| value);
    let (_, cell) = line.points.get(place)?;
    let others = line.points.iter().enumerate().filter(|(other, _)| *other != place);
    let ratios = others.filter_map(|(_, (_, cell))| Some(stdev(cell)? / cell.estimate.value?));
    let ratio = Sample::new(ratios.filter(|ratio| *ratio > 0.0).collect()).ok()?.median();
    Some(stdev(cell)? / ratio).filter(|expected| *expected > 0.0)
}

/// The mean time that keeps all clients busy, and how many are under way as printed.
fn by_law(study: &Checked<'_>, cell: &Cell, clients: u32, value: f64) -> Option<(f64, f64)> {
    let lines = little::lines(study);
    let points = lines.iter().filter(|line| line.workload == cell.key.workload).flat_map(|line| &line.points);
    let point = points.into_iter().find(|point| point.time.key == cell.key || point.rate.key == cell.key)?;
    let under_way = point.in_flight;
    Some((value * f64::from(clients) / under_way, under_way)).filter(|(expected, _)| *expected > 0.0)
}
