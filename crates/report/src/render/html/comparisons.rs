//! Systems against each other: ratio with interval, adjusted p, verdict.

use std::collections::BTreeSet;

use maud::{Markup, html};
use vana_types::{Comparison, Verdict};

use super::{Budget, read_first, words};
use crate::label;
use crate::quantity::{p_value, ratio};
use crate::view::View;

/// The table of comparisons; `None` where there are none.
pub fn draw(view: &View<'_>, budget: Budget) -> Option<Markup> {
    let all = &view.results.judgement.comparisons;
    let shown = chosen(all, budget.rows);
    (!all.is_empty()).then(|| {
        html! {
            p #comparison-counts { (counts(all)) }
            @if shown.len() < all.len() {
                p.note { (shown.len()) " of " (all.len()) " comparisons are shown; comparisons.csv has all." }
            }
            div.wide tabindex="0" role="region" aria-label="Table of comparisons" {
                table.sortable #comparisons-table {
                    thead { tr {
                        th scope="col" { "System" }
                        th scope="col" { "Against" }
                        th scope="col" { "Measure" }
                        th scope="col" { "Workload" }
                        th.number scope="col" { "Clients" }
                        th.number scope="col" { "Ratio" }
                        th.number scope="col" { "Interval" }
                        th.number scope="col" { "Adjusted p" }
                        th scope="col" { "Verdict" }
                    } }
                    tbody { @for index in shown { (row(view, index, &all[index])) } }
                }
            }
        }
    })
}

/// The rows that stay where not all fit, in their order: those that are read first, then those that say something.
fn chosen(all: &[Comparison], most: usize) -> Vec<usize> {
    let is_first: BTreeSet<usize> = read_first::largest(all).into_iter().map(|(index, _)| index).collect();
    let is_open = |index: usize| matches!(all[index].verdict, Verdict::Inconclusive);
    let mut chosen: Vec<usize> = (0..all.len()).collect();
    chosen.sort_by_key(|index| (!is_first.contains(index), is_open(*index)));
    chosen.truncate(most);
    chosen.sort_unstable();
    chosen
}

/// `20 comparisons: 4 better, 12 worse, …`
fn counts(all: &[Comparison]) -> String {
    let verdicts =
        [Verdict::Better, Verdict::Worse, Verdict::Different, Verdict::Equivalent, Verdict::Inconclusive];
    let count = |verdict| all.iter().filter(|row| row.verdict == verdict).count();
    let parts: Vec<String> = verdicts
        .into_iter()
        .filter(|verdict| count(*verdict) > 0)
        .map(|verdict| format!("{} {verdict}", count(verdict)))
        .collect();
    format!("{}: {}.", words::count(all.len(), "comparison"), parts.join(", "))
}

fn row(view: &View<'_>, index: usize, row: &Comparison) -> Markup {
    let interval = row.ratio_low.zip(row.ratio_high);
    html! {
        tr id={ "comparison-" (index + 1) } data-verdict=(row.verdict) {
            th scope="row" { (words::system(view, &row.system)) }
            td { (words::system(view, &row.baseline)) }
            td { (label::metric_label(&row.metric)) ", " (label::statistic_label(&row.statistic).to_lowercase()) }
            td { (words::workload(view, &row.workload)) }
            td.number { (row.clients.map_or("–".to_owned(), |clients| clients.to_string())) }
            td.number { (row.ratio.map_or("–".to_owned(), ratio)) }
            td.number { @if let Some((low, high)) = interval { "[" (ratio(low)) ", " (ratio(high)) "]" } @else { "–" } }
            td.number { (row.p_adjusted.and_then(p_value).unwrap_or_else(|| "–".to_owned())) }
            td { span class={ "mark " (row.verdict) } { (row.verdict) }
                @if let Some(note) = &row.note { span.aside dir="auto" { (crate::tex::flatten(note)) } } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_first_stays_however_few_rows_fit() {
        let row = |(ratio, verdict): (f64, &str)| {
            let row = serde_json::json!({
                "metric": "request_rate", "statistic": "mean", "workload": "http", "clients": 1, "baseline": "a",
                "system": "b", "unit": "1/s", "ratio": ratio, "test": "welch", "adjust": "holm", "family_size": 4,
                "verdict": verdict,
            });
            serde_json::from_value(row).unwrap()
        };
        let rows = [(1.0, "inconclusive"), (1.1, "better"), (1.2, "better"), (9.0, "better")].map(row);
        assert_eq!(chosen(&rows, 1), [3]);
        assert_eq!(chosen(&rows, 2), [1, 3]);
        assert_eq!(chosen(&rows, 3), [1, 2, 3]);
        assert_eq!(chosen(&rows, 9), [0, 1, 2, 3]);
    }
}
