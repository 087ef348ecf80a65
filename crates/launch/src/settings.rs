//! Settings of a system, all that is wrong with them at once.

use serde::de::value::Error as FieldsError;
use serde::de::{DeserializeOwned, Deserializer, Error, Visitor};
use serde::forward_to_deserialize_any;
use toml::Table;

use crate::Problem;

/// Reads settings into a struct all of whose fields have a default; unknown keys and wrong types are all named.
pub(crate) fn read<T: DeserializeOwned + Default>(table: &Table) -> Result<T, Vec<Problem>> {
    let known = fields::<T>();
    let mut problems = Vec::new();
    for (key, value) in table {
        if !known.contains(&key.as_str()) {
            problems.push(unknown(key, known));
            continue;
        }
        // Alone it can only be wrong itself.
        let alone = Table::from_iter([(key.clone(), value.clone())]);
        if let Err(error) = alone.try_into::<T>() {
            problems.push(Problem::at(key, error.message().to_owned()));
        }
    }
    if problems.is_empty() {
        table.clone().try_into().map_err(|error| vec![Problem::here(error.to_string())])
    } else {
        Err(problems)
    }
}

fn unknown(key: &str, known: &[&str]) -> Problem {
    let problem = Problem::at(key, "no such setting");
    match nearest(key, known) {
        Some(near) => problem.hint(format!("did you mean {near}?")),
        None => problem.hint(format!("settings are: {}", known.join(", "))),
    }
}

/// The name most like this one, if it is like it at all: at most a third of the letters differ.
pub(crate) fn nearest<'a>(word: &str, names: &[&'a str]) -> Option<&'a str> {
    let near = names.iter().map(|name| (edits(word, name), *name)).min()?;
    (near.0 <= word.chars().count().max(3) / 3).then_some(near.1)
}

/// Insertions, deletions and replacements that make one word of the other (Levenshtein). O(nm).
fn edits(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (column, with) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *with);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

/// The names of a struct's fields, as serde knows them.
fn fields<T: DeserializeOwned>() -> &'static [&'static str] {
    struct Ask<'a>(&'a mut &'static [&'static str]);
    impl<'de> Deserializer<'de> for Ask<'_> {
        type Error = FieldsError;
        fn deserialize_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            fields: &'static [&'static str],
            _: V,
        ) -> Result<V::Value, FieldsError> {
            *self.0 = fields;
            Err(FieldsError::custom("asked"))
        }
        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, FieldsError> {
            Err(FieldsError::custom("no struct"))
        }
        forward_to_deserialize_any! {
            bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
            newtype_struct seq tuple tuple_struct map enum identifier ignored_any
        }
    }
    let mut names: &'static [&'static str] = &[];
    let _ = T::deserialize(Ask(&mut names));
    names
}

/// `HOST:PORT` as a setting.
pub(crate) fn address(key: &str, text: &str, problems: &mut Vec<Problem>) -> (String, u16) {
    let parts = text.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse::<u16>().ok()?)));
    match parts {
        Some((host, port)) if !host.is_empty() && port > 0 => (host.to_owned(), port),
        _ => {
            let message =
                if text.is_empty() { "missing".to_owned() } else { format!("{text:?} is no address") };
            problems.push(Problem::at(key, message).hint("an address is HOST:PORT, such as 127.0.0.1:8080"));
            (String::new(), 0)
        }
    }
}

/// A choice among names.
pub(crate) fn choice<'a>(key: &str, text: &str, names: &[&'a str], problems: &mut Vec<Problem>) -> &'a str {
    let default = names[0];
    if text.is_empty() {
        return default;
    }
    if let Some(name) = names.iter().find(|name| **name == text) {
        return name;
    }
    let problem = Problem::at(key, format!("{text:?} is none of {}", names.join(", ")));
    problems.push(match nearest(text, names) {
        Some(near) => problem.hint(format!("did you mean {near}?")),
        None => problem,
    });
    default
}

/// A setting that has to be there.
pub(crate) fn required(key: &str, is_there: bool, problems: &mut Vec<Problem>) {
    if !is_there {
        problems.push(Problem::at(key, "missing"));
    }
}

/// All is well, or what is not.
pub(crate) fn finish<T>(value: T, problems: Vec<Problem>) -> Result<T, Vec<Problem>> {
    if problems.is_empty() { Ok(value) } else { Err(problems) }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Two {
        address: String,
        port: u16,
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let table = toml::toml! { adress = "a" port = "b" colour = 1 address = 2 };
        let problems = read::<Two>(&table).unwrap_err();
        let said: Vec<_> =
            problems.iter().map(|problem| (problem.to_string(), problem.hint.as_deref())).collect();
        let expected = [
            ("address: invalid type: integer `2`, expected a string", None),
            ("adress: no such setting", Some("did you mean address?")),
            ("colour: no such setting", Some("settings are: address, port")),
            ("port: invalid type: string \"b\", expected u16", None),
        ];
        let expected = expected.map(|(text, hint)| (text.to_owned(), hint));
        let mut sorted = said;
        sorted.sort();
        assert_eq!(sorted, expected);
    }

    #[test]
    fn good_settings_are_read() {
        let table = toml::toml! { address = "a" };
        assert_eq!(read::<Two>(&table), Ok(Two { address: "a".to_owned(), port: 0 }));
    }

    #[test]
    fn words_are_as_far_apart_as_the_edits_between_them() {
        assert_eq!((edits("kitten", "sitting"), edits("", "ab"), edits("ab", "ab")), (3, 2, 0));
        assert_eq!(
            (nearest("kernal", &["kernel", "disk"]), nearest("x", &["kernel"])),
            (Some("kernel"), None)
        );
    }
}
