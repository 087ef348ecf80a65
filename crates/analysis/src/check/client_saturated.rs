use vana_trace::StudyRun;
use vana_types::{Finding, Severity};

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
        for run in study.runs {
            let identity = &run.run.identity;
            let attributes = &run.run.attributes;
            let stated = NAMES.iter().find_map(|name| share(attributes.get(*name)?));
            let measured = study.measurements.iter().find(|one| {
                NAMES.contains(&one.metric.as_str())
                    && one.system == identity.system
                    && one.workload == identity.workload
                    && one.clients == identity.clients
                    && one.repetition == Some(identity.repetition)
            });
            let measured = measured.and_then(|one| Some(one.value? / cores(run)));
            // The busiest thread of load, and the whole process over the processors that it may use: its other threads
            // have to fit in as well. A client that spins uses them up in any case.
            let is_spinning = attributes.contains_key("busy_poll");
            let busy = match (stated, measured.filter(|_| !is_spinning)) {
                (Some(stated), Some(measured)) => Some(stated.max(measured)),
                (stated, measured) => stated.or(measured),
            };
            let Some(busy) = busy.filter(|busy| *busy >= BUSY) else { continue };
            let message = format!(
                "The client used {} of its processors, so its own speed may be what was measured. Give it more \
                 processors or a second machine.",
                percent(busy)
            );
            let finding = Finding::new(self.name(), Severity::Warning, message).with_value(busy, Some(BUSY));
            let finding = about(finding, &identity.workload, Some(&identity.system), identity.clients);
            out.push(Finding { repetition: Some(identity.repetition), ..finding });
        }
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
