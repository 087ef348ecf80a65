//! A table as booktabs rows, in as many floats and blocks of columns as pages need.

use std::fmt::Write as _;
use std::ops::Range;

use crate::table::{Column, Content, Entry, Panel, Row, Table};
use crate::tex::{escape, escape_breakable};

use super::notes::{found, mark, notes, used_findings, used_notes};
use super::width;

/// Most rows of one float, headings included.
const ROWS: usize = 52;

/// A part of a panel that stands under one set of headings.
pub struct Part<'t> {
    /// Index of the block of columns.
    block: usize,
    /// The panel.
    pub panel: &'t Panel,
    /// Which of its rows.
    pub rows: Range<usize>,
}

/// The source of a table: one float or several.
pub fn draw(table: &Table) -> String {
    let blocks = width::blocks(table);
    let every = table.findings.footnotes.iter().map(|footnote| footnote.number).collect();
    let below = notes(table, &(0..table.notes.len()).collect(), &every);
    // About 105 letters of a note fill a line.
    let lines = below.chars().count() / 105 + table.caption.chars().count() / 95 + 2;
    let most = ROWS.saturating_sub(lines).max(12);
    let floats = pack(table, blocks.len(), most);
    let mut out = String::new();
    for (index, parts) in floats.iter().enumerate() {
        // LaTeX keeps a limited number of floats in mind.
        if index > 0 && index.is_multiple_of(12) {
            out.push_str("\\ifdefined\\FloatBarrier\\FloatBarrier\\fi\n");
        }
        out.push_str("\\begin{table}[!htbp]\n\\centering\n");
        if index > 0 {
            out.push_str("\\ContinuedFloat\n");
        }
        let continued = if index > 0 { " (continued)" } else { "" };
        // An empty entry keeps continued parts out of a list of tables.
        let listed = if index > 0 { "[]" } else { "" };
        _ = writeln!(out, "\\caption{listed}{{{}{continued}}}", escape_breakable(&table.caption));
        if index == 0 {
            _ = writeln!(out, "\\label{{tab:{}}}", table.name);
        }
        out.push_str("\\footnotesize\n");
        for (at, same_block) in parts.chunk_by(|a, b| a.block == b.block).enumerate() {
            if at > 0 {
                out.push_str("\n\\medskip\n");
            }
            if let Some(columns) = same_block.first().and_then(|part| blocks.get(part.block)) {
                draw_tabular(&mut out, table, columns, same_block);
            }
        }
        out.push_str(&notes(table, &used_notes(parts), &used_findings(table, parts)));
        out.push_str("\\end{table}\n");
    }
    out
}

/// Fills floats block by block, panel by panel; a panel too long for a float is cut.
fn pack(table: &Table, blocks: usize, most: usize) -> Vec<Vec<Part<'_>>> {
    let mut floats: Vec<Vec<Part<'_>>> = vec![Vec::new()];
    let mut used = 0;
    for block in 0..blocks {
        for panel in &table.panels {
            let mut first = 0;
            while first < panel.rows.len() {
                let is_new_block =
                    floats.last().and_then(|float| float.last()).is_none_or(|part| part.block != block);
                let heading = usize::from(panel.heading.is_some()) + if is_new_block { 4 } else { 0 };
                let whole = panel.rows.len() - first;
                if used > 0 && used + heading + whole > most {
                    floats.push(Vec::new());
                    used = 0;
                    continue;
                }
                let count = whole.min(most.saturating_sub(used + heading).max(1));
                if let Some(float) = floats.last_mut() {
                    float.push(Part { block, panel, rows: first..first + count });
                }
                used += heading + count;
                first += count;
            }
        }
    }
    floats.retain(|float| !float.is_empty());
    floats
}

