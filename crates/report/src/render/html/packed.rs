//! Series and numbers for the scripts of a page, as columns.

use serde_json::{Value, json};
use vana_types::{Cell, Curve, Measurement, Pulse, RunSheet, Status, Unit};

use super::measurements::{self, RowKey, Wide};
use super::{Budget, words};
use crate::label;
use crate::tex::flatten;
use crate::view::View;

/// Units, by the number that stands for each.
const UNITS: [Unit; 5] = [Unit::Seconds, Unit::PerSecond, Unit::Bytes, Unit::BytesPerSecond, Unit::One];

/// What the overview draws: metrics with their statistics, and cells.
pub fn overview(view: &View<'_>, budget: Budget) -> Value {
    let (measures, cells) = cells(view, budget);
    json!({ "measures": measures, "cells": cells })
}

/// Everything else.
pub fn everything(view: &View<'_>, wide: &Wide<'_>, budget: Budget) -> Value {
    let results = view.results;
    let runs: Vec<Value> =
        results.runs.iter().take(budget.runs).map(|sheet| run(view, sheet, budget)).collect();
    let curves: Vec<Value> = results.curves.iter().take(budget.rows).map(|one| curve(view, one)).collect();
    let (names, rows, numbers) = numbers(view, wide, budget);
    json!({
        "curves": curves, "runs": runs, "names": names, "rows": rows, "numbers": numbers,
        "doubts": doubts(view), "units": UNITS.map(Unit::symbol),
    })
}

/// Seven digits: more than a screen shows.
fn short(value: f64) -> Value {
    let rounded: Option<f64> = format!("{value:.6e}").parse().ok();
    rounded.filter(|value| value.is_finite()).map_or(Value::Null, Value::from)
}

/// Four digits of a whole number.
fn digits(value: u64) -> u64 {
    let power = 10u64.pow(value.checked_ilog10().unwrap_or(0).saturating_sub(3));
    value / power * power
}

fn place(index: usize) -> Value {
    if index == usize::MAX { Value::Null } else { Value::from(index) }
}

fn run(view: &View<'_>, sheet: &RunSheet, budget: Budget) -> Value {
    let identity = &sheet.identity;
    let source = sheet.source.as_ref();
    let tool = sheet.tool.as_ref();
    let named = |tool: &vana_types::Tool| {
        let version = tool.version.as_deref().map(flatten).unwrap_or_default();
        format!("{} {version}", flatten(&tool.name)).trim().to_owned()
    };
    json!({
        "system": place(view.system_place(&identity.system)),
        "workload": place(view.workload_place(&identity.workload)),
        "clients": identity.clients, "repetition": identity.repetition, "fidelity": sheet.fidelity.name(),
        "file": source.map(|source| flatten(&source.file)), "line": source.and_then(|source| source.line),
        "format": source.map(|source| flatten(&source.format)), "sha256": source.map(|source| &source.sha256),
        "tool": tool.map(named), "command": tool.and_then(|tool| tool.command.as_deref()).map(flatten),
        "pulse": sheet.pulse.as_ref().filter(|_| budget.windows > 0).map(|one| pulse(one, budget.windows)),
    })
}

