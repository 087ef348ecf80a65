//! `Data Package` 2.0: tables with the types of their columns.

use serde_json::{Value, json};

use super::Subject;
use crate::column::Kind;

pub(super) fn describe(subject: &Subject<'_>) -> Value {
    let about = subject.description;
    let resources: Vec<Value> = subject
        .tables
        .iter()
        .map(|table| {
            let fields = table.columns.iter().map(|(name, kind)| {
                let kind = match kind {
                    Kind::Text => "string",
                    Kind::Whole => "integer",
                    Kind::Number => "number",
                };
                json!({"name": name, "type": kind})
            });
            let file = subject.file(&table.path);
            json!({
                "bytes": file.map(|file| file.size),
                "description": table.about,
                "encoding": "utf-8",
                "format": "csv",
                "hash": file.map(|file| format!("sha256:{}", file.sha256)),
                "mediatype": "text/csv",
                "name": table.name,
                "path": table.path,
                "schema": {"fields": fields.collect::<Vec<_>>()},
                "type": "table",
            })
        })
        .collect();
    let mut package = json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "created": format!("{}T00:00:00Z", about.date),
        // Tools read the first part of many, and no standard describes Hive columns: the parts are in a table.
        "description": format!(
            "{} Requests lie below {}/runs, one file a run, as a Hive partition; the table runs lists the files.",
            about.abstract_text(),
            subject.study
        ),
        "id": format!("sha256:{}", about.digest),
        "name": about.slug(),
        "resources": resources,
        "title": about.title,
        "version": about.version,
    });
    if let Some(id) = &about.license {
        package["licenses"] = json!([{"name": id, "path": about.license_url()}]);
    }
    if !about.authors.is_empty() {
        let authors = about.authors.iter().map(|(name, _)| json!({"roles": ["creator"], "title": name}));
        package["contributors"] = authors.collect();
    }
    package
}
