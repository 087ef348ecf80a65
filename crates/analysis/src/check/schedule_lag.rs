use std::collections::BTreeMap;

use vana_types::{Finding, Severity};

use super::checked::about;
use super::message::{count, percent, time};
use super::{Check, Checked, RunScan};

/// This share of the requests may be sent more than a millisecond late.
const LATE: f64 = 0.01;

/// Requests were not sent when they were due.
pub(super) struct ScheduleLag;

impl Check for ScheduleLag {
    fn name(&self) -> &'static str {
        "schedule-lag"
    }

    fn about(&self) -> &'static str {
        "More than 1 % of the requests were sent more than 1 ms after they were due."
    }

    fn source(&self) -> &'static str {
        "Tene, How NOT to Measure Latency (2015): coordinated omission; thresholds are vana's"
    }

    fn reads_requests(&self) -> bool {
        true
    }

    fn find(&self, study: &Checked<'_>, out: &mut Vec<Finding>) {
        let mut systems: BTreeMap<(&str, &str), Vec<&RunScan>> = BTreeMap::new();
        for scan in study.scans.iter().filter(|scan| share(scan) > LATE) {
            systems.entry((&scan.identity.workload, &scan.identity.system)).or_default().push(scan);
        }
        for ((workload, system), late) in systems {
            let Some(worst) = late.iter().max_by(|a, b| share(a).total_cmp(&share(b))) else { continue };
            let message = format!(
                "{} of the requests were sent more than 1 ms after they were due, on average {} and at most {} late \
                 ({}). {}Read response_time, which counts from the due time, and not service_time.",
                percent(share(worst)),
                time(worst.mean_lag_s),
                time(worst.max_lag_s),
                count(late.len(), "run"),
                cause(study, worst)
            );
            let finding =
                Finding::new(self.name(), Severity::Warning, message).with_value(share(worst), Some(LATE));
            let clients = if late.len() == 1 { worst.identity.clients } else { None };
            out.push(about(finding, workload, Some(system), clients));
        }
    }
}

/// Whose fault most of a run's lag is, where the run says it.
fn cause(study: &Checked<'_>, scan: &RunScan) -> &'static str {
    let run = study.runs.iter().find(|run| run.run.identity == scan.identity);
    let seconds = |name: &str| run?.run.attributes.get(name)?.parse::<f64>().ok();
    match (seconds("client_lag_s"), seconds("server_lag_s")) {
        (Some(client), Some(server)) if client > server => {
            "Mostly the client was late: connections were free, and it had no time. Give it more --threads or a lower \
             --rate. "
        }
        (Some(_), Some(_)) => {
            "Mostly no connection was free: the server had not answered what was sent before, so the wait is the server's \
             at this rate and over so many connections. "
        }
        _ => "",
    }
}

fn share(scan: &RunScan) -> f64 {
    if scan.due == 0 { 0.0 } else { scan.late as f64 / scan.due as f64 }
}
