//! Words for metrics and statistics, their order, and which direction is better.

use vana_types::{Unit, metric, statistic};

/// Metrics with their words, in the order in which they are shown. Others follow in the order of the results.
const METRICS: [(&str, &str); 23] = [
    (metric::REQUEST_RATE, "Request rate"),
    (metric::QUERY_RATE, "Query rate"),
    (metric::RESPONSE_TIME, "Response time"),
    (metric::SERVICE_TIME, "Service time"),
    (metric::LATENCY, "Latency"),
    (metric::FIRST_BYTE_TIME, "Time to first byte"),
    (metric::WRK_REQUEST_RATE, "Request rate as wrk prints it"),
    (metric::WRK_LATENCY, "Latency as wrk prints it"),
    (metric::SYSBENCH_LATENCY, "Latency as sysbench prints it"),
    (metric::ERROR_RATIO, "Share of failed requests"),
    (metric::TRANSFER_RATE, "Transfer rate"),
    (metric::MEMORY, "Memory"),
    (metric::GUEST_MEMORY, "Memory as the guest sees it"),
    (metric::CPU, "Processors used"),
    (metric::CPU_PER_REQUEST, "Processor time per request"),
    (metric::BOOT_TIME, "Boot time"),
    (metric::CONNECT_TIME, "Time to first connection"),
    (metric::RUN_TIME, "Run time"),
    (metric::DURATION, "Length of the run"),
    (metric::CLIENT_CPU, "Processors used by the client"),
    (metric::CLIENT_MEMORY, "Memory of the client"),
    (metric::SCHEDULE_LAG, "Lag behind the schedule"),
    (metric::LOOPBACK_TIME, "Loopback time"),
];

/// A metric in words: `Request rate`.
pub fn metric_label(id: &str) -> String {
    match METRICS.iter().find(|(known, _)| *known == id) {
        Some((_, words)) => (*words).to_owned(),
        None => words_of(id),
    }
}

/// Place of a metric among others.
pub fn metric_rank(id: &str) -> usize {
    METRICS.iter().position(|(known, _)| *known == id).unwrap_or(METRICS.len())
}

fn words_of(id: &str) -> String {
    let words = crate::tex::flatten(&id.replace('_', " "));
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => "(no name)".to_owned(),
    }
}

/// What a tool would have printed, which comes behind what was measured.
pub fn is_printed(metric: &str) -> bool {
    metric.starts_with("wrk_") || metric.starts_with("sysbench_")
}

/// `client` for one, `clients` else.
pub fn plural(count: usize, one: &str) -> String {
    format!("{one}{}", if count == 1 { "" } else { "s" })
}

/// `1 client`, `10 clients`.
pub fn clients(count: u32) -> String {
    format!("{count} {}", plural(count as usize, "client"))
}

/// The percentage of a percentile's name: `99.9` of `p99.9`.
pub fn percentile(id: &str) -> Option<&str> {
    let percent = id.strip_prefix('p')?;
    let value: f64 = percent.parse().ok()?;
    (percent.bytes().all(|b| b.is_ascii_digit() || b == b'.') && (0.0..=100.0).contains(&value))
        .then_some(percent)
}

/// A statistic in words: `Mean`, `99.9th percentile`.
pub fn statistic_label(id: &str) -> String {
    match id {
        statistic::MEAN => "Mean".to_owned(),
        statistic::COUNT => "Number of values".to_owned(),
        statistic::STDEV => "Standard deviation".to_owned(),
        statistic::MIN => "Minimum".to_owned(),
        statistic::MAX => "Maximum".to_owned(),
        statistic::P50 => "Median".to_owned(),
        statistic::WITHIN_STDEV => "Share within mean ± standard deviation".to_owned(),
        statistic::USED => "Used".to_owned(),
        _ => match percentile(id) {
            Some(percent) => format!("{percent}{} percentile", ordinal(percent)),
            None => words_of(id),
        },
    }
}

