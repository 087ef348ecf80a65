//! One pass over all requests: rates, errors, and what wrk and sysbench would have printed.

use std::collections::BTreeMap;

use arrow_array::Array;
use vana_stats::{Distribution, RateSeries, Values};
use vana_trace::{Batch, Column, StudyRun, TraceReader};
use vana_types::{Finding, Outcome, Run, Severity, Timeline, Unit, metric, statistic};

use crate::printed::Printed;
use crate::{ReduceError, Sink};

/// Reads the requests once, and once all rows, `all`, where others lie within the requests.
pub(crate) fn reduce(
    reader: &TraceReader,
    all: Option<&TraceReader>,
    run: &StudyRun,
    sink: &mut Sink<'_>,
) -> Result<(), ReduceError> {
    let mut columns = vec![Column::Sent, Column::Service, Column::Outcome];
    let wants = |name| sink.options.metrics.has(name);
    if wants(metric::TRANSFER_RATE) {
        columns.push(Column::BytesReceived);
    }
    if wants(metric::WRK_REQUEST_RATE) {
        columns.push(Column::Worker);
    }
    let is_split = sink.options.by_operation && all.is_none();
    if wants(metric::SYSBENCH_LATENCY) || is_split {
        columns.push(Column::Operation);
    }
    let mut totals = Totals::of(&run.run);
    let mut operations = BTreeMap::<String, Totals>::new();
    let mut series = Some(RateSeries::per_second());
    let mut printed = Printed::new(sink.options, run.run.outermost().is_some());
    // Rows are ordered, so the first one begins the run, whatever its stamp.
    let mut first_sent_ns = None;
    reader.scan(&columns, |batch| {
        totals.add(batch);
        if is_split {
            add_by_operation(batch, &run.run, &mut operations);
        }
        let first_sent_ns = *first_sent_ns.get_or_insert_with(|| batch.i64s(Column::Sent)[0]);
        if !push_all(batch, first_sent_ns, &mut series) {
            series = None;
        }
        printed.add(batch, first_sent_ns);
    })?;
    totals.measure(None, sink);
    if let Some(all) = all {
        within(all, &totals, &mut operations, run, sink)?;
    }
    for (operation, totals) in operations {
        totals.measure(Some(&operation), sink);
    }
    let windows = series.and_then(|series| series.finish(totals.span_ns().unsigned_abs()).ok());
    match windows {
        Some(windows) => measure_windows(windows.full, run, sink),
        None => sink.find(Finding::new(
            "stamps-too-far-apart",
            Severity::Warning,
            "requests lie more than half a year apart; there is no series per second",
        )),
    }
    printed.measure(&totals, run, sink);
    Ok(())
}

/// What lies within the requests: each operation, and how many of them there were together.
fn within(
    all: &TraceReader,
    requests: &Totals,
    operations: &mut BTreeMap<String, Totals>,
    run: &StudyRun,
    sink: &mut Sink<'_>,
) -> Result<(), ReduceError> {
    let mut columns = vec![Column::Sent, Column::Service, Column::Outcome, Column::Operation];
    if sink.options.metrics.has(metric::TRANSFER_RATE) {
        columns.push(Column::BytesReceived);
    }
    all.scan(&columns, |batch| add_by_operation(batch, &run.run, operations))?;
    let inner = || operations.iter().filter(|(name, _)| Some(name.as_str()) != run.run.outermost());
    let complete: u64 = inner().map(|(_, totals)| totals.complete).sum();
    let seconds = requests.span_ns() as f64 / 1e9;
    // A thinned trace may keep none of them; that says nothing of their rate.
    if seconds > 0.0 && inner().next().is_some() {
        let rate = complete as f64 / seconds;
        sink.measure(metric::QUERY_RATE, statistic::MEAN, rate, Unit::PerSecond, None);
    }
    if !sink.options.by_operation {
        operations.clear();
    }
    Ok(())
}

/// Counts completions per second since the first request; false when the stamps are too far apart for that.
fn push_all(batch: &Batch, first_sent_ns: i64, series: &mut Option<RateSeries>) -> bool {
    let Some(series) = series else { return false };
    let (sent, service) = (batch.i64s(Column::Sent), batch.i64s(Column::Service));
    (0..batch.len())
        .filter(|&row| batch.outcome(row).is_complete())
        .all(|row| series.push((sent[row] + service[row] - first_sent_ns).max(0).unsigned_abs()).is_ok())
}

fn add_by_operation(batch: &Batch, run: &Run, operations: &mut BTreeMap<String, Totals>) {
    let (keys, names) = batch.operations();
    for (row, &key) in keys.iter().enumerate() {
        let name = names[key as usize];
        if !operations.contains_key(name) {
            operations.insert(name.to_owned(), Totals::of(run));
        }
        if let Some(totals) = operations.get_mut(name) {
            totals.add_row(batch, row);
        }
    }
}

