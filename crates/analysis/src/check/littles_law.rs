use std::collections::BTreeMap;

use vana_types::{Finding, Origin, Severity};

use super::checked::{about, caveat};
use super::little::{self, LittleLine, Point};
use super::message::{in_flight, list};
use super::{Check, Checked, starved_connections, suspect_value};

/// How far rate × mean time may be from the number of connections.
const TOLERANCE: f64 = 0.05;

/// In a closed loop without pauses rate × mean time is the number of clients.
pub(super) struct LittlesLaw;

impl Check for LittlesLaw {
    fn name(&self) -> &'static str {
        "littles-law"
    }

    fn about(&self) -> &'static str {
        "In a closed loop rate × mean time is within 5 % of the number of clients."
    }

    fn source(&self) -> &'static str {
        "Little, A Proof for the Queuing Formula L = λW, Operations Research 9 (1961) 383–387"
    }

    fn reads_requests(&self) -> bool {
        true
    }

    fn find(&self, study: &Checked<'_>, out: &mut Vec<Finding>) {
        let lines = little::lines(study);
        dropped_connections(self.name(), &lines, out);
        for line in lines {
            // What a starved system has too little is said there.
            let is_starved = starved_connections::plateau(&line).is_some();
            let is_off = |point: &&Point<'_>| {
                let ratio = point.ratio();
                (ratio - 1.0).abs() > TOLERANCE
                    && !(is_starved && ratio < 1.0)
                    && !suspect_value::is_suspect(study, point.time)
            };
            let off: Vec<&Point<'_>> = line.points.iter().filter(is_off).collect();
            out.extend(finding(self.name(), &line, &off));
        }
    }
}

fn finding(code: &str, line: &LittleLine<'_>, off: &[&Point<'_>]) -> Option<Finding> {
    let distance = |point: &Point<'_>| point.ratio().ln().abs();
    let worst = off.iter().max_by(|a, b| distance(a).total_cmp(&distance(b)))?;
    let shown: Vec<String> =
        off.iter().map(|point| format!("{} at {}", in_flight(point.in_flight), point.connections)).collect();
    let (more, fewer) = (off.iter().any(|point| point.ratio() > 1.0), off.iter().any(|p| p.ratio() < 1.0));
    let mut message = format!(
        "Rate × mean time must give the number of clients of a closed loop. It gives {}.",
        list(&shown)
    );
    let is_computed = worst.time.origin == Origin::Computed;
    if more {
        message += if is_computed {
            " More than the clients can have under way means that there were more clients, or that requests contain \
             each other."
        } else {
            " More than the clients can have under way means that times were padded or averaged wrong (wrk adds \
             samples for what it thinks it omitted)."
        };
    }
    if fewer {
        message += " Fewer than the clients means that connections starved or paused, or that slow requests are \
                    missing from the mean.";
    }
    message += if is_computed {
        " Check the number of clients and their think time before comparing systems."
    } else {
        " Do not compare these mean times; record every request instead."
    };
    message += &caveat(off.iter().flat_map(|point| [point.rate, point.time]));
    let clients = if off.len() == 1 { Some(worst.clients) } else { None };
    let finding = Finding::new(code, Severity::Warning, message)
        .with_value(worst.in_flight, Some(f64::from(worst.connections)));
    Some(about(finding, line.workload, Some(line.system), clients))
}

/// wrk opens fewer connections than asked for when its threads do not divide them; said once for each number.
fn dropped_connections(code: &str, lines: &[LittleLine<'_>], out: &mut Vec<Finding>) {
    let mut dropped: BTreeMap<(&str, u32, u32), Vec<String>> = BTreeMap::new();
    for line in lines {
        for point in line.points.iter().filter(|point| point.connections < point.clients) {
            let systems = dropped.entry((line.workload, point.clients, point.connections)).or_default();
            systems.push(format!("{} {}", line.system, in_flight(point.in_flight)));
        }
    }
    for ((workload, clients, connections), systems) in dropped {
        let message = format!(
            "wrk gives each thread the same number of connections and drops the rest: {connections} of {clients} were \
             open. Rate × mean time agrees where wrk did not pad its times: {}. Read the number of clients as \
             {connections}.",
            list(&systems)
        );
        let finding = Finding::new(code, Severity::Info, message)
            .with_value(f64::from(connections), Some(f64::from(clients)));
        out.push(about(finding, workload, None, Some(clients)));
    }
}
