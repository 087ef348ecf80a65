//! The keys of each kind of row, in their order.

use super::field::Kind::{Count, Number, OneOf, Text, Truth};
use super::field::{Field, field, perhaps};

const SYSTEM: Field = field("system", Text, "System under test.");
const WORKLOAD: Field = field("workload", Text, "What was asked of it.");
const CLIENTS: Field = perhaps("clients", Count, "Number of concurrent clients.");
const REPETITION: Field =
    perhaps("repetition", Count, "Which repetition; null for a number over all of them.");
const METRIC: Field = field("metric", Text, "What was measured.");
const STATISTIC: Field = field("statistic", Text, "Which statistic of it.");
const UNIT: Field = field("unit", OneOf(&["s", "1/s", "B", "B/s", "1"]), "Base unit of the numbers.");
const NOTE: Field = perhaps("note", Text, "What else is to be known.");
const ORIGIN: Field = field(
    "origin",
    OneOf(&["computed", "reported", "published"]),
    "From requests, as a tool printed it, or as a publication did.",
);
const STATUS: Field = field(
    "status",
    OneOf(&["read", "ambiguous", "lost", "uncertain", "suspect"]),
    "How sure the reading of a published number is.",
);

pub(super) const MEASUREMENTS: &[Field] = &[
    SYSTEM,
    WORKLOAD,
    CLIENTS,
    REPETITION,
    METRIC,
    STATISTIC,
    perhaps("value", Number, "The number; null where it is lost."),
    UNIT,
    ORIGIN,
    perhaps("operation", Text, "The operation it is restricted to; null for all."),
    STATUS,
    perhaps("printed", Text, "The number as it was printed."),
    NOTE,
];

pub(super) const REPETITIONS: &[Field] = &[
    SYSTEM,
    WORKLOAD,
    CLIENTS,
    METRIC,
    STATISTIC,
    perhaps("value", Number, "Mean over repetitions."),
    UNIT,
    ORIGIN,
    perhaps("n", Count, "Number of repetitions; null where a publication does not say."),
    perhaps("stdev", Number, "Sample standard deviation over repetitions."),
    perhaps("low", Number, "Lower end of the mean's t interval."),
    perhaps("high", Number, "Upper end of it."),
    perhaps("median", Number, "Median over repetitions."),
    perhaps("median_low", Number, "Lower end of the median's order-statistic interval."),
    perhaps("median_high", Number, "Upper end of it."),
    STATUS,
    NOTE,
];

pub(super) const SERIES: &[Field] = &[
    SYSTEM,
    WORKLOAD,
    CLIENTS,
    field("repetition", Count, "Which repetition."),
    METRIC,
    field("second", Number, "End of the second, since the first request was sent."),
    field("value", Number, "The number in this second."),
    UNIT,
];

const BASELINE: Field = field("baseline", Text, "The system that the other is compared with.");

pub(super) const COMPARISONS: &[Field] = &[
    METRIC,
    STATISTIC,
    WORKLOAD,
    CLIENTS,
    BASELINE,
    SYSTEM,
    UNIT,
    perhaps("n_baseline", Count, "Repetitions of the baseline; null where a publication does not say."),
    perhaps("n_system", Count, "Repetitions of the system."),
    perhaps("baseline_mean", Number, "Mean of the baseline over repetitions."),
    perhaps("system_mean", Number, "Mean of the system over repetitions."),
    perhaps("ratio", Number, "System over baseline, of the means."),
    perhaps("ratio_low", Number, "Lower end of Fieller's interval of the ratio at 1 - alpha."),
    perhaps("ratio_high", Number, "Upper end of it."),
    field("test", Text, "Test of significance."),
    perhaps("p", Number, "Its two-sided p value."),
    perhaps("p_adjusted", Number, "The p value adjusted for the family."),
    field("adjust", Text, "How it was adjusted."),
    field("family_size", Count, "Number of comparisons in the family."),
    perhaps("smallest_p", Number, "Smallest p that the test can give with so few repetitions."),
    perhaps(
        "p_equivalence",
        Number,
        "Larger p value of two one-sided tests that the ratio lies within 1 ± margin.",
    ),
    perhaps("difference", Number, "Difference of the means, system - baseline."),
    perhaps("difference_low", Number, "Lower end of Welch's interval of the difference at 1 - alpha."),
    perhaps("difference_high", Number, "Upper end of it."),
    perhaps("hodges_lehmann", Number, "Hodges-Lehmann shift, system - baseline."),
    perhaps("hodges_lehmann_low", Number, "Lower end of its interval at 1 - alpha."),
    perhaps("hodges_lehmann_high", Number, "Upper end of it."),
    perhaps("hedges_g", Number, "Hedges' g, system - baseline."),
    perhaps("cliffs_delta", Number, "P(system > baseline) - P(system < baseline)."),
    perhaps("a12", Number, "P(system > baseline) + P(equal) / 2."),
    field(
        "verdict",
        OneOf(&["better", "worse", "different", "equivalent", "inconclusive"]),
        "How the system stands to the baseline.",
    ),
    perhaps("note", Text, "What stands in the way of a verdict, or an assumption that it rests on."),
];

