//! A table for a pull request or a README: what was found, in few rows.

use std::fmt::Write as _;

use vana_types::{Severity, Verdict};

use super::{Document, OutputFile, RenderError};
use crate::label;
use crate::quantity::{group, p_value, ratio};
use crate::table;
use crate::table::Content;
use crate::tex::flatten;
use crate::view::View;

/// Rows of comparisons; the others are in `comparisons.csv`.
const ROWS: usize = 40;

/// Writes `summary.md`.
#[expect(clippy::unnecessary_wraps, reason = "the signature of a renderer")]
pub fn render(document: &Document<'_, '_>, progress: &dyn Fn(&str)) -> Result<Vec<OutputFile>, RenderError> {
    progress("summary.md");
    let view = document.view;
    let mut out = String::new();
    _ = writeln!(out, "### {}\n", escape(&title(view)));
    _ = writeln!(out, "{}\n", counts(view));
    if view.results.judgement.comparisons.is_empty() {
        numbers(&mut out, view);
    } else {
        comparisons(&mut out, view);
    }
    let digest: String = view.results.digest.chars().take(16).collect();
    _ = writeln!(out, "Study `{digest}`, vana {}.", view.results.vana);
    Ok(vec![OutputFile::text("summary.md".to_owned(), out)])
}

/// The study's title; never empty.
pub(super) fn title(view: &View<'_>) -> String {
    let title = flatten(&view.results.title);
    if title.is_empty() { "A study without a title".to_owned() } else { title }
}

/// `20 comparisons: 3 better, …. 1 error, 5 warnings.`
fn counts(view: &View<'_>) -> String {
    let judgement = &view.results.judgement;
    let mut parts: Vec<String> = Vec::new();
    let count = |verdict| judgement.comparisons.iter().filter(|row| row.verdict == verdict).count();
    let verdicts =
        [Verdict::Better, Verdict::Worse, Verdict::Different, Verdict::Equivalent, Verdict::Inconclusive];
    let verdicts = verdicts.map(|verdict| (count(verdict), verdict.name().to_owned()));
    if !judgement.comparisons.is_empty() {
        parts.push(format!("Comparisons: {}.", listed(&verdicts)));
    }
    if !judgement.claims.is_empty() {
        use vana_types::ClaimVerdict::{Contradicted, DependsOnReading, Holds, Undecidable};
        let verdicts = [Holds, Contradicted, Undecidable, DependsOnReading].map(|verdict| {
            let same = judgement.claims.iter().filter(|claim| claim.verdict == verdict).count();
            (same, verdict.name().to_owned())
        });
        parts.push(format!("Claims: {}.", listed(&verdicts)));
    }
    let severities = [Severity::Error, Severity::Warning, Severity::Info];
    let findings = severities.map(|severity| {
        let same = view.results.findings.iter().filter(|finding| finding.severity == severity).count();
        (same, label::plural(same, ["note", "warning", "error"][severity as usize]))
    });
    parts.push(format!("Findings: {}.", listed(&findings)));
    parts.join(" ")
}

fn listed(counts: &[(usize, String)]) -> String {
    let some: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    if some.is_empty() { "none".to_owned() } else { some.join(", ") }
}

fn comparisons(out: &mut String, view: &View<'_>) {
    let all = &view.results.judgement.comparisons;
    out.push_str("| | against | measure | ratio | interval | p | verdict |\n|---|---|---|--:|---|--:|---|\n");
    for row in all.iter().take(ROWS) {
        let interval = match (row.ratio_low, row.ratio_high) {
            (Some(low), Some(high)) => format!("[{}, {}]", ratio(low), ratio(high)),
            _ => "–".to_owned(),
        };
        let clients = row.clients.map_or(String::new(), |count| format!(", {}", label::clients(count)));
        let measure =
            format!("{}, {}{clients}", label::metric_label(&row.metric), view.workload_short(&row.workload));
        let system = view.system_words(&row.system);
        let cells = [
            escape(&system),
            escape(&view.system_words(&row.baseline)),
            escape(&measure),
            row.ratio.map_or("–".to_owned(), ratio),
            interval,
            row.p_adjusted.and_then(p_value).map_or("–".to_owned(), |p| escape(&p)),
            if row.verdict == Verdict::Inconclusive {
                row.verdict.to_string()
            } else {
                format!("**{}**", row.verdict)
            },
        ];
        _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    if all.len() > ROWS {
        _ = writeln!(out, "\n{ROWS} of {} comparisons; `comparisons.csv` has all.", all.len());
    }
    out.push('\n');
}

/// The first panel of the first table, where nothing was compared.
fn numbers(out: &mut String, view: &View<'_>) {
    let tables = table::draw_numbers(view);
    let Some((table, panel)) = tables.iter().find_map(|table| Some((table, table.panels.first()?))) else {
        return out.push_str("There are no numbers.\n\n");
    };
    let heads: Vec<String> = table.columns.iter().map(|column| escape(&column.heading)).collect();
    let heading = panel.heading.as_deref().map_or(String::new(), |words| format!(" {}.", escape(words)));
    _ = writeln!(out, "{}{heading}\n", escape(&table.caption));
    _ = writeln!(out, "| {} | {} |", escape(&table.stub), heads.join(" | "));
    _ = writeln!(out, "|---|{}", "--:|".repeat(heads.len()));
    let mut has_either = false;
    for row in &panel.rows {
        let mut cells: Vec<String> = Vec::new();
        for entry in &row.entries {
            cells.push(match &entry.content {
                Content::Number { text, interval, .. } => {
                    let interval =
                        interval.as_deref().map_or(String::new(), |interval| format!(" {interval}"));
                    let either = if entry.span > 1 { " ⟷" } else { "" };
                    has_either |= entry.span > 1;
                    format!("{}{interval}{either}", group(text, "\u{2009}", "\u{2212}"))
                }
                Content::Text { text, .. } => escape(text),
                Content::Blank => String::new(),
                Content::Missing { .. } => "–".to_owned(),
            });
            cells.extend(vec!["⟷".to_owned(); entry.span.saturating_sub(1)]);
        }
        _ = writeln!(out, "| {} | {} |", escape(&row.label), cells.join(" | "));
    }
    if has_either {
        out.push_str("\n⟷ The number belongs to one of these columns, and nobody knows to which.\n");
    }
    out.push('\n');
}

/// Characters that mean something to Markdown or HTML, as themselves.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in flatten(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' | '@' => {
                escaped.push('\\');
                escaped.push(c);
            }
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_markup() {
        assert_eq!(escape("<img src=x>|`a`\n**b**"), "&lt;img src=x&gt;\\|\\`a\\` \\*\\*b\\*\\*");
    }
}
