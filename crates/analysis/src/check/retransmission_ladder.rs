use std::collections::BTreeMap;

use vana_types::{Finding, Measurement, Severity, statistic};

use super::checked::about;
use super::message::{clients, count, list, number, time};
use super::scan::{RUNG_WIDTH, RUNGS_S};
use super::{Check, Checked, Rung};

/// The rungs of the smallest timeout and its doublings among [`RUNGS_S`].
const DOUBLINGS: usize = 6;
/// So few maxima on the ladder must have a smaller probability than this by chance.
const CHANCE: f64 = 0.01;
/// A mass on a rung is at least this many requests, and this many times its neighbours.
const MASS: u64 = 5;
/// What takes a larger share of the requests is their usual time.
const TAIL: u64 = 5;

/// The slowest requests waited for TCP to send a packet again.
pub(super) struct RetransmissionLadder;

impl Check for RetransmissionLadder {
    fn name(&self) -> &'static str {
        "retransmission-ladder"
    }

    fn about(&self) -> &'static str {
        "Maxima, or a mass of slow requests, within 9 % above 200 ms × 2^k, TCP's retransmission timeout and its doublings."
    }

    fn source(&self) -> &'static str {
        "RFC 6298 (2011), sections 2 and 5; Linux, include/net/tcp.h: TCP_RTO_MIN is 200 ms"
    }

    fn reads_requests(&self) -> bool {
        true
    }

    fn find(&self, study: &Checked<'_>, out: &mut Vec<Finding>) {
        let ladders = ladders(study);
        for ladder in &ladders {
            let is_sure = |other: &&Ladder<'_>| other.workload == ladder.workload && other.is_sure();
            let others: Vec<&str> = ladders.iter().filter(is_sure).map(|other| other.system).collect();
            let severity = match (ladder.is_sure(), others.is_empty()) {
                (true, _) => Severity::Warning,
                (false, false) if ladder.on.len() > 1 => Severity::Info,
                _ => continue,
            };
            out.extend(of_maxima(self.name(), ladder, severity));
        }
        of_masses(self.name(), study, out);
    }
}

/// The maxima of one system that are long enough to be on the ladder at all.
struct Ladder<'a> {
    workload: &'a str,
    system: &'a str,
    /// Which time.
    metric: &'a str,
    /// Seconds, clients and rung of those that are on it.
    on: Vec<(f64, Option<u32>, usize)>,
    of: usize,
}

impl Ladder<'_> {
    /// The probability that as many maxima lie on the ladder by chance: of a doubling, the share log₂ 1.09 is on it.
    fn chance(&self) -> f64 {
        let share = RUNG_WIDTH.log2();
        (self.on.len()..=self.of).map(|hits| binomial(self.of, hits, share)).sum()
    }

    fn is_sure(&self) -> bool {
        self.chance() < CHANCE
    }
}

fn binomial(of: usize, hits: usize, share: f64) -> f64 {
    let ways: f64 = (0..hits).map(|taken| (of - taken) as f64 / (taken + 1) as f64).product();
    ways * share.powi(hits as i32) * (1.0 - share).powi((of - hits) as i32)
}

fn ladders<'a>(study: &'a Checked<'_>) -> Vec<Ladder<'a>> {
    let mut systems: BTreeMap<(&str, &str), Vec<&Measurement>> = BTreeMap::new();
    for one in study.measurements {
        let is_maximum = one.statistic == statistic::MAX && one.operation.is_none();
        if is_maximum && study.time_metric(&one.workload, &one.system) == Some(&one.metric) {
            systems.entry((&one.workload, &one.system)).or_default().push(one);
        }
    }
    let ladder = |((workload, system), maxima): ((&'a str, &'a str), Vec<&'a Measurement>)| {
        let metric = maxima.first().map_or("", |one| &one.metric);
        let long =
            maxima.iter().filter_map(|one| Some((one.value.filter(|s| *s >= RUNGS_S[0])?, one.clients)));
        let long: Vec<(f64, Option<u32>)> = long.collect();
        let on = long.iter().filter_map(|&(seconds, clients)| Some((seconds, clients, rung(seconds)?)));
        Ladder { workload, system, metric, on: on.collect(), of: long.len() }
    };
    systems.into_iter().map(ladder).collect()
}

/// The doubling that a time lies on.
fn rung(seconds: f64) -> Option<usize> {
    RUNGS_S.iter().take(DOUBLINGS).position(|at| (1.0..RUNG_WIDTH).contains(&(seconds / at)))
}

