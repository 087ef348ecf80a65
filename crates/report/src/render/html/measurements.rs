//! All measurements in one wide table: a row is a run or a published cell, a column a statistic of a metric.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};
use vana_types::{Measurement, Origin, Status, statistic};

use super::{Budget, words};
use crate::label;
use crate::quantity::{PERCENT, Shown, decimals, format};
use crate::view::View;

/// With more columns of numbers than these, numbers are broken on paper, so that none is cut off.
const MOST_ON_PAPER: usize = 24;

/// What makes a row: places and names of system and workload, clients, repetition, operation, origin; the last tells
/// rows apart that are the same otherwise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowKey<'a> {
    workload_place: usize,
    /// Workload.
    pub workload: &'a str,
    system_place: usize,
    /// System.
    pub system: &'a str,
    /// Number of clients.
    pub clients: Option<u32>,
    /// Repetition.
    pub repetition: Option<u32>,
    /// Operation, where it is restricted to one.
    pub operation: Option<&'a str>,
    /// Where its numbers come from.
    pub origin: Origin,
    double: usize,
}

/// A column of numbers.
#[derive(Debug)]
pub struct Column<'a> {
    /// What was measured.
    pub metric: &'a str,
    /// Which statistic of it.
    pub statistic: &'a str,
    shown: Shown,
    decimals: usize,
}

/// The table.
pub struct Wide<'a> {
    view: &'a View<'a>,
    /// All rows with their numbers, by metric and statistic.
    pub rows: BTreeMap<RowKey<'a>, BTreeMap<(&'a str, &'a str), &'a Measurement>>,
    /// The columns that are shown.
    pub columns: Vec<Column<'a>>,
    /// How many columns there would be.
    all_columns: usize,
    /// How many rows are shown.
    pub shown_rows: usize,
}

impl<'a> Wide<'a> {
    /// Lays out what fits the budget: the columns that say most, then the first rows.
    pub fn of(view: &'a View<'a>, budget: Budget) -> Self {
        let mut rows: BTreeMap<RowKey<'a>, BTreeMap<(&'a str, &'a str), &'a Measurement>> = BTreeMap::new();
        for found in &view.results.measurements {
            let name = (found.metric.as_str(), found.statistic.as_str());
            let mut key = key(view, found);
            while rows.get(&key).is_some_and(|row| row.contains_key(&name)) {
                key.double += 1;
            }
            rows.entry(key).or_default().insert(name, found);
        }
        let names: BTreeSet<(&str, &str)> = rows.values().flat_map(|row| row.keys().copied()).collect();
        let mut names: Vec<(&str, &str)> = names.into_iter().collect();
        let all_columns = names.len();
        let room = (budget.numbers / rows.len().max(1)).clamp(4, 60);
        names.sort_by_key(|name| (weight(name), label::metric_rank(name.0)));
        names.truncate(room);
        names.sort_by_key(|(metric, statistic)| {
            (label::metric_rank(metric), *metric, label::statistic_rank(statistic), *statistic)
        });
        let columns: Vec<Column<'_>> = names.into_iter().map(|name| column(name, &rows)).collect();
        let shown_rows = rows.len().min(budget.numbers / columns.len().max(1)).min(budget.rows);
        Self { view, rows, columns, all_columns, shown_rows }
    }
}

/// How far a statistic may be left out: 0 last.
pub fn weight((metric, name): &(&str, &str)) -> u32 {
    match *name {
        _ if label::is_printed(metric) => 3,
        statistic::MEAN | statistic::USED => 0,
        "p50" | "p99" => 1,
        statistic::MAX | statistic::STDEV | "p99.9" => 2,
        _ => 4,
    }
}

fn key<'a>(view: &View<'_>, found: &'a Measurement) -> RowKey<'a> {
    RowKey {
        workload_place: view.workload_place(&found.workload),
        workload: &found.workload,
        system_place: view.system_place(&found.system),
        system: &found.system,
        clients: found.clients,
        repetition: found.repetition,
        operation: found.operation.as_deref(),
        origin: found.origin,
        double: 0,
    }
}

