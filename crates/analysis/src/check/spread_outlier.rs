use std::collections::BTreeMap;

use vana_stats::{Sample, spreads};
use vana_types::{Cell, Finding, Severity, metric, statistic};

use super::checked::{about, caveat};
use super::message::{clients, list, number};
use super::{Check, Checked};

/// A system whose stdev stands out among its peers'.
pub(super) struct SpreadOutlier;

impl Check for SpreadOutlier {
    fn name(&self) -> &'static str {
        "spread-outlier"
    }

    fn about(&self) -> &'static str {
        "A stdev more than twice, or less than half, its peers' at the same number of clients, and 3.5 robust deviations away."
    }

    fn source(&self) -> &'static str {
        "Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993), on log ratios to the median of the peers"
    }

    fn find(&self, study: &Checked<'_>, out: &mut Vec<Finding>) {
        for workload in study.workloads() {
            for name in METRICS {
                let found = SCALES.map(|scale| (scale, standings(study, workload, name, scale)));
                if found.iter().flat_map(|(_, all)| all.values()).flatten().all(|one| !one.stands_out) {
                    continue;
                }
                for (scale, standings) in &found {
                    for (system, all) in standings {
                        out.extend(finding(self.name(), workload, system, (name, *scale), all));
                    }
                }
                out.push(overview(self.name(), workload, name, &found[0].1));
            }
        }
    }
}

/// Whose stdevs within a run are compared.
const METRICS: [&str; 6] = [
    metric::REQUEST_RATE,
    metric::WRK_REQUEST_RATE,
    metric::SERVICE_TIME,
    metric::WRK_LATENCY,
    metric::SYSBENCH_LATENCY,
    metric::LATENCY,
];

/// What a stdev is measured by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scale {
    /// By those of the others.
    Own,
    /// By its own mean first: a system of a tenth of the rate may have a tenth of the stdev.
    Relative,
}

const SCALES: [Scale; 2] = [Scale::Own, Scale::Relative];

/// How one stdev stands to those of the other systems.
struct Standing<'a> {
    cell: &'a Cell,
    factor: f64,
    stands_out: bool,
}

/// All stdevs of a metric by system; each is compared at its own number of clients.
fn standings<'a>(
    study: &'a Checked<'_>,
    workload: &str,
    metric: &str,
    scale: Scale,
) -> BTreeMap<&'a str, Vec<Standing<'a>>> {
    let mut peers: BTreeMap<Option<u32>, Vec<(&Cell, f64)>> = BTreeMap::new();
    for cell in &study.cells {
        let key = &cell.key;
        if key.workload == workload && key.metric == metric && key.statistic == statistic::STDEV {
            let peers = peers.entry(key.clients).or_default();
            let mean = || study.beside(cell, metric, statistic::MEAN).map(|(_, mean)| mean);
            let unit = if scale == Scale::Own { Some(1.0) } else { mean() };
            peers.extend(cell.estimate.value.zip(unit).map(|(stdev, unit)| (cell, stdev / unit)));
        }
    }
    let mut systems: BTreeMap<&str, Vec<Standing<'_>>> = BTreeMap::new();
    for cells in peers.into_values() {
        let stdevs: Vec<f64> = cells.iter().map(|(_, stdev)| *stdev).collect();
        for spread in spreads(&stdevs) {
            let Some(&(cell, _)) = cells.get(spread.index) else { continue };
            let stands_out = match scale {
                Scale::Own => spread.is_outlier,
                Scale::Relative => {
                    spread.factor > 1.0 && (spread.is_outlier || is_alone(&stdevs, spread.index))
                }
            };
            let standing = Standing { cell, factor: spread.factor, stands_out };
            systems.entry(&cell.key.system).or_default().push(standing);
        }
    }
    systems
}

/// Whether a stdev exceeds its own mean, and every other system's share of the mean three times: where all scatter
/// widely, no robust deviation tells them apart.
fn is_alone(shares: &[f64], index: usize) -> bool {
    let mut others = shares.iter().enumerate().filter(|(place, _)| *place != index);
    shares[index] > 1.0 && others.all(|(_, other)| shares[index] > 3.0 * other)
}

fn finding(
    code: &str,
    workload: &str,
    system: &str,
    (metric, scale): (&str, Scale),
    all: &[Standing<'_>],
) -> Option<Finding> {
    let out: Vec<&Standing<'_>> = all.iter().filter(|standing| standing.stands_out).collect();
    let worst = out.iter().max_by(|a, b| a.factor.ln().abs().total_cmp(&b.factor.ln().abs()))?;
    let at: Vec<u32> = out.iter().filter_map(|standing| standing.cell.key.clients).collect();
    let shown: Vec<String> = out.iter().map(|standing| times(standing.factor)).collect();
    let place = if at.is_empty() { String::new() } else { format!(" at {}", clients(&at)) };
    let measured = if scale == Scale::Own { "" } else { " over its own mean" };
    let meaning = if worst.factor > 1.0 {
        "It swings more than the others: look at its series, and at what stalls it."
    } else {
        "It is steadier than the others, or its values are smaller or fewer: compare the stdev with its own mean."
    };
    let message = format!(
        "The stdev of the {}{measured} stands out{place}: {} that of its peers. {meaning}{}",
        metric.replace('_', " "),
        list(&shown),
        caveat(out.iter().map(|standing| standing.cell))
    );
    let finding = Finding::new(code, Severity::Warning, message).with_value(worst.factor, Some(1.0));
    let clients = if let [only] = at.as_slice() { Some(*only) } else { None };
    Some(about(finding.of_metric(metric), workload, Some(system), clients))
}

/// How every system stands, the widest first.
fn overview(
    code: &str,
    workload: &str,
    metric: &str,
    standings: &BTreeMap<&str, Vec<Standing<'_>>>,
) -> Finding {
    let median = |all: &[Standing<'_>]| {
        Sample::new(all.iter().map(|standing| standing.factor).collect())
            .map_or(1.0, |factors| factors.median())
    };
    let range = |all: &[Standing<'_>]| match all {
        [_] | [] => String::new(),
        _ => {
            let low = all.iter().map(|standing| standing.factor).fold(f64::INFINITY, f64::min);
            let high = all.iter().map(|standing| standing.factor).fold(0.0, f64::max);
            format!(" ({} to {})", number(low), number(high))
        }
    };
    let mut systems: Vec<(f64, String)> = standings
        .iter()
        .map(|(system, all)| (median(all), format!("{system} {}{}", times(median(all)), range(all))))
        .collect();
    systems.sort_by(|a, b| b.0.total_cmp(&a.0));
    let shown: Vec<&str> = systems.iter().map(|(_, shown)| shown.as_str()).collect();
    let message = format!(
        "The stdev of the {} over that of the peers at the same number of clients, the median over all numbers of \
         clients (and the range): {}.{}",
        metric.replace('_', " "),
        list(&shown),
        caveat(standings.values().flatten().map(|standing| standing.cell))
    );
    about(Finding::new(code, Severity::Info, message).of_metric(metric), workload, None, None)
}

fn times(factor: f64) -> String {
    format!("{} ×", number(factor))
}
