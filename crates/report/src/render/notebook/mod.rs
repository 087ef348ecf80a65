//! A notebook that computes a report's tables again, without vana: a second implementation, as a check.
//!
//! Its cells are the same for every study. What a study is called, where it lies and which readings were assumed stands in
//! `verify.json`; names never become code.

use std::fmt::Write;

use serde_json::{Value, json};
use vana_types::Results;

use super::OutputFile;

/// What a notebook is about.
#[derive(Clone, Copy, Debug)]
pub struct Notebook<'a> {
    /// What it compares with.
    pub results: &'a Results,
    /// The way from the notebook's folder to the study, with forward slashes.
    pub study: &'a str,
    /// The way from the notebook's folder to the tables as CSV.
    pub tables: &'a str,
}

/// A cell: words, or Python.
enum Cell {
    Words(&'static str),
    Code(&'static str),
}

/// The cells by name, in their order.
const CELLS: &[(&str, Cell)] = &[
    ("how-to-run", Cell::Words(include_str!("cells/how-to-run.md"))),
    ("parameters", Cell::Code(include_str!("cells/parameters.py"))),
    ("comparing", Cell::Code(include_str!("cells/comparing.py"))),
    ("checksums", Cell::Code(include_str!("cells/checksums.py"))),
    ("requests", Cell::Code(include_str!("cells/requests.py"))),
    ("tools", Cell::Code(include_str!("cells/tools.py"))),
    ("from-requests", Cell::Code(include_str!("cells/from-requests.py"))),
    ("resources", Cell::Code(include_str!("cells/resources.py"))),
    ("histograms", Cell::Code(include_str!("cells/histograms.py"))),
    ("printed", Cell::Code(include_str!("cells/printed.py"))),
    ("distributions", Cell::Code(include_str!("cells/distributions.py"))),
    ("tables", Cell::Code(include_str!("cells/tables.py"))),
    ("comparisons", Cell::Code(include_str!("cells/comparisons.py"))),
    ("figures", Cell::Code(include_str!("cells/figures.py"))),
    ("claims", Cell::Code(include_str!("cells/claims.py"))),
    ("not-checked", Cell::Words(include_str!("cells/not-checked.md"))),
    ("verified", Cell::Code(include_str!("cells/verified.py"))),
];

/// What the notebook needs to have, in exact versions.
const REQUIREMENTS: &str = include_str!("cells/requirements.txt");

/// `verify.ipynb` without outputs, `verify.py` with the same cells, `verify.json` with what they need to know, and
/// `requirements.txt`. The tables that it compares with are the caller's to write.
pub fn render(notebook: &Notebook<'_>) -> Vec<OutputFile> {
    let parameters = json!({
        "assumed": notebook.results.assumed,
        "digest": notebook.results.digest,
        "study": notebook.study,
        "tables": notebook.tables,
        "title": notebook.results.title,
        "vana": notebook.results.vana,
    });
    vec![
        OutputFile::text("requirements.txt".to_owned(), REQUIREMENTS.to_owned()),
        OutputFile::text("verify.ipynb".to_owned(), format!("{:#}\n", cells())),
        OutputFile::text("verify.json".to_owned(), format!("{parameters:#}\n")),
        OutputFile::text("verify.py".to_owned(), script()),
    ]
}

/// The notebook, nbformat 4.5. Keys are in alphabetical order, as Jupyter itself writes them.
fn cells() -> Value {
    let cells = CELLS.iter().map(|(name, cell)| match cell {
        Cell::Words(text) => {
            json!({"cell_type": "markdown", "id": name, "metadata": {}, "source": lines(text)})
        }
        Cell::Code(text) => json!({
            "cell_type": "code",
            "execution_count": null,
            "id": name,
            "metadata": {},
            "outputs": [],
            "source": lines(text),
        }),
    });
    json!({
        "cells": cells.collect::<Vec<_>>(),
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    })
}

/// A cell's text without the last line break, cut as Jupyter does.
fn lines(text: &str) -> Vec<&str> {
    text.trim_end().split_inclusive('\n').collect()
}

/// The same cells as a script.
fn script() -> String {
    let mut script = String::new();
    for (name, cell) in CELLS {
        if !script.is_empty() {
            script.push('\n');
        }
        match cell {
            Cell::Words(text) => {
                let _ = writeln!(script, "# %% [markdown] {name}");
                for line in text.trim_end().lines() {
                    let _ = writeln!(script, "{}", format!("# {line}").trim_end());
                }
            }
            Cell::Code(text) => {
                let _ = writeln!(script, "# %% {name}\n{}", text.trim_end());
            }
        }
    }
    script
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn cells_have_distinct_names_that_are_ids_of_nbformat() {
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
        let names: BTreeSet<&str> = CELLS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), CELLS.len());
        assert!(names.iter().all(|name| name.bytes().all(is_plain) && name.len() <= 64));
    }

    #[test]
    fn keys_are_sorted_at_every_depth() {
        fn check(value: &Value) {
            match value {
                Value::Object(map) => {
                    let keys: Vec<&String> = map.keys().collect();
                    assert!(keys.is_sorted(), "{keys:?}");
                    map.values().for_each(check);
                }
                Value::Array(values) => values.iter().for_each(check),
                _ => {}
            }
        }
        let notebook = cells();
        check(&notebook);
        assert_eq!(notebook["cells"].as_array().map(Vec::len), Some(CELLS.len()));
    }

    #[test]
    fn script_and_notebook_have_the_same_code() {
        let (script, notebook) = (script(), cells());
        for cell in notebook["cells"].as_array().unwrap().iter().filter(|cell| cell["cell_type"] == "code") {
            let source: String =
                cell["source"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
            let heading = format!("# %% {}\n{source}\n", cell["id"].as_str().unwrap());
            assert!(script.contains(&heading), "{}", cell["id"]);
        }
    }
}
