//! A published value may belong to one of several systems, and nobody knows which. The user may ask what follows if it
//! is one of them; nothing is ever chosen silently.

use std::str::FromStr;

use vana_types::{Measurement, Status};

/// "Take `name` for `system`": `LinuxKit or OSv=OSv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The name as printed.
    pub name: String,
    /// The system it is taken for.
    pub system: String,
}

/// Why a reading was refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ReadingError {
    /// Not two names.
    #[error("\"{0}\" is not NAME=SYSTEM, as in 'LinuxKit or OSv=OSv'")]
    Syntax(String),
    /// No cell bears the name.
    #[error("no ambiguous cell is called \"{name}\" ({known})")]
    Unknown {
        /// The name.
        name: String,
        /// What there is.
        known: String,
    },
    /// The name does not offer the system.
    #[error("\"{name}\" is one of {candidates}, not \"{system}\"")]
    Impossible {
        /// The name.
        name: String,
        /// The system that was asked for.
        system: String,
        /// The systems that it may be.
        candidates: String,
    },
}

impl FromStr for Reading {
    type Err = ReadingError;

    fn from_str(text: &str) -> Result<Self, ReadingError> {
        match text.rsplit_once('=') {
            Some((name, system)) if !name.is_empty() && !system.is_empty() => {
                Ok(Self { name: name.trim().to_owned(), system: system.trim().to_owned() })
            }
            _ => Err(ReadingError::Syntax(text.to_owned())),
        }
    }
}

/// The systems that an ambiguous name may stand for; the name alone where it is not ambiguous.
pub(crate) fn candidates(name: &str, status: Status) -> Vec<String> {
    let parts: Vec<String> = name.split(" or ").map(|part| part.trim().to_owned()).collect();
    if status == Status::Ambiguous && parts.len() > 1 { parts } else { Vec::new() }
}

/// Files ambiguous measurements under the system that each reading takes them for. They keep their status, because the
/// doubt stays, and a note says what was assumed.
pub(crate) fn assume(measurements: &mut Vec<Measurement>, readings: &[Reading]) -> Result<(), ReadingError> {
    for reading in readings {
        let mut is_known = false;
        let mut lost = Vec::new();
        for measurement in measurements.iter_mut().filter(|measurement| measurement.system == reading.name) {
            let offered = candidates(&measurement.system, measurement.status);
            if offered.is_empty() {
                continue;
            }
            if !offered.contains(&reading.system) {
                return Err(ReadingError::Impossible {
                    name: reading.name.clone(),
                    system: reading.system.clone(),
                    candidates: offered.join(", "),
                });
            }
            is_known = true;
            let note = format!("assumed: \"{}\" is {}", reading.name, reading.system);
            for other in offered.iter().filter(|other| **other != reading.system) {
                // If the printed value is one system's, that of the others did not come down to us.
                lost.push(Measurement {
                    system: other.clone(),
                    value: None,
                    printed: None,
                    status: Status::Lost,
                    note: Some(note.clone()),
                    ..measurement.clone()
                });
            }
            measurement.system.clone_from(&reading.system);
            measurement.note = Some(note);
        }
        measurements.extend(lost);
        if !is_known {
            let known = measurements.iter().filter(|measurement| measurement.status == Status::Ambiguous);
            let known: std::collections::BTreeSet<&str> =
                known.map(|measurement| measurement.system.as_str()).collect();
            let known = if known.is_empty() {
                "the study has none".to_owned()
            } else {
                format!("known: {}", known.into_iter().collect::<Vec<_>>().join(", "))
            };
            return Err(ReadingError::Unknown { name: reading.name.clone(), known });
        }
    }
    Ok(())
}
