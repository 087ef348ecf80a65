use std::collections::BTreeMap;

use vana_stats::{Segment, Shape, Steady, SteadyOptions, steady};
use vana_types::{Better, Finding, Identity, Run, Severity, Unit, metric};

use super::checked::about;
use super::message::{count, list, number};
use super::{Check, Checked};

/// With fewer requests per second the rate is noise.
const FEWEST_PER_S: f64 = 10.0;

/// Runs whose rate changes its level on the way.
pub(super) struct NotSteady;

impl Check for NotSteady {
    fn name(&self) -> &'static str {
        "not-steady"
    }

    fn about(&self) -> &'static str {
        "The rate per second changes its level by more than 5 % (change points by PELT): warm-up, slow-down, no steady state."
    }

    fn source(&self) -> &'static str {
        "Barrett et al., Virtual Machine Warmup Blows Hot and Cold, OOPSLA 2017; Killick, Fearnhead and Eckley, JASA 107 (2012) 1590–1598"
    }

    fn find(&self, study: &Checked<'_>, out: &mut Vec<Finding>) {
        let mut systems: BTreeMap<(&str, &str), Vec<Series<'_>>> = BTreeMap::new();
        for run in study.runs {
            let identity = &run.run.identity;
            let Some((ends_s, rates)) = series(study, &run.run) else { continue };
            // Too few windows say nothing.
            let Ok(phases) = steady(&rates, Better::Higher, &SteadyOptions::default()) else { continue };
            let series = Series { identity, ends_s, phases };
            systems.entry((&identity.workload, &identity.system)).or_default().push(series);
        }
        for ((workload, system), runs) in systems {
            out.extend(finding(self.name(), workload, system, &runs));
        }
    }
}

/// The phases of one run.
struct Series<'a> {
    identity: &'a Identity,
    /// Where each window ends.
    ends_s: Vec<f64>,
    phases: Steady,
}

impl Series<'_> {
    fn is_steady(&self) -> bool {
        self.phases.shape == Shape::Flat
    }

    /// How much of its last level the run lacks or has too much in its most different phase.
    fn change(&self) -> f64 {
        let segments = &self.phases.segments;
        let Some(last) = segments.last() else { return 0.0 };
        let changes = segments.iter().map(|segment| (segment.mean - last.mean).abs() / last.mean.abs());
        changes.fold(0.0, f64::max)
    }

    fn second(&self, window: usize) -> f64 {
        window.checked_sub(1).and_then(|last| self.ends_s.get(last)).copied().unwrap_or(0.0)
    }

    fn shown(&self) -> String {
        let show = |segment: &Segment| {
            format!("{}/s until {} s", number(segment.mean), number(self.second(segment.end)))
        };
        list(&self.phases.segments.iter().map(show).collect::<Vec<_>>())
    }
}

/// The rate per second: counted from requests, or as the tool printed it while it ran.
fn series(study: &Checked<'_>, run: &Run) -> Option<(Vec<f64>, Vec<f64>)> {
    let identity = &run.identity;
    let counted = study.timelines.iter().find(|line| {
        line.metric == metric::REQUEST_RATE
            && line.system == identity.system
            && line.workload == identity.workload
            && line.clients == identity.clients
            && line.repetition == identity.repetition
    });
    if let Some(line) = counted {
        let (ends_s, rates): (Vec<f64>, Vec<f64>) = line.points.iter().copied().unzip();
        let mean = rates.iter().sum::<f64>() / rates.len() as f64;
        // Few requests come in clusters by chance alone.
        return (mean >= FEWEST_PER_S).then_some((ends_s, rates));
    }
    let printed = run.intervals.iter().filter_map(|interval| {
        let rate = interval.values.iter().find(|one| one.unit == Unit::PerSecond)?;
        Some((interval.end_s, rate.value?))
    });
    let (ends_s, rates): (Vec<f64>, Vec<f64>) = printed.unzip();
    (!rates.is_empty()).then_some((ends_s, rates))
}

fn finding(code: &str, workload: &str, system: &str, runs: &[Series<'_>]) -> Option<Finding> {
    let unsteady: Vec<&Series<'_>> = runs.iter().filter(|run| !run.is_steady()).collect();
    let worst = unsteady.iter().max_by(|a, b| a.change().total_cmp(&b.change()))?;
    let of = |shape: Shape| unsteady.iter().filter(|run| run.phases.shape == shape).count();
    let shapes = [
        (of(Shape::WarmUp), "warm up"),
        (of(Shape::SlowDown), "slow down"),
        (of(Shape::NoSteadyState), "reach no steady state"),
    ];
    let shapes = shapes.iter().filter(|(number, _)| *number > 0);
    let shapes: Vec<String> = shapes.map(|(number, shape)| format!("{number} {shape}")).collect();
    let advice = match worst.phases.cut {
        Some(cut) => {
            format!(
                "Leave out the first {} s of that run, or warm up before measuring.",
                number(worst.second(cut))
            )
        }
        None => "Measure longer, and find out what changes.".to_owned(),
    };
    let message = format!(
        "Not steady: {} of {} ({}). The most changeable (repetition {}{}) has {}. A mean over such a run is that of \
         its phases and depends on its length. {advice}",
        unsteady.len(),
        count(runs.len(), "run"),
        list(&shapes),
        worst.identity.repetition,
        worst.identity.clients.map_or_else(String::new, |clients| format!(", {clients} clients")),
        worst.shown()
    );
    let mut finding = Finding::new(code, Severity::Warning, message);
    finding.value = worst.phases.cut.map(|cut| worst.second(cut));
    finding.expected = Some(0.0);
    let one = unsteady.len() == 1;
    let repetition = one.then_some(worst.identity.repetition);
    let clients = if one { worst.identity.clients } else { None };
    Some(Finding { repetition, ..about(finding, workload, Some(system), clients) })
}
