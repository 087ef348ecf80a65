//! Systems against the baseline: ratio, p, shift, verdict.

use std::collections::{BTreeMap, BTreeSet};

use vana_types::Comparison;

use super::entry::Notes;
use super::{Column, Content, Entry, Findings, Panel, Row, Table};
use crate::label;
use crate::quantity::{PERCENT, Shown, decimals, format, p_value, ratio};
use crate::slug::file_part;
use crate::tex::flatten;
use crate::view::{Name, View};

/// One table per metric and statistic, one panel per workload, number of clients and baseline.
pub fn draw(view: &View<'_>) -> Vec<Table> {
    let all = &view.results.judgement.comparisons;
    let mut groups: BTreeMap<(usize, &str), BTreeMap<_, Vec<&Comparison>>> = BTreeMap::new();
    for comparison in all {
        let metric = (label::metric_rank(&comparison.metric), comparison.metric.as_str());
        let statistic = (label::statistic_rank(&comparison.statistic), comparison.statistic.as_str());
        groups.entry(metric).or_default().entry(statistic).or_default().push(comparison);
    }
    let mut tables = Vec::new();
    for ((_, metric), statistics) in groups {
        let is_one = statistics.len() == 1;
        for ((_, statistic), own) in statistics {
            let part = if is_one { String::new() } else { format!("{}-", file_part(statistic)) };
            let name = format!("{}-{part}comparisons", file_part(metric));
            tables.push(table(view, name, &own));
        }
    }
    tables
}

/// Which columns there is something for, and how the shift is shown.
struct Shape {
    shown: Shown,
    decimals: usize,
    has_shift: bool,
    has_delta: bool,
}

impl Shape {
    fn of(comparisons: &[&Comparison]) -> Self {
        let shifts = |c: &&&Comparison| c.hodges_lehmann.filter(|shift| shift.is_finite());
        let shifts: Vec<f64> = comparisons.iter().filter_map(|c| shifts(&c)).collect();
        let is_share = comparisons.iter().any(|c| label::is_share(&c.metric, &c.statistic, c.unit));
        let shown = match comparisons.first() {
            Some(first) if !is_share => Shown::choose(first.unit, &shifts),
            _ => PERCENT,
        };
        let values: Vec<f64> = shifts.iter().map(|shift| shown.of(*shift)).collect();
        Self {
            shown,
            decimals: decimals(&values).min(3),
            has_shift: !shifts.is_empty(),
            has_delta: comparisons.iter().any(|c| c.cliffs_delta.is_some_and(f64::is_finite)),
        }
    }

    fn columns(&self, adjusted: bool) -> Vec<Column> {
        let mut headings = vec!["Ratio".to_owned(), if adjusted { "p adjusted" } else { "p" }.to_owned()];
        headings.extend(self.has_shift.then(|| format!("Shift{}", self.shown.in_brackets())));
        headings.extend(self.has_delta.then(|| "Cliff's delta".to_owned()));
        headings.extend(["n".to_owned(), "Verdict".to_owned()]);
        headings.into_iter().map(|heading| Column::new(heading, None)).collect()
    }

    fn entries(&self, comparison: &Comparison, notes: &mut Notes) -> Vec<Entry> {
        let text = |value: f64| format(self.shown.of(value), self.decimals);
        let ends = (comparison.ratio_low, comparison.ratio_high);
        let mut contents = vec![number(comparison.ratio, ends, ratio, notes)];
        let p = comparison.p_adjusted.or(comparison.p).and_then(p_value);
        contents.push(p.map_or_else(|| missing(notes), |text| plain(text, None)));
        if self.has_shift {
            let ends = (comparison.hodges_lehmann_low, comparison.hodges_lehmann_high);
            contents.push(number(comparison.hodges_lehmann, ends, text, notes));
        }
        if self.has_delta {
            contents.push(number(comparison.cliffs_delta, (None, None), |d| format(d, 2), notes));
        }
        contents.push(plain(counts(comparison), None));
        let note = comparison.note.as_deref().map(flatten).filter(|note| !note.is_empty());
        let note = note.map(|note| notes.mark(note));
        contents.push(Content::Text { text: comparison.verdict.name().to_owned(), note });
        contents.into_iter().map(Entry::new).collect()
    }
}

fn plain(text: String, interval: Option<String>) -> Content {
    Content::Number { text, interval, unit: None, letters: None, best: false, note: None }
}

fn missing(notes: &mut Notes) -> Content {
    Content::Missing { note: notes.mark("can not be computed".to_owned()) }
}

fn number(
    value: Option<f64>,
    ends: (Option<f64>, Option<f64>),
    text: impl Fn(f64) -> String,
    notes: &mut Notes,
) -> Content {
    let finite = |value: Option<f64>| value.filter(|value| value.is_finite());
    let Some(value) = finite(value) else { return missing(notes) };
    let interval = match (finite(ends.0), finite(ends.1)) {
        (Some(low), Some(high)) => Some(format!("[{}, {}]", text(low), text(high))),
        _ => None,
    };
    plain(text(value), interval)
}

/// `5`, or `5/4` where the system has other repetitions than the baseline, which comes second.
fn counts(comparison: &Comparison) -> String {
    let count = |n: Option<u32>| n.map_or("?".to_owned(), |n| n.to_string());
    let (system, baseline) = (count(comparison.n_system), count(comparison.n_baseline));
    if system == baseline { system } else { format!("{system}/{baseline}") }
}

