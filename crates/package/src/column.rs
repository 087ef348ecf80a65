//! What the columns of the tables hold.

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Whole,
    Number,
}

const WHOLE: &[&str] =
    &["clients", "repetition", "n", "n_baseline", "n_system", "family_size", "bytes", "requests"];

const NUMBERS: &[&str] = &[
    "value",
    "stdev",
    "low",
    "high",
    "median",
    "median_low",
    "median_high",
    "baseline_mean",
    "system_mean",
    "ratio",
    "ratio_low",
    "ratio_high",
    "p",
    "p_adjusted",
    "smallest_p",
    "p_equivalence",
    "difference",
    "difference_low",
    "difference_high",
    "hodges_lehmann",
    "hodges_lehmann_low",
    "hodges_lehmann_high",
    "hedges_g",
    "cliffs_delta",
    "a12",
];

/// Columns of a table of vana's as CSV, from its first line; their names are plain words.
pub(crate) fn columns(table: &str, csv: &[u8]) -> Vec<(String, Kind)> {
    let end = csv.iter().position(|byte| *byte == b'\n').unwrap_or(csv.len());
    let header = String::from_utf8_lossy(&csv[..end]).into_owned();
    let kind = |name: &str| match name {
        // What a finding expects may be a number, what a claim expects is a sentence.
        "expected" if table == "findings" => Kind::Number,
        _ if WHOLE.contains(&name) => Kind::Whole,
        _ if NUMBERS.contains(&name) => Kind::Number,
        _ => Kind::Text,
    };
    header.trim_end().split(',').map(|name| (name.to_owned(), kind(name))).collect()
}

/// A field of a CSV, in quotes where it needs them.
pub(crate) fn field(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