pub(super) const SHIFTS: &[Field] = &[
    METRIC,
    field("statistic", Text, "Which quantile, as p50."),
    WORKLOAD,
    CLIENTS,
    BASELINE,
    field("baseline_repetition", Count, "Which of its runs."),
    SYSTEM,
    field("system_repetition", Count, "Which of its runs."),
    UNIT,
    field("baseline_value", Number, "The quantile in the baseline's run."),
    field("system_value", Number, "The quantile in the system's run."),
    field("shift", Number, "System - baseline."),
    field("shift_low", Number, "Lower edge of a band over all quantiles of the pair at 1 - alpha."),
    field("shift_high", Number, "Upper edge of it."),
    field("finding", Text, "Code of the finding that goes with it: single-run."),
];

pub(super) const FINDINGS: &[Field] = &[
    field("code", Text, "Name of the rule, in kebab-case."),
    field("severity", OneOf(&["info", "warning", "error"]), "How much it weighs."),
    perhaps("system", Text, "The system it is about, where it is about one."),
    perhaps("workload", Text, "The workload it is about."),
    perhaps("clients", Count, "The number of clients it is about."),
    perhaps("repetition", Count, "The repetition it is about."),
    perhaps("metric", Text, "The metric it is about, where it is about one."),
    perhaps("value", Number, "The number found, in base units."),
    perhaps("expected", Number, "The number that was to be expected, in base units."),
    field("message", Text, "What was found, and what it means."),
];

pub(super) const CLAIMS: &[Field] = &[
    field("id", Text, "Name of the claim."),
    field("verdict", OneOf(&["holds", "contradicted", "undecidable", "depends-on-reading"]), "What follows."),
    perhaps("found", Text, "What the data give."),
    field("expected", Text, "What it must be."),
    field("statement", Text, "The sentence, in other words."),
    perhaps("place", Text, "Where it stands in the publication."),
    perhaps("note", Text, "What each reading gives, which cells are missing, or what is doubtful."),
];

pub(super) const PLAN: &[Field] = &[
    SYSTEM,
    WORKLOAD,
    CLIENTS,
    METRIC,
    STATISTIC,
    UNIT,
    field("n", Count, "Repetitions there are."),
    perhaps("mean", Number, "Their mean."),
    perhaps("half_width", Number, "Half the width of the mean's t interval over the mean."),
    field("wanted", Number, "The same, as it is wanted."),
    perhaps("repetitions_for_mean", Count, "Repetitions in all for the interval of the mean."),
    perhaps("repetitions_for_median", Count, "Repetitions in all for the interval of the median."),
    perhaps("is_extrapolated", Truth, "Whether the latter goes beyond the repetitions there are."),
    perhaps("between_runs", Number, "Share of the variance of the mean that is between runs."),
    perhaps("note", Text, "Why there is no answer, or what to do."),
];

pub(super) const CELLS: &[Field] = &[
    SYSTEM,
    WORKLOAD,
    CLIENTS,
    REPETITION,
    METRIC,
    STATISTIC,
    UNIT,
    perhaps("published", Number, "The number as published or as the tool printed it."),
    perhaps("recomputed", Number, "The number as vana computes it."),
    perhaps("difference", Number, "Recomputed - published."),
    perhaps("tolerance", Number, "How far apart equal numbers may be, as they were printed."),
    field("verdict", OneOf(&["matches", "differs", "not-recomputable", "unreadable"]), "What follows."),
    perhaps("note", Text, "Why, where the numbers alone do not say it."),
];

pub(super) const RUNS: &[Field] = &[
    SYSTEM,
    WORKLOAD,
    CLIENTS,
    REPETITION,
    field("file", Text, "Where the run was found."),
    field("format", Text, "As which format it was read."),
    field("fidelity", OneOf(&["trace", "histogram", "summary", "published"]), "How much is known of it."),
    perhaps("requests", Count, "Requests, values of a histogram, or published cells."),
    field("findings", Count, "Number of doubts about it."),
];

pub(super) const REPLAYS: &[Field] = &[
    SYSTEM,
    WORKLOAD,
    CLIENTS,
    field("repetition", Count, "Which repetition."),
    field("source", Text, "What was replayed."),
    field("speed", Number, "How much faster than recorded."),
    field("connections", Count, "Connections at most."),
    field("in_recording", Count, "Requests in the recording."),
    field("sendable", Count, "Those of them that can be sent again."),
    field("recorded", Count, "Those of these that were to be sent."),
    field("sent", Count, "Requests that were sent."),
    perhaps("lag_mean", Number, "How long after they were due requests were sent, in seconds: mean."),
    perhaps("lag_p50", Number, "Median of it."),
    perhaps("lag_p90", Number, "90th percentile of it."),
    perhaps("lag_p99", Number, "99th percentile of it."),
    perhaps("lag_p99.9", Number, "99.9th percentile of it."),
    perhaps("lag_max", Number, "Largest of it."),
    field("client_late", Count, "Requests that were late because of the client."),
    field("client_lag", Number, "How late they were together, in seconds."),
    field("client_lag_max", Number, "The latest of them."),
    field("server_late", Count, "Requests that were late because of the server."),
    field("server_lag", Number, "How late they were together, in seconds."),
    field("server_lag_max", Number, "The latest of them."),
    perhaps("ks_distance", Number, "Largest distance of the distributions of gaps, recorded and sent."),
    perhaps("wasserstein_distance", Number, "Mean distance of them, in seconds."),
];