fn table(view: &View<'_>, name: String, own: &[&Comparison]) -> Table {
    let shape = Shape::of(own);
    let mut panels: BTreeMap<_, Vec<&Comparison>> = BTreeMap::new();
    for comparison in own.iter().copied() {
        let workload = view.workload_place(&comparison.workload);
        let baseline = view.system_place(&comparison.baseline);
        let key = (workload, &comparison.workload, comparison.clients, baseline, &comparison.baseline);
        panels.entry(key).or_default().push(comparison);
    }
    let baselines: BTreeSet<&str> = own.iter().map(|c| c.baseline.as_str()).collect();
    let workloads: BTreeSet<&str> = own.iter().map(|c| c.workload.as_str()).collect();
    let mut notes = Notes::default();
    let mut drawn = Vec::new();
    for ((_, workload, clients, _, baseline), mut rows) in panels {
        rows.sort_by_key(|c| (view.system_place(&c.system), &c.system));
        let mut heading: Vec<String> = Vec::new();
        heading.extend((workloads.len() > 1).then(|| view.workload_short(workload)));
        heading.extend(clients.map(label::clients));
        heading.extend((baselines.len() > 1).then(|| format!("against {}", view.system_short(baseline))));
        let row = |c: &&Comparison| Row::new(view.system_short(&c.system), shape.entries(c, &mut notes));
        let rows = rows.iter().map(row).collect();
        drawn.push(Panel { heading: Some(heading.join(", ")).filter(|text| !text.is_empty()), rows });
    }
    let mut remarks = remarks(view, own, &shape);
    remarks.extend(legend(view, own));
    Table {
        name,
        caption: caption(view, own, &baselines, &workloads),
        stub: "System".to_owned(),
        columns: shape.columns(own.iter().any(|c| is_adjusted(c))),
        panels: drawn,
        notes: notes.0,
        remarks,
        is_whole: true,
        findings: Findings::default(),
    }
}

fn is_adjusted(comparison: &Comparison) -> bool {
    comparison.p_adjusted.is_some() && comparison.adjust != "none"
}

fn caption(
    view: &View<'_>,
    own: &[&Comparison],
    baselines: &BTreeSet<&str>,
    workloads: &BTreeSet<&str>,
) -> String {
    let Some(first) = own.first() else { return String::new() };
    let of = only(workloads).map(|id| format!(" of {}", view.workload_short(id))).unwrap_or_default();
    let against =
        only(baselines).map_or("the system that the heading names".to_owned(), |id| view.system_short(id));
    format!(
        "{}{of}, {}: each system against {against}.",
        label::metric_label(&first.metric),
        label::statistic_label(&first.statistic).to_lowercase(),
    )
}

fn only<'a>(ids: &BTreeSet<&'a str>) -> Option<&'a str> {
    ids.first().filter(|_| ids.len() == 1).copied()
}

/// What the columns mean.
fn remarks(view: &View<'_>, own: &[&Comparison], shape: &Shape) -> Vec<String> {
    let methods = view.results.judgement.methods.as_ref();
    let percent = |share: f64| format!("{} %", crate::quantity::percent(share));
    let level = methods.map(|m| format!("{} ", percent(1.0 - m.alpha))).unwrap_or_default();
    let mut remarks = vec![format!("Ratio: mean of the system over mean of the baseline [{level}interval]")];
    remarks.push(format!("p: two-sided, {}{}", tests(own), adjustment(own)));
    if shape.has_shift {
        remarks.push(format!("Shift: Hodges–Lehmann, system minus baseline [{level}interval]"));
    }
    if shape.has_delta {
        remarks.push(
            "Cliff's delta: probability that a run of the system gives more, minus that it gives less"
                .to_owned(),
        );
    }
    remarks.push("n: repetitions, of system/baseline where they differ".to_owned());
    if let Some(methods) = methods {
        remarks.push(format!("equivalent: the ratio's interval lies within 1 ± {}", percent(methods.margin)));
    }
    remarks.push("inconclusive: not shown to differ, which is not the same as being equal".to_owned());
    remarks
}

fn tests(own: &[&Comparison]) -> String {
    let tests: BTreeSet<String> = own.iter().map(|c| label::test_label(&c.test)).collect();
    tests.into_iter().collect::<Vec<_>>().join(" or ")
}

fn adjustment(own: &[&Comparison]) -> String {
    let adjusted = || own.iter().filter(|c| is_adjusted(c));
    let names: BTreeSet<String> = adjusted().map(|c| label::adjust_label(&c.adjust)).collect();
    let (least, most) = (adjusted().map(|c| c.family_size).min(), adjusted().map(|c| c.family_size).max());
    match (least, most) {
        (Some(least), Some(most)) => {
            let family = if least == most { most.to_string() } else { format!("{least} to {most}") };
            let names = names.into_iter().collect::<Vec<_>>().join(" or ");
            format!(", adjusted by {names} for {family} comparisons")
        }
        _ => ", not adjusted".to_owned(),
    }
}

/// What the keys among the names stand for.
fn legend(view: &View<'_>, own: &[&Comparison]) -> Vec<String> {
    let is_system = |name: &&Name| own.iter().any(|c| c.system == name.id || c.baseline == name.id);
    let is_workload = |name: &&Name| own.iter().any(|c| c.workload == name.id);
    let systems = view.all_systems().filter(is_system);
    let all = systems.chain(view.workloads.iter().filter(is_workload));
    all.filter(|name| name.key.is_some()).map(Name::with_key).collect()
}
