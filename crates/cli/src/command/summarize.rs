//! `vana summarize`

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;
use vana_analysis::{Measured, Reading, cells, measure};
use vana_reduce::{ReduceOptions, Selection, Within};
use vana_stats::QuantileType;
use vana_types::{Measurement, Timeline, Unit, metric};

use crate::cell_row::CellRow;
use crate::failure::Failure;
use crate::output::{OutputFormat, write_rows, write_table};
use crate::study::open;
use crate::{progress, quantity};

/// Compute the measurements of each run.
///
/// From every request: service time, response time (where requests were due), what wrk and sysbench would have printed,
/// rates, errors. What a tool printed and what was published stand beside it, told apart by `origin`.
#[derive(Args)]
pub(crate) struct Summarize {
    /// The study, or a package of it.
    study: PathBuf,
    #[command(flatten)]
    wanted: Wanted,
    /// Keep operations (labels, URLs, statements) apart as well.
    #[arg(long, value_enum, value_name = "WHAT", conflicts_with = "over")]
    by: Option<By>,
    /// Put repetitions together: mean, stdev, median, intervals and n for each number.
    #[arg(long, value_enum, value_name = "WHAT")]
    over: Option<Over>,
    /// Intervals of the means and percentiles within each run as well, as `p99_low` and `p99_high`: by the stationary block
    /// bootstrap, which keeps the dependence between neighbouring requests. Takes long; name a metric and a statistic.
    #[arg(long, conflicts_with_all = ["by", "over", "series"])]
    within: bool,
    /// Requests completed in each full second of each run, instead of statistics.
    #[arg(long, conflicts_with_all = ["by", "over", "metric", "statistic"])]
    series: bool,
    /// Take an ambiguous name for one of its systems: 'LinuxKit or OSv=OSv'.
    #[arg(long, value_name = "NAME=SYSTEM")]
    assume: Vec<Reading>,
    /// How to write the numbers.
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

/// Resamples of the intervals within a run.
const RESAMPLES: u32 = 999;

/// Which numbers are wanted.
#[derive(Args, Clone)]
pub(crate) struct Wanted {
    /// Only these metrics: `service_time`, `request_rate`, …; all without it.
    #[arg(long, value_name = "METRIC", value_delimiter = ',')]
    metric: Vec<String>,
    /// Only these statistics: mean, stdev, p99.9, …; the usual ones without it.
    #[arg(long, value_name = "STATISTIC", value_delimiter = ',')]
    statistic: Vec<String>,
    /// Definition of quantiles, 1 to 9 of Hyndman and Fan.
    #[arg(long, value_name = "TYPE", default_value = "7")]
    quantile_type: QuantileType,
}

impl Wanted {
    /// Refuses names that nothing bears: a table without a column that was asked for would be silently wrong.
    fn check(&self, measured: &Measured) -> Result<(), Failure> {
        for name in &self.statistic {
            let is_found = measured.measurements.iter().any(|found| found.statistic == *name);
            if let (false, Err(error)) = (is_found, vana_stats::parse(name)) {
                return Err(Failure::input(error.to_string()));
            }
        }
        let missing = |name: &&String| measured.measurements.iter().all(|found| found.metric != **name);
        if let Some(name) = self.metric.iter().find(missing) {
            let failure = Failure::input(format!("no measurement of the metric \"{name}\""));
            return Err(failure.hint(Some("without --metric all metrics of the study are shown")));
        }
        Ok(())
    }

