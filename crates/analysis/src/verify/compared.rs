//! A printed number beside what it should be.

use vana_types::{Fidelity, Origin, Status, VerifiedCell, VerifyVerdict};

use super::definition::{definitions, reason};
use super::known::{Known, Numbers};
use super::printed::{Printed, Source};
use super::tolerance::{DOUBLE, SINGLE};

impl Printed {
    /// Recomputes it and compares.
    pub fn verify(&self, sources: &[Source<'_>], tolerance: Option<f64>) -> VerifiedCell {
        let number = &self.number;
        let Some(value) = number.value.filter(|_| number.status != Status::Ambiguous) else {
            let why = match (number.origin, number.status) {
                (Origin::Reported, _) => "the tool printed that it has none".to_owned(),
                (_, status) => status.to_string(),
            };
            return self.cell(tolerance, VerifyVerdict::Unreadable, Some(why));
        };
        let runs: Vec<&Source<'_>> = self.runs.iter().map(|&at| &sources[at]).collect();
        let numbers: Vec<&Numbers> = runs
            .iter()
            .map(|source| if number.origin == Origin::Reported { &source.computed } else { &source.all })
            .collect();
        let allowed = allowed(value, tolerance, &runs);
        let defined = definitions(&numbers, &number.metric, &number.statistic);
        if let Some((how, known)) = best(value, allowed, &defined) {
            return self.compared(value, known, tolerance, allowed, how);
        }
        let why = self.why_not(&runs, &numbers);
        self.cell(tolerance, VerifyVerdict::NotRecomputable, Some(why))
    }

    fn why_not(&self, runs: &[&Source<'_>], numbers: &[&Numbers]) -> String {
        let of_tool = |source: &&Source<'_>| source.run.run.fidelity == Fidelity::Summary;
        if runs.is_empty() {
            "the study has no run of it".to_owned()
        } else if runs.iter().any(|source| source.finding.is_some()) {
            "the data of the run cannot be read".to_owned()
        } else if self.number.origin == Origin::Reported && runs.iter().all(of_tool) {
            "only what the tool printed is known of the run".to_owned()
        } else {
            reason(numbers, &self.number.metric, &self.number.statistic)
        }
    }

    /// The cell of a number that was recomputed.
    pub fn compared(
        &self,
        value: f64,
        known: Known,
        tolerance: Option<f64>,
        allowed: f64,
        how: &str,
    ) -> VerifiedCell {
        let mut notes = Vec::new();
        if !how.is_empty() {
            notes.push(how.to_owned());
        }
        if known.low < known.high {
            notes.push(match known.origin {
                Origin::Reported => "from what else the tool printed, as precisely as it did".to_owned(),
                _ => "known from bins only, within their edges".to_owned(),
            });
        }
        if !matches!(self.number.status, Status::Read) {
            notes.push(format!("{} in print", self.number.status));
        }
        if tolerance.is_none() {
            notes.push("how precisely it was printed is not known".to_owned());
        }
        let fits = is_equal(value, known, allowed);
        let verdict = if fits { VerifyVerdict::Matches } else { VerifyVerdict::Differs };
        let note = (!notes.is_empty()).then(|| notes.join("; "));
        VerifiedCell {
            recomputed: Some(known.value),
            difference: Some(known.value - value),
            ..self.cell(Some(allowed), verdict, note)
        }
    }

    fn cell(&self, tolerance: Option<f64>, verdict: VerifyVerdict, note: Option<String>) -> VerifiedCell {
        let number = &self.number;
        VerifiedCell {
            system: number.system.clone(),
            workload: number.workload.clone(),
            clients: number.clients,
            repetition: number.repetition,
            metric: number.metric.clone(),
            statistic: number.statistic.clone(),
            unit: number.unit,
            published: number.value,
            recomputed: None,
            difference: None,
            tolerance,
            verdict,
            note,
        }
    }
}

/// How far the recomputed number may lie from the printed one: half a unit of the last digit, what arithmetic loses,
/// and what the tool is known to lose. JMeter keeps some numbers as 32-bit floats.
fn allowed(value: f64, tolerance: Option<f64>, runs: &[&Source<'_>]) -> f64 {
    let is_jmeter = |source: &&Source<'_>| {
        source.run.run.source.as_ref().is_some_and(|source| source.format.starts_with("jmeter"))
    };
    let relative = if runs.iter().any(is_jmeter) { SINGLE } else { DOUBLE };
    tolerance.unwrap_or(0.0) + relative * value.abs()
}

/// Whether a printed number may be the known one.
pub(crate) fn is_equal(value: f64, known: Known, allowed: f64) -> bool {
    value >= known.low - allowed && value <= known.high + allowed
}

/// The first definition that gives the printed number, or the one that comes nearest.
fn best(value: f64, allowed: f64, defined: &[(String, Known)]) -> Option<(&str, Known)> {
    let fitting = defined.iter().find(|(_, known)| is_equal(value, *known, allowed));
    let distance = |known: &Known| (known.value - value).abs();
    let nearest = || defined.iter().min_by(|one, other| distance(&one.1).total_cmp(&distance(&other.1)));
    fitting.or_else(nearest).map(|(how, known)| (how.as_str(), *known))
}