fn pulse(pulse: &Pulse, most: usize) -> Value {
    let step = pulse.windows.len().div_ceil(most.max(1)).max(1);
    let joined: Vec<[u64; 4]> = pulse.windows.chunks(step).map(join).collect();
    let column = |at: usize| joined.iter().map(|window| window[at]).collect::<Vec<u64>>();
    let usages: Vec<Value> = pulse
        .usages
        .iter()
        .map(|usage| {
            let thinned = || usage.points.iter().step_by(usage.points.len().div_ceil(most.max(1)).max(1));
            json!({
                "source": usage.source.name(), "metric": usage.metric,
                "t": thinned().map(|point| short(point.0)).collect::<Vec<_>>(),
                "v": thinned().map(|point| short(point.1)).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "words": label::metric_label(&pulse.metric), "window": pulse.window_ns as f64 * step as f64 / 1e9,
        "count": column(0), "min": column(1), "mean": column(2), "max": column(3), "histogram": pulse.histogram,
        "usages": usages,
    })
}

/// Count, shortest, mean and longest of neighbouring windows.
fn join(windows: &[vana_types::Window]) -> [u64; 4] {
    let filled = || windows.iter().filter(|window| window.count > 0);
    let count: u64 = windows.iter().map(|window| window.count).sum();
    let total: u128 = filled().map(|window| u128::from(window.mean_ns) * u128::from(window.count)).sum();
    let mean = (total / u128::from(count.max(1))) as u64;
    let min = filled().map(|window| window.min_ns).min().unwrap_or(0);
    let max = filled().map(|window| window.max_ns).max().unwrap_or(0);
    [count, digits(min), digits(mean), digits(max)]
}

fn curve(view: &View<'_>, curve: &Curve) -> Value {
    json!({
        "system": place(view.system_place(&curve.system)), "workload": place(view.workload_place(&curve.workload)),
        "clients": curve.clients, "metric": curve.metric, "words": label::metric_label(&curve.metric),
        "p": curve.points.iter().map(|point| point.0).collect::<Vec<_>>(),
        "v": curve.points.iter().map(|point| short(point.1)).collect::<Vec<_>>(),
    })
}

/// What a cell is of: metric, statistic, unit.
type Measure<'a> = (&'a str, &'a str, Unit);

fn measure(cell: &Cell) -> Measure<'_> {
    (cell.key.metric.as_str(), cell.key.statistic.as_str(), cell.unit)
}

/// What the overview offers, in the order in which it is shown: all of it, or what says most of that and fits.
fn measures<'a>(cells: &'a [Cell], budget: Budget) -> Vec<Measure<'a>> {
    let mut counts: Vec<(Measure<'a>, usize)> = Vec::new();
    for cell in cells {
        let name = measure(cell);
        match counts.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += 1,
            None => counts.push((name, 1)),
        }
    }
    counts.sort_by_key(|((metric, statistic, _), _)| {
        (measurements::weight(&(*metric, *statistic)), label::metric_rank(metric), *metric, *statistic)
    });
    let mut left = budget.numbers;
    let fits = |(_, count): &(Measure<'a>, usize)| {
        let room = left.checked_sub(*count);
        left = room.unwrap_or(0);
        room.is_some()
    };
    let mut names: Vec<Measure<'a>> = counts.into_iter().take_while(fits).map(|(name, _)| name).collect();
    names.sort_by_key(|(metric, statistic, _)| {
        (label::metric_rank(metric), *metric, label::statistic_rank(statistic), *statistic)
    });
    names
}

/// Metrics with their statistics, and the cells as columns.
fn cells(view: &View<'_>, budget: Budget) -> (Vec<Value>, Value) {
    let names = measures(&view.results.cells, budget);
    let place_of = |cell: &Cell| names.iter().position(|known| *known == measure(cell));
    let all: Vec<&Cell> = view.results.cells.iter().filter(|cell| place_of(cell).is_some()).collect();
    let measures = names.iter().map(|(metric, statistic, unit)| {
        let is_share = label::is_share(metric, statistic, *unit);
        json!({
            "metric": metric, "words": label::metric_label(metric), "statistic": statistic,
            "statisticWords": label::statistic_label(statistic).to_lowercase(),
            "unit": if is_share { "%" } else { unit.symbol() },
        })
    });
    let column = |of: &dyn Fn(&Cell) -> Value| all.iter().map(|cell| of(cell)).collect::<Vec<_>>();
    let end = |value: Option<f64>| value.map_or(Value::Null, short);
    let columns = json!({
        "measure": column(&|cell| json!(place_of(cell))),
        "workload": column(&|cell| place(view.workload_place(&cell.key.workload))),
        "clients": column(&|cell| json!(cell.key.clients)),
        "system": column(&|cell| place(view.system_place(&cell.key.system))),
        "value": column(&|cell| end(cell.estimate.value)),
        "low": column(&|cell| end(cell.estimate.interval.map(|interval| interval.low))),
        "high": column(&|cell| end(cell.estimate.interval.map(|interval| interval.high))),
    });
    (measures.collect(), columns)
}

/// Names of numbers, rows of the table, and every number of them as it is in `measurements.csv`.
fn numbers(view: &View<'_>, wide: &Wide<'_>, budget: Budget) -> (Vec<Value>, Value, Value) {
    let is_shown = |name: &(&str, &str)| {
        budget.is_complete || wide.columns.iter().any(|column| (column.metric, column.statistic) == *name)
    };
    let rows: Vec<_> = wide.rows.iter().take(wide.shown_rows).collect();
    let mut names: Vec<(&str, &str)> = Vec::new();
    let mut found: Vec<(usize, usize, &Measurement)> = Vec::new();
    for (index, (_, numbers)) in rows.iter().enumerate() {
        for (name, measurement) in numbers.iter().filter(|(name, _)| is_shown(name)) {
            let known = names.iter().position(|known| known == name).unwrap_or_else(|| {
                names.push(*name);
                names.len() - 1
            });
            found.push((index, known, measurement));
        }
    }
    let column = |of: &dyn Fn(&Measurement) -> Value| found.iter().map(|(.., m)| of(m)).collect::<Vec<_>>();
    let status =
        |m: &Measurement| if m.status == Status::Read { Value::Null } else { json!(m.status.name()) };
    let unit = |m: &Measurement| json!(UNITS.iter().position(|unit| *unit == m.unit));
    let numbers = json!({
        "row": found.iter().map(|(row, ..)| row).collect::<Vec<_>>(),
        "name": found.iter().map(|(_, name, _)| name).collect::<Vec<_>>(),
        "value": column(&|m| json!(m.value)), "unit": column(&unit), "status": column(&status),
        "printed": column(&|m| json!(m.printed)), "note": column(&|m| json!(m.note.as_deref().map(flatten))),
    });
    let keys: Vec<&RowKey<'_>> = rows.iter().map(|(key, _)| *key).collect();
    (names.iter().map(|name| json!([name.0, name.1])).collect(), row_columns(view, &keys, budget), numbers)
}

