use std::collections::{BTreeMap, HashMap};

use vana_types::{Finding, Measurement, Origin, Severity, statistic};

use super::checked::about;
use super::message::{count, number, percent};
use super::printed::printed;
use super::{Check, Checked};

/// How far a printed number may be from the recomputed one, beside the precision of print.
const TOLERANCE: f64 = 0.02;
/// The same for what squares and counts of binned values tell less precisely.
const TOLERANCE_OF_SPREAD: f64 = 0.1;

/// What a tool printed is not what its requests say.
pub(super) struct ReportedDiffers;

impl Check for ReportedDiffers {
    fn name(&self) -> &'static str {
        "reported-differs"
    }

    fn about(&self) -> &'static str {
        "A number that the tool printed differs by more than 2 % (10 % of a stdev) from the one computed of the same run."
    }

    fn source(&self) -> &'static str {
        "ACM Artifact Review and Badging 1.1 (2020): results reproduced; thresholds are vana's"
    }

    fn find(&self, study: &Checked<'_>, out: &mut Vec<Finding>) {
        let computed = known(study.measurements, Origin::Computed);
        let mut groups: BTreeMap<(&str, &str, &str, &str), Vec<Difference<'_>>> = BTreeMap::new();
        let reported = study.measurements.iter().filter(|one| one.origin == Origin::Reported);
        for one in reported.filter(|one| one.operation.is_none()) {
            let (Some(reported), Some(&found)) = (one.value, computed.get(&key(one))) else { continue };
            let place =
                (one.workload.as_str(), one.system.as_str(), one.metric.as_str(), one.statistic.as_str());
            let runs = groups.entry(place).or_default();
            runs.push(Difference { one, reported, found });
        }
        for ((workload, system, metric, statistic), runs) in groups {
            let differing: Vec<&Difference<'_>> = runs.iter().filter(|run| run.is_large()).collect();
            let Some(worst) = differing.iter().max_by(|a, b| a.relative().total_cmp(&b.relative())) else {
                continue;
            };
            let message = format!(
                "The tool printed {} as {statistic} of {}; its data give {} {}, {} apart ({} of {}). Either it counts \
                 something else, as its manual may say, or the file is not of this run. Use the recomputed number.",
                number(worst.reported),
                metric.replace('_', " "),
                number(worst.found),
                worst.one.unit,
                percent(worst.relative()),
                differing.len(),
                count(runs.len(), "run")
            );
            let finding = Finding::new(self.name(), Severity::Warning, message)
                .with_value(worst.reported, Some(worst.found));
            let finding = about(finding.of_metric(metric), workload, Some(system), worst.one.clients);
            out.push(Finding { repetition: worst.one.repetition, ..finding });
        }
    }
}

type Key<'a> = (&'a str, &'a str, Option<u32>, Option<u32>, &'a str, &'a str);

fn key(one: &Measurement) -> Key<'_> {
    (&one.system, &one.workload, one.clients, one.repetition, &one.metric, &one.statistic)
}

fn known(measurements: &[Measurement], origin: Origin) -> HashMap<Key<'_>, f64> {
    let all = measurements.iter().filter(|one| one.origin == origin && one.operation.is_none());
    all.filter_map(|one| Some((key(one), one.value?))).collect()
}

struct Difference<'a> {
    one: &'a Measurement,
    reported: f64,
    found: f64,
}

impl Difference<'_> {
    fn relative(&self) -> f64 {
        (self.reported - self.found).abs() / self.found.abs().max(f64::MIN_POSITIVE)
    }

    fn is_large(&self) -> bool {
        let is_spread = matches!(self.one.statistic.as_str(), statistic::STDEV | statistic::WITHIN_STDEV);
        let tolerance = if is_spread { TOLERANCE_OF_SPREAD } else { TOLERANCE };
        let is_printed_so = printed(self.one).is_some_and(|printed| printed.covers(self.found));
        !is_printed_so && (self.reported - self.found).abs() > tolerance * self.found.abs()
    }
}
