//! What is in the way of a start, and what went wrong with one.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// The attribute of a run that says which of the plan's limits its system did not have, in a sentence.
pub const LIMITS_NOTE: &str = "limits_note";

/// Something that keeps a system from being started, found before anything is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The setting it is about.
    pub key: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What may help.
    pub hint: Option<String>,
}

impl Problem {
    /// With a setting.
    pub(crate) fn at(key: &str, message: impl Into<String>) -> Self {
        Self { key: Some(key.to_owned()), message: message.into(), hint: None }
    }

    /// Of the machine.
    pub(crate) fn here(message: impl Into<String>) -> Self {
        Self { key: None, message: message.into(), hint: None }
    }

    /// With advice.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(key) = &self.key {
            write!(f, "{key}: ")?;
        }
        f.write_str(&self.message)
    }
}

/// Why a system did not start, answer or stop.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// Something answers where the system is to answer.
    #[error("{0} answers already, before the system was started")]
    Answered(String),
    /// Its state file is there already.
    #[error("{0} is there: this system runs already, or was left over")]
    Exists(PathBuf),
    /// A program that has to run first failed.
    #[error("{command}: {said}")]
    Command {
        /// Its command line.
        command: String,
        /// What it said, or how it ended.
        said: String,
    },
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The program could not be executed.
    #[error("cannot start: {0}")]
    Start(String),
    /// The system ended before it answered.
    #[error("ended before it answered ({how}){}", console_lines(.console))]
    Ended {
        /// How.
        how: String,
        /// The last lines of its console.
        console: String,
    },
    /// The system does not answer.
    #[error("does not answer at {address} after {seconds} s: {last}{}", console_lines(.console))]
    Silent {
        /// Where it was asked.
        address: String,
        /// How long.
        seconds: f64,
        /// What happened to the last attempt.
        last: String,
        /// The last lines of its console.
        console: String,
    },
    /// The wait was broken off.
    #[error("broken off")]
    Cancelled,
    /// A daemon does not do what it is asked.
    #[error("{0}")]
    Daemon(String),
    /// Something is still there after the stop.
    #[error("left behind: {}", .0.join(", "))]
    Left(Vec<String>),
}

impl LaunchError {
    /// For `map_err`.
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}

fn console_lines(console: &str) -> String {
    if console.is_empty() {
        "; its console is empty".to_owned()
    } else {
        format!("; its console ends with:\n{console}")
    }
}

impl LaunchError {
    /// With the last lines of a console, where the error shows them.
    pub(crate) fn with_console(mut self, lines: String) -> Self {
        if let Self::Ended { console, .. } | Self::Silent { console, .. } = &mut self {
            *console = lines;
        }
        self
    }
}
