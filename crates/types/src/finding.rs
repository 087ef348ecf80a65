//! Doubts that travel with results.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Info,
    /// A number may mislead.
    Warning,
    /// A number is wrong.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// A doubt about a result, as a value inside the result; never a log line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Kebab-case name of the rule.
    pub code: String,
    /// How much it weighs.
    pub severity: Severity,
    /// The system it is about, where it is about one.
    #[serde(default)]
    pub system: Option<String>,
    /// The workload it is about.
    #[serde(default)]
    pub workload: Option<String>,
    /// The number of clients it is about.
    #[serde(default)]
    pub clients: Option<u32>,
    /// The repetition it is about.
    #[serde(default)]
    pub repetition: Option<u32>,
    /// The metric it is about, where it is about one and not all that was measured there.
    #[serde(default)]
    pub metric: Option<String>,
    /// The number found, in base units.
    #[serde(default)]
    pub value: Option<f64>,
    /// The number that was to be expected, in base units.
    #[serde(default)]
    pub expected: Option<f64>,
    /// One or two sentences: what was found, what it means.
    pub message: String,
}

impl Finding {
    /// A finding that is about no run in particular yet.
    pub fn new(code: &str, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            severity,
            system: None,
            workload: None,
            clients: None,
            repetition: None,
            metric: None,
            value: None,
            expected: None,
            message: message.into(),
        }
    }

    /// The same finding about one metric.
    #[must_use]
    pub fn of_metric(mut self, metric: &str) -> Self {
        self.metric = Some(metric.to_owned());
        self
    }

    /// The same finding with its number and the one to be expected.
    #[must_use]
    pub fn with_value(mut self, value: f64, expected: Option<f64>) -> Self {
        self.value = Some(value);
        self.expected = expected;
        self
    }
}
