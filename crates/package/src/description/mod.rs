//! What a package says about itself, for people and for machines. One file each, and the list of those for machines.

mod citation;
mod croissant;
mod data_package;
mod ro_crate;
mod text;

use vana_types::{CheckedClaim, flatten};

pub(crate) use citation::{citation, zenodo};
pub(crate) use text::{license, readme};

use crate::Traces;
use crate::column::Kind;

/// What is known of a study beside its numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// Title.
    pub title: String,
    /// Where the data come from; names the publication.
    pub source: Option<String>,
    /// Who made it: names, each with an ORCID iD where known.
    pub authors: Vec<(String, Option<String>)>,
    /// SPDX identifier of the licence; `None` where nobody stated one.
    pub license: Option<String>,
    /// Version of the package.
    pub version: String,
    /// Day of publication, `2026-11-23`.
    pub date: String,
    /// Digest over the study's data.
    pub digest: String,
    /// Version of vana.
    pub vana: String,
}

impl Description {
    /// The title as a word of small letters, digits and hyphens.
    pub(crate) fn slug(&self) -> String {
        let mut slug = String::new();
        for letter in self.title.to_lowercase().chars() {
            if letter.is_ascii_alphanumeric() {
                slug.push(letter);
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        let slug: String = slug.trim_end_matches('-').chars().take(80).collect();
        if slug.is_empty() { "study".to_owned() } else { slug }
    }

    /// One sentence or two about what this is.
    pub(crate) fn abstract_text(&self) -> String {
        let source =
            self.source.as_ref().map_or_else(String::new, |source| format!(" Source: {}.", flatten(source)));
        format!("Runs of a benchmark, the numbers computed from them and how they were judged.{source}")
    }

    /// Where the licence stands.
    pub(crate) fn license_url(&self) -> String {
        self.license
            .as_ref()
            .map_or_else(|| "LICENSE".to_owned(), |id| format!("https://spdx.org/licenses/{id}"))
    }
}

/// A table of the package.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub name: String,
    pub path: String,
    pub about: &'static str,
    pub columns: Vec<(String, Kind)>,
}

/// A file of the package as descriptions list it.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub path: String,
    pub size: u64,
    pub sha256: String,
}

/// Everything that a description may speak of.
pub(crate) struct Subject<'a> {
    pub description: &'a Description,
    /// Where the study lies in the package.
    pub study: &'a str,
    pub tables: &'a [Table],
    pub files: &'a [Listed],
    pub claims: &'a [CheckedClaim],
    pub traces: Traces,
    pub runs: usize,
    /// Whether the study has runs of which every request is known.
    pub has_requests: bool,
}

impl Subject<'_> {
    pub fn file(&self, path: &str) -> Option<&Listed> {
        self.files.iter().find(|file| file.path == path)
    }
}

/// A description for machines.
pub struct Describer {
    /// Name on the command line.
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// Where its format is defined.
    pub source: &'static str,
    /// Its file.
    pub path: &'static str,
    pub(crate) describe: fn(&Subject<'_>) -> serde_json::Value,
}

/// All descriptions for machines.
pub const DESCRIBERS: &[Describer] = &[
    Describer {
        name: "ro-crate",
        about: "RO-Crate 1.3: what was made of what, and by which program",
        source: "https://w3id.org/ro/crate/1.3",
        path: "ro-crate-metadata.json",
        describe: ro_crate::describe,
    },
    Describer {
        name: "data-package",
        about: "Data Package 2.0: tables with the types of their columns",
        source: "https://datapackage.org/standard/data-package/",
        path: "datapackage.json",
        describe: data_package::describe,
    },
    Describer {
        name: "croissant",
        about: "Croissant 1.0: tables and traces as record sets, for data loaders",
        source: "https://docs.mlcommons.org/croissant/docs/croissant-spec.html",
        path: "croissant.json",
        describe: croissant::describe,
    },
];

/// Nothing is called so.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("\"{0}\" is no description (ro-crate, data-package, croissant)")]
pub struct UnknownDescriber(String);

/// The description of a name.
pub fn describer(name: &str) -> Result<&'static Describer, UnknownDescriber> {
    DESCRIBERS.iter().find(|one| one.name == name).ok_or_else(|| UnknownDescriber(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_has_plain_letters_and_is_never_empty() {
        let slug = |title: &str| Description { title: title.to_owned(), ..Description::default() }.slug();
        assert_eq!(slug("EuroSys 2021: nginx & Docker!"), "eurosys-2021-nginx-docker");
        assert_eq!([slug(""), slug("\u{202e}<>")], ["study", "study"]);
    }

    #[test]
    fn descriptions_have_distinct_names_and_files() {
        let names: std::collections::BTreeSet<_> =
            DESCRIBERS.iter().map(|one| (one.name, one.path)).collect();
        assert_eq!(names.len(), DESCRIBERS.len());
        for one in DESCRIBERS {
            assert_eq!(describer(one.name).map(|found| found.path), Ok(one.path));
            assert!(one.source.starts_with("https://") && !one.about.ends_with('.'));
        }
        assert_eq!(describer("bagit").err(), Some(UnknownDescriber("bagit".to_owned())));
    }
}
