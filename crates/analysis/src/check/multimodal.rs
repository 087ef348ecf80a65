use std::collections::BTreeMap;

use rayon::prelude::*;
use vana_stats::dip;
use vana_types::{Finding, Seed, Severity};

use super::checked::about;
use super::message::{clients, number, percent, time};
use super::{Check, Checked, RunScan};

/// The dip must be as improbable as this; of 2000 simulated samples none may dip as far.
const CHANCE: f64 = 0.001;
/// With fewer values modes cannot be told from noise.
const FEWEST: usize = 50;

/// Requests of two kinds, between which the mean lies and says nothing of either.
pub(super) struct Multimodal;

impl Check for Multimodal {
    fn name(&self) -> &'static str {
        "multimodal"
    }

    fn about(&self) -> &'static str {
        "The service times of a run have more than one mode (Hartigan's dip of at most 999 logarithms, p < 0.001)."
    }

    fn source(&self) -> &'static str {
        "Hartigan and Hartigan, The Dip Test of Unimodality, Annals of Statistics 13 (1985) 70–84"
    }

    fn reads_requests(&self) -> bool {
        true
    }

    fn find(&self, study: &Checked<'_>, out: &mut Vec<Finding>) {
        // The first repetition speaks for the others.
        let mut cells: BTreeMap<(&str, &str, Option<u32>), &RunScan> = BTreeMap::new();
        for scan in &study.scans {
            let identity = &scan.identity;
            cells.entry((&identity.workload, &identity.system, identity.clients)).or_insert(scan);
        }
        let cells: Vec<_> = cells.into_iter().collect();
        let found: Vec<Option<Modes>> =
            cells.par_iter().map(|(_, scan)| Modes::of(&scan.service_ns, study.config.seed)).collect();
        let mut systems: BTreeMap<(&str, &str), Vec<AtClients>> = BTreeMap::new();
        for (((workload, system, clients), _), modes) in cells.into_iter().zip(found) {
            if let Some(modes) = modes {
                systems.entry((workload, system)).or_default().push((clients, modes));
            }
        }
        for ((workload, system), all) in systems {
            out.extend(finding(self.name(), workload, system, &all));
        }
    }
}

/// Modes with so many clients.
type AtClients = (Option<u32>, Modes);

/// Two kinds of service times.
struct Modes {
    dip: f64,
    /// Geometric means in seconds, and the share of the first.
    first_s: f64,
    second_s: f64,
    share: f64,
}

impl Modes {
    fn of(service_ns: &[i64], seed: Seed) -> Option<Self> {
        let mut logs: Vec<f64> =
            service_ns.iter().filter(|ns| **ns > 0).map(|ns| (*ns as f64).ln()).collect();
        logs.sort_by(f64::total_cmp);
        let mut distinct = logs.clone();
        distinct.dedup();
        // On the coarse grid of a tool that stamps milliseconds every step is a mode.
        if logs.len() < FEWEST || distinct.len() * 2 < logs.len() {
            return None;
        }
        let found = dip(&logs, seed).ok().filter(|found| found.p < CHANCE)?;
        let (split, first, second) = two_means(&logs)?;
        Some(Self {
            dip: found.statistic,
            first_s: first.exp() / 1e9,
            second_s: second.exp() / 1e9,
            share: split as f64 / logs.len() as f64,
        })
    }
}

/// Cuts ascending values in two so that the squares around the two means are smallest: how many are in the first part,
/// and the means. `None` for fewer than two values.
fn two_means(ascending: &[f64]) -> Option<(usize, f64, f64)> {
    let total: f64 = ascending.iter().sum();
    let count = ascending.len() as f64;
    let mut sum = 0.0;
    let mut best: Option<(f64, usize, f64, f64)> = None;
    for (place, value) in ascending.iter().enumerate().take(ascending.len().saturating_sub(1)) {
        sum += value;
        let split = place + 1;
        let (first, second) = (sum / split as f64, (total - sum) / (count - split as f64));
        // What the means explain: the larger, the less is left around them.
        let explained = split as f64 * (count - split as f64) * (second - first).powi(2);
        if best.is_none_or(|(most, ..)| explained > most) {
            best = Some((explained, split, first, second));
        }
    }
    best.map(|(_, split, first, second)| (split, first, second))
}

fn finding(code: &str, workload: &str, system: &str, all: &[AtClients]) -> Option<Finding> {
    let (_, worst) = all.iter().max_by(|a, b| a.1.dip.total_cmp(&b.1.dip))?;
    let at: Vec<u32> = all.iter().filter_map(|(clients, _)| *clients).collect();
    let place = if at.is_empty() { String::new() } else { format!(" at {}", clients(&at)) };
    let message = format!(
        "Service times have more than one mode{place}: where it is clearest (dip {}) {} of them lie around {} and the \
         others around {}. The mean lies between and describes neither. Keep operations apart (--by operation), or \
         look for caches, stalls and slow paths.",
        number(worst.dip),
        percent(worst.share),
        time(worst.first_s),
        time(worst.second_s)
    );
    let finding = Finding::new(code, Severity::Info, message).with_value(worst.dip, None);
    let clients = if let [only] = at.as_slice() { Some(*only) } else { None };
    Some(about(finding, workload, Some(system), clients))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_groups_are_cut_between_them() {
        assert_eq!(two_means(&[1.0, 1.0, 4.0]), Some((2, 1.0, 4.0)));
        assert_eq!(two_means(&[1.0]), None);
    }
}
