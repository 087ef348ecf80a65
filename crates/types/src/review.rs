//! What a reviewer asks: which sentences hold, which printed numbers can be repeated, how many repetitions are missing.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Unit;

/// Whether a sentence of a publication is borne out by its own data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimVerdict {
    /// The data give what it says.
    Holds,
    /// The data give something else.
    Contradicted,
    /// The data do not say.
    Undecidable,
    /// One reading of an ambiguous name bears it out and another does not.
    DependsOnReading,
}

impl ClaimVerdict {
    /// The name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Contradicted => "contradicted",
            Self::Undecidable => "undecidable",
            Self::DependsOnReading => "depends-on-reading",
        }
    }
}

impl fmt::Display for ClaimVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A sentence of a publication, checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckedClaim {
    /// Its name.
    pub id: String,
    /// What follows.
    pub verdict: ClaimVerdict,
    /// What the data give, for people.
    pub found: Option<String>,
    /// What it must be, for people.
    pub expected: String,
    /// The sentence, in our words.
    pub statement: String,
    /// Where it stands in the publication.
    pub place: Option<String>,
    /// What each reading gives, which cells are missing, or what is doubtful.
    pub note: Option<String>,
}

/// Whether a published or printed number could be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerifyVerdict {
    /// Recomputed, and equal within the printed precision.
    Matches,
    /// Recomputed, and different.
    Differs,
    /// There is nothing to recompute it from.
    NotRecomputable,
    /// The publication's number itself is lost or ambiguous.
    Unreadable,
}

impl VerifyVerdict {
    /// The name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Matches => "matches",
            Self::Differs => "differs",
            Self::NotRecomputable => "not-recomputable",
            Self::Unreadable => "unreadable",
        }
    }
}

/// A published or printed number beside the recomputed one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VerifiedCell {
    /// System under test.
    pub system: String,
    /// What was asked of it.
    pub workload: String,
    /// Number of concurrent clients.
    pub clients: Option<u32>,
    /// Repetition; `None` for a number over all of them.
    pub repetition: Option<u32>,
    /// What was measured.
    pub metric: String,
    /// Which statistic of it.
    pub statistic: String,
    /// Unit of both numbers.
    pub unit: Unit,
    /// The number as published or as the tool printed it.
    pub published: Option<f64>,
    /// The number as vana computes it.
    pub recomputed: Option<f64>,
    /// Recomputed − published.
    pub difference: Option<f64>,
    /// Half a unit of the last printed digit: how far apart equal numbers may be.
    pub tolerance: Option<f64>,
    /// What follows.
    pub verdict: VerifyVerdict,
    /// Why, where the numbers alone do not say it.
    pub note: Option<String>,
}

/// How many repetitions a wanted precision needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedCell {
    /// System under test.
    pub system: String,
    /// What was asked of it.
    pub workload: String,
    /// Number of concurrent clients.
    pub clients: Option<u32>,
    /// What was measured.
    pub metric: String,
    /// Which statistic of each run.
    pub statistic: String,
    /// Unit of the mean.
    pub unit: Unit,
    /// Repetitions there are.
    pub n: u32,
    /// Their mean.
    pub mean: Option<f64>,
    /// Half the width of the mean's t interval over the mean: the precision reached.
    pub half_width: Option<f64>,
    /// Half-width over mean that is wanted.
    pub wanted: f64,
    /// Repetitions in all for the interval of the mean.
    pub repetitions_for_mean: Option<u64>,
    /// Repetitions in all for the interval of the median.
    pub repetitions_for_median: Option<u64>,
    /// Whether the latter goes beyond the repetitions there are, so that it is only extrapolated.
    pub is_extrapolated: Option<bool>,
    /// Share of the variance of the mean that is between runs; the rest shrinks with longer runs. `None` where the
    /// scatter within the runs is not known.
    pub between_runs: Option<f64>,
    /// Why there is no answer, or what to do.
    pub note: Option<String>,
}
