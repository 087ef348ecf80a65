//! A key of a row.

use serde_json::{Map, Value, json};

/// What a key holds.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Text,
    /// A whole number, zero or more.
    Count,
    Number,
    Truth,
    /// One of these names.
    OneOf(&'static [&'static str]),
}

/// A key of a row.
#[derive(Clone, Copy)]
pub(super) struct Field {
    pub name: &'static str,
    about: &'static str,
    kind: Kind,
    is_nullable: bool,
    /// Whether each row has it.
    pub is_required: bool,
}

/// A key that each row has, never null.
pub(super) const fn field(name: &'static str, kind: Kind, about: &'static str) -> Field {
    Field { name, about, kind, is_nullable: false, is_required: true }
}

/// A key that each row has, null where there is nothing to say.
pub(super) const fn perhaps(name: &'static str, kind: Kind, about: &'static str) -> Field {
    Field { is_nullable: true, ..field(name, kind, about) }
}

impl Field {
    pub fn schema(&self) -> Value {
        let mut schema = Map::new();
        schema.insert("description".to_owned(), self.about.into());
        if let Kind::OneOf(names) = self.kind {
            let null = self.is_nullable.then_some(Value::Null);
            let names: Vec<Value> = names.iter().map(|&name| Value::from(name)).chain(null).collect();
            schema.insert("enum".to_owned(), names.into());
            return Value::Object(schema);
        }
        let name = match self.kind {
            Kind::Count => "integer",
            Kind::Number => "number",
            Kind::Truth => "boolean",
            Kind::Text | Kind::OneOf(_) => "string",
        };
        schema.insert("type".to_owned(), if self.is_nullable { json!([name, "null"]) } else { name.into() });
        if matches!(self.kind, Kind::Count) {
            schema.insert("minimum".to_owned(), 0.into());
        }
        Value::Object(schema)
    }
}
