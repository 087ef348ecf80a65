//! The list of findings: by severity and rule, numbered as in the tables.

use std::fmt::Write as _;

use vana_types::{Finding, Severity};

use crate::doubts::{Doubt, Doubts};
use crate::label;
use crate::tex::escape_breakable;

/// Places named of one text.
const PLACES: usize = 4;
/// From so many findings on the list begins with how many there are of what.
const SUMMED_UP: usize = 10;

/// The section of the article; `is_cited` says whether tables name numbers of findings.
pub fn draw(doubts: &Doubts<'_>, is_cited: bool) -> String {
    let mut out = String::from("\n\\section{Findings}\n");
    if doubts.0.is_empty() {
        out.push_str("No doubts were found.\n");
        return out;
    }
    sum_up(&mut out, doubts);
    let label = if is_cited { "\\renewcommand{\\labelenumi}{F\\arabic{enumi}}" } else { "" };
    for (severity, heading) in [
        (Severity::Error, "Errors: a number is wrong"),
        (Severity::Warning, "Warnings: a number may mislead"),
        (Severity::Info, "Good to know"),
    ] {
        let found: Vec<&Doubt<'_>> = doubts.0.iter().filter(|doubt| doubt.severity == severity).collect();
        let Some(first) = found.first() else { continue };
        _ = writeln!(
            out,
            "\\subsection*{{{heading}}}\n\\begin{{enumerate}}\\setcounter{{enumi}}{{{}}}{label}\\raggedright",
            first.number - 1
        );
        for doubt in found {
            item(&mut out, doubt);
        }
        out.push_str("\\end{enumerate}\n");
    }
    out
}

/// `63 findings: 50 spread-outlier, 13 errors.`
fn sum_up(out: &mut String, doubts: &Doubts<'_>) {
    let total: usize = doubts.0.iter().map(|doubt| doubt.findings.len()).sum();
    if total < SUMMED_UP {
        return;
    }
    let mut kinds: Vec<(&str, usize)> = Vec::new();
    for doubt in &doubts.0 {
        match kinds.iter_mut().find(|(code, _)| *code == doubt.code) {
            Some((_, count)) => *count += doubt.findings.len(),
            None => kinds.push((doubt.code, doubt.findings.len())),
        }
    }
    let kinds: Vec<String> =
        kinds.iter().map(|(code, count)| format!("{count}~\\texttt{{{}}}", escape_breakable(code))).collect();
    _ = writeln!(out, "{{\\raggedright {total} findings: {}.\\par}}", kinds.join(", "));
}

fn item(out: &mut String, doubt: &Doubt<'_>) {
    let code = escape_breakable(doubt.code);
    _ = match doubt.message {
        Some(message) => {
            writeln!(
                out,
                "\\item \\texttt{{{code}}}{}: {}",
                places(&doubt.findings),
                escape_breakable(message)
            )
        }
        None => writeln!(
            out,
            "\\item \\texttt{{{code}}}: and {} more of this kind, see \\texttt{{findings.csv}}.",
            doubt.findings.len()
        ),
    };
}

/// ` (osv, http, 10 clients, repetition 2; osv, http, 20 clients)`.
fn places(findings: &[&Finding]) -> String {
    let mut places: Vec<String> = Vec::new();
    for finding in findings {
        let place = place(finding);
        if !place.is_empty() && !places.contains(&place) {
            places.push(place);
        }
    }
    let more = places.len().saturating_sub(PLACES);
    places.truncate(PLACES);
    places.extend((more > 0).then(|| format!("and {more} more")));
    if places.is_empty() { String::new() } else { format!(" ({})", places.join("; ")) }
}

fn place(finding: &Finding) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(finding.system.as_deref().map(escape_breakable));
    parts.extend(finding.workload.as_deref().map(escape_breakable));
    parts.extend(finding.clients.map(label::clients));
    parts.extend(finding.repetition.map(|repetition| format!("repetition {repetition}")));
    parts.join(", ")
}
