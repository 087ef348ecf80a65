use std::collections::BTreeMap;

use vana_trace::StudyRun;
use vana_types::{Finding, Identity, Severity};

use super::checked::about;
use super::message::percent;
use super::{Check, Checked};

/// The share of its processors from which on a client bounds what it measures.
const BUSY: f64 = 0.9;
/// Names under which sources say how busy the client was.
const NAMES: [&str; 3] = ["client_cpu", "cpu_client", "load_generator_cpu"];

/// The load generator had no time left.
pub(super) struct ClientSaturated;

impl Check for ClientSaturated {
    fn name(&self) -> &'static str {
        "client-saturated"
    }

    fn about(&self) -> &'static str {
        "The client used 90 % of its processors or more, or its busiest thread of one (resources, or client_cpu)."
    }

    fn source(&self) -> &'static str {
        "Gregg, Systems Performance, 2nd ed. (2020), chapter 12: client saturation; threshold is vana's"
    }

    fn find(&self, study: &Checked<'_>, out: &mut Vec<Finding>) {
        let mut cells: BTreeMap<_, Cell> = BTreeMap::new();
        for run in study.runs {
            let Identity { system, workload, clients, repetition } = &run.run.identity;
            let cell = cells.entry((workload, system, clients)).or_default();
            cell.runs += 1;
            if let Some(busy) = busy(run, study).filter(|busy| *busy >= BUSY) {
                cell.busiest = cell.busiest.max(busy);
                cell.saturated.push(*repetition);
            }
        }
        for ((workload, system, clients), cell) in cells {
            // A single run is named itself.
            let (repetition, where_) = match cell.saturated.as_slice() {
                [] => continue,
                [only] => (Some(*only), String::new()),
                several => (None, format!(", in {} of {} runs", several.len(), cell.runs)),
            };
            let message = format!(
                "The client used up to {} of its processors{where_}, so its own speed may be what was measured. Give it \
                 more processors or a second machine.",
                percent(cell.busiest)
            );
            let finding =
                Finding::new(self.name(), Severity::Warning, message).with_value(cell.busiest, Some(BUSY));
            out.push(Finding { repetition, ..about(finding, workload, Some(system), *clients) });
        }
    }
}

/// The runs of one system under one workload with so many clients.
#[derive(Default)]
struct Cell {
    runs: u32,
    /// Repetitions whose client was saturated.
    saturated: Vec<u32>,
    busiest: f64,
}

/// How busy the client of a run was, if anything says it.
fn busy(run: &StudyRun, study: &Checked<'_>) -> Option<f64> {
    let (identity, attributes) = (&run.run.identity, &run.run.attributes);
    let stated = NAMES.iter().find_map(|name| share(attributes.get(*name)?));
    let measured = study.measurements.iter().find(|one| {
        NAMES.contains(&one.metric.as_str())
            && one.system == identity.system
            && one.workload == identity.workload
            && one.clients == identity.clients
            && one.repetition == Some(identity.repetition)
    });
    // Time in which the client asked for answers and there was none is time that it had left.
    let polling = attributes.get("client_polling").and_then(|polling| share(polling)).unwrap_or(0.0);
    let measured = measured.and_then(|one| Some((one.value? - polling) / cores(run)));
    // The busiest thread of load, and the whole process over the processors that it may use: its other threads
    // have to fit in as well.
    match (stated, measured) {
        (Some(stated), Some(measured)) => Some(stated.max(measured)),
        (stated, measured) => stated.or(measured),
    }
}

/// Processors that the client could use, 1 if its run does not say.
fn cores(run: &StudyRun) -> f64 {
    let known = run.run.attributes.get("client_cores").and_then(|cores| cores.parse().ok());
    known.filter(|cores: &f64| *cores >= 1.0).unwrap_or(1.0)
}

/// `0.93`, `93%`, `93 %`.
fn share(text: &str) -> Option<f64> {
    match text.trim().strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().ok().map(|percent| percent / 100.0),
        None => text.trim().parse().ok(),
    }
    .filter(|share| share.is_finite())
}
