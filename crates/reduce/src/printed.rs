//! What wrk and sysbench would have printed of a run.

use arrow_array::Array;
use vana_stats::sysbench::SysbenchLatency;
use vana_stats::wrk::{WrkLatency, WrkRate};
use vana_stats::{Distribution, parse};
use vana_trace::{Batch, Column, StudyRun};
use vana_types::{Finding, Severity, Unit, metric};

use crate::totals::Totals;
use crate::{ReduceOptions, Sink};

/// The name of the operation that is a whole transaction; sysbench measures those.
const TRANSACTION: &str = "transaction";

/// The tools' own series in the making.
pub(crate) struct Printed {
    wrk_latency: Option<WrkLatency>,
    wrk_rate: Option<WrkRate>,
    sysbench: Option<Events>,
}

/// sysbench's events: transactions where the trace has them, requests otherwise.
#[derive(Default)]
struct Events {
    transactions: Option<SysbenchLatency>,
    requests: Option<SysbenchLatency>,
}

impl Printed {
    /// wrk knows no transactions, so that it prints nothing of them.
    pub fn new(options: &ReduceOptions, is_of_transactions: bool) -> Self {
        let has = |name| options.metrics.has(name);
        let wrk = |name| !is_of_transactions && has(name);
        Self {
            wrk_latency: wrk(metric::WRK_LATENCY).then(WrkLatency::default),
            wrk_rate: wrk(metric::WRK_REQUEST_RATE).then(WrkRate::new),
            sysbench: has(metric::SYSBENCH_LATENCY).then(Events::default),
        }
    }

    pub fn add(&mut self, batch: &Batch, first_sent_ns: i64) {
        let (sent, service) = (batch.i64s(Column::Sent), batch.i64s(Column::Service));
        let complete = || (0..batch.len()).filter(|&row| batch.outcome(row).is_complete());
        if let Some(latency) = &mut self.wrk_latency {
            complete().for_each(|row| latency.push(service[row]));
        }
        if let Some(rate) = &mut self.wrk_rate {
            let is_counted = batch.workers().is_some_and(|workers| {
                complete().filter(|&row| workers.is_valid(row)).all(|row| {
                    let done_ns = (sent[row] + service[row] - first_sent_ns).max(0).unsigned_abs();
                    rate.push(done_ns, u32::from(workers.value(row))).is_ok()
                })
            });
            if !is_counted {
                self.wrk_rate = None;
            }
        }
        if let Some(events) = &mut self.sysbench {
            let (keys, names) = batch.operations();
            let transaction = names.iter().position(|name| *name == TRANSACTION);
            for row in complete() {
                let is_transaction = transaction.is_some_and(|id| keys[row] as usize == id);
                let latency = if is_transaction { &mut events.transactions } else { &mut events.requests };
                match latency {
                    Some(latency) => latency.push(service[row]),
                    None => *latency = SysbenchLatency::new([service[row]]),
                }
            }
        }
    }

    pub fn measure(self, totals: &Totals, run: &StudyRun, sink: &mut Sink<'_>) {
        if let Some(mut latency) = self.wrk_latency {
            let runtime_us = totals.span_ns().unsigned_abs() / 1000;
            // Without a number of clients there is nothing to correct for; the series is then wrk's without correction.
            let connections = run.run.identity.clients.unwrap_or(0);
            if connections == 0 {
                sink.find(Finding::new(
                    "wrk-correction-unknown",
                    Severity::Info,
                    "wrk corrects its latencies by the number of connections; it is not known, so they are not corrected",
                ));
            }
            latency.correct(runtime_us, totals.complete, u64::from(connections));
            if let Some(stats) = latency.finish() {
                distribution(&stats, metric::WRK_LATENCY, Unit::Seconds, 1e6, sink);
            }
        }
        let rates =
            self.wrk_rate.and_then(|rate| rate.finish(totals.span_ns().unsigned_abs()).ok().flatten());
        if let Some(stats) = rates {
            distribution(&stats, metric::WRK_REQUEST_RATE, Unit::PerSecond, 1.0, sink);
        }
        if let Some(latency) = self.sysbench.and_then(|events| events.transactions.or(events.requests)) {
            distribution(&latency, metric::SYSBENCH_LATENCY, Unit::Seconds, 1e9, sink);
        }
    }
}

/// The wanted statistics of a tool's series, whose values count `per_unit` to the base unit.
fn distribution(values: &dyn Distribution, name: &str, unit: Unit, per_unit: f64, sink: &mut Sink<'_>) {
    for wanted in sink.options.statistic_names() {
        let Ok(statistic) = parse(wanted) else { continue };
        let Some(value) = statistic.compute(values, sink.options.quantile_type) else { continue };
        let unit = statistic.unit(unit);
        let value = if unit == Unit::One { value } else { value / per_unit };
        sink.measure(name, wanted, value, unit, None);
    }
}
