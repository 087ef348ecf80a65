//! `Croissant` 1.0: record sets for data loaders.

use serde_json::{Value, json};

use super::Subject;
use crate::Traces;
use crate::column::Kind;

pub(super) fn describe(subject: &Subject<'_>) -> Value {
    let about = subject.description;
    let mut distribution = Vec::new();
    let mut sets = Vec::new();
    for table in subject.tables {
        let Some(file) = subject.file(&table.path) else { continue };
        distribution.push(json!({
            "@id": table.path,
            "@type": "cr:FileObject",
            "contentSize": format!("{} B", file.size),
            "contentUrl": table.path,
            "encodingFormat": "text/csv",
            "name": table.path,
            "sha256": file.sha256,
        }));
        let fields = table.columns.iter().map(|(name, kind)| {
            let kind = match kind {
                Kind::Text => "sc:Text",
                Kind::Whole => "cr:Int64",
                Kind::Number => "cr:Float64",
            };
            field(&table.name, name, kind, &json!({"fileObject": {"@id": table.path}}))
        });
        let fields: Vec<Value> = fields.collect();
        sets.push(json!({"@id": table.name, "@type": "cr:RecordSet", "field": fields, "name": table.name}));
    }
    let name = match subject.traces {
        Traces::Thinned(_) => "thinned.parquet",
        _ => "trace.parquet",
    };
    if subject.files.iter().any(|file| file.path.ends_with(&format!("/{name}"))) {
        distribution.push(json!({
            "@id": "traces",
            "@type": "cr:FileSet",
            "encodingFormat": "application/x-parquet",
            "includes": format!("{}/runs/*/*/*/*/{name}", subject.study),
            "name": "traces",
        }));
        let kind = |column: vana_trace::Column| match column.unit() {
            "" if matches!(column.name(), "operation" | "outcome") => "sc:Text",
            _ => "cr:Int64",
        };
        let fields = vana_trace::Column::ALL.into_iter().map(|column| {
            field("requests", column.name(), kind(column), &json!({"fileSet": {"@id": "traces"}}))
        });
        let fields: Vec<Value> = fields.collect();
        sets.push(json!({"@id": "requests", "@type": "cr:RecordSet", "field": fields, "name": "requests"}));
    }
    let mut described = json!({
        "@context": context(),
        "@id": "./",
        "@type": "sc:Dataset",
        "citeAs": format!("{} ({})", about.title, about.version),
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "datePublished": about.date,
        "description": about.abstract_text(),
        "distribution": distribution,
        "license": about.license_url(),
        "name": about.slug(),
        "recordSet": sets,
        "version": about.version,
    });
    if !about.authors.is_empty() {
        let people = about.authors.iter().map(|(name, _)| json!({"@type": "sc:Person", "name": name}));
        described["creator"] = people.collect();
    }
    described
}

fn field(set: &str, name: &str, kind: &str, source: &Value) -> Value {
    let mut source = source.clone();
    source["extract"] = json!({"column": name});
    json!({
        "@id": format!("{set}/{name}"), "@type": "cr:Field", "dataType": kind, "name": name, "source": source,
    })
}

/// The terms of the specification's own example.
fn context() -> Value {
    json!({
        "@language": "en",
        "@vocab": "https://schema.org/",
        "citeAs": "cr:citeAs",
        "column": "cr:column",
        "conformsTo": "dct:conformsTo",
        "cr": "http://mlcommons.org/croissant/",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "dct": "http://purl.org/dc/terms/",
        "equivalentProperty": "cr:equivalentProperty",
        "examples": {"@id": "cr:examples", "@type": "@json"},
        "extract": "cr:extract",
        "field": "cr:field",
        "fileObject": "cr:fileObject",
        "fileProperty": "cr:fileProperty",
        "fileSet": "cr:fileSet",
        "format": "cr:format",
        "includes": "cr:includes",
        "isLiveDataset": "cr:isLiveDataset",
        "jsonPath": "cr:jsonPath",
        "key": "cr:key",
        "md5": "cr:md5",
        "parentField": "cr:parentField",
        "path": "cr:path",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "recordSet": "cr:recordSet",
        "references": "cr:references",
        "regex": "cr:regex",
        "repeated": "cr:repeated",
        "replace": "cr:replace",
        "samplingRate": "cr:samplingRate",
        "sc": "https://schema.org/",
        "separator": "cr:separator",
        "source": "cr:source",
        "subField": "cr:subField",
        "transform": "cr:transform",
    })
}
