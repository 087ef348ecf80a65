//! Results without what a filter does not match.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use vana_types::{Finding, Results};

use super::{Filter, LayoutError, Subject, value_of};

/// Values of a key that an error names.
const NAMED: usize = 12;

/// What is known not to match goes; what lacks the key in question stays.
pub fn select(filter: &Filter, results: &Results) -> Result<Results, LayoutError> {
    let mut selected = results.clone();
    if filter.text().is_empty() {
        return Ok(selected);
    }
    let stays = |subject: &Subject<'_>| filter.matches(subject) != Some(false);
    selected.cells.retain(|cell| stays(&Subject::of(&cell.key, &cell.candidates)));
    if selected.cells.is_empty() && !results.cells.is_empty() {
        return Err(LayoutError::Nothing { filter: filter.text().to_owned(), known: known(filter, results) });
    }
    selected.operations.retain(|cell| stays(&Subject::of(&cell.key, &cell.candidates)));
    selected.measurements.retain(|m| {
        let subject = place(&m.system, &m.workload, m.clients, &m.metric);
        stays(&Subject { statistic: Some(&m.statistic), ..subject })
    });
    selected.runs.retain(|run| {
        let run = &run.identity;
        stays(&Subject { metric: None, ..place(&run.system, &run.workload, run.clients, "") })
    });
    selected.examples.retain(|run| {
        let run = &run.identity;
        stays(&Subject { metric: None, ..place(&run.system, &run.workload, run.clients, "") })
    });
    selected.curves.retain(|c| stays(&place(&c.system, &c.workload, c.clients, &c.metric)));
    selected.timelines.retain(|t| stays(&place(&t.system, &t.workload, t.clients, &t.metric)));
    selected.findings.retain(|finding| stays(&about(finding)));
    let judgement = &mut selected.judgement;
    judgement.comparisons.retain(|c| {
        let subject = place(&c.system, &c.workload, c.clients, &c.metric);
        stays(&Subject { statistic: Some(&c.statistic), ..subject })
    });
    for letters in &mut judgement.letters {
        let (workload, clients) = (letters.workload.clone(), letters.clients);
        let (metric, statistic) = (letters.metric.clone(), letters.statistic.clone());
        letters.systems.retain(|(system, _)| {
            stays(&Subject { statistic: Some(&statistic), ..place(system, &workload, clients, &metric) })
        });
    }
    judgement.letters.retain(|letters| !letters.systems.is_empty());
    // Ranks among systems of which some are hidden would puzzle.
    judgement.rankings.retain(|ranking| {
        ranking.mean_ranks.iter().all(|(system, _)| {
            let subject = place(system, &ranking.workload, None, &ranking.metric);
            stays(&Subject { statistic: Some(&ranking.statistic), clients: None, ..subject })
        })
    });
    Ok(selected)
}

fn place<'a>(system: &'a str, workload: &'a str, clients: Option<u32>, metric: &'a str) -> Subject<'a> {
    Subject {
        system: Some(system),
        workload: Some(workload),
        clients: Some(clients),
        metric: Some(metric),
        ..Subject::default()
    }
}

fn about(finding: &Finding) -> Subject<'_> {
    Subject {
        system: finding.system.as_deref(),
        workload: finding.workload.as_deref(),
        clients: finding.clients.map(Some),
        metric: finding.metric.as_deref(),
        ..Subject::default()
    }
}

/// `; system: docker, osv`, for each key of the filter.
fn known(filter: &Filter, results: &Results) -> String {
    let mut text = String::new();
    for key in filter.keys() {
        let mut seen = BTreeSet::new();
        let all = results.cells.iter().map(|cell| value_of(key, &cell.key));
        let mut values: Vec<String> = all.filter(|value| seen.insert(value.clone())).collect();
        let more = values.len().saturating_sub(NAMED);
        values.truncate(NAMED);
        values.extend((more > 0).then(|| format!("and {more} more")));
        _ = write!(text, "; {key}: {}", values.join(", "));
    }
    text
}
