//! The tables of the paper as HTML.

use maud::{Markup, html};

use super::{Budget, words};
use crate::slug::letters;
use crate::table::{Content, Entry, Panel, Row, Table};

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
    html! {
        div.wide tabindex="0" role="region" aria-labelledby=(caption) {
            table.numbers {
                caption id=(caption) dir="auto" { (table.caption) }
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
            @if !table.notes.is_empty() || !table.remarks.is_empty() {
                p.notes dir="auto" {
                    @for (index, note) in table.notes.iter().enumerate() { sup { (letters(index)) } " " (note.text) ". " }
                    @for remark in &table.remarks { (remark) " " }
                }
            }
        }
    }
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
    let note = |note: &Option<usize>| html! { @if let Some(note) = note { sup { (letters(*note)) } } };
    html! {
        td.number colspan=[span] {
            @match &entry.content {
                Content::Number { text, interval, unit, letters, best, note: mark } => {
                    @if *best { strong { (words::grouped(text)) } } @else { (words::grouped(text)) }
                    @if let Some(interval) = interval { " " span.interval { (interval) } }
                    @if let Some(unit) = unit { " " (unit) }
                    @if let Some(letters) = letters { sup.letters { (letters) } }
                    (note(mark))
                }
                Content::Text { text, note: mark } => { (text) (note(mark)) }
                Content::Blank => {}
                Content::Missing { note: mark } => { "–" sup { (letters(*mark)) } }
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