type Rows<'a> = BTreeMap<RowKey<'a>, BTreeMap<(&'a str, &'a str), &'a Measurement>>;

fn column<'a>(name: (&'a str, &'a str), rows: &Rows<'a>) -> Column<'a> {
    let found: Vec<&Measurement> = rows.values().filter_map(|row| row.get(&name).copied()).collect();
    let values: Vec<f64> = found.iter().filter_map(|m| m.value).filter(|value| value.is_finite()).collect();
    let unit = found.first().map_or(vana_types::Unit::One, |m| m.unit);
    let is_share = label::is_share(name.0, name.1, unit);
    let shown = if is_share { PERCENT } else { Shown::choose(unit, &values) };
    let sizes: Vec<f64> = values.iter().map(|value| shown.of(*value)).collect();
    Column { metric: name.0, statistic: name.1, shown, decimals: decimals(&sizes) }
}

/// The table as markup.
pub fn draw(wide: &Wide<'_>) -> Markup {
    let view = wide.view;
    if wide.rows.is_empty() {
        return html! { p { "There are no measurements." } };
    }
    let has_operations = wide.rows.keys().any(|key| key.operation.is_some());
    html! {
        @if wide.columns.len() < wide.all_columns || wide.shown_rows < wide.rows.len() {
            p.note {
                (wide.shown_rows) " of " (words::count(wide.rows.len(), "row")) " and " (wide.columns.len()) " of "
                (words::count(wide.all_columns, "column")) " are shown; measurements.csv has all."
            }
        }
        div.wide tabindex="0" role="region" aria-label="Table of measurements" {
            table #measurements-table class=[(wide.columns.len() > MOST_ON_PAPER).then_some("many")] {
                thead { tr {
                    th scope="col" { "System" }
                    th scope="col" { "Workload" }
                    th.number scope="col" { "Clients" }
                    th.number scope="col" { "Run" }
                    @if has_operations { th scope="col" { "Operation" } }
                    th scope="col" { "Origin" }
                    @for column in &wide.columns { (head(column)) }
                } }
                tbody {
                    @for (index, (key, numbers)) in wide.rows.iter().take(wide.shown_rows).enumerate() {
                        tr data-row=(index) {
                            th scope="row" { (words::system(view, key.system)) }
                            td.key { (words::workload(view, key.workload)) }
                            td.key.number { (key.clients.map_or(String::new(), |count| count.to_string())) }
                            td.key.number { (key.repetition.map_or(String::new(), |number| number.to_string())) }
                            @if has_operations { td.key { (words::bdi(&key.operation.map_or(String::new(), crate::tex::flatten))) } }
                            td.key { (key.origin) }
                            @for column in &wide.columns { (cell(column, numbers.get(&(column.metric, column.statistic)))) }
                        }
                    }
                }
            }
        }
        p.hint { "“?” marks a published number whose reading is in doubt." }
    }
}

fn head(column: &Column<'_>) -> Markup {
    let (metric, statistic) = (label::metric_label(column.metric), label::statistic_short(column.statistic));
    html! {
        th.number scope="col" data-metric=(column.metric) data-statistic=(column.statistic) data-exponent=(column.shown.exponent) {
            (metric) ", " (statistic.to_lowercase()) (column.shown.in_brackets())
        }
    }
}

/// There are thousands of these: what is no key is a number, and needs no class that says so.
fn cell(column: &Column<'_>, found: Option<&&Measurement>) -> Markup {
    let Some(found) = found else { return html! { td {} } };
    let value = found.value.filter(|value| value.is_finite());
    html! {
        td {
            @match value {
                Some(value) => { (format(column.shown.of(value), column.decimals)) }
                None => { "lost" }
            }
            @if !matches!(found.status, Status::Read | Status::Lost) { " ?" }
        }
    }
}
