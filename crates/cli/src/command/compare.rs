//! `vana compare`

mod within;

use std::collections::BTreeSet;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use vana_analysis::{Against, CompareOptions, Measured, Reading, compare, measure};
use vana_reduce::{ReduceOptions, Selection};
use vana_stats::{Adjust, parse_test};
use vana_trace::Study;
use vana_types::{Comparison, Unit, Verdict, statistic};

use crate::failure::Failure;
use crate::output::{OutputFormat, write_rows, write_table};
use crate::study::open;
use crate::{progress, quantity};

/// Say which systems differ, by how much, and how sure that is.
///
/// Each repetition is one value. Every pair of systems under the same workload and number of clients gets the ratio of
/// their means with its interval, the Hodges-Lehmann shift, Cliff's delta, a p value adjusted for the number of
/// comparisons of the metric and statistic, the p value of two one-sided tests that the ratio lies within the margin, and
/// a verdict: better, worse, equivalent (the interval of the ratio lies within the margin) or inconclusive. Without --baseline the study's baseline is taken; if it names none, every pair is
/// compared.
#[derive(Args)]
pub(crate) struct Compare {
    /// The study, or a package of it.
    study: PathBuf,
    /// Only these metrics: `request_rate`, `service_time`, …; all without it.
    #[arg(long, value_name = "METRIC", value_delimiter = ',')]
    metric: Vec<String>,
    /// The statistics of each run that are compared: mean and used without it, percentiles with --within.
    #[arg(long, value_name = "STATISTIC", value_delimiter = ',')]
    statistic: Vec<String>,
    /// Only this workload.
    #[arg(long)]
    workload: Option<String>,
    /// Only these numbers of clients.
    #[arg(long, value_name = "N", value_delimiter = ',')]
    clients: Vec<u32>,
    /// The system that the others are compared with.
    #[arg(long, value_name = "SYSTEM", conflicts_with = "all_pairs")]
    baseline: Option<String>,
    /// Compare every pair of systems.
    #[arg(long)]
    all_pairs: bool,
    /// The test of two systems; vana list tests names them.
    #[arg(long, default_value = "welch", value_parser = |name: &str| parse_test(name).map(|test| test.name()))]
    test: &'static str,
    /// How p values are adjusted: holm, benjamini-hochberg, none.
    #[arg(long, default_value = "holm")]
    adjust: Adjust,
    /// Accepted probability of a false positive; the study's without it.
    #[arg(long)]
    alpha: Option<f64>,
    /// Ratios this near to 1 count as equivalent: 0.02 or 2%; the study's without it.
    #[arg(long, value_parser = quantity::parse_share)]
    margin: Option<f64>,
    /// Assume so many independent values behind each published mean and standard deviation of which study.toml says none.
    #[arg(long, visible_alias = "assume-n", value_name = "N", value_parser = clap::value_parser!(u64).range(2..))]
    published_values: Option<u64>,
    /// Compare one run of each system instead, percentile by percentile: by how much each of them moved, with a band from
    /// the stationary block bootstrap. It speaks of these runs alone. Takes long; name a metric.
    #[arg(long, conflicts_with_all = ["test", "adjust", "margin", "published_values", "assume", "fail_on"])]
    within: bool,
    /// The repetition that --within takes; the first of each system without it.
    #[arg(long, value_name = "N", requires = "within")]
    repetition: Option<u32>,
    /// Take an ambiguous name for one of its systems: 'LinuxKit or OSv=OSv'.
    #[arg(long, value_name = "NAME=SYSTEM")]
    assume: Vec<Reading>,
    /// Exit with 1 if any comparison ends like this.
    #[arg(long, value_name = "VERDICT", value_delimiter = ',')]
    fail_on: Vec<Gate>,
    /// How to write the comparisons.
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

#[derive(Clone, Copy, ValueEnum)]
enum Gate {
    Better,
    Worse,
    Different,
    Inconclusive,
}

impl Gate {
    fn verdict(self) -> Verdict {
        match self {
            Self::Better => Verdict::Better,
            Self::Worse => Verdict::Worse,
            Self::Different => Verdict::Different,
            Self::Inconclusive => Verdict::Inconclusive,
        }
    }
}

impl Compare {
    pub fn run(&self, quiet: bool) -> Result<(), Failure> {
        let study = open(&self.study)?;
        if self.within {
            return within::run(self, &study, quiet);
        }
        let options = self.options(&study)?;
        let bar = progress::bar(quiet, study.runs.len() as u64, "summarizing");
        let reduce = ReduceOptions { metrics: Selection(self.metric.clone()), ..ReduceOptions::default() };
        let mut measured = measure(&study, &reduce, &self.assume, || bar.inc(1))?;
        bar.finish_and_clear();
        self.check(&measured)?;
        measured.measurements.retain(|found| {
            self.workload.as_ref().is_none_or(|workload| *workload == found.workload)
                && (self.clients.is_empty()
                    || found.clients.is_some_and(|clients| self.clients.contains(&clients)))
        });
        let order: Vec<String> =
            study.systems(measured.systems()).into_iter().map(|system| system.id).collect();
        let wanted = |metric: &str, statistic: &str| self.has_metric(metric) && self.has_statistic(statistic);
        let comparisons = compare(&measured.measurements, &order, &options, wanted)?;
        if comparisons.is_empty() {
            let failure = Failure::input("nothing to compare: no two systems have a number in common");
            return Err(failure.hint(Some("vana summarize shows what there is; --statistic names others")));
        }
        match self.format {
            OutputFormat::Text => write_text(&comparisons, &options)?,
            format => write_rows(format, "comparisons", &comparisons)?,
        }
        self.check_gates(&comparisons)
    }

