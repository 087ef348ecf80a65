//! README and licence of a package.

use std::fmt::Write;

use vana_types::flatten;

use super::{Description, Subject};
use crate::Traces;

/// What the package is, how it is checked, and which command answers which claim.
pub(crate) fn readme(subject: &Subject<'_>) -> String {
    let about = subject.description;
    let mut text = format!("# {}\n\n", plain(&about.title));
    if let Some(source) = &about.source {
        let _ = writeln!(text, "Publication: {}\n", plain(source));
    }
    let _ = writeln!(
        text,
        "{} {}, packed by vana {}. Digest over the study's data: `sha256:{}`.\n",
        subject.runs,
        if subject.runs == 1 { "run" } else { "runs" },
        about.vana,
        about.digest
    );
    text.push_str(&traces(subject));
    let _ = writeln!(
        text,
        "\n## What is where\n\n| path | what |\n|---|---|\n| `{0}/` | the study: runs, published cells, claims, originals |",
        subject.study
    );
    for table in subject.tables {
        let _ = writeln!(text, "| `{}` | {} |", table.path, table.about);
    }
    text.push_str(
        "| `verify.ipynb`, `verify.py` | a second computation of the tables, with DuckDB and without vana |\n\
         | `SHA256SUMS` | a digest of every other file |\n\n## How it is checked\n\n\
         | question | command, here in the unpacked package or with its file in place of `.` |\n|---|---|\n\
         | are these the files that were packed? | `sha256sum --check --quiet SHA256SUMS` |\n\
         | the same, and do the printed numbers follow from the data? | `vana verify .` |\n\
         | do the tables follow, without vana? | `pip install -r requirements.txt && python verify.py` |\n\
         | the tables and figures again | `vana report . --out ../report` |\n\
         | what not to trust | `vana check .` |\n",
    );
    if !subject.claims.is_empty() {
        text.push_str(
            "\n## Claims\n\n`vana claims .` asks the queries of `claims.toml` again and prints these rows.\n\n\
             | claim | where | what it says | verdict |\n|---|---|---|---|\n",
        );
        for claim in subject.claims {
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} |",
                code(&claim.id),
                plain(claim.place.as_deref().unwrap_or("")),
                plain(&claim.statement),
                claim.verdict
            );
        }
    }
    text.push_str("\n## Licence\n\n");
    text.push_str(match &about.license {
        Some(_) => "See `LICENSE`.\n",
        None => "Nobody stated one when this was packed; see `LICENSE`.\n",
    });
    text
}

/// Which requests are here.
fn traces(subject: &Subject<'_>) -> String {
    match subject.traces {
        _ if !subject.has_requests => {
            "No request is known one by one; `tables/runs.csv` says what is known of each run.\n".to_owned()
        }
        Traces::All => "Every request that was recorded is here.\n".to_owned(),
        Traces::LeftOut => {
            "**Requests were left out.** `run.json` of such a run says so; numbers that were computed \
             from requests are in `tables/measurements.csv` and cannot be computed again from this package.\n"
                .to_owned()
        }
        Traces::Thinned(every) => format!(
            "**Requests were thinned.** Of each run only the first and every {every}th after it is kept, in \
             `thinned.parquet`; `run.json` of such a run says so. Numbers that were computed from all requests are in \
             `tables/measurements.csv` and cannot be computed again from this package.\n"
        ),
    }
}

/// A text within a line or a cell of a table of Markdown, where nothing of it is markup.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for letter in flatten(text).chars() {
        match letter {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '$' => plain.extend(['\\', letter]),
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            '&' => plain.push_str("&amp;"),
            letter => plain.push(letter),
        }
    }
    plain
}

/// A text as code in a cell of a table of Markdown: only what would end the code or the cell is changed.
fn code(text: &str) -> String {
    format!("`{}`", flatten(text).replace('`', "'").replace('|', "\\|"))
}

/// The licence as far as it is known.
pub(crate) fn license(about: &Description) -> String {
    match &about.license {
        Some(id) => format!(
            "SPDX-License-Identifier: {id}\n\nThe data of this package are under the licence {id}, whose text is at\n\
             https://spdx.org/licenses/{id}.html\n"
        ),
        None => "Nobody stated a licence when this was packed. Numbers are facts; for everything else ask the authors.\n"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_no_markup() {
        assert_eq!(
            plain("<img src=x> | `a`\n[b](c) $x$ \u{202e}d"),
            "&lt;img src=x&gt; \\| \\`a\\` \\[b\\](c) \\$x\\$ d"
        );
        assert_eq!(code("a\\`b`|\u{2066}c\n"), "`a\\'b'\\|c`");
    }
}
