//! Statistics of one column of durations over the requests that were answered.

use std::collections::BTreeMap;

use vana_stats::{Distribution, Streamed, Values, parse};
use vana_trace::{Batch, Column, StudyRun, TraceError, TraceReader};
use vana_types::{Curve, Fidelity, Finding, Quantile, Severity, Unit, metric};

use crate::{ReduceError, Sink};

/// Runs up to this size are held in memory; larger ones are read in passes.
pub(crate) const ROWS_IN_MEMORY: u64 = 1 << 20;
/// The same where operations are told apart, which is not done in passes: 128 MiB.
const ROWS_APART: u64 = 1 << 24;

/// Probabilities of a curve, in percent: finer where tails are.
const CURVE_PERCENT: &[&str] = &[
    "0", "1", "2", "5", "10", "15", "20", "25", "30", "35", "40", "45", "50", "55", "60", "65", "70", "75",
    "80", "82.5", "85", "87.5", "90", "91", "92", "93", "94", "95", "96", "97", "97.5", "98", "98.5", "99",
    "99.25", "99.5", "99.75", "99.9", "99.925", "99.95", "99.975", "99.99", "100",
];

/// The durations of the answered requests of one run in the order in which they were sent, in seconds. `None` for what
/// is no duration, or where the run does not know it of its requests.
pub fn durations(run: &StudyRun, name: &str) -> Result<Option<Vec<f64>>, ReduceError> {
    let is_duration = matches!(name, metric::SERVICE_TIME | metric::RESPONSE_TIME | metric::FIRST_BYTE_TIME);
    if run.run.fidelity != Fidelity::Trace || !is_duration {
        return Ok(None);
    }
    let reader = run.requests()?;
    let rows = reader.row_count();
    if rows > ROWS_IN_MEMORY {
        return Err(ReduceError::TooLong { path: reader.path().to_owned(), rows, limit: ROWS_IN_MEMORY });
    }
    let Some(durations) = Durations::of(&reader, name).filter(|_| rows > 0) else { return Ok(None) };
    let mut nanos = Vec::with_capacity(rows as usize);
    reader.scan(&durations.columns(false), |batch| durations.append(batch, &mut nanos))?;
    Ok(Some(nanos.into_iter().map(|nanos| nanos as f64 / 1e9).collect()))
}

/// Measures `service_time`, `response_time` or `first_byte_time` of the requests, and by operation of all rows.
pub(crate) fn reduce(
    reader: &TraceReader,
    all_rows: Option<&TraceReader>,
    name: &'static str,
    sink: &mut Sink<'_>,
) -> Result<(), ReduceError> {
    let Some(durations) = Durations::of(reader, name) else { return Ok(()) };
    let split = all_rows.unwrap_or(reader);
    if split.row_count() > ROWS_APART && sink.options.by_operation {
        return Err(ReduceError::TooManyRows { rows: split.row_count(), limit: ROWS_APART });
    }
    if reader.row_count() > ROWS_IN_MEMORY {
        streamed(&durations, name, sink)?;
    } else {
        let mut all = Vec::with_capacity(reader.row_count() as usize);
        reader.scan(&durations.columns(false), |batch| durations.append(batch, &mut all))?;
        crate::within::measure(&all, name, sink);
        if let Some(values) = Values::new(all) {
            measure(&values, name, None, sink);
            curve(&values, name, sink);
        }
    }
    if sink.options.by_operation {
        let mut by_operation = BTreeMap::<String, Vec<i64>>::new();
        split.scan(&durations.columns(true), |batch| {
            durations.append_by_operation(batch, &mut by_operation);
        })?;
        for (operation, values) in by_operation {
            if let Some(values) = Values::new(values) {
                measure(&values, name, Some(&operation), sink);
            }
        }
    }
    Ok(())
}

/// Whether an effective size is left out: to compute it takes many times the memory of the values.
fn is_left_out(statistic: &str, count: u64) -> bool {
    statistic == "n_eff" && count > ROWS_IN_MEMORY
}

/// Computes the wanted statistics of a distribution of nanoseconds.
pub(crate) fn measure(values: &dyn Distribution, name: &str, operation: Option<&str>, sink: &mut Sink<'_>) {
    for wanted in sink.options.statistic_names() {
        if is_left_out(wanted, values.count()) {
            continue;
        }
        // Names that only tools print, such as `total`, are no statistic of requests.
        let Ok(statistic) = parse(wanted) else { continue };
        let unit = statistic.unit(Unit::Seconds);
        if let Some(value) = statistic.compute(values, sink.options.quantile_type) {
            let value = if unit == Unit::Seconds { value / 1e9 } else { value };
            sink.measure(name, wanted, value, unit, operation);
        }
    }
}

/// The quantile function on a fixed grid, as far into the tail as the values reach.
pub(crate) fn curve(values: &dyn Distribution, name: &str, sink: &mut Sink<'_>) {
    if !sink.options.series {
        return;
    }
    let kind = sink.options.quantile_type;
    let points = grid(values.count()).map(|q| (q.probability(), values.quantile(q, kind) / 1e9)).collect();
    sink.result.curves.push(Curve {
        system: sink.identity.system.clone(),
        workload: sink.identity.workload.clone(),
        clients: sink.identity.clients,
        metric: name.to_owned(),
        unit: Unit::Seconds,
        runs: 1,
        points,
    });
}