    fn options(&self, study: &Study) -> Result<CompareOptions, Failure> {
        let mut options = CompareOptions::of(&study.config).with_test(self.test)?;
        if self.all_pairs {
            options.against = Against::Everyone;
        }
        if let Some(baseline) = &self.baseline {
            options.against = Against::Baseline(baseline.clone());
        }
        options.adjust = self.adjust;
        options.alpha = self.alpha.unwrap_or(options.alpha);
        options.margin = self.margin.unwrap_or(options.margin);
        options.published_values = self.published_values;
        Ok(options)
    }

    /// Refuses names that nothing bears.
    fn check(&self, measured: &Measured) -> Result<(), Failure> {
        let has = |of: fn(&vana_types::Measurement) -> &str, name: &str| {
            measured.measurements.iter().any(|found| of(found) == name)
        };
        if let Some(name) = self.metric.iter().find(|name| !has(|found| &found.metric, name)) {
            return Err(Failure::input(format!("no measurement of the metric \"{name}\"")));
        }
        if let Some(name) = self.workload.iter().find(|name| !has(|found| &found.workload, name)) {
            return Err(Failure::input(format!("no measurement of the workload \"{name}\"")));
        }
        if self.statistics().iter().any(|name| has(|found| &found.statistic, name)) {
            return Ok(());
        }
        Err(Failure::input(format!("no measurement of the statistic \"{}\"", self.statistics().join(", "))))
    }

    fn has_metric(&self, name: &str) -> bool {
        self.metric.is_empty() || self.metric.iter().any(|wanted| wanted == name)
    }

    fn has_statistic(&self, name: &str) -> bool {
        self.statistics().contains(&name)
    }

    fn statistics(&self) -> Vec<&str> {
        if self.statistic.is_empty() {
            vec![statistic::MEAN, statistic::USED]
        } else {
            self.statistic.iter().map(String::as_str).collect()
        }
    }

    fn check_gates(&self, comparisons: &[Comparison]) -> Result<(), Failure> {
        let gates: BTreeSet<Verdict> = self.fail_on.iter().map(|gate| gate.verdict()).collect();
        let failed = comparisons.iter().filter(|comparison| gates.contains(&comparison.verdict));
        let failed: Vec<String> = failed
            .map(|found| format!("{} is {} than {}", found.system, found.verdict, found.baseline))
            .collect();
        match failed.as_slice() {
            [] => Ok(()),
            [first, ..] => Err(Failure::gate(format!(
                "--fail-on: {} of {} comparisons, first {first}",
                failed.len(),
                comparisons.len()
            ))),
        }
    }
}

/// One table a metric and statistic, with numbered notes under it.
fn write_text(comparisons: &[Comparison], options: &CompareOptions) -> Result<(), Failure> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let is_one_table =
        |a: &Comparison, b: &Comparison| (&a.metric, &a.statistic) == (&b.metric, &b.statistic);
    for table in comparisons.chunk_by(is_one_table) {
        let Some(first) = table.first() else { continue };
        writeln!(out, "{} {}", first.metric, first.statistic)?;
        writeln!(
            out,
            "{} test, α = {}, {} adjusted by {}; equivalent within ±{} %",
            first.test,
            options.alpha,
            counted(first.family_size),
            options.adjust,
            (options.margin * 1e4).round() / 100.0
        )?;
        let mut notes: Vec<&str> = Vec::new();
        let header = [
            "workload",
            "clients",
            "baseline",
            "mean",
            "n",
            "system",
            "mean",
            "n",
            "ratio",
            "interval",
            "p adjusted",
            "p equivalence",
            "Cliff's δ",
            "verdict",
        ];
        let mut rows = vec![header.map(str::to_owned).to_vec()];
        rows.extend(table.iter().map(|row| line(row, &mut notes)));
        write_table(&mut out, &rows)?;
        for (number, note) in (1..).zip(&notes) {
            writeln!(out, "[{number}] {note}")?;
        }
        writeln!(out)?;
    }
    Ok(out.flush()?)
}

fn counted(comparisons: u32) -> String {
    if comparisons == 1 { "1 comparison".to_owned() } else { format!("{comparisons} comparisons") }
}

fn line<'a>(row: &'a Comparison, notes: &mut Vec<&'a str>) -> Vec<String> {
    let mean = |value: Option<f64>| {
        value.map_or_else(|| "--".to_owned(), |value| quantity::show(value, row.unit, false))
    };
    let count = |n: Option<u32>| n.map_or_else(|| "-".to_owned(), |n| n.to_string());
    let ratio = |value: f64| quantity::show(value, Unit::One, false);
    let number = |value: Option<f64>| value.map_or_else(|| "--".to_owned(), |value| format!("{value:.3}"));
    let interval = match (row.ratio_low, row.ratio_high) {
        (Some(low), Some(high)) => format!("[{}, {}]", ratio(low), ratio(high)),
        _ => "--".to_owned(),
    };
    let verdict = row.note.as_ref().map_or_else(
        || row.verdict.to_string(),
        |note| {
            let place = notes.iter().position(|known| known == note).unwrap_or_else(|| {
                notes.push(note);
                notes.len() - 1
            });
            format!("{} [{}]", row.verdict, place + 1)
        },
    );
    vec![
        row.workload.clone(),
        count(row.clients),
        row.baseline.clone(),
        mean(row.baseline_mean),
        count(row.n_baseline),
        row.system.clone(),
        mean(row.system_mean),
        count(row.n_system),
        row.ratio.map_or_else(|| "--".to_owned(), ratio),
        interval,
        row.p_adjusted.map_or_else(|| "--".to_owned(), quantity::show_p),
        row.p_equivalence.map_or_else(|| "--".to_owned(), quantity::show_p),
        number(row.cliffs_delta),
        verdict,
    ]
}