fn ordinal(percent: &str) -> &'static str {
    match percent.as_bytes() {
        [.., b'1', b'1' | b'2' | b'3'] => "th",
        [.., b'1'] => "st",
        [.., b'2'] => "nd",
        [.., b'3'] => "rd",
        _ => "th",
    }
}

/// A statistic in few letters, for the head of a column: `Mean`, `99.9 %`.
pub fn statistic_short(id: &str) -> String {
    match id {
        statistic::COUNT => "Count".to_owned(),
        statistic::STDEV => "SD".to_owned(),
        statistic::MIN => "Min".to_owned(),
        statistic::MAX => "Max".to_owned(),
        statistic::WITHIN_STDEV => "±SD".to_owned(),
        _ => match percentile(id) {
            Some("50") => "Median".to_owned(),
            Some(percent) => format!("{percent} %"),
            None => statistic_label(id),
        },
    }
}

/// Place of a statistic among others: centre and spread first, then percentiles ascending, then what is rare.
pub fn statistic_rank(id: &str) -> (u32, u64) {
    let rank = match id {
        statistic::MEAN => 0,
        statistic::USED => 1,
        statistic::MAX => 2,
        statistic::STDEV => 3,
        statistic::WITHIN_STDEV => 4,
        statistic::MIN => 6,
        statistic::COUNT => 8,
        _ => match percentile(id).and_then(|percent| percent.parse::<f64>().ok()) {
            Some(percent) => return (5, (percent * 1e9) as u64),
            None => 7,
        },
    };
    (rank, 0)
}

/// Tests by their names in files.
const TESTS: [(&str, &str); 12] = [
    ("welch", "Welch's t test"),
    ("mann-whitney", "the Mann–Whitney U test"),
    ("permutation", "the permutation test of the means"),
    ("brown-forsythe", "the Brown–Forsythe test of spread"),
    ("fligner-killeen", "the Fligner–Killeen test of spread"),
    ("kolmogorov-smirnov", "the Kolmogorov–Smirnov test"),
    ("welch-summary", "Welch's t test of printed summaries"),
    ("welch-anova", "Welch's analysis of variance (Games–Howell)"),
    ("games-howell", "the Games–Howell test"),
    ("kruskal-wallis", "the Kruskal–Wallis test (Dunn)"),
    ("dunn", "Dunn's test"),
    ("friedman", "Friedman's test"),
];

/// A test in words; one that is not known by its name.
pub fn test_label(name: &str) -> String {
    let known = TESTS.iter().find(|(id, _)| *id == name);
    known.map_or_else(|| crate::tex::flatten(name), |(_, words)| (*words).to_owned())
}

/// A way of adjusting p values in words.
pub fn adjust_label(name: &str) -> String {
    match name {
        "holm" => "Holm's method".to_owned(),
        "benjamini-hochberg" => "the method of Benjamini and Hochberg".to_owned(),
        _ => crate::tex::flatten(name),
    }
}

/// Whether a number without unit is a share, which is shown in percent.
pub fn is_share(metric: &str, statistic: &str, unit: Unit) -> bool {
    let ends = ["ratio", "share", "fraction", "utilization"].iter().any(|end| metric.ends_with(end));
    unit == Unit::One && (statistic == statistic::WITHIN_STDEV || (ends && statistic != statistic::COUNT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_have_words_and_an_order() {
        let mut ids = ["count", "p99.9", "odd_one", "max", "p50", "within_stdev", "mean", "p91", "stdev"];
        ids.sort_by_key(|id| statistic_rank(id));
        let words = ids.map(statistic_label);
        assert_eq!(
            words,
            [
                "Mean",
                "Maximum",
                "Standard deviation",
                "Share within mean ± standard deviation",
                "Median",
                "91st percentile",
                "99.9th percentile",
                "Odd one",
                "Number of values",
            ]
        );
    }

    #[test]
    fn an_unknown_metric_is_shown_by_its_own_words() {
        assert_eq!(metric_label("cache_misses"), "Cache misses");
        assert_eq!(metric_label(""), "(no name)");
    }
}