/// The spread of the rate over full seconds. Its mean is left out: the rate of the run is exact.
fn measure_windows(windows: Vec<u64>, run: &StudyRun, sink: &mut Sink<'_>) {
    if sink.options.series {
        let points = windows.iter().enumerate();
        sink.result.timelines.push(Timeline {
            system: run.run.identity.system.clone(),
            workload: run.run.identity.workload.clone(),
            clients: run.run.identity.clients,
            repetition: run.run.identity.repetition,
            metric: metric::REQUEST_RATE.to_owned(),
            unit: Unit::PerSecond,
            points: points.map(|(second, &count)| ((second + 1) as f64, count as f64)).collect(),
        });
    }
    if windows.len() < 2 {
        return;
    }
    let Some(values) = Values::new(windows.into_iter().map(|count| count as i64).collect()) else { return };
    let name = metric::REQUEST_RATE;
    for (statistic, value) in [
        (statistic::STDEV, values.stdev()),
        (statistic::MIN, Some(values.min() as f64)),
        (statistic::MAX, Some(values.max() as f64)),
    ] {
        if let Some(value) = value {
            sink.measure(name, statistic, value, Unit::PerSecond, None);
        }
    }
    if let Some(share) = values.within_stdev() {
        sink.measure(name, statistic::WITHIN_STDEV, share, Unit::One, None);
    }
}

/// Counts and borders of a run or of one of its operations.
#[derive(Debug)]
pub(crate) struct Totals {
    /// Requests that were answered.
    pub complete: u64,
    attempts: u64,
    failed: u64,
    /// Requests under way when a run ended as planned, which did not fail.
    unfinished: u64,
    leaves_unfinished: bool,
    bytes_received: u128,
    knows_bytes: bool,
    first_sent_ns: i64,
    last_done_ns: i64,
}

impl Totals {
    /// Of a run nothing of which was seen yet.
    fn of(run: &Run) -> Self {
        Self {
            complete: 0,
            attempts: 0,
            failed: 0,
            unfinished: 0,
            leaves_unfinished: run.leaves_unfinished(),
            bytes_received: 0,
            knows_bytes: false,
            first_sent_ns: i64::MAX,
            last_done_ns: i64::MIN,
        }
    }

    /// Counts requests that ended the same way.
    fn count(&mut self, outcome: Outcome, rows: u64) {
        self.attempts += rows;
        match outcome {
            Outcome::Ok => {}
            Outcome::Unfinished if self.leaves_unfinished => self.unfinished += rows,
            _ => self.failed += rows,
        }
        self.complete += if outcome.is_complete() { rows } else { 0 };
    }

    fn add(&mut self, batch: &Batch) {
        let wants_bytes = batch.nullable(Column::BytesReceived).is_some();
        let Some(outcome) = batch.only_outcome().filter(|_| !wants_bytes) else {
            return (0..batch.len()).for_each(|row| self.add_row(batch, row));
        };
        // All ended the same way: counting needs no look at each row.
        let rows = batch.len() as u64;
        let (sent, service) = (batch.i64s(Column::Sent), batch.i64s(Column::Service));
        self.count(outcome, rows);
        let done = sent.iter().zip(service).map(|(sent, service)| sent + service);
        self.last_done_ns = self.last_done_ns.max(done.max().unwrap_or(i64::MIN));
        self.first_sent_ns = self.first_sent_ns.min(sent.iter().copied().min().unwrap_or(i64::MAX));
    }

    fn add_row(&mut self, batch: &Batch, row: usize) {
        let sent = batch.i64s(Column::Sent)[row];
        let outcome = batch.outcome(row);
        self.count(outcome, 1);
        self.first_sent_ns = self.first_sent_ns.min(sent);
        self.last_done_ns = self.last_done_ns.max(sent + batch.i64s(Column::Service)[row]);
        if let Some(bytes) = batch.nullable(Column::BytesReceived).filter(|bytes| bytes.is_valid(row)) {
            self.knows_bytes = true;
            self.bytes_received += u128::from(bytes.value(row).max(0).unsigned_abs());
        }
    }

    /// From the first request sent to the last one done, nanoseconds.
    pub fn span_ns(&self) -> i64 {
        self.last_done_ns.saturating_sub(self.first_sent_ns).max(0)
    }

    fn measure(&self, operation: Option<&str>, sink: &mut Sink<'_>) {
        if self.attempts == 0 {
            return;
        }
        let seconds = self.span_ns() as f64 / 1e9;
        sink.measure("requests", statistic::COUNT, self.attempts as f64, Unit::One, operation);
        let ended = self.attempts - self.unfinished;
        if ended > 0 {
            let errors = self.failed as f64 / ended as f64;
            sink.measure(metric::ERROR_RATIO, statistic::MEAN, errors, Unit::One, operation);
        }
        sink.measure(metric::DURATION, "total", seconds, Unit::Seconds, operation);
        if seconds <= 0.0 {
            return;
        }
        let rate = self.complete as f64 / seconds;
        sink.measure(metric::REQUEST_RATE, statistic::MEAN, rate, Unit::PerSecond, operation);
        if self.knows_bytes {
            let rate = self.bytes_received as f64 / seconds;
            sink.measure(metric::TRANSFER_RATE, statistic::MEAN, rate, Unit::BytesPerSecond, operation);
        }
    }
}
