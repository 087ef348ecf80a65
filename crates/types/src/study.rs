//! What is compared in a study: the content of `study.toml`.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::{Scale, Seed};

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
    /// What is known of the values behind published numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub published: Vec<PublishedValues>,
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
            published: Vec::new(),
        }
    }
}

/// What a publication says of the values behind the means and standard deviations that it prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedValues {
    /// Of which metric.
    pub metric: String,
    /// Under which workload; under all without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workload: Option<String>,
    /// How many values there are behind each mean and standard deviation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<u64>,
    /// The unit in which every value is a whole number, such as `us`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "power_of_ten")]
    pub integers_in: Option<String>,
}

impl PublishedValues {
    /// What is known of a metric under a workload: what names the workload comes before what does not.
    pub fn of<'a>(all: &'a [Self], metric: &str, workload: &str) -> Option<&'a Self> {
        let of_metric = || all.iter().filter(|known| known.metric == metric);
        let named = of_metric().find(|known| known.workload.as_deref() == Some(workload));
        named.or_else(|| of_metric().find(|known| known.workload.is_none()))
    }
}

/// A unit that is a power of ten of its base unit, as others have no decimal point to move.
fn power_of_ten<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let scale: Scale = text.parse().map_err(D::Error::custom)?;
    if scale.factor != 1 {
        return Err(D::Error::custom(format!("\"{text}\" is no power of ten of {}", scale.unit)));
    }
    Ok(Some(text))
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