fn draw_tabular(out: &mut String, table: &Table, columns: &Range<usize>, parts: &[Part<'_>]) {
    out.push_str("\\begin{adjustbox}{max width=\\linewidth}\n\\setlength{\\tabcolsep}{4.5pt}%\n");
    out.push_str("\\begin{tabular}{@{}l");
    for column in columns.clone() {
        let space = width::heading_excess(table, column) / 2.0;
        if space > 0.0 {
            _ = write!(out, "\n  >{{\\hspace{{{space:.1}pt}}}}r@{{}}l<{{\\hspace{{{space:.1}pt}}}}");
        } else {
            out.push_str("\n  r@{}l");
        }
    }
    out.push_str("@{}}\n\\toprule\n");
    draw_groups(out, table, columns);
    out.push_str(&escape(&table.stub));
    for column in table.columns.get(columns.clone()).unwrap_or_default() {
        let lines: Vec<String> = width::head_lines(&column.heading).iter().map(|line| escape(line)).collect();
        let (lines, found) = (lines.join("\\\\"), found(&column.findings));
        _ = write!(out, "\n  & \\multicolumn{{2}}{{c}}{{\\vanahead{{{lines}{found}}}}}");
    }
    out.push_str(" \\\\\n\\midrule\n");
    for (index, part) in parts.iter().enumerate() {
        if let Some(heading) = &part.panel.heading {
            if index > 0 {
                out.push_str("\\addlinespace\n");
            }
            let span = 1 + 2 * columns.len();
            _ = writeln!(out, "\\multicolumn{{{span}}}{{@{{}}l}}{{\\textit{{{}}}}} \\\\", escape(heading));
        }
        for row in part.panel.rows.get(part.rows.clone()).unwrap_or_default() {
            draw_row(out, row, columns);
        }
    }
    out.push_str("\\bottomrule\n\\end{tabular}\n\\end{adjustbox}\n");
}

/// Headings over several columns, where columns have them.
fn draw_groups(out: &mut String, table: &Table, columns: &Range<usize>) {
    let shown: &[Column] = table.columns.get(columns.clone()).unwrap_or_default();
    if shown.iter().all(|column| column.group.is_none()) {
        return;
    }
    let mut rules = String::new();
    let mut first = 2;
    for group in shown.chunk_by(|a, b| a.group == b.group) {
        let span = 2 * group.len();
        let words = group.first().and_then(|column| column.group.as_deref()).unwrap_or_default();
        _ = writeln!(out, "  & \\multicolumn{{{span}}}{{c}}{{{}}}", escape(words));
        _ = write!(rules, "\\cmidrule(lr){{{first}-{}}}", first + span - 1);
        first += span;
    }
    _ = writeln!(out, "  \\\\\n{rules}");
}

fn draw_row(out: &mut String, row: &Row, columns: &Range<usize>) {
    out.push_str(&escape(&row.label));
    out.push_str(&found(&row.findings));
    let mut at = 0;
    for entry in &row.entries {
        let covered = at..at + entry.span;
        at = covered.end;
        // What spans a cut between blocks is shown on both sides.
        let span = covered.end.min(columns.end).saturating_sub(covered.start.max(columns.start));
        if span > 0 {
            out.push_str(" & ");
            draw_entry(out, entry, span);
        }
    }
    out.push_str(" \\\\\n");
}

fn draw_entry(out: &mut String, entry: &Entry, span: usize) {
    let (number, behind) = match &entry.content {
        Content::Number { text, interval, unit, letters, best, note } => {
            let number = number(text);
            let number = if *best { format!("\\vanabest{{{number}}}") } else { number };
            let interval =
                interval.as_ref().map(|interval| format!("\\vanainterval{{{}}}", self::interval(interval)));
            let letters = letters.as_ref().map(|letters| format!("\\vanaletters{{{}}}", escape(letters)));
            let mark = note.map(mark).unwrap_or_default();
            let unit = unit.as_ref().map(|unit| format!("\\,{}", escape(unit))).unwrap_or_default();
            (number, unit + &interval.unwrap_or_default() + &letters.unwrap_or_default() + &mark)
        }
        Content::Missing { note } => ("--".to_owned(), mark(*note)),
        Content::Text { text, note } => (String::new(), escape(text) + &note.map(mark).unwrap_or_default()),
        Content::Blank => (String::new(), String::new()),
    };
    let behind = behind + &found(&entry.findings);
    if span > 1 {
        _ = write!(out, "\\multicolumn{{{}}}{{c}}{{\\vanaspan{{{number}{behind}}}}}", 2 * span);
    } else {
        _ = write!(out, "{number} & {behind}");
    }
}

fn number(text: &str) -> String {
    let (digits, power) = text.split_once('e').map_or((text, None), |(digits, power)| (digits, Some(power)));
    let digits = crate::quantity::group(digits, "\\,", "$-$");
    power.map_or(digits.clone(), |power| format!("{digits}$\\times 10^{{{power}}}$"))
}

fn interval(text: &str) -> String {
    if let Some(half) = text.strip_prefix('±') {
        return format!("$\\pm$\\,{}", number(half));
    }
    let ends: Vec<String> = text.trim_matches(['[', ']']).split(", ").map(number).collect();
    format!("[{}]", ends.join(", "))
}
