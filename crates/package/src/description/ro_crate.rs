//! `RO-Crate` 1.3: every table and what it was made of.

use serde_json::{Value, json};

use super::Subject;

const VANA: &str = "#vana";

pub(super) fn describe(subject: &Subject<'_>) -> Value {
    let about = subject.description;
    let data = format!("{}/", subject.study);
    let authors: Vec<Value> =
        (0..about.authors.len()).map(|at| json!({"@id": author_id(subject, at)})).collect();
    let listed: Vec<_> = subject.files.iter().filter(|file| !file.path.starts_with(&data)).collect();
    let mut parts: Vec<Value> = listed.iter().map(|file| json!({"@id": file.path})).collect();
    parts.push(json!({"@id": data}));
    let mut root = json!({
        "@id": "./",
        "@type": "Dataset",
        "datePublished": about.date,
        "description": about.abstract_text(),
        "hasPart": parts,
        "identifier": format!("sha256:{}", about.digest),
        "license": {"@id": about.license_url()},
        "mentions": {"@id": "#vana-report"},
        "name": about.title,
        "version": about.version,
    });
    if !authors.is_empty() {
        root["author"] = Value::Array(authors);
    }
    let mut graph = vec![
        json!({
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.3"},
        }),
        root,
    ];
    graph.extend(listed.iter().map(|file| {
        let table = subject.tables.iter().find(|table| table.path == file.path);
        json!({
            "@id": file.path,
            "@type": "File",
            "contentSize": file.size.to_string(),
            "description": table.map_or_else(|| words(&file.path), |table| table.about),
            "encodingFormat": media_type(&file.path),
            "name": file.path,
            "sha256": file.sha256,
        })
    }));
    graph.push(json!({
        "@id": data,
        "@type": "Dataset",
        "description": "The study: system=/workload=/clients=/repetition= is a Hive partition below runs; checksums in SHA256SUMS",
        "name": "Study",
    }));
    graph.extend(
        about
            .authors
            .iter()
            .enumerate()
            .map(|(at, (name, _))| json!({"@id": author_id(subject, at), "@type": "Person", "name": name})),
    );
    if let Some(id) = &about.license {
        graph.push(json!({
            "@id": about.license_url(), "@type": "CreativeWork", "name": id, "description": format!("Licence {id}"),
        }));
    }
    let results: Vec<Value> = subject.tables.iter().map(|table| json!({"@id": table.path})).collect();
    graph.push(json!({
        "@id": "#vana-report",
        "@type": "CreateAction",
        "description": "Every table was computed from the study by vana; the same study gives the same bytes",
        "instrument": {"@id": VANA},
        "name": "vana report",
        "object": {"@id": data},
        "result": results,
    }));
    // The format wants an address of each program. Any on the web may go away; what the package itself says of it does not.
    graph.push(json!({
        "@id": VANA, "@type": "SoftwareApplication", "name": "vana", "softwareVersion": about.vana, "version": about.vana,
        "url": "README.md",
    }));
    json!({"@context": "https://w3id.org/ro/crate/1.3/context", "@graph": graph})
}

fn author_id(subject: &Subject<'_>, at: usize) -> String {
    match &subject.description.authors[at].1 {
        Some(orcid) => format!("https://orcid.org/{orcid}"),
        None => format!("#author-{}", at + 1),
    }
}

fn words(path: &str) -> &'static str {
    match path {
        "README.md" => "What this is and how it is checked",
        "LICENSE" => "Under which terms it may be used",
        "CITATION.cff" => "How it is cited",
        "verify.ipynb" => "Proves the tables a second time, without vana",
        "verify.py" => "The same without Jupyter",
        "verify.json" => "What the notebook needs to know",
        "requirements.txt" => "What the notebook needs to have",
        "vana-package.json" => "Where in the package the study lies",
        _ => "Part of the package",
    }
}

pub(super) fn media_type(path: &str) -> &'static str {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending {
        "csv" => "text/csv",
        "json" => "application/json",
        "ipynb" => "application/x-ipynb+json",
        "md" => "text/markdown",
        "py" => "text/x-python",
        "parquet" => "application/vnd.apache.parquet",
        _ => "text/plain",
    }
}
