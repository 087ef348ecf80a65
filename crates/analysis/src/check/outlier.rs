use std::collections::BTreeMap;

use vana_stats::{OUTLIER_RULES, OutlierSeverity, Sample};
use vana_types::{Finding, Measurement, Origin, Severity, Unit, metric, statistic};

use super::checked::about;
use super::message::{clients, list, number, time};
use super::{Check, Checked};

/// With fewer values there is no telling which of them is the odd one.
const FEWEST: usize = 5;

/// A run far from the other repetitions, or a system far from the others.
pub(super) struct Outliers;

impl Check for Outliers {
    fn name(&self) -> &'static str {
        "outlier"
    }

    fn about(&self) -> &'static str {
        "A repetition, or a system, severely far from the others by Tukey's fences, the modified z or the generalized ESD; a system by two."
    }

    fn source(&self) -> &'static str {
        "Tukey, Exploratory Data Analysis (1977); Iglewicz and Hoaglin (1993); Rosner, Technometrics 25 (1983) 165–172: see vana-stats"
    }

    fn find(&self, study: &Checked<'_>, out: &mut Vec<Finding>) {
        over_repetitions(self.name(), study, out);
        over_systems(self.name(), study, out);
    }
}

/// Whose means are looked at.
const METRICS: [&str; 5] = [
    metric::REQUEST_RATE,
    metric::SERVICE_TIME,
    metric::WRK_LATENCY,
    metric::SYSBENCH_LATENCY,
    metric::LATENCY,
];

/// The rules that find a value severely far away, and its name; only from the margin of equivalence on, because
/// repetitions that agree to a thousandth have outliers of no interest.
fn severe(values: &[f64], margin: f64) -> BTreeMap<usize, Vec<&'static str>> {
    let mut found: BTreeMap<usize, Vec<&'static str>> = BTreeMap::new();
    let Ok(sample) = Sample::new(values.to_vec()) else { return found };
    let median = sample.median();
    if values.len() < FEWEST {
        return found;
    }
    for rule in OUTLIER_RULES {
        for outlier in rule.find(values) {
            let Some(value) = values.get(outlier.index) else { continue };
            let is_far = (value - median).abs() > margin * median.abs();
            if outlier.severity == OutlierSeverity::Severe && is_far {
                found.entry(outlier.index).or_default().push(rule.name());
            }
        }
    }
    found
}

/// Workload, system, clients, metric, origin.
type CellOf<'a> = (&'a str, &'a str, Option<u32>, &'a str, Origin);

/// A system's mean.
type MeanOf<'a> = (&'a str, f64, Unit);

fn over_repetitions(code: &str, study: &Checked<'_>, out: &mut Vec<Finding>) {
    let mut cells: BTreeMap<CellOf<'_>, Vec<&Measurement>> = BTreeMap::new();
    for one in study.measurements.iter().filter(|one| one.operation.is_none() && one.repetition.is_some()) {
        let is_mean = one.statistic == statistic::MEAN && METRICS.contains(&one.metric.as_str());
        if is_mean && one.value.is_some() {
            let key = (&*one.workload, &*one.system, one.clients, &*one.metric, one.origin);
            cells.entry(key).or_default().push(one);
        }
    }
    for ((workload, system, clients, metric, _), runs) in cells {
        let values: Vec<f64> = runs.iter().filter_map(|one| one.value).collect();
        let Ok(sample) = Sample::new(values.clone()) else { continue };
        for (index, rules) in severe(&values, study.config.margin) {
            let (Some(run), Some(&value)) = (runs.get(index), values.get(index)) else { continue };
            let others: Vec<f64> = values
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != index)
                .map(|(_, value)| *value)
                .collect();
            let without = Sample::new(others).map_or(value, |others| others.mean());
            let message = format!(
                "The mean {} of this repetition is {}, the median of all {} is {} ({}). With it the mean over \
                 repetitions is {}, without it {}. Nothing was removed: look for what happened in that run.",
                metric.replace('_', " "),
                show(value, run.unit),
                values.len(),
                show(sample.median(), run.unit),
                list(&rules),
                show(sample.mean(), run.unit),
                show(without, run.unit)
            );
            let finding =
                Finding::new(code, Severity::Warning, message).with_value(value, Some(sample.median()));
            let finding = about(finding.of_metric(metric), workload, Some(system), clients);
            out.push(Finding { repetition: run.repetition, ..finding });
        }
    }
}

fn over_systems(code: &str, study: &Checked<'_>, out: &mut Vec<Finding>) {
    for name in METRICS {
        let mut groups: BTreeMap<(&str, Option<u32>), Vec<MeanOf<'_>>> = BTreeMap::new();
        for cell in &study.cells {
            let key = &cell.key;
            let value = cell.estimate.value.filter(|value| *value > 0.0);
            if let (true, Some(value)) = (key.metric == name && key.statistic == statistic::MEAN, value) {
                let group = groups.entry((&key.workload, key.clients)).or_default();
                group.push((&key.system, value, cell.unit));
            }
        }
        let mut systems: BTreeMap<(&str, &str), Vec<Apart>> = BTreeMap::new();
        for ((workload, clients), group) in groups {
            // Half as fast is as odd as twice as fast.
            let logs: Vec<f64> = group.iter().map(|(_, value, _)| value.ln()).collect();
            let Ok(sample) = Sample::new(logs.clone()) else { continue };
            // A system is only worth a word when the rules agree.
            let agreed = severe(&logs, 0.0).into_iter().filter(|(_, rules)| rules.len() > 1);
            for (index, rules) in agreed {
                let Some(&(system, value, unit)) = group.get(index) else { continue };
                let median = sample.median().exp();
                let apart = Apart { clients, value, median, unit, rules };
                systems.entry((workload, system)).or_default().push(apart);
            }
        }
        for ((workload, system), all) in systems {
            out.extend(system_finding(code, workload, system, name, &all));
        }
    }
}

/// A system far from the others at one number of clients.
struct Apart {
    clients: Option<u32>,
    value: f64,
    median: f64,
    unit: Unit,
    rules: Vec<&'static str>,
}

fn system_finding(code: &str, workload: &str, system: &str, metric: &str, all: &[Apart]) -> Option<Finding> {
    let distance = |apart: &Apart| (apart.value / apart.median).ln().abs();
    let worst = all.iter().max_by(|a, b| distance(a).total_cmp(&distance(b)))?;
    let at: Vec<u32> = all.iter().filter_map(|apart| apart.clients).collect();
    let place = if at.is_empty() { String::new() } else { format!(" at {}", clients(&at)) };
    let message = format!(
        "The mean {} stands apart from that of the other systems{place}: at most {} against a median of {} ({}). \
         Averages over systems and axes from zero to the largest value hide the others behind it.",
        metric.replace('_', " "),
        show(worst.value, worst.unit),
        show(worst.median, worst.unit),
        list(&worst.rules)
    );
    let message = message.replace("at most ", if worst.value > worst.median { "up to " } else { "down to " });
    let finding = Finding::new(code, Severity::Info, message).with_value(worst.value, Some(worst.median));
    let clients = if let [only] = at.as_slice() { Some(*only) } else { None };
    Some(about(finding.of_metric(metric), workload, Some(system), clients))
}

fn show(value: f64, unit: Unit) -> String {
    if unit == Unit::Seconds { time(value) } else { format!("{}/s", number(value)) }
}