fn of_maxima(code: &str, ladder: &Ladder<'_>, severity: Severity) -> Option<Finding> {
    let mut rungs: BTreeMap<usize, (Vec<f64>, Vec<u32>)> = BTreeMap::new();
    for &(seconds, clients, rung) in &ladder.on {
        let (values, at) = rungs.entry(rung).or_default();
        values.push(seconds);
        at.extend(clients);
    }
    let shown: Vec<String> = rungs.values().map(|(values, at)| at_rung(values, at)).collect();
    let &(largest, _, top) = ladder.on.iter().max_by(|a, b| a.0.total_cmp(&b.0))?;
    let chance = match ladder.chance() {
        chance if chance < 1e-3 => "less than 0.001".to_owned(),
        chance => number(chance),
    };
    let meaning = if severity == Severity::Info { "Those maxima may" } else { "These maxima" };
    let message = format!(
        "{} of {} above 200 ms lie within 9 % above 200 ms × 2^k: {}. TCP waits 200 ms before it sends a lost packet \
         again, and twice as long each time. {meaning} speak of the network, not of the system: chance would put as \
         many there with a probability of {chance}.",
        ladder.on.len(),
        count(ladder.of, "maximum").replace("maximums", "maxima"),
        list(&shown)
    );
    let finding = Finding::new(code, severity, message).with_value(largest, RUNGS_S.get(top).copied());
    Some(about(finding.of_metric(ladder.metric), ladder.workload, Some(ladder.system), None))
}

/// `824 to 841 ms at 30 to 70 clients`.
fn at_rung(values: &[f64], at: &[u32]) -> String {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let span = if time(low) == time(high) {
        time(low)
    } else {
        format!("{} to {}", time(low).trim_end_matches(" ms"), time(high))
    };
    let mut at = at.to_vec();
    at.sort_unstable();
    at.dedup();
    if at.is_empty() { span } else { format!("{span} at {}", clients(&at)) }
}

/// Requests that pile up on a rung, over all runs of a system.
fn of_masses(code: &str, study: &Checked<'_>, out: &mut Vec<Finding>) {
    let mut systems: BTreeMap<(&str, &str), ([Rung; 9], u64)> = BTreeMap::new();
    for scan in &study.scans {
        let (sums, attempts) = systems.entry((&scan.identity.workload, &scan.identity.system)).or_default();
        *attempts += scan.attempts;
        for (sum, rung) in sums.iter_mut().zip(scan.rungs) {
            sum.below += rung.below;
            sum.on += rung.on;
            sum.above += rung.above;
        }
    }
    for ((workload, system), (rungs, attempts)) in systems {
        let heavy: Vec<(f64, Rung)> = RUNGS_S
            .into_iter()
            .zip(rungs)
            .filter(|(_, rung)| is_mass(*rung) && rung.on * TAIL <= attempts)
            .collect();
        let Some((_, first)) = heavy.first() else { continue };
        let shown: Vec<String> = heavy
            .iter()
            .map(|(at_s, rung)| {
                format!("{} at {} (beside it {})", rung.on, time(*at_s), rung.below.max(rung.above))
            })
            .collect();
        let message = format!(
            "Of {attempts} requests {} pile up just above the times after which TCP sends again what was lost. Packets \
             were lost on the way: these times, and every maximum and high percentile, speak of the network.",
            list(&shown)
        );
        let finding = Finding::new(code, Severity::Warning, message)
            .with_value(first.on as f64 / attempts.max(1) as f64, Some(0.0));
        out.push(about(finding, workload, Some(system), None));
    }
}

fn is_mass(rung: Rung) -> bool {
    rung.on >= MASS && rung.on >= MASS * rung.below.max(rung.above)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_just_above_a_doubling_is_on_the_ladder() {
        let found = [0.199, 0.207, 0.2185, 0.412, 0.833, 1.74, 1.75].map(rung);
        assert_eq!(found, [None, Some(0), None, Some(1), Some(2), Some(3), None]);
    }

    #[test]
    fn the_chance_of_all_is_the_share_to_the_power_of_their_number() {
        let ladder = |on: usize, of| Ladder {
            workload: "http",
            system: "osv",
            metric: "latency",
            on: vec![(0.207, None, 0); on],
            of,
        };
        let share = RUNG_WIDTH.log2();
        assert!((ladder(3, 3).chance() - share.powi(3)).abs() < 1e-15);
        assert!((ladder(0, 9).chance() - 1.0).abs() < 1e-12);
        // scipy.stats.binom.sf(2, 9, log2(1.09))
        assert!((ladder(3, 9).chance() - 0.090_707_100).abs() < 1e-9, "{}", ladder(3, 9).chance());
    }
}
