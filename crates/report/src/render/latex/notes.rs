//! Marks in a table and what they mean, below it.

use std::collections::BTreeSet;

use super::table::Part;
use crate::slug::letters;
use crate::table::{Content, Entry, Table};
use crate::tex::escape_breakable;

/// Texts of findings below one float; the list of findings has the others.
const MOST: usize = 8;
/// Findings that one number names.
const MOST_AT_ONE: usize = 3;

fn entries<'t>(parts: &[Part<'t>]) -> impl Iterator<Item = &'t Entry> {
    let rows = parts.iter().flat_map(|part| part.panel.rows.get(part.rows.clone()).unwrap_or_default());
    rows.flat_map(|row| &row.entries)
}

/// The notes whose marks stand in these parts.
pub fn used_notes(parts: &[Part<'_>]) -> BTreeSet<usize> {
    let notes = entries(parts).filter_map(|entry| match &entry.content {
        Content::Number { note, .. } | Content::Text { note, .. } => *note,
        Content::Missing { note } => Some(*note),
        Content::Blank => None,
    });
    notes.collect()
}

/// The findings whose numbers stand in these parts, in their headings, or below the whole table.
pub fn used_findings(table: &Table, parts: &[Part<'_>]) -> BTreeSet<usize> {
    let rows = parts.iter().flat_map(|part| part.panel.rows.get(part.rows.clone()).unwrap_or_default());
    let of_rows = rows.flat_map(|row| &row.findings);
    let of_columns = table.columns.iter().flat_map(|column| &column.findings);
    let of_entries = entries(parts).flat_map(|entry| &entry.findings);
    of_rows.chain(of_columns).chain(of_entries).chain(&table.findings.whole).copied().collect()
}

/// The mark of a note.
pub fn mark(note: usize) -> String {
    format!("\\vanamark{{{}}}", letters(note))
}

/// The mark of findings; empty without any.
pub fn found(findings: &[usize]) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let mut shown: Vec<String> = findings.iter().take(MOST_AT_ONE).map(usize::to_string).collect();
    shown.extend((findings.len() > MOST_AT_ONE).then(|| "...".to_owned()));
    format!("\\vanafinding{{{}}}", shown.join(","))
}

/// One full stop; three where the text was cut.
fn sentence(text: &str) -> String {
    if text.ends_with("...") {
        return escape_breakable(text);
    }
    escape_breakable(text.trim_end_matches('.')) + "."
}

/// Marks, remarks and findings below the table.
pub fn notes(table: &Table, used: &BTreeSet<usize>, findings: &BTreeSet<usize>) -> String {
    let used = table.notes.iter().enumerate().filter(|(index, _)| used.contains(index));
    let marked = used.map(|(index, note)| format!("{} {}", mark(index), sentence(&note.text)));
    let remarks = table.remarks.iter().map(|remark| sentence(remark));
    let footnotes = table.findings.footnotes.iter().filter(|footnote| findings.contains(&footnote.number));
    let texts = footnotes.clone().take(MOST).map(|footnote| {
        let whole = if table.findings.whole.contains(&footnote.number) { "(whole table) " } else { "" };
        format!("{} {whole}{}", found(&[footnote.number]), sentence(&footnote.text))
    });
    let more = footnotes.clone().skip(MOST).map(|footnote| footnote.number.to_string()).collect::<Vec<_>>();
    let more = (!more.is_empty()).then(|| format!("Findings {}: see their list.", more.join(", ")));
    let all: Vec<String> = marked.chain(remarks).chain(texts).chain(more).collect();
    if all.is_empty() {
        return String::new();
    }
    format!(
        "\n\\smallskip\n\\parbox{{\\linewidth}}{{\\raggedright\\scriptsize {}}}\n",
        all.join("\n  \\quad ")
    )
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn a_text_that_was_cut_is_seen_to_be_cut() {
        assert_eq!(["a", "a.", "a ..."].map(sentence), ["a.", "a.", "a ..."]);
    }
}
