//! What is compared in a study: the content of `study.toml`.

use serde::{Deserialize, Serialize};

use crate::Seed;

/// `study.toml`. Everything has a default, so an ingested study works without editing it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StudyConfig {
    /// Title for reports.
    pub title: Option<String>,
    /// Where the data come from, for captions and metadata.
    pub source: Option<String>,
    /// The system that others are compared with.
    pub baseline: Option<String>,
    /// Probability of a false positive that is accepted in a family of comparisons.
    pub alpha: f64,
    /// Relative difference below which two systems count as equivalent.
    pub margin: f64,
    /// Seed of all randomness of the analysis.
    pub seed: Seed,
    /// Systems in the order in which they are shown.
    pub systems: Vec<System>,
    /// Workloads in the order in which they are shown.
    pub workloads: Vec<Workload>,
}

impl Default for StudyConfig {
    fn default() -> Self {
        Self {
            title: None,
            source: None,
            baseline: None,
            alpha: 0.05,
            margin: 0.02,
            seed: Seed(1),
            systems: Vec::new(),
            workloads: Vec::new(),
        }
    }
}

/// What kind of thing a system is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// A process on the machine itself.
    Bare,
    /// A container.
    Container,
    /// A virtual machine with a general-purpose operating system.
    Vm,
    /// A unikernel.
    Unikernel,
}

/// A system under test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct System {
    /// As it stands in measurements.
    pub id: String,
    /// As it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What kind of thing it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
}

impl System {
    /// The label, or the id where there is none.
    pub fn shown(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.id)
    }
}

/// What was asked of the systems.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workload {
    /// As it stands in measurements.
    pub id: String,
    /// As it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

impl Workload {
    /// The label, or the id where there is none.
    pub fn shown(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.id)
    }
}
