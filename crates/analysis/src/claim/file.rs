//! `claims.toml`, read.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::expectation::{Expectation, RawExpectation};
use crate::ReadingError;

/// Name of the file in a study.
pub const CLAIMS_FILE: &str = "claims.toml";

/// A sentence of a publication and how it is checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Its name, unique in the file.
    pub id: String,
    /// Where it stands in the publication.
    pub place: Option<String>,
    /// What it says, in words of one's own.
    pub statement: String,
    /// SQL over `measurements`, `cells`, `systems`, `comparisons`.
    pub query: String,
    pub(crate) expectation: Expectation,
    /// Why the query and the tolerance are what they are.
    pub note: Option<String>,
    /// Lines of the query and of the expectation, counted from 1.
    pub(crate) lines: (u64, u64),
}

/// All claims of a study.
#[derive(Clone, Debug, PartialEq)]
pub struct Claims {
    /// The file they were read from.
    pub path: PathBuf,
    /// In the order of the file.
    pub claims: Vec<Claim>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    claims: Vec<RawClaim>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawClaim {
    id: Spanned<String>,
    place: Option<String>,
    statement: String,
    query: Spanned<String>,
    expect: Spanned<RawExpectation>,
    note: Option<String>,
}

impl Claims {
    /// Reads the claims of the study in a folder.
    pub fn read(study: &Path) -> Result<Self, ClaimsError> {
        let path = study.join(CLAIMS_FILE);
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::parse(path, &text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(ClaimsError::Missing { path }),
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                Err(ClaimsError::Malformed { path, line: 1, message: "not a text in UTF-8".to_owned() })
            }
            Err(source) => Err(ClaimsError::Io { path, source }),
        }
    }

    /// Reads the text of the file at `path`.
    pub fn parse(path: PathBuf, text: &str) -> Result<Self, ClaimsError> {
        let line_of = |at: usize| 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count() as u64;
        let malformed = |at: usize, message: String| ClaimsError::Malformed {
            path: path.clone(),
            line: line_of(at),
            message,
        };
        let raw: RawFile = toml::from_str(text).map_err(|error| {
            malformed(error.span().map_or(0, |span| span.start), error.message().to_owned())
        })?;
        let mut claims: Vec<Claim> = Vec::new();
        for one in raw.claims {
            let id = one.id.get_ref();
            if id.trim().is_empty() {
                return Err(malformed(one.id.span().start, "a claim needs an id".to_owned()));
            }
            if claims.iter().any(|known| known.id == *id) {
                return Err(malformed(one.id.span().start, format!("the id \"{id}\" is given twice")));
            }
            let at = (one.query.span().start, one.expect.span().start);
            let query = one.query.into_inner();
            let expectation = Expectation::new(one.expect.into_inner())
                .map_err(|message| malformed(at.1, format!("{id}: {message}")))?;
            check_query(&query, &expectation)
                .map_err(|message| malformed(at.0, format!("{id}: {message}")))?;
            claims.push(Claim {
                id: one.id.into_inner(),
                place: one.place,
                statement: one.statement,
                query,
                expectation,
                note: one.note,
                lines: (line_of(at.0), line_of(at.1)),
            });
        }
        Ok(Self { path, claims })
    }
}

/// Queries ask and change nothing; an order that the query leaves to chance is none.
fn check_query(query: &str, expectation: &Expectation) -> Result<(), String> {
    let words: Vec<String> = query.split_whitespace().map(str::to_ascii_lowercase).collect();
    if !words.first().is_some_and(|word| matches!(word.as_str(), "select" | "with")) {
        return Err("a query begins with SELECT or WITH".to_owned());
    }
    let is_ordered = words.windows(2).any(|pair| pair[0] == "order" && pair[1] == "by");
    if matches!(expectation, Expectation::Order(_)) && !is_ordered {
        return Err("an order is expected, but the query has no ORDER BY".to_owned());
    }
    Ok(())
}

/// Why claims could not be checked.
#[derive(Debug, thiserror::Error)]
pub enum ClaimsError {
    /// The study has no claims.
    #[error("{}: no such file", path.display())]
    Missing {
        /// Where they would be.
        path: PathBuf,
    },
    /// The file could not be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Not a claim, or a query that cannot be answered.
    #[error("{}:{line}: {message}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line, counted from 1.
        line: u64,
        /// Lowercase fragment: what is wrong.
        message: String,
    },
    /// A reading does not fit the study.
    #[error(transparent)]
    Reading(#[from] ReadingError),
}
