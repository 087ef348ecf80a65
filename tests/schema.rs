//! `vana schema`: what each command writes as JSON is what its schema says.

mod support;

use std::collections::BTreeSet;

use serde_json::Value;
use support::{Desk, repository};
use vana_testkit::StudyPlan;

/// What is wrong with a value by a schema; knows the words that vana's schemas use, and no others.
fn check(schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    for (word, rule) in schema.as_object().unwrap() {
        match word.as_str() {
            "$schema" | "$defs" | "title" | "description" => {}
            "type" => {
                let names: Vec<&str> = match rule {
                    Value::Array(names) => names.iter().map(|name| name.as_str().unwrap()).collect(),
                    name => vec![name.as_str().unwrap()],
                };
                if !names.iter().any(|name| is_of(name, value)) {
                    wrong.push(format!("{at} is {value}, no {rule}"));
                }
            }
            "const" if value == rule => {}
            "enum" if rule.as_array().unwrap().contains(value) => {}
            "minimum" if value.as_f64().is_none_or(|number| number >= rule.as_f64().unwrap()) => {}
            "const" | "enum" | "minimum" => wrong.push(format!("{at} is {value}: {word} {rule}")),
            "required" => {
                let missing = |name: &&Value| value.get(name.as_str().unwrap()).is_none();
                wrong.extend(
                    rule.as_array().unwrap().iter().filter(missing).map(|name| format!("{at} has no {name}")),
                );
            }
            "properties" => {
                for (name, inner) in value.as_object().into_iter().flatten() {
                    match rule.get(name) {
                        Some(rule) => check(rule, inner, &format!("{at}.{name}"), wrong),
                        // The standard allows it; here it is a key that the schema forgot.
                        None => wrong.push(format!("{at} has a {name}")),
                    }
                }
            }
            "items" => value.as_array().into_iter().flatten().for_each(|item| check(rule, item, at, wrong)),
            other => panic!("{other} is not known here"),
        }
    }
}

fn is_of(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        other => panic!("{other} is no type"),
    }
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// What is wrong with an object by the schema of a name.
fn wrong(desk: &Desk, name: &str, object: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(&parse(&desk.prints(&["schema", name])), object, name, &mut found);
    found.truncate(5);
    found
}

/// Names of schemas and the commands that write such objects, in a folder with `study`, `cells` (published numbers) and
/// a file `requests.csv`.
const WRITERS: &[(&str, &[&str])] = &[
    ("measurements", &["summarize", "study"]),
    ("measurements", &["summarize", "cells"]),
    ("repetitions", &["summarize", "study", "--over", "repetitions"]),
    ("repetitions", &["summarize", "cells", "--over", "repetitions"]),
    ("series", &["summarize", "study", "--series"]),
    ("comparisons", &["compare", "study"]),
    ("comparisons", &["compare", "cells", "--published-values", "20"]),
    ("shifts", &["compare", "study", "--within", "--statistic", "p50"]),
    ("findings", &["check", "study"]),
    ("findings", &["check", "cells"]),
    ("claims", &["claims", "cells"]),
    ("plan", &["plan", "study"]),
    ("cells", &["verify", "cells"]),
    ("runs", &["--quiet", "ingest", "good.jtl", "--study", "new"]),
];

/// A study of requests, one of published numbers, and a file.
fn desk() -> Desk {
    let desk = Desk::with_study();
    std::fs::remove_dir_all(desk.path("study")).unwrap();
    let plan = StudyPlan { systems: 2, clients: vec![1], repetitions: 3, requests: 6000, seed: 1 };
    plan.write(&desk.path("study")).unwrap();
    support::copy(&repository().join("datasets/mavridis-karatza-2019"), &desk.path("cells"));
    desk
}

#[test]
fn every_command_writes_what_its_schema_says() {
    let desk = desk();
    for (name, words) in WRITERS {
        let printed = desk.prints(&[*words, &["--format", "json"]].concat());
        let object = parse(&printed);
        let rows = object.as_object().unwrap().values().nth(1).unwrap();
        assert!(!rows.as_array().unwrap().is_empty(), "vana {words:?}");
        assert_eq!(wrong(&desk, name, &object), [""; 0], "vana {words:?}");
    }
}

/// What makes an object another than its schema says.
type Fault = fn(&mut Value);

#[test]
fn what_is_not_as_the_schema_says_is_found() {
    let desk = desk();
    let good = parse(&desk.prints(&["claims", "cells", "--format", "json"]));
    let faults: [(&str, Fault); 5] = [
        ("claims has no \"schema_version\"", |object| {
            object.as_object_mut().unwrap().remove("schema_version");
        }),
        ("claims.schema_version is 2: const 1", |object| object["schema_version"] = 2.into()),
        ("claims.claims.id is null, no \"string\"", |object| object["claims"][0]["id"] = Value::Null),
        ("claims.claims.verdict is \"true\": enum", |object| object["claims"][3]["verdict"] = "true".into()),
        ("claims.claims has no \"note\"", |object| {
            object["claims"][5].as_object_mut().unwrap().remove("note");
        }),
    ];
    for (words, fault) in faults {
        let mut object = good.clone();
        fault(&mut object);
        let found = wrong(&desk, "claims", &object);
        assert!(found.len() == 1 && found[0].starts_with(words), "{found:?}");
    }
}

#[test]
fn without_a_name_all_schemas_are_printed() {
    let desk = Desk::new();
    let all = parse(&desk.prints(&["schema"]));
    assert_eq!(all["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let names: BTreeSet<&str> = all["$defs"].as_object().unwrap().keys().map(String::as_str).collect();
    // Nothing is sent from here, so that no replay is written.
    let written: BTreeSet<&str> = WRITERS.iter().map(|(name, _)| *name).chain(["replays"]).collect();
    assert_eq!(names, written);
    let references = all["anyOf"].as_array().unwrap();
    assert!(references.iter().all(|one| all.pointer(&one["$ref"].as_str().unwrap()[1..]).is_some()));
    for name in names {
        let mut one = parse(&desk.prints(&["schema", name]));
        one.as_object_mut().unwrap().remove("$schema");
        assert_eq!(all["$defs"][name], one);
    }
}
