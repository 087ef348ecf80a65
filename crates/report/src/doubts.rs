//! Findings as numbered items: equal texts once, few of each rule.

use std::collections::BTreeSet;

use vana_types::{CellKey, Finding, Severity};

/// Items of one rule and severity that have a number of their own; the others share one.
const LISTED: usize = 8;

/// What a number stands for.
#[derive(Debug, PartialEq)]
pub struct Doubt<'a> {
    /// Its number, from 1.
    pub number: usize,
    /// Kebab-case name of the rule.
    pub code: &'a str,
    /// How much it weighs.
    pub severity: Severity,
    /// What was found; `None` for the rest of a rule that found much.
    pub message: Option<&'a str>,
    /// The findings with this text, or the rest.
    pub findings: Vec<&'a Finding>,
}

/// All findings of a report, errors first, rule by rule.
#[derive(Debug, Default)]
pub struct Doubts<'a>(pub Vec<Doubt<'a>>);

impl<'a> Doubts<'a> {
    /// Numbers findings. Cost: linear in their number but for the search of equal texts.
    pub fn of(findings: &'a [Finding]) -> Self {
        let mut all = Vec::new();
        for severity in [Severity::Error, Severity::Warning, Severity::Info] {
            let mut codes: Vec<(&str, Vec<&Finding>)> = Vec::new();
            for finding in findings.iter().filter(|finding| finding.severity == severity) {
                match codes.iter_mut().find(|(code, _)| *code == finding.code) {
                    Some((_, same)) => same.push(finding),
                    None => codes.push((&finding.code, vec![finding])),
                }
            }
            for (code, same) in codes {
                for (message, findings) in by_message(&same) {
                    all.push(Doubt { number: all.len() + 1, code, severity, message, findings });
                }
            }
        }
        Self(all)
    }

    /// The numbers of what is about a cell: that names no other system, workload, number of clients or metric, and names
    /// one of them at least.
    pub fn concerning(&self, key: &CellKey) -> BTreeSet<usize> {
        let about = |doubt: &&Doubt<'_>| doubt.findings.iter().any(|finding| concerns(finding, key));
        self.0.iter().filter(about).map(|doubt| doubt.number).collect()
    }

    /// What a number stands for.
    pub fn get(&self, number: usize) -> Option<&Doubt<'a>> {
        self.0.get(number.checked_sub(1)?)
    }
}

fn concerns(finding: &Finding, key: &CellKey) -> bool {
    let names_nothing =
        [&finding.system, &finding.workload, &finding.metric].iter().all(|name| name.is_none())
            && finding.clients.is_none();
    !names_nothing
        && finding.system.as_ref().is_none_or(|system| *system == key.system)
        && finding.workload.as_ref().is_none_or(|workload| *workload == key.workload)
        && finding.clients.is_none_or(|clients| Some(clients) == key.clients)
        && finding.metric.as_ref().is_none_or(|metric| *metric == key.metric)
}

/// Findings of one rule by their text; what exceeds the list comes last, without a text.
fn by_message<'a>(same: &[&'a Finding]) -> Vec<(Option<&'a str>, Vec<&'a Finding>)> {
    let mut listed: Vec<(Option<&str>, Vec<&Finding>)> = Vec::new();
    let mut rest = Vec::new();
    for finding in same.iter().copied() {
        let message = Some(finding.message.as_str());
        if let Some((_, equal)) = listed.iter_mut().find(|(known, _)| *known == message) {
            equal.push(finding);
        } else if listed.len() < LISTED {
            listed.push((message, vec![finding]));
        } else {
            rest.push(finding);
        }
    }
    listed.extend((!rest.is_empty()).then_some((None, rest)));
    listed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(severity: Severity, message: &str, clients: Option<u32>) -> Finding {
        Finding { clients, ..Finding::new("rule", severity, message) }
    }

    #[test]
    fn equal_texts_share_a_number_and_errors_come_first() {
        let findings = [
            finding(Severity::Info, "a", Some(1)),
            finding(Severity::Error, "b", None),
            finding(Severity::Info, "a", Some(10)),
        ];
        let doubts = Doubts::of(&findings);
        let shown: Vec<_> = doubts.0.iter().map(|d| (d.number, d.message, d.findings.len())).collect();
        assert_eq!(shown, [(1, Some("b"), 1), (2, Some("a"), 2)]);
        let key = |clients| CellKey {
            system: "s".into(),
            workload: "w".into(),
            clients,
            metric: "m".into(),
            statistic: "mean".into(),
            operation: None,
        };
        let about = [Some(10), Some(20), None].map(|clients| doubts.concerning(&key(clients)));
        assert_eq!(about, [BTreeSet::from([2]), BTreeSet::new(), BTreeSet::new()]);
    }

    #[test]
    fn a_finding_about_one_metric_is_not_about_the_others() {
        let findings = [finding(Severity::Info, "a", Some(1)).of_metric("latency")];
        let doubts = Doubts::of(&findings);
        let key = |metric: &str| CellKey {
            system: "s".into(),
            workload: "w".into(),
            clients: Some(1),
            metric: metric.into(),
            statistic: "mean".into(),
            operation: None,
        };
        let about = ["latency", "request_rate"].map(|metric| doubts.concerning(&key(metric)));
        assert_eq!(about, [BTreeSet::from([1]), BTreeSet::new()]);
    }

    #[test]
    fn many_findings_of_a_rule_share_the_last_number() {
        let findings: Vec<Finding> =
            (0..500).map(|n| finding(Severity::Warning, &format!("{n}"), None)).collect();
        let doubts = Doubts::of(&findings);
        let last = doubts.0.last().map(|doubt| (doubt.number, doubt.message, doubt.findings.len()));
        assert_eq!(last, Some((LISTED + 1, None, 500 - LISTED)));
    }
}
