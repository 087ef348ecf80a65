//! What a newcomer reads first in a folder that holds everything.

use std::fmt::Write;

use vana_report::OutputFile;
use vana_types::{ClaimVerdict, Results, Severity};

/// Parts of a report: what makes the others worth opening, and how.
const PARTS: [(&str, &str); 10] = [
    ("index.html", "the page: open it in a browser"),
    ("latex/main.tex", "tables, figures and a macro for every number: `cd latex && pdflatex main.tex`"),
    (
        "verify.ipynb",
        "a second computation, without vana: `pip install -r requirements.txt && jupyter execute verify.ipynb`, or `python verify.py`",
    ),
    ("summary.md", "a table for a pull request or a README, with the picture `summary.png`"),
    ("measurements.csv", "one number a row"),
    ("cells.csv", "repetitions together, with intervals"),
    ("operations.csv", "the same of statements within transactions"),
    ("comparisons.csv", "systems against each other"),
    ("findings.csv", "what not to trust"),
    ("claims.csv", "sentences of the publication, checked"),
];

/// `1 number`, `2 numbers`.
pub(super) fn count(number: usize, one: &str) -> String {
    format!("{number} {one}{}", if number == 1 { "" } else { "s" })
}

/// `README.md`: what was found, in counts, and what lies where.
pub(super) fn index(results: &Results, files: &[OutputFile]) -> OutputFile {
    let found = |severity| results.findings.iter().filter(|finding| finding.severity == severity).count();
    let mut text = format!(
        "# Report\n\n{}; {}, {} and {} in `findings.csv`.\n",
        count(results.cells.len(), "number"),
        count(found(Severity::Error), "error"),
        count(found(Severity::Warning), "warning"),
        count(found(Severity::Info), "note")
    );
    let claims = &results.judgement.claims;
    if !claims.is_empty() {
        let of = |verdict| claims.iter().filter(|claim| claim.verdict == verdict).count();
        let _ = writeln!(
            text,
            "Of {} claims {} hold, {} are contradicted, {} are undecidable and {} depend on the reading.",
            claims.len(),
            of(ClaimVerdict::Holds),
            of(ClaimVerdict::Contradicted),
            of(ClaimVerdict::Undecidable),
            of(ClaimVerdict::DependsOnReading)
        );
    }
    let _ = writeln!(
        text,
        "\nMade by vana {} from data with the digest `{}`.\n\n| open | for |\n|---|---|",
        results.vana, results.digest
    );
    for (path, about) in PARTS {
        if files.iter().any(|file| file.path == path) {
            let _ = writeln!(text, "| [{path}]({path}) | {about} |");
        }
    }
    OutputFile { path: "README.md".to_owned(), bytes: text.into_bytes() }
}
