//! The tables of the paper as HTML.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::{Budget, words};
use crate::table::{Content, Entry, Panel, Row, Table};

/// With more columns than these, numbers are smaller on paper, so that none is cut off.
const MANY: usize = 9;
/// With more than these, they are broken between digits as well.
const TOO_MANY: usize = 24;
/// Marks of notes: no letters, because these say which systems do not differ.
const MARKS: [&str; 5] = ["†", "‡", "§", "‖", "¶"];

/// All tables; where they are too many numbers, the first panel of each.
pub fn draw_all(tables: &[Table], budget: Budget) -> Markup {
    let numbers = |panel: &Panel| panel.rows.iter().map(|row| row.entries.len()).sum::<usize>();
    let total: usize = tables.iter().flat_map(|table| &table.panels).map(numbers).sum();
    let is_whole = total * 3 <= budget.numbers;
    let mut left = budget.numbers / 2;
    let parts = tables.iter().map(|table| {
        let panels = if is_whole { &table.panels[..] } else { table.panels.get(..1).unwrap_or_default() };
        let size = panels.iter().map(numbers).sum::<usize>();
        let fits = size <= left;
        left = left.saturating_sub(size);
        (table, panels, fits)
    });
    let parts: Vec<(&Table, &[Panel], bool)> = parts.collect();
    html! {
        @if !is_whole { p.note { "Only the first statistic of each measure is shown; cells.csv has all." } }
        @for (index, (table, panels, fits)) in parts.iter().enumerate() {
            @if *fits { (draw(index, table, panels)) }
            @else { p.note { (table.caption) " Left out here: cells.csv has it." } }
        }
    }
}

fn draw(index: usize, table: &Table, panels: &[Panel]) -> Markup {
    let caption = format!("table-{index}");
    let columns = table.columns.len();
    let (is_many, are_too_many) = (columns > MANY, columns > TOO_MANY);
    html! {
        div.wide tabindex="0" role="region" aria-labelledby=(caption) {
            table.numbers.many[is_many].crowded[are_too_many] {
                caption id=(caption) dir="auto" { span { (table.caption) } }
                thead {
                    @if table.columns.iter().any(|column| column.group.is_some()) {
                        tr { td {} @for group in table.columns.chunk_by(|a, b| a.group == b.group) {
                            th scope="colgroup" colspan=(group.len()) { bdi { (group[0].group.as_deref().unwrap_or_default()) } }
                        } }
                    }
                    tr {
                        th scope="col" { (table.stub) }
                        @for column in &table.columns {
                            th.number scope="col" { bdi { (column.heading) } (found(&column.findings)) }
                        }
                    }
                }
                @for panel in panels {
                    tbody {
                        @if let Some(heading) = &panel.heading {
                            tr.panel { th scope="rowgroup" colspan=(table.columns.len() + 1) { (heading) } }
                        }
                        @for row in &panel.rows { (line(row)) }
                    }
                }
            }
            (below(table, panels))
        }
    }
}

/// What the marks in these panels mean, then what is said of the whole table.
fn below(table: &Table, panels: &[Panel]) -> Markup {
    let sentence = |text: &str| format!("{}. ", text.trim_end_matches('.'));
    let used = used_notes(panels);
    let whole = &table.findings.whole;
    html! {
        @if !used.is_empty() || !table.remarks.is_empty() || !whole.is_empty() {
            p.notes dir="auto" {
                @for (index, note) in table.notes.iter().enumerate().filter(|(index, _)| used.contains(index)) {
                    sup { (mark(index)) } " " (sentence(&note.text))
                }
                @for remark in &table.remarks { (sentence(remark)) }
                @if !whole.is_empty() { "About the whole table: " (found(whole)) }
            }
        }
    }
}

/// The notes whose marks stand in these panels.
fn used_notes(panels: &[Panel]) -> BTreeSet<usize> {
    let entries = panels.iter().flat_map(|panel| &panel.rows).flat_map(|row| &row.entries);
    let notes = entries.filter_map(|entry| match &entry.content {
        Content::Number { note, .. } | Content::Text { note, .. } => *note,
        Content::Missing { note } => Some(*note),
        Content::Blank => None,
    });
    notes.collect()
}

/// The mark of a note; after the last of them they come doubled.
fn mark(note: usize) -> String {
    MARKS[note % MARKS.len()].repeat(note / MARKS.len() + 1)
}

fn line(row: &Row) -> Markup {
    html! {
        tr {
            th scope="row" { bdi { (row.label) } (found(&row.findings)) }
            @for entry in &row.entries { (cell(entry)) }
        }
    }
}

fn cell(entry: &Entry) -> Markup {
    let span = (entry.span > 1).then_some(entry.span);
    let note = |note: &Option<usize>| html! { @if let Some(note) = note { sup { (mark(*note)) } } };
    html! {
        td.number colspan=[span] {
            @match &entry.content {
                Content::Number { text, interval, unit, letters, best, note: noted } => {
                    @if *best { strong { (words::grouped(text)) } } @else { (words::grouped(text)) }
                    @if let Some(interval) = interval { " " span.interval { (interval) } }
                    @if let Some(unit) = unit { " " (unit) }
                    @if let Some(letters) = letters { sup.letters { (letters) } }
                    (note(noted))
                }
                Content::Text { text, note: noted } => { (text) (note(noted)) }
                Content::Blank => {}
                Content::Missing { note: missing } => { "–" sup { (mark(*missing)) } }
            }
            (found(&entry.findings))
        }
    }
}

/// Links to findings.
fn found(numbers: &[usize]) -> Markup {
    html! { @for number in numbers {
        a.found href={ "#finding-" (number) } aria-label={ "Finding " (number) } { "F" (number) }
    } }
}
