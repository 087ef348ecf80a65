//! How differences were judged, as a paragraph.

use std::collections::BTreeSet;

use vana_types::{IntervalKind, Methods, metric};

use crate::label;
use crate::quantity::percent;
use crate::tex::{escape, escape_breakable};
use crate::view::View;

/// Two metrics that look alike, and why they differ.
const DIFFERENCES: [(&str, &str, &str); 5] = [
    (
        metric::WRK_LATENCY,
        metric::SERVICE_TIME,
        "Latency as wrk prints it is not service time: wrk leaves out what took longer than its timeout, and for each slow response adds samples that nobody measured.",
    ),
    (
        metric::WRK_REQUEST_RATE,
        metric::REQUEST_RATE,
        "The rate as wrk prints it is that of one thread in windows of 100\\,ms, of which those without a completed request are left out; the request rate is that of the whole run.",
    ),
    (
        metric::SYSBENCH_LATENCY,
        metric::SERVICE_TIME,
        "Latency as sysbench prints it is that of a transaction, not of a query, and its percentiles are centres of logarithmic bins.",
    ),
    (
        metric::RESPONSE_TIME,
        metric::SERVICE_TIME,
        "Response time counts from when a request was due, service time from when it was sent: only the first one sees that requests had to wait for their turn.",
    ),
    (
        metric::LATENCY,
        metric::SERVICE_TIME,
        "Latency is what a tool or a publication calls so; its definition is not known, and it need not be the service time.",
    ),
];

/// The section of the article; empty where nothing was compared.
pub fn draw(view: &View<'_>) -> String {
    let Some(methods) = &view.results.judgement.methods else { return String::new() };
    let mut sentences = tests(methods);
    sentences.extend(intervals(view));
    let has = |wanted: &str| view.metrics().iter().any(|metric| metric == wanted);
    let differences = DIFFERENCES.iter().filter(|(one, other, _)| has(one) && has(other));
    sentences.extend(differences.map(|(_, _, why)| (*why).to_owned()));
    format!("\n\\section*{{Methods}}\n{{\\raggedright\n{}\n\\par}}\n", sentences.join("\n"))
}

fn tests(methods: &Methods) -> Vec<String> {
    let range = |(least, most): (u32, u32)| {
        if least == most { most.to_string() } else { format!("{least} to {most}") }
    };
    let percent = |share: f64| format!("{}\\,\\%", percent(share));
    let words = |name: &str| escape_breakable(&label::test_label(name));
    let adjusted = match methods.adjust.as_str() {
        "none" => "p values are not adjusted for the number of comparisons".to_owned(),
        name => format!(
            "p values are adjusted by {} within a family",
            escape_breakable(&label::adjust_label(name))
        ),
    };
    vec![
        format!(
            "The run is the unit of repetition: each value that is compared is one run's, and a cell has {} of them.",
            range(methods.repetitions)
        ),
        format!(
            "Two systems are compared by {}, all systems at once by {}.",
            words(&methods.test),
            words(&methods.group_test)
        ),
        format!(
            "Tests are two-sided with $\\alpha = {}$; {adjusted} of {} comparisons.",
            escape(&methods.alpha.to_string()),
            range(methods.family_sizes)
        ),
        format!(
            "The ratio is that of the means and its interval has {} confidence; the shift is Hodges' and Lehmann's.",
            percent(1.0 - methods.alpha)
        ),
        format!(
            "Two systems are equivalent where the interval of their ratio lies within $1 \\pm {}$; where the data show neither a difference nor equivalence the verdict is inconclusive, which is not the same as equal.",
            escape(&methods.margin.to_string())
        ),
        format!("Whatever is random was drawn with the seed {}.", methods.seed),
    ]
}

/// Which intervals stand beside the numbers.
fn intervals(view: &View<'_>) -> Option<String> {
    let mut kinds: BTreeSet<(&str, u64)> = BTreeSet::new();
    for interval in view.results.cells.iter().filter_map(|cell| cell.estimate.interval) {
        let words = match interval.kind {
            IntervalKind::StudentT => "Student's t interval of the mean",
            IntervalKind::OrderStatistic => "the order-statistic interval of the median",
        };
        // Order statistics reach many levels; a tenth of a percent tells them apart.
        kinds.insert((words, (interval.level * 1000.0).round() as u64));
    }
    let mut parts: Vec<String> = Vec::new();
    for words in kinds.iter().map(|(words, _)| *words).collect::<BTreeSet<_>>() {
        let mut levels = kinds.iter().filter(|(kind, _)| *kind == words).map(|(_, level)| *level);
        let least = levels.next()?;
        let most = levels.next_back().unwrap_or(least);
        let level = |level: u64| percent(level as f64 / 1000.0);
        let range = if least == most { level(least) } else { format!("{} to {}", level(least), level(most)) };
        parts.push(format!("{words} ({range}\\,\\%)"));
    }
    (!parts.is_empty()).then(|| format!("Intervals of single numbers: {}.", parts.join(", ")))
}
