//! Where in a path the identity of a run stands: `{system}/{workload}_{clients}.txt`.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use regex::Regex;

/// A pattern for the end of a path.
///
/// `{system}` and `{workload}` take as much as they can, from the left; `{clients}` and `{repetition}` take digits;
/// `{}` takes anything and forgets it. A `/` is a border between folders, everything else stands for itself.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    regex: Regex,
    folders: usize,
}

/// What a path says of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// System under test.
    pub system: Option<String>,
    /// Workload.
    pub workload: Option<String>,
    /// Number of clients.
    pub clients: Option<u32>,
    /// Repetition.
    pub repetition: Option<u32>,
}

/// Why a pattern was refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PatternError {
    /// A name in braces that no identity has.
    #[error("unknown {{{0}}} (known: {{system}} {{workload}} {{clients}} {{repetition}} {{}})")]
    Unknown(String),
    /// A brace without its other half.
    #[error("a brace without its other half")]
    Unbalanced,
    /// A name that stands twice.
    #[error("{{{0}}} stands twice")]
    Twice(String),
    /// Nothing to find.
    #[error("no {{system}}, {{workload}}, {{clients}} or {{repetition}} in it")]
    Nothing,
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let mut regex = "^".to_owned();
        let mut seen = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, after) = rest.split_at(at);
            regex += &regex::escape(before);
            let (name, after) = after
                .strip_prefix('{')
                .and_then(|after| after.split_once('}'))
                .ok_or(PatternError::Unbalanced)?;
            match name {
                "system" | "workload" => regex.extend(["(?<", name, ">[^/]+)"]),
                "clients" | "repetition" => regex.extend(["(?<", name, ">[0-9]+)"]),
                "" => regex += "[^/]*",
                other => return Err(PatternError::Unknown(other.to_owned())),
            }
            if !name.is_empty() {
                if seen.contains(&name) {
                    return Err(PatternError::Twice(name.to_owned()));
                }
                seen.push(name);
            }
            rest = after;
        }
        if seen.is_empty() {
            return Err(PatternError::Nothing);
        }
        regex += &regex::escape(rest);
        regex.push('$');
        let regex = Regex::new(&regex).map_err(|_| PatternError::Unbalanced)?;
        Ok(Self { text: text.to_owned(), regex, folders: text.matches('/').count() })
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Pattern {
    /// What the end of a path says; `None` if it does not match.
    pub fn find(&self, path: &Path) -> Option<Found> {
        let names: Vec<_> = path.iter().map(|name| name.to_string_lossy()).collect();
        let from = names.len().checked_sub(self.folders + 1)?;
        let end = names[from..].join("/");
        let captures = self.regex.captures(&end)?;
        let text = |name| captures.name(name).map(|found| found.as_str().to_owned());
        let number = |name| match captures.name(name) {
            Some(found) => found.as_str().parse().ok().map(Some),
            None => Some(None),
        };
        Some(Found {
            system: text("system"),
            workload: text("workload"),
            clients: number("clients")?,
            repetition: number("repetition")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(pattern: &str, path: &str) -> Option<(String, String, Option<u32>, Option<u32>)> {
        let found = pattern.parse::<Pattern>().unwrap().find(Path::new(path))?;
        Some((
            found.system.unwrap_or_default(),
            found.workload.unwrap_or_default(),
            found.clients,
            found.repetition,
        ))
    }

    #[test]
    fn the_end_of_a_path_tells_who_a_run_is() {
        let is = |system: &str, workload: &str, clients, repetition| {
            Some((system.to_owned(), workload.to_owned(), clients, repetition))
        };
        assert_eq!(
            find("{system}-{workload}.txt", "results/osv-qemu-http.txt"),
            is("osv-qemu", "http", None, None)
        );
        assert_eq!(
            find("{system}/{workload}_{clients}.txt", "a/b/osv/http_10.txt"),
            is("osv", "http", Some(10), None)
        );
        assert_eq!(find("{system}.{}.{repetition}", "osv.x.y.7"), is("osv.x", "", None, Some(7)));
        assert_eq!(find("{system}_{clients}.txt", "osv_many.txt"), None);
        assert_eq!(find("{system}/{workload}.txt", "http.txt"), None);
    }

    #[test]
    fn a_pattern_that_can_find_nothing_is_refused() {
        let error = |text: &str| text.parse::<Pattern>().unwrap_err();
        assert_eq!(error("{sytem}.txt"), PatternError::Unknown("sytem".into()));
        assert_eq!(error("{system"), PatternError::Unbalanced);
        assert_eq!(error("{system}{system}"), PatternError::Twice("system".into()));
        assert_eq!(error("a.txt"), PatternError::Nothing);
    }
}