    /// As the reduction takes them.
    pub fn options(&self) -> ReduceOptions {
        ReduceOptions {
            metrics: Selection(self.metric.clone()),
            statistics: Selection(self.statistic.clone()),
            quantile_type: self.quantile_type,
            ..ReduceOptions::default()
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// Label, URL, statement, …
    Operation,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Over {
    /// Runs that differ in their repetition only.
    Repetitions,
}

impl Summarize {
    pub fn run(&self, quiet: bool) -> Result<(), Failure> {
        let study = open(&self.study)?;
        let mut options = ReduceOptions { by_operation: self.by.is_some(), ..self.wanted.options() };
        if self.within {
            let level = 1.0 - study.config.alpha;
            options.within = Some(Within { level, seed: study.config.seed, resamples: RESAMPLES });
        }
        if self.series {
            options.series = true;
            options.metrics = Selection(vec![metric::REQUEST_RATE.to_owned()]);
        }
        let bar = progress::bar(quiet, study.runs.len() as u64, "summarizing");
        let measured = measure(&study, &options, &self.assume, || bar.inc(1))?;
        bar.finish_and_clear();
        if self.series {
            return write_series(&measured.timelines, self.format);
        }
        self.wanted.check(&measured)?;
        match (self.over, self.format) {
            (None, OutputFormat::Text) => write_text(&measured),
            (None, format) => write_rows(format, "measurements", &measured.measurements),
            (Some(Over::Repetitions), format) => {
                let cells = cells(&measured.measurements, study.config.alpha);
                let rows: Vec<CellRow<'_>> = cells.iter().map(CellRow::of).collect();
                if format == OutputFormat::Text {
                    write_cells(&rows)
                } else {
                    write_rows(format, "cells", &rows)
                }
            }
        }
    }
}

/// One second of a run.
#[derive(Serialize)]
struct SeriesRow<'a> {
    system: &'a str,
    workload: &'a str,
    clients: Option<u32>,
    repetition: u32,
    metric: &'a str,
    /// Its end, seconds since the first request was sent.
    second: f64,
    value: f64,
    unit: Unit,
}

fn write_series(timelines: &[Timeline], format: OutputFormat) -> Result<(), Failure> {
    let rows: Vec<SeriesRow<'_>> = timelines
        .iter()
        .flat_map(|line| {
            line.points.iter().map(move |&(second, value)| SeriesRow {
                system: &line.system,
                workload: &line.workload,
                clients: line.clients,
                repetition: line.repetition,
                metric: &line.metric,
                second,
                value,
                unit: line.unit,
            })
        })
        .collect();
    if format != OutputFormat::Text {
        return write_rows(format, "series", &rows);
    }
    let header = ["system", "workload", "clients", "rep", "second", "requests"];
    let mut table = vec![header.map(str::to_owned).to_vec()];
    for row in &rows {
        let clients = row.clients.map_or_else(|| "-".to_owned(), |clients| clients.to_string());
        let (system, workload) = (row.system.to_owned(), row.workload.to_owned());
        let numbers = [row.repetition.to_string(), row.second.to_string(), row.value.to_string()];
        table.push([system, workload, clients].into_iter().chain(numbers).collect());
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    write_table(&mut out, &table)?;
    Ok(out.flush()?)
}

fn show(value: Option<f64>, unit: Unit, statistic: &str) -> String {
    let is_share = statistic == "within_stdev";
    value.map_or_else(|| "--".to_owned(), |value| quantity::show(value, unit, is_share))
}

/// One line a run and metric, its statistics side by side.
fn write_text(measured: &Measured) -> Result<(), Failure> {
    type Line<'a> = (Vec<String>, Vec<(&'a str, String)>);
    let mut blocks: BTreeMap<usize, (Vec<&str>, Vec<Line<'_>>)> = BTreeMap::new();
    let mut metrics: Vec<&str> = Vec::new();
    for measurement in &measured.measurements {
        let metric = measurement.metric.as_str();
        let place = metrics.iter().position(|known| *known == metric).unwrap_or_else(|| {
            metrics.push(metric);
            metrics.len() - 1
        });
        let (statistics, lines) = blocks.entry(place).or_default();
        if !statistics.contains(&measurement.statistic.as_str()) {
            statistics.push(&measurement.statistic);
        }
        let head = head(measurement);
        let field = show(measurement.value, measurement.unit, &measurement.statistic);
        match lines.last_mut() {
            Some((known, fields)) if *known == head => fields.push((&measurement.statistic, field)),
            _ => lines.push((head, vec![(&measurement.statistic, field)])),
        }
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    for (place, (statistics, lines)) in blocks {
        writeln!(out, "{}", metrics[place])?;
        let mut rows = vec![["system", "workload", "clients", "rep", "origin"].map(str::to_owned).to_vec()];
        rows[0].extend(statistics.iter().map(|&name| name.to_owned()));
        for (head, fields) in lines {
            let of = |name: &&str| fields.iter().find(|(known, _)| known == name);
            let fields =
                statistics.iter().map(|name| of(name).map_or(String::new(), |(_, field)| field.clone()));
            rows.push(head.into_iter().chain(fields).collect());
        }
        write_table(&mut out, &rows)?;
        writeln!(out)?;
    }
    Ok(out.flush()?)
}

fn head(measurement: &Measurement) -> Vec<String> {
    let number = |value: Option<u32>| value.map_or_else(|| "-".to_owned(), |value| value.to_string());
    let workload = match &measurement.operation {
        Some(operation) => format!("{} [{operation}]", measurement.workload),
        None => measurement.workload.clone(),
    };
    vec![
        measurement.system.clone(),
        workload,
        number(measurement.clients),
        number(measurement.repetition),
        measurement.origin.name().to_owned(),
    ]
}

fn write_cells(cells: &[CellRow<'_>]) -> Result<(), Failure> {
    let header =
        ["system", "workload", "clients", "metric", "statistic", "mean", "interval", "stdev", "median", "n"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for cell in cells {
        let shown = |value| show(value, cell.unit, cell.statistic);
        let interval = match (cell.low, cell.high) {
            (Some(low), Some(high)) => format!("[{}, {}]", shown(Some(low)), shown(Some(high))),
            _ => String::new(),
        };
        rows.push(vec![
            cell.system.to_owned(),
            cell.workload.to_owned(),
            cell.clients.map_or_else(|| "-".to_owned(), |clients| clients.to_string()),
            cell.metric.to_owned(),
            cell.statistic.to_owned(),
            shown(cell.value),
            interval,
            shown(cell.stdev),
            shown(cell.median),
            cell.n.map_or_else(|| "-".to_owned(), |n| n.to_string()),
        ]);
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    write_table(&mut out, &rows)?;
    Ok(out.flush()?)
}
