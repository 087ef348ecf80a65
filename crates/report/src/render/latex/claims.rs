//! The table of claims, in as many floats as pages need.

use std::fmt::Write as _;

use vana_types::{CheckedClaim, ClaimVerdict};

use crate::tex::{as_shown, escape_breakable, flatten};

/// Path of the file without its ending.
pub const PATH: &str = "tables/claims";

/// Most lines of one float.
const LINES: usize = 62;
/// Letters of one text; more is cut, `vana claims` prints it.
const LONGEST: usize = 900;
/// Columns: heading, share of the text's width, letters that fit in a line of it.
const COLUMNS: [(&str, f64, usize); 4] = [
    ("Claim, place", 0.17, 17),
    ("Statement", 0.37, 42),
    ("Found / expected", 0.235, 25),
    ("Verdict", 0.135, 13),
];

/// The source of the table.
pub fn draw(claims: &[CheckedClaim]) -> String {
    let rows: Vec<[String; 4]> = claims.iter().map(cells).collect();
    let mut floats: Vec<Vec<&[String; 4]>> = vec![Vec::new()];
    let mut used = 0;
    for row in &rows {
        let height = height(row);
        if used > 0 && used + height > LINES {
            floats.push(Vec::new());
            used = 0;
        }
        used += height;
        if let Some(float) = floats.last_mut() {
            float.push(row);
        }
    }
    let mut out = String::new();
    for (index, float) in floats.iter().enumerate() {
        out.push_str("\\begin{table}[!htbp]\n\\centering\n");
        if index == 0 {
            _ = writeln!(out, "\\caption{{{}}}\n\\label{{tab:claims}}", caption(claims));
        } else {
            out.push_str("\\ContinuedFloat\n\\caption[]{Claims (continued).}\n");
        }
        draw_float(&mut out, float);
    }
    out
}

fn draw_float(out: &mut String, rows: &[&[String; 4]]) {
    out.push_str("\\scriptsize\n\\setlength{\\tabcolsep}{0.015\\linewidth}%\n\\begin{tabular}{@{}");
    for (_, width, _) in COLUMNS {
        _ = write!(out, ">{{\\raggedright\\arraybackslash}}p{{{width}\\linewidth}}");
    }
    out.push_str("@{}}\n\\toprule\n");
    let headings: Vec<&str> = COLUMNS.iter().map(|(heading, ..)| *heading).collect();
    _ = writeln!(out, "{} \\\\\n\\midrule", headings.join(" & "));
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            out.push_str("\\addlinespace\n");
        }
        _ = writeln!(out, "{} \\\\", row.join("\n  & "));
    }
    out.push_str("\\bottomrule\n\\end{tabular}\n\\end{table}\n");
}

/// `23 claims: 12 hold, …`
fn caption(claims: &[CheckedClaim]) -> String {
    let count = |verdict| claims.iter().filter(|claim| claim.verdict == verdict).count();
    let counted = [
        (count(ClaimVerdict::Holds), "borne out by the data"),
        (count(ClaimVerdict::Contradicted), "contradicted"),
        (count(ClaimVerdict::DependsOnReading), "true under one reading of an ambiguous name only"),
        (count(ClaimVerdict::Undecidable), "undecidable"),
    ];
    let parts: Vec<String> = counted
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    format!("Claims of the publication, {} in all: {}.", claims.len(), parts.join(", "))
}

fn cells(claim: &CheckedClaim) -> [String; 4] {
    let text = |text: &str| cut(&flatten(text));
    let place = claim.place.as_deref().map(text).filter(|place| !place.is_empty());
    let mut statement = escape_breakable(&text(&claim.statement));
    if let Some(note) = claim.note.as_deref().map(text).filter(|note| !note.is_empty()) {
        _ = write!(statement, " \\textit{{{}}}", escape_breakable(&note));
    }
    let (sign, words) = match claim.verdict {
        ClaimVerdict::Holds => ("$\\bullet$", "holds"),
        ClaimVerdict::Contradicted => ("$\\times$", "contradicted"),
        ClaimVerdict::Undecidable => ("?", "undecidable"),
        ClaimVerdict::DependsOnReading => ("$\\odot$", "depends on the reading"),
    };
    let found = claim.found.as_deref().map_or("--".to_owned(), |found| escape_breakable(&text(found)));
    [
        format!(
            "\\texttt{{{}}}{}",
            hyphens(&claim.id),
            place.map(|place| format!(", {}", escape_breakable(&place))).unwrap_or_default()
        ),
        statement,
        format!("{found} / {}", escape_breakable(&text(&claim.expected))),
        format!("\\vanaverdict{{{sign}}}{{{words}}}"),
    ]
}

/// An id may be broken behind its hyphens.
fn hyphens(id: &str) -> String {
    let parts: Vec<String> = flatten(&cut(id)).split('-').map(escape_breakable).collect();
    parts.join("-\\allowbreak{}")
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}...", text[..at].trim_end()),
        None => text.to_owned(),
    }
}

/// Lines that a row is estimated to need, with the space above it.
fn height(row: &[String; 4]) -> usize {
    let lines = |(text, (_, _, fitting)): (&String, (&str, f64, usize))| {
        as_shown(text).replace("\\allowbreak{}", "").chars().count().div_ceil(fitting)
    };
    row.iter().zip(COLUMNS).map(lines).max().unwrap_or(0) + 1
}
