use std::collections::{BTreeMap, BTreeSet};

use vana_types::{Finding, Origin, Severity};

use super::checked::about;
use super::message::{count, list, number};
use super::{Check, Checked};

/// Too few runs for an interval or for a test.
pub(super) struct TooFewRepetitions;

impl Check for TooFewRepetitions {
    fn name(&self) -> &'static str {
        "too-few-repetitions"
    }

    fn about(&self) -> &'static str {
        "So few repetitions that the exact rank test cannot reach alpha, or that the median has no interval."
    }

    fn source(&self) -> &'static str {
        "Mann and Whitney, Annals of Mathematical Statistics 18 (1947) 50–60; Conover, Practical Nonparametric Statistics, 3rd ed. (1999), section 3.2"
    }

    fn find(&self, study: &Checked<'_>, out: &mut Vec<Finding>) {
        let alpha = study.config.alpha;
        let mut repetitions: BTreeMap<(&str, &str, Option<u32>), usize> = BTreeMap::new();
        for run in study.runs {
            let identity = &run.run.identity;
            *repetitions.entry((&identity.workload, &identity.system, identity.clients)).or_default() += 1;
        }
        let mut groups: BTreeMap<(&str, usize), BTreeSet<&str>> = BTreeMap::new();
        for ((workload, system, _), number) in repetitions {
            groups.entry((workload, number)).or_default().insert(system);
        }
        for ((workload, repetitions), systems) in groups {
            out.extend(finding(self.name(), workload, repetitions, &systems, alpha));
        }
        for workload in study.workloads() {
            let mut cells = study.cells.iter().filter(|cell| cell.key.workload == workload);
            if cells.any(|cell| cell.origin == Origin::Published && cell.estimate.n.is_none()) {
                let message = "The publication does not say how often it repeated each measurement, so its numbers \
                               have no interval and no difference between them can be tested. Ask its authors.";
                out.push(about(Finding::new(self.name(), Severity::Info, message), workload, None, None));
            }
        }
    }
}

fn finding(
    code: &str,
    workload: &str,
    repetitions: usize,
    systems: &BTreeSet<&str>,
    alpha: f64,
) -> Option<Finding> {
    // With n and n repetitions each order of the 2n numbers is as probable as the next.
    let smallest_p =
        2.0 / (0..repetitions).map(|k| (repetitions + 1 + k) as f64 / (k + 1) as f64).product::<f64>();
    let needed = (1..64).find(|n| 2.0 * 0.5f64.powi(*n) <= alpha)?;
    let systems: Vec<&str> = systems.iter().copied().collect();
    let measured = format!("{} of {}", count(repetitions, "repetition"), list(&systems));
    let (severity, message) = match repetitions {
        1 => (
            Severity::Warning,
            format!("{measured}: there is no interval and no test. Repeat, at least {needed} times."),
        ),
        _ if smallest_p > alpha => (
            Severity::Warning,
            format!(
                "{measured}: the smallest p that a rank test of two systems can reach is {}, above alpha = {alpha}. \
                 Repeat at least 4 times to test at 5 %, and {needed} times for an interval of the median.",
                number(smallest_p)
            ),
        ),
        _ if (repetitions as i32) < needed => (
            Severity::Info,
            format!("{measured}: the median has no interval at 1 − alpha. Repeat {needed} times."),
        ),
        _ => return None,
    };
    let system = if let [only] = systems.as_slice() { Some(*only) } else { None };
    let finding =
        Finding::new(code, severity, message).with_value(repetitions as f64, Some(f64::from(needed)));
    Some(about(finding, workload, system, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_p_is_that_of_the_exact_rank_test() {
        let of = |n| finding("code", "http", n, &BTreeSet::from(["a", "b"]), 0.05);
        assert!(of(3).is_some_and(|found| found.message.contains("can reach is 0.1, above")));
        assert_eq!(of(4).map(|found| found.severity), Some(Severity::Info));
        assert_eq!(of(1).and_then(|found| found.expected), Some(6.0));
        assert_eq!(of(6), None);
    }
}
