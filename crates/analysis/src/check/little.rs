//! Little's law, `L = λ·W`: the mean number of requests under way is the rate times the mean time of each.

use vana_trace::StudyRun;
use vana_types::{Cell, metric, statistic};

use super::{Checked, RunScan};

/// Rates and the times of the same events.
const PAIRS: [(&str, &[&str]); 3] = [
    (metric::REQUEST_RATE, &[metric::SERVICE_TIME, metric::WRK_LATENCY, metric::LATENCY]),
    ("transaction_rate", &[metric::SYSBENCH_LATENCY]),
    ("event_rate", &[metric::SYSBENCH_LATENCY]),
];

/// Metrics of tools that send by a schedule: there the clients do not bound what is under way.
const OF_SCHEDULES: [&str; 3] = [metric::RESPONSE_TIME, "wrk2_latency", "wrk2_request_rate"];

/// A run needs so many requests of each client.
const FEWEST: u64 = 10;

/// What was under way with so many clients.
#[derive(Debug)]
pub(super) struct Point<'a> {
    pub clients: u32,
    /// Connections that were really open, where fewer than clients.
    pub connections: u32,
    pub in_flight: f64,
    pub rate: &'a Cell,
    pub time: &'a Cell,
}

impl Point<'_> {
    /// Under way per connection; 1 in a closed loop without pauses.
    pub fn ratio(&self) -> f64 {
        self.in_flight / f64::from(self.connections)
    }
}

/// A system under a workload.
#[derive(Debug)]
pub(super) struct LittleLine<'a> {
    pub workload: &'a str,
    pub system: &'a str,
    /// By the number of clients.
    pub points: Vec<Point<'a>>,
}

/// Every system in a closed loop whose rate and mean time are known.
pub(super) fn lines<'a>(study: &'a Checked<'_>) -> Vec<LittleLine<'a>> {
    let mut lines = Vec::new();
    for (rate, times) in PAIRS {
        for line in study.lines(rate, statistic::MEAN) {
            let points: Vec<Point<'a>> = line
                .points
                .iter()
                .filter_map(|&(clients, cell)| point(study, clients, cell, times))
                .collect();
            let is_known =
                |known: &LittleLine<'_>| known.workload == line.workload && known.system == line.system;
            if !points.is_empty() && !lines.iter().any(is_known) {
                lines.push(LittleLine { workload: line.workload, system: line.system, points });
            }
        }
    }
    lines
}

fn point<'a>(study: &'a Checked<'_>, clients: u32, rate: &'a Cell, times: &[&str]) -> Option<Point<'a>> {
    let is_scheduled =
        OF_SCHEDULES.iter().any(|metric| study.beside(rate, metric, statistic::MEAN).is_some());
    if is_scheduled || clients == 0 {
        return None;
    }
    let (time, seconds) = times.iter().find_map(|name| study.beside(rate, name, statistic::MEAN))?;
    // The ends of a very short run weigh more than what is between them.
    let is_short = |scan: &RunScan| scan.attempts < FEWEST * u64::from(clients);
    if study.scans_of(rate).any(is_short) {
        return None;
    }
    // Of a trace the failed attempts count too: they hold a connection as well.
    let scanned: Vec<f64> = study.scans_of(rate).filter_map(|scan| scan.in_flight).collect();
    let in_flight = if scanned.is_empty() {
        rate.estimate.value? * seconds
    } else {
        scanned.iter().sum::<f64>() / scanned.len() as f64
    };
    let connections = study.runs.iter().filter(|run| is_of(run, rate)).find_map(|run| opened(run, clients));
    Some(Point { clients, connections: connections.unwrap_or(clients), in_flight, rate, time })
}

fn is_of(run: &StudyRun, cell: &Cell) -> bool {
    let identity = &run.run.identity;
    identity.system == cell.key.system
        && identity.workload == cell.key.workload
        && identity.clients == cell.key.clients
}

/// wrk gives each thread the same number of connections and drops the rest (`connections / threads` in its wrk.c).
fn opened(run: &StudyRun, clients: u32) -> Option<u32> {
    let tool = run.run.tool.as_ref()?;
    let threads: u32 = run.run.attributes.get("threads")?.parse().ok()?;
    let each = clients.checked_div(threads)?;
    (tool.name == "wrk" && each > 0).then_some(each * threads)
}
