//! Where the numbers of findings stand in a table: at a column, a row, a number, or below all of them.

use std::collections::{BTreeMap, BTreeSet};

use super::Table;
use crate::doubts::{Doubt, Doubts};
use crate::tex::flatten;

/// Letters of a finding's text below a table; the list of findings has all of them.
const LONGEST: usize = 160;
/// A finding about more numbers than this is not marked at each when it is about most of the table.
const MANY: usize = 12;

/// What is below a table about findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Findings about all numbers of the table, or most of them.
    pub whole: Vec<usize>,
    /// What the numbers stand for, ascending.
    pub footnotes: Vec<Footnote>,
}

/// What the number of a finding stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Footnote {
    /// Its number in the list of findings.
    pub number: usize,
    /// Its rule and its text, shortened.
    pub text: String,
}

type Places = BTreeSet<(usize, usize)>;

/// Puts the numbers of findings to what they are about. Entries without a key are about nothing.
pub fn mark(table: &mut Table, doubts: &Doubts<'_>) {
    if doubts.0.is_empty() {
        return;
    }
    let mut all = Places::new();
    let mut concerned: BTreeMap<usize, Places> = BTreeMap::new();
    for (row, entries) in rows(table).enumerate() {
        let mut column = 0;
        for entry in entries {
            if let Some(key) = &entry.key {
                all.insert((row, column));
                for number in doubts.concerning(key) {
                    concerned.entry(number).or_default().insert((row, column));
                }
            }
            column += entry.span;
        }
    }
    for (number, places) in concerned {
        place(table, number, &places, &all);
        table.findings.footnotes.extend(doubts.get(number).map(footnote));
    }
}

fn rows(table: &Table) -> impl Iterator<Item = &[super::Entry]> {
    table.panels.iter().flat_map(|panel| &panel.rows).map(|row| row.entries.as_slice())
}

fn place(table: &mut Table, number: usize, places: &Places, all: &Places) {
    let columns: BTreeSet<usize> = places.iter().map(|(_, column)| *column).collect();
    let lines: BTreeSet<usize> = places.iter().map(|(row, _)| *row).collect();
    let covers = |is_in: &dyn Fn(&(usize, usize)) -> bool| {
        all.iter().filter(|place| is_in(place)).all(|place| places.contains(place))
    };
    let is_most = places.len() > MANY && 2 * places.len() > all.len();
    if places == all {
        table.findings.whole.push(number);
    } else if covers(&|(_, column)| columns.contains(column)) {
        for column in columns {
            if let Some(column) = table.columns.get_mut(column) {
                column.findings.push(number);
            }
        }
    } else if covers(&|(row, _)| lines.contains(row)) {
        let rows = table.panels.iter_mut().flat_map(|panel| &mut panel.rows).enumerate();
        rows.filter(|(row, _)| lines.contains(row)).for_each(|(_, row)| row.findings.push(number));
    } else if is_most {
        table.findings.whole.push(number);
    } else {
        let rows = table.panels.iter_mut().flat_map(|panel| &mut panel.rows).enumerate();
        for (row, line) in rows {
            let mut column = 0;
            for entry in &mut line.entries {
                if places.contains(&(row, column)) {
                    entry.findings.push(number);
                }
                column += entry.span;
            }
        }
    }
}

fn footnote(doubt: &Doubt<'_>) -> Footnote {
    let text = match doubt.message {
        Some(message) => flatten(message),
        None => format!("{} more of this kind", doubt.findings.len()),
    };
    Footnote { number: doubt.number, text: format!("{}: {}", flatten(doubt.code), shorten(&text)) }
}

/// The text, cut between words.
fn shorten(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.trim_end_matches('.').to_owned();
    }
    let cut: String = text.chars().take(LONGEST).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{} ...", whole.trim_end_matches([',', '.', ';', ':']))
}
