//! The keys of a plan, read one by one, so that all that is wrong with them is found and not only the first thing.

use std::fmt::Display;
use std::ops::Range;

use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use super::problems::{Problem, Problems, nearest};

/// Where the keys of a plan stand.
pub(super) struct Lines<'t> {
    text: &'t str,
    root: Spanned<DeTable<'t>>,
}

impl<'t> Lines<'t> {
    /// Of a text that is TOML already.
    pub fn of(text: &'t str) -> Self {
        Self { text, root: DeTable::parse_recoverable(text).0 }
    }

    /// The line of a key of the `index`-th table of a name, or of the table where it has no such key.
    pub fn of_key(&self, section: &str, index: usize, key: Option<&str>) -> usize {
        let Some((name, value)) = entry(self.root.get_ref(), section) else { return 1 };
        let (span, table) = match value.get_ref() {
            DeValue::Table(table) => (name, Some(table)),
            DeValue::Array(tables) => match tables.get(index) {
                Some(one) => (one.span(), one.get_ref().as_table()),
                None => (name, None),
            },
            _ => (name, None),
        };
        let found = table.zip(key).and_then(|(table, key)| entry(table, key));
        self.line(&found.map_or(span, |(span, _)| span))
    }

    fn line(&self, span: &Range<usize>) -> usize {
        1 + self.text.get(..span.start).unwrap_or_default().matches('\n').count()
    }
}

fn entry<'a, 't>(table: &'a DeTable<'t>, key: &str) -> Option<(Range<usize>, &'a Spanned<DeValue<'t>>)> {
    let found = table.iter().find(|(name, _)| name.get_ref() == key)?;
    Some((found.0.span(), found.1))
}

/// One table of a plan; each key that is asked for is taken out of it.
pub(super) struct Fields<'p> {
    table: Table,
    section: &'static str,
    index: usize,
    lines: &'p Lines<'p>,
    problems: &'p Problems,
    known: Vec<&'static str>,
}

impl<'p> Fields<'p> {
    /// A table and where it stands.
    pub fn new(
        table: Table,
        (section, index): (&'static str, usize),
        lines: &'p Lines<'p>,
        problems: &'p Problems,
    ) -> Self {
        Self { table, section, index, lines, problems, known: Vec::new() }
    }

    /// The line of a key.
    pub fn line(&self, key: &str) -> usize {
        self.lines.of_key(self.section, self.index, Some(key))
    }

    /// Something wrong with a key.
    pub fn wrong(&self, key: &str, message: impl Display) {
        self.problems.at(self.line(key), format!("{key}: {message}"));
    }

    fn take(&mut self, key: &'static str) -> Option<Value> {
        self.known.push(key);
        self.table.remove(key)
    }

    /// A word.
    pub fn text(&mut self, key: &'static str) -> Option<String> {
        match self.take(key)? {
            Value::String(text) if !text.is_empty() => Some(text),
            other => self.refuse(key, &other, "text in quotes"),
        }
    }

    /// A word that must be there.
    pub fn needed(&mut self, key: &'static str) -> Option<String> {
        if !self.table.contains_key(key) {
            let line = self.lines.of_key(self.section, self.index, None);
            self.problems.at(line, format!("[[{}]] needs {key}", self.section));
        }
        self.text(key)
    }

    /// Something that is written as text and read by `parse`, or its default.
    pub fn parsed<T, E: Display>(
        &mut self,
        key: &'static str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = match self.take(key)? {
            Value::String(text) => text,
            Value::Integer(number) => number.to_string(),
            Value::Float(number) => number.to_string(),
            other => return self.refuse(key, &other, "text in quotes"),
        };
        match parse(&text) {
            Ok(value) => Some(value),
            Err(error) => {
                self.wrong(key, error);
                None
            }
        }
    }

    /// A whole number in a range.
    pub fn count(&mut self, key: &'static str, range: Range<i64>) -> Option<i64> {
        match self.take(key)? {
            Value::Integer(number) if range.contains(&number) => Some(number),
            other => {
                self.refuse(key, &other, &format!("a whole number from {} to {}", range.start, range.end - 1))
            }
        }
    }

    /// A number between 0 and 1.
    pub fn share(&mut self, key: &'static str) -> Option<f64> {
        match self.take(key)? {
            Value::Float(number) if number > 0.0 && number < 1.0 => Some(number),
            other => self.refuse(key, &other, "a number between 0 and 1"),
        }
    }

    /// Whole numbers in a range, each once.
    pub fn counts(&mut self, key: &'static str, range: Range<i64>) -> Option<Vec<i64>> {
        let value = self.take(key)?;
        let numbers =
            value.as_array().map(|list| list.iter().filter_map(Value::as_integer).collect::<Vec<_>>());
        let is_good = |numbers: &Vec<i64>| {
            let mut sorted = numbers.clone();
            sorted.sort_unstable();
            sorted.dedup();
            !numbers.is_empty()
                && sorted.len() == value.as_array().map_or(0, Vec::len)
                && numbers.iter().all(|number| range.contains(number))
        };
        let found = numbers.filter(is_good);
        if found.is_none() {
            let (low, high) = (range.start, range.end - 1);
            let wanted = format!("a list of different whole numbers from {low} to {high}");
            return self.refuse(key, &value, &wanted);
        }
        found
    }

    /// Words.
    pub fn texts(&mut self, key: &'static str) -> Option<Vec<String>> {
        let value = self.take(key)?;
        let words = |list: &Vec<Value>| -> Option<Vec<String>> {
            list.iter().map(|word| word.as_str().map(str::to_owned)).collect()
        };
        match value.as_array().and_then(words) {
            Some(words) => Some(words),
            None => self.refuse(key, &value, "a list of texts in quotes"),
        }
    }

    fn refuse<T>(&self, key: &str, value: &Value, wanted: &str) -> Option<T> {
        self.wrong(key, format!("{value} is not {wanted}"));
        None
    }

    /// What was not asked for.
    pub fn rest(self) -> Table {
        self.table
    }

    /// Refuses what was not asked for.
    pub fn finish(self) {
        for key in self.table.keys() {
            let message = format!("unknown key \"{key}\" in [{}]", self.section);
            let hint = nearest(key, &self.known).map(|near| format!("is it \"{near}\"?"));
            self.problems.add(Problem { line: Some(self.line(key)), message, hint });
        }
    }
}
