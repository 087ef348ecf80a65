//! `vana schema`

mod field;
mod rows;

use std::io::Write;

use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

use crate::failure::Failure;
use crate::output::SCHEMA_VERSION;
use field::Field;

/// Print the JSON schema of what --format json writes.
///
/// The schema (draft 2020-12) of one object, or without a name of all of them. Keys may be added to rows, and none
/// changes its meaning: a reader should pass over keys that it does not know. Without a schema are vana list, whose rows have
/// name, about and source, and vana reduce, whose lines have run, and measurements and findings as they are here.
#[derive(Args)]
pub(crate) struct Schema {
    /// Of which object.
    what: Option<Rows>,
}

/// An object with a list of rows.
#[derive(Clone, Copy, ValueEnum)]
enum Rows {
    /// vana summarize, vana load.
    Measurements,
    /// vana summarize --over repetitions.
    Repetitions,
    /// vana summarize --series.
    Series,
    /// vana compare.
    Comparisons,
    /// vana compare --within.
    Shifts,
    /// vana check.
    Findings,
    /// vana claims.
    Claims,
    /// vana plan.
    Plan,
    /// vana verify.
    Cells,
    /// vana ingest.
    Runs,
    /// vana replay.
    Replays,
}

impl Schema {
    pub fn run(&self) -> Result<(), Failure> {
        let mut schema = match self.what {
            Some(rows) => rows.schema(),
            None => every(),
        };
        if let Value::Object(schema) = &mut schema {
            schema.shift_insert(0, "$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
        }
        let mut out = std::io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &schema).map_err(std::io::Error::from)?;
        Ok(writeln!(out)?)
    }
}

/// A schema that each object meets, with the others as its definitions.
fn every() -> Value {
    let all = Rows::value_variants();
    let definitions: Map<String, Value> = all.iter().map(|rows| (rows.name(), rows.schema())).collect();
    let any: Vec<Value> =
        all.iter().map(|rows| json!({ "$ref": format!("#/$defs/{}", rows.name()) })).collect();
    json!({ "title": "vana", "anyOf": any, "$defs": definitions })
}

impl Rows {
    /// As it is asked for.
    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// The key of its list. Cells over repetitions and those that are verified are called cells both.
    fn list(self) -> String {
        if matches!(self, Self::Repetitions) { "cells".to_owned() } else { self.name() }
    }

    /// The command that writes it.
    fn about(self) -> String {
        let help = self.to_possible_value().and_then(|value| value.get_help().map(ToString::to_string));
        format!("What {} writes as JSON", help.unwrap_or_default().trim_end_matches('.'))
    }

    fn fields(self) -> &'static [Field] {
        match self {
            Self::Measurements => rows::MEASUREMENTS,
            Self::Repetitions => rows::REPETITIONS,
            Self::Series => rows::SERIES,
            Self::Comparisons => rows::COMPARISONS,
            Self::Shifts => rows::SHIFTS,
            Self::Findings => rows::FINDINGS,
            Self::Claims => rows::CLAIMS,
            Self::Plan => rows::PLAN,
            Self::Cells => rows::CELLS,
            Self::Runs => rows::RUNS,
            Self::Replays => rows::REPLAYS,
        }
    }

    fn schema(self) -> Value {
        let properties: Map<String, Value> =
            self.fields().iter().map(|field| (field.name.to_owned(), field.schema())).collect();
        let required: Vec<&str> =
            self.fields().iter().filter(|field| field.is_required).map(|field| field.name).collect();
        let list = self.list();
        json!({
            "title": self.name(),
            "description": self.about(),
            "type": "object",
            "properties": {
                "schema_version": { "description": "Version of the layout.", "const": SCHEMA_VERSION },
                list.as_str(): {
                    "description": "One row a result.",
                    "type": "array",
                    "items": { "type": "object", "properties": properties, "required": required },
                },
            },
            "required": ["schema_version", list.as_str()],
        })
    }
}
