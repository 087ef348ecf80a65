//! Estimated widths of columns, and how many of them fit side by side.

use std::borrow::Cow;
use std::ops::Range;

use textwrap::{Options, WordSeparator, WordSplitter};

use crate::font;
use crate::table::{Content, Entry, Table};
use crate::tex::as_shown;

/// Width of the article's text in points: A4 with margins of 22 mm.
const TEXT_WIDTH: f64 = 472.0;
/// A digit of Latin Modern at 8 pt, and at 7 pt.
const DIGIT: f64 = 4.25;
const SMALL_DIGIT: f64 = 3.95;
/// A letter of a heading, on average.
const LETTER: f64 = 4.4;
/// Space on both sides of a column.
const PADDING: f64 = 9.0;
/// Most columns side by side, however narrow.
const MOST: usize = 8;

/// Columns of each block: as few blocks as fit, of even size, not cutting through groups or spans where avoidable.
pub fn blocks(table: &Table) -> Vec<Range<usize>> {
    let count = table.columns.len();
    let widths: Vec<f64> = (0..count).map(|column| column_width(table, column)).collect();
    if table.is_whole {
        return even(count, 1);
    }
    let stub = stub_width(table);
    let fits = |block: &Range<usize>| {
        let width: f64 = widths.get(block.clone()).unwrap_or_default().iter().sum();
        block.len() == 1 || (block.len() <= MOST && stub + width <= TEXT_WIDTH)
    };
    for parts in 1..=count {
        let even = even(count, parts);
        let moved = even_between_groups(table, &even);
        for blocks in [moved, even] {
            if blocks.iter().all(fits) {
                return blocks;
            }
        }
    }
    even(count, 1)
}

fn even(count: usize, parts: usize) -> Vec<Range<usize>> {
    (0..parts).map(|part| part * count / parts..(part + 1) * count / parts).collect()
}

/// The same blocks with their borders moved to the next border that cuts through nothing.
fn even_between_groups(table: &Table, blocks: &[Range<usize>]) -> Vec<Range<usize>> {
    let count = table.columns.len();
    let cuts = |border: usize| {
        let group = |column: usize| table.columns.get(column).and_then(|column| column.group.as_deref());
        let same_group = border > 0 && group(border).is_some() && group(border) == group(border - 1);
        same_group || rows(table).any(|entries| spans_over(entries, border))
    };
    let free: Vec<usize> =
        (0..=count).filter(|border| *border == 0 || *border == count || !cuts(*border)).collect();
    let mut borders = vec![0];
    for block in blocks {
        let near = free.iter().copied().min_by_key(|border| border.abs_diff(block.end)).unwrap_or(block.end);
        if borders.last().is_some_and(|last| near > *last) {
            borders.push(near);
        }
    }
    borders.windows(2).map(|pair| pair[0]..pair[1]).collect()
}

fn rows(table: &Table) -> impl Iterator<Item = &[Entry]> {
    table.panels.iter().flat_map(|panel| &panel.rows).map(|row| row.entries.as_slice())
}

fn spans_over(entries: &[Entry], border: usize) -> bool {
    let mut at = 0;
    entries.iter().any(|entry| {
        let covered = at..at + entry.span;
        at = covered.end;
        covered.start < border && border < covered.end
    })
}

fn stub_width(table: &Table) -> f64 {
    let labels = table
        .panels
        .iter()
        .flat_map(|panel| &panel.rows)
        .map(|row| as_shown(&row.label).chars().count() + (found_width(&row.findings) / LETTER) as usize);
    labels.chain([table.stub.chars().count()]).max().unwrap_or(0) as f64 * LETTER
}

fn column_width(table: &Table, column: usize) -> f64 {
    numbers_width(table, column, true) + heading_excess(table, column) + PADDING
}

/// How much wider than its numbers the heading of a column is.
pub fn heading_excess(table: &Table, column: usize) -> f64 {
    let heading = table.columns.get(column).map(|column| head_lines(&column.heading)).unwrap_or_default();
    // The letters of the figures are wider than those of Latin Modern, never narrower.
    let width = |line: &String| font::width(&as_shown(line), 8.0);
    let found = table.columns.get(column).map_or(0.0, |column| found_width(&column.findings));
    let heading = heading.iter().map(width).fold(0.0, f64::max) + found;
    // Letters and findings may stand in one float of the table and not in the next.
    (heading - numbers_width(table, column, false)).max(0.0)
}

/// Width of the widest entry, with letters of significance and findings or without.
fn numbers_width(table: &Table, column: usize, with_marks: bool) -> f64 {
    let (mut before, mut behind) = (0.0, 0.0);
    for entries in rows(table) {
        let mut at = 0;
        for entry in entries {
            if at == column && entry.span == 1 {
                let (number, rest) = entry_width(&entry.content);
                let rest = rest + if with_marks { marks_width(entry) } else { 0.0 };
                before = f64::max(before, number);
                behind = f64::max(behind, rest);
            }
            at += entry.span;
        }
    }
    before + behind
}

/// Widths of the number and of what stands behind it.
fn entry_width(content: &Content) -> (f64, f64) {
    match content {
        Content::Number { text, interval, unit, note, .. } => {
            let interval =
                interval.as_ref().map_or(0.0, |text| (text.chars().count() + 2) as f64 * SMALL_DIGIT);
            let mark = if note.is_some() { 5.0 } else { 0.0 };
            let unit = unit.as_ref().map_or(0.0, |unit| (unit.chars().count() + 1) as f64 * LETTER);
            (text.chars().count() as f64 * DIGIT, interval + unit + mark)
        }
        Content::Text { text, note } => {
            (0.0, text.chars().count() as f64 * LETTER + if note.is_some() { 5.0 } else { 0.0 })
        }
        Content::Missing { .. } => (2.0 * DIGIT, 5.0),
        Content::Blank => (0.0, 0.0),
    }
}

/// Width of letters of significance and of findings behind a number.
fn marks_width(entry: &Entry) -> f64 {
    let letters = match &entry.content {
        Content::Number { letters: Some(letters), .. } => letters.chars().count() + 1,
        _ => 0,
    };
    letters as f64 * SMALL_DIGIT + found_width(&entry.findings)
}

/// Width of the numbers of findings.
fn found_width(findings: &[usize]) -> f64 {
    match findings.len() {
        0 => 0.0,
        shown @ 1..4 => 4.0 + 8.0 * shown as f64,
        _ => 36.0,
    }
}

/// A heading in lines of about twelve letters, broken between words only.
pub fn head_lines(heading: &str) -> Vec<String> {
    let longest = heading.split(' ').map(|word| word.chars().count()).max().unwrap_or(0).max(12);
    let options = Options::new(longest)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::wrap(heading, options).into_iter().map(Cow::into_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_broken_between_words() {
        assert_eq!(head_lines("Container on VM-Virtio"), ["Container on", "VM-Virtio"]);
        assert_eq!(head_lines(""), [""]);
    }

    #[test]
    fn blocks_are_of_even_size() {
        assert_eq!(even(12, 2), [0..6, 6..12]);
        assert_eq!(even(9, 2), [0..4, 4..9]);
    }
}
