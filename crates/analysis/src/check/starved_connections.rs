use vana_stats::Sample;
use vana_types::{Finding, Severity};

use super::checked::{about, caveat};
use super::little::{self, LittleLine, Point};
use super::message::{clients, in_flight, list};
use super::{Check, Checked};

/// How far the points of a plateau may lie from its median.
const FLAT: f64 = 0.25;
/// How fast it may still grow there: the slope on logarithmic axes, which is 1 where every client is served.
const SLOPE: f64 = 0.5;
/// How much the number of clients must grow along a plateau.
const GROWTH: f64 = 1.5;
/// The plateau must lie below this share of the last number of clients.
const SHARE: f64 = 0.8;

/// What is under way stops growing while clients are added.
pub(super) struct StarvedConnections;

impl Check for StarvedConnections {
    fn name(&self) -> &'static str {
        "starved-connections"
    }

    fn about(&self) -> &'static str {
        "Rate × mean time levels off (within 25 %) below 80 % of the clients while their number grows by half or more."
    }

    fn source(&self) -> &'static str {
        "Little, A Proof for the Queuing Formula L = λW, Operations Research 9 (1961) 383–387; thresholds are vana's"
    }

    fn reads_requests(&self) -> bool {
        true
    }

    fn find(&self, study: &Checked<'_>, out: &mut Vec<Finding>) {
        for line in little::lines(study) {
            let Some(plateau) = plateau(&line) else { continue };
            out.push(finding(self.name(), &line, &plateau));
        }
    }
}

/// Where what is under way has levelled off.
pub(super) struct Plateau<'a> {
    level: f64,
    points: &'a [Point<'a>],
}

/// The longest end of a line that is flat while the clients grow, and below them.
pub(super) fn plateau<'a>(line: &'a LittleLine<'a>) -> Option<Plateau<'a>> {
    let last = line.points.last()?;
    (0..line.points.len().saturating_sub(2)).find_map(|start| {
        let points = line.points.get(start..)?;
        let level = Sample::new(points.iter().map(|point| point.in_flight).collect()).ok()?.median();
        let is_flat = points.iter().all(|point| (point.in_flight / level - 1.0).abs() <= FLAT);
        let grows = f64::from(last.clients) >= GROWTH * f64::from(points.first()?.clients);
        let is_below = level < SHARE * f64::from(last.connections);
        (is_flat && grows && is_below && slope(points) <= SLOPE).then_some(Plateau { level, points })
    })
}

/// The least-squares slope of ln(under way) over ln(clients); 0 for equal numbers of clients.
fn slope(points: &[Point<'_>]) -> f64 {
    let logs: Vec<(f64, f64)> =
        points.iter().map(|point| (f64::from(point.clients).ln(), point.in_flight.ln())).collect();
    let count = logs.len() as f64;
    let (x, y) = logs.iter().fold((0.0, 0.0), |(x, y), log| (x + log.0 / count, y + log.1 / count));
    let (xy, xx) = logs
        .iter()
        .fold((0.0, 0.0), |(xy, xx), log| (xy + (log.0 - x) * (log.1 - y), xx + (log.0 - x) * (log.0 - x)));
    if xx > 0.0 { xy / xx } else { 0.0 }
}

fn finding(code: &str, line: &LittleLine<'_>, plateau: &Plateau<'_>) -> Finding {
    let asked: Vec<u32> = plateau.points.iter().map(|point| point.clients).collect();
    let most = asked.last().copied().unwrap_or_default();
    let shown: Vec<String> = line
        .points
        .iter()
        .map(|point| format!("{} at {}", in_flight(point.in_flight), point.connections))
        .collect();
    let message = format!(
        "About {} requests are under way (rate × mean time) at {}, however many clients there are: {}. The other \
         connections wait without being counted, which a low and steady time hides. Compare this system at {} clients \
         or fewer, and look at the requests of each connection.",
        in_flight(plateau.level),
        clients(&asked),
        list(&shown),
        plateau.level.floor(),
    );
    let message = message + &caveat(line.points.iter().flat_map(|point| [point.rate, point.time]));
    let finding =
        Finding::new(code, Severity::Warning, message).with_value(plateau.level, Some(f64::from(most)));
    about(finding, line.workload, Some(line.system), None)
}
