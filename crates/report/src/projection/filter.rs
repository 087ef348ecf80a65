//! Which numbers are shown, in the words of benchstat's filters.
//!
//! `key:value` matches what has this value, `key:(a OR b)` one of several, `key:/regexp/` what a regular expression
//! finds, `-x` what x does not match, `x y` or `x AND y` what both match, `x OR y` what either matches, `*` everything.
//! A value with other characters stands in double quotes. The syntax is that of golang.org/x/perf/benchproc/syntax.

use regex::Regex;
use vana_types::CellKey;

use super::Key;
use super::parser::parse;

/// A parsed filter; the default one matches everything.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    text: String,
    node: Node,
}

/// What is known of something that a filter may match; `None` where it has no such key at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subject<'a> {
    /// Its system.
    pub system: Option<&'a str>,
    /// The systems that it may belong to as well.
    pub candidates: &'a [String],
    /// Its workload.
    pub workload: Option<&'a str>,
    /// Its number of clients, where it has one.
    pub clients: Option<Option<u32>>,
    /// Its metric.
    pub metric: Option<&'a str>,
    /// Its statistic.
    pub statistic: Option<&'a str>,
}

impl<'a> Subject<'a> {
    /// A number of the results.
    pub fn of(key: &'a CellKey, candidates: &'a [String]) -> Self {
        Self {
            system: Some(&key.system),
            candidates,
            workload: Some(&key.workload),
            clients: Some(key.clients),
            metric: Some(&key.metric),
            statistic: Some(&key.statistic),
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(super) enum Node {
    #[default]
    Everything,
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
    Match(Key, Vec<Pattern>),
}

#[derive(Clone, Debug)]
pub(super) enum Pattern {
    Exactly(String),
    Expression(Regex),
}

impl Filter {
    /// Parses a filter; an empty one matches everything.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        Ok(Self { text: text.trim().to_owned(), node: parse(text)? })
    }

    /// The filter as it was written; empty for one that matches everything.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether something matches; `None` where that depends on a key that it does not have.
    pub fn matches(&self, subject: &Subject<'_>) -> Option<bool> {
        matches(&self.node, subject)
    }

    /// Keys that the filter names.
    pub fn keys(&self) -> Vec<Key> {
        let mut found = Vec::new();
        collect(&self.node, &mut found);
        found
    }
}

fn collect(node: &Node, found: &mut Vec<Key>) {
    match node {
        Node::Everything => {}
        Node::Not(inner) => collect(inner, found),
        Node::And(all) | Node::Or(all) => all.iter().for_each(|node| collect(node, found)),
        Node::Match(key, _) if found.contains(key) => {}
        Node::Match(key, _) => found.push(*key),
    }
}

fn matches(node: &Node, subject: &Subject<'_>) -> Option<bool> {
    // Kleene's logic: what is not known decides nothing.
    let fold = |all: &[Node], decisive: bool| {
        let results: Vec<Option<bool>> = all.iter().map(|node| matches(node, subject)).collect();
        let is_known = results.iter().all(Option::is_some);
        if results.contains(&Some(decisive)) { Some(decisive) } else { is_known.then_some(!decisive) }
    };
    match node {
        Node::Everything => Some(true),
        Node::Not(inner) => matches(inner, subject).map(|found| !found),
        Node::And(all) => fold(all, false),
        Node::Or(all) => fold(all, true),
        Node::Match(key, patterns) => {
            let is_one = |value: &str| patterns.iter().any(|pattern| pattern.is(value));
            match key {
                Key::System => {
                    let may_be = || subject.candidates.iter().any(|system| is_one(system));
                    subject.system.map(|system| is_one(system) || may_be())
                }
                Key::Workload => subject.workload.map(is_one),
                Key::Clients => subject
                    .clients
                    .map(|clients| is_one(&clients.map(|clients| clients.to_string()).unwrap_or_default())),
                Key::Metric => subject.metric.map(is_one),
                Key::Statistic => subject.statistic.map(is_one),
            }
        }
    }
}

impl Pattern {
    fn is(&self, value: &str) -> bool {
        match self {
            Self::Exactly(text) => text == value,
            Self::Expression(expression) => expression.is_match(value),
        }
    }
}

/// Why a filter was not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("filter, column {column}: {what}")]
pub struct FilterError {
    /// Where, in characters from 1.
    pub column: usize,
    /// What is wrong there.
    pub what: String,
}

impl FilterError {
    /// An error at a column.
    pub fn new(column: usize, what: &str) -> Self {
        Self { column, what: what.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(filter: &str, system: &str, clients: Option<u32>) -> bool {
        let key = CellKey {
            system: system.into(),
            workload: "http".into(),
            clients,
            metric: "latency".into(),
            statistic: "p99.9".into(),
            operation: None,
        };
        Filter::parse(filter).unwrap().matches(&Subject::of(&key, &[])) == Some(true)
    }

    #[test]
    fn a_filter_matches_as_benchstat_does() {
        for (filter, expected) in [
            ("", [true, true, true]),
            ("*", [true, true, true]),
            ("system:osv", [true, false, false]),
            ("-system:osv", [false, true, true]),
            ("system:(osv OR \"Linux Kit\")", [true, false, true]),
            ("system:(osv OR docker) clients:10", [true, false, false]),
            ("system:osv OR clients:20 AND workload:http", [true, true, false]),
            ("-(system:osv OR clients:20)", [false, false, true]),
            ("system:/^.o/ metric:latency", [false, true, false]),
            ("statistic:p99.9 clients:\"\"", [false, false, true]),
            ("clients:* -clients:(10 OR 20)", [false, false, true]),
            ("workload:sql", [false, false, false]),
        ] {
            let found = [("osv", Some(10)), ("docker", Some(20)), ("Linux Kit", None)];
            assert_eq!(found.map(|(system, clients)| is(filter, system, clients)), expected, "{filter}");
        }
    }

    #[test]
    fn what_is_not_known_decides_nothing() {
        let subject = Subject { system: Some("osv"), ..Subject::default() };
        let result = |text: &str| Filter::parse(text).unwrap().matches(&subject);
        assert_eq!(result("metric:latency"), None);
        assert_eq!(result("-metric:latency"), None);
        assert_eq!(result("system:docker metric:latency"), Some(false));
        assert_eq!(result("system:osv OR metric:latency"), Some(true));
    }

    #[test]
    fn an_error_says_where() {
        for (filter, expected) in [
            (
                "clients:1 sytem:osv",
                "filter, column 11: unknown key \"sytem\" (known: system, workload, clients, metric, statistic)",
            ),
            ("system", "filter, column 7: expected \":\" behind \"system\", the filter ends"),
            ("system:", "filter, column 8: expected a value, the filter ends"),
            ("system:(a b)", "filter, column 11: expected \")\", found \"b\""),
            ("(system:a", "filter, column 10: expected \")\", the filter ends"),
            ("system:a)", "filter, column 9: there is no \"(\" that this \")\" could close"),
            ("system:\"a", "filter, column 8: this quotation mark is never closed"),
            ("system:/(/", "filter, column 8: /(/ is no regular expression"),
            ("OR", "filter, column 1: expected key:value, \"(\", \"-\" or \"*\", found OR"),
        ] {
            let error = Filter::parse(filter).unwrap_err().to_string();
            assert_eq!(error, expected);
        }
        let deep = Filter::parse(&"(".repeat(100_000)).unwrap_err();
        assert_eq!(deep.column, 65);
    }
}
