//! How a package is cited: `CITATION.cff`, and `.zenodo.json`, which Zenodo reads instead.

use std::fmt::Write;

use serde_json::{Value, json};

use super::Description;

/// `CITATION.cff` 1.2.0. Texts are JSON strings, which YAML reads as they are.
pub(crate) fn citation(about: &Description) -> String {
    let quoted = |text: &str| Value::from(text).to_string();
    let mut text =
        "cff-version: 1.2.0\nmessage: \"If you use this data set, please cite it.\"\ntype: dataset\n"
            .to_owned();
    let _ = write!(text, "title: {}\nauthors:\n", quoted(&about.title));
    if about.authors.is_empty() {
        text.push_str("  - name: \"The authors of the study\"\n");
    }
    for (name, orcid) in &about.authors {
        let _ = writeln!(text, "  - name: {}", quoted(name));
        if let Some(orcid) = orcid {
            let _ = writeln!(text, "    orcid: \"https://orcid.org/{orcid}\"");
        }
    }
    let _ = writeln!(text, "version: {}\ndate-released: {}", quoted(&about.version), quoted(&about.date));
    if let Some(license) = &about.license {
        let _ = writeln!(text, "license: {}", quoted(license));
    }
    let _ = writeln!(
        text,
        "identifiers:\n  - type: other\n    value: \"sha256:{}\"\n    description: \"Digest over the study's data\"",
        about.digest
    );
    text
}

/// `.zenodo.json`. Without `upload_type` Zenodo refuses it, and with this file it does not look at `CITATION.cff`.
pub(crate) fn zenodo(about: &Description) -> Value {
    let creators: Vec<Value> = about
        .authors
        .iter()
        .map(|(name, orcid)| match orcid {
            Some(orcid) => json!({"name": name, "orcid": orcid}),
            None => json!({"name": name}),
        })
        .collect();
    let creators =
        if creators.is_empty() { vec![json!({"name": "The authors of the study"})] } else { creators };
    let mut upload = json!({
        "creators": creators,
        // Zenodo shows it as HTML.
        "description": about.abstract_text().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
        "keywords": ["benchmark"],
        "publication_date": about.date,
        "title": about.title,
        "upload_type": "dataset",
        "version": about.version,
    });
    if let Some(license) = &about.license {
        upload["license"] = json!(license);
    }
    upload
}