fn row_columns(view: &View<'_>, keys: &[&RowKey<'_>], budget: Budget) -> Value {
    let runs: std::collections::BTreeMap<_, usize> = view
        .results
        .runs
        .iter()
        .take(budget.runs)
        .enumerate()
        .map(|(index, run)| {
            let run = &run.identity;
            ((run.system.as_str(), run.workload.as_str(), run.clients, Some(run.repetition)), index)
        })
        .collect();
    let column = |of: &dyn Fn(&RowKey<'_>) -> Value| keys.iter().map(|key| of(key)).collect::<Vec<_>>();
    json!({
        "system": column(&|key| place(view.system_place(key.system))),
        "workload": column(&|key| place(view.workload_place(key.workload))),
        "clients": column(&|key| json!(key.clients)), "repetition": column(&|key| json!(key.repetition)),
        "operation": column(&|key| json!(key.operation)), "origin": column(&|key| json!(key.origin.name())),
        "run": column(&|key| json!(runs.get(&(key.system, key.workload, key.clients, key.repetition)))),
    })
}

fn doubts(view: &View<'_>) -> Vec<Value> {
    let about = |finding: &&vana_types::Finding| {
        json!([
            finding.system.as_deref().map(|id| place(view.system_place(id))),
            finding.workload.as_deref().map(|id| place(view.workload_place(id))),
            finding.clients,
            finding.repetition,
        ])
    };
    let doubt = |doubt: &crate::doubts::Doubt<'_>| {
        json!({
            "number": doubt.number, "severity": doubt.severity, "code": doubt.code,
            "text": doubt.message.map_or_else(|| "more of this kind".to_owned(), words::first_sentence),
            "at": doubt.findings.iter().map(about).collect::<Vec<_>>(),
        })
    };
    view.doubts.0.iter().map(doubt).collect()
}

#[cfg(test)]
mod tests {
    use vana_types::Window;

    use super::*;

    #[test]
    fn the_overview_keeps_what_says_most_when_not_all_fits() {
        let cell = |(metric, statistic): (&str, &str)| -> Cell {
            let cell = json!({
                "system": "a", "workload": "w", "clients": 1, "metric": metric, "statistic": statistic, "value": 1.0,
                "n": 1, "unit": "s", "origin": "computed", "status": "read",
            });
            serde_json::from_value(cell).unwrap()
        };
        let cells: Vec<Cell> = ["p95", "mean", "p99"].map(|name| ("service_time", name)).map(cell).into();
        let kept = |numbers| {
            let budget = Budget { numbers, windows: 0, rows: 0, runs: 0, figures: 0, is_complete: false };
            measures(&cells, budget).into_iter().map(|(_, statistic, _)| statistic).collect::<Vec<_>>()
        };
        assert_eq!([0, 1, 2].map(kept), [vec![], vec!["mean"], vec!["mean", "p99"]]);
        assert_eq!(kept(3).len(), 3);
    }

    #[test]
    fn four_digits_of_a_whole_number_stay() {
        assert_eq!(
            [0, 9, 1234, 12_345, 99_999, 1_234_567].map(digits),
            [0, 9, 1234, 12_340, 99_990, 1_234_000]
        );
    }

    #[test]
    fn joined_windows_weigh_by_their_requests() {
        let window = |count, min_ns, mean_ns, max_ns| Window { count, min_ns, mean_ns, max_ns };
        assert_eq!(join(&[window(1, 5, 10, 20), window(3, 2, 30, 90)]), [4, 2, 25, 90]);
        assert_eq!(join(&[Window::default(), window(2, 7, 8, 9)]), [2, 7, 8, 9]);
        assert_eq!(join(&[Window::default()]), [0, 0, 0, 0]);
    }
}
