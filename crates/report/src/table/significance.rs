//! The test of all systems at once, beside the numbers that it is about.

use vana_types::Cell;

use super::entry::Notes;
use super::{Column, Content, Entry, Panel, Row};
use crate::label;
use crate::quantity::p_value;
use crate::view::View;

/// A column with the p value of each row; `None`, and rows left as they are, where nothing was tested.
pub fn column(panels: &mut [Panel], notes: &mut Notes, view: &View<'_>) -> Option<Column> {
    let rows = || panels.iter().flat_map(|panel| &panel.rows);
    let is_tested = |row: &Row| row.entries.iter().any(|entry| of(entry, view).is_some());
    if !rows().any(is_tested) {
        return None;
    }
    for row in panels.iter_mut().flat_map(|panel| &mut panel.rows) {
        let content = content(row.entries.iter(), notes, view);
        row.entries.push(Entry::new(content));
    }
    Some(Column::new("p".to_owned(), None))
}

/// A row with the p value of each column.
pub fn row(rows: &[Row], notes: &mut Notes, view: &View<'_>) -> Option<Row> {
    let all = || rows.iter().flat_map(|row| &row.entries);
    if !all().any(|entry| of(entry, view).is_some()) {
        return None;
    }
    let columns = rows.first()?.entries.len();
    let entry = |column: usize| {
        let own = rows.iter().filter_map(|row| row.entries.get(column));
        Entry::new(content(own, notes, view))
    };
    Some(Row::new("p".to_owned(), (0..columns).map(entry).collect()))
}

fn of<'a>(entry: &Entry, view: &View<'a>) -> Option<&'a vana_types::Letters> {
    view.judged.group(entry.key.as_ref()?)
}

fn content<'e>(entries: impl Iterator<Item = &'e Entry>, notes: &mut Notes, view: &View<'_>) -> Content {
    let Some(letters) = entries.into_iter().find_map(|entry| of(entry, view)) else { return Content::Blank };
    match letters.p.and_then(p_value) {
        Some(text) => {
            Content::Number { text, interval: None, unit: None, letters: None, best: false, note: None }
        }
        None => Content::Missing { note: notes.mark("p can not be computed".to_owned()) },
    }
}

/// Tests of all systems behind the letters of cells.
fn tests(cells: &[&Cell], view: &View<'_>) -> Option<String> {
    let mut tests: Vec<String> = Vec::new();
    for group in cells.iter().filter_map(|cell| view.judged.group(&cell.key)) {
        let test = label::test_label(&group.test);
        if !tests.contains(&test) {
            tests.push(test);
        }
    }
    (!tests.is_empty()).then(|| tests.join(" or "))
}

/// What letters mean, for a caption; empty where there are none.
pub fn letters_sentence(cells: &[&Cell], view: &View<'_>) -> String {
    let has_letters = cells.iter().any(|cell| view.judged.letters(&cell.key).is_some());
    let Some(tests) = tests(cells, view).filter(|_| has_letters) else { return String::new() };
    let alpha = view.results.judgement.methods.as_ref().map(|methods| methods.alpha);
    let level = alpha.map(|alpha| format!(" at the level {alpha}")).unwrap_or_default();
    format!(
        " Upright letters: systems with a letter in common do not differ significantly{level} in pairs after {tests}."
    )
}

/// What p means, for a remark.
pub fn p_remark(cells: &[&Cell], view: &View<'_>) -> Option<String> {
    tests(cells, view).map(|tests| format!("p: {tests}, all systems at once"))
}