/// Probabilities that `count` values can tell from the maximum, and the maximum.
fn grid(count: u64) -> impl Iterator<Item = Quantile> {
    CURVE_PERCENT.iter().filter_map(|percent| Quantile::from_percent(percent).ok()).filter(move |q| {
        let above = u128::from(q.denominator() - q.numerator()) * u128::from(count);
        q.numerator() == q.denominator() || above >= u128::from(q.denominator())
    })
}

fn streamed(durations: &Durations<'_>, name: &str, sink: &mut Sink<'_>) -> Result<(), ReduceError> {
    let kind = sink.options.quantile_type;
    let mut wanted: Vec<_> = sink
        .options
        .statistic_names()
        .iter()
        .filter_map(|name| Quantile::from_percent(name.strip_prefix('p')?).ok())
        .map(|q| (q, kind))
        .collect();
    if sink.options.series {
        wanted.extend(grid(durations.reader.row_count()).map(|q| (q, kind)));
    }
    let columns = durations.columns(false);
    let mut block = Vec::new();
    let values = Streamed::read(&wanted, |visit| -> Result<(), TraceError> {
        durations.reader.scan(&columns, |batch| {
            block.clear();
            durations.append(batch, &mut block);
            visit(&block);
        })
    })
    .map_err(ReduceError::select(durations.reader.path()))?;
    let Some(values) = values else { return Ok(()) };
    measure(&values, name, None, sink);
    curve(&values, name, sink);
    if sink.options.within.is_some() {
        let message =
            format!("{name}: runs of more than {ROWS_IN_MEMORY} requests have no intervals within the run");
        sink.find(Finding::new("interval-unknown", Severity::Info, message));
    }
    if sink.options.statistics.has("n_eff") {
        let message = format!(
            "{name}: runs of more than {ROWS_IN_MEMORY} requests are read in passes, without their effective size"
        );
        sink.find(Finding::new("effective-size-unknown", Severity::Info, message));
    }
    Ok(())
}

/// A column of durations.
struct Durations<'a> {
    reader: &'a TraceReader,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Service,
    Response,
    FirstByte,
}

impl<'a> Durations<'a> {
    /// `None` where the trace does not know them.
    fn of(reader: &'a TraceReader, name: &str) -> Option<Self> {
        let (kind, needed) = match name {
            metric::RESPONSE_TIME => (Kind::Response, Column::Due),
            metric::FIRST_BYTE_TIME => (Kind::FirstByte, Column::FirstByte),
            _ => (Kind::Service, Column::Service),
        };
        (reader.has(needed) && reader.has_values(needed)).then_some(Self { reader, kind })
    }

    fn columns(&self, by_operation: bool) -> Vec<Column> {
        let mut columns = match self.kind {
            Kind::Service => vec![Column::Service, Column::Outcome],
            Kind::Response => vec![Column::Sent, Column::Service, Column::Due, Column::Outcome],
            Kind::FirstByte => vec![Column::FirstByte, Column::Outcome],
        };
        if by_operation {
            columns.push(Column::Operation);
        }
        columns
    }

    /// The duration of each row of a batch, whose columns are looked up once. Response time counts from the due time, or
    /// from sent where nothing was due.
    fn values<'b>(&self, batch: &'b Batch) -> Box<dyn Fn(usize) -> Option<i64> + 'b> {
        let (sent, service) = (batch.i64s(Column::Sent), batch.i64s(Column::Service));
        match self.kind {
            Kind::Service => Box::new(|row| Some(service[row])),
            Kind::Response => Box::new(|row| {
                Some(match batch.time(Column::Due, row) {
                    Some(due) => sent[row] + service[row] - due,
                    None => service[row],
                })
            }),
            Kind::FirstByte => Box::new(|row| batch.time(Column::FirstByte, row)),
        }
    }

    fn append(&self, batch: &Batch, values: &mut Vec<i64>) {
        let is_complete = |row: &usize| batch.outcome(*row).is_complete();
        match (self.kind, batch.only_outcome()) {
            (Kind::Service, Some(outcome)) if outcome.is_complete() => {
                values.extend_from_slice(batch.i64s(Column::Service));
            }
            (Kind::Service, _) => {
                let rows = batch.i64s(Column::Service).iter().enumerate();
                values.extend(rows.filter(|(row, _)| is_complete(row)).map(|(_, value)| *value));
            }
            _ => values.extend((0..batch.len()).filter(is_complete).filter_map(self.values(batch))),
        }
    }

    fn append_by_operation(&self, batch: &Batch, groups: &mut BTreeMap<String, Vec<i64>>) {
        let (keys, names) = batch.operations();
        let value = self.values(batch);
        for (row, &key) in keys.iter().enumerate() {
            let Some(value) = value(row).filter(|_| batch.outcome(row).is_complete()) else {
                continue;
            };
            let name = names[key as usize];
            match groups.get_mut(name) {
                Some(values) => values.push(value),
                None => {
                    groups.insert(name.to_owned(), vec![value]);
                }
            }
        }
    }
}
