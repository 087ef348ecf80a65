//! One run on disk becomes its measurements and its small series. The only place that touches requests after capture.
//!
//! [`reduce`] is one pure function of a run's files and [`ReduceOptions`]: threads, job arrays and clusters may call it
//! in any order and get the same numbers. Exact quantiles do not merge, so the run is the unit of work; a run too big
//! for memory is read in several passes, not sampled.

mod durations;
mod error;
mod histogram;
mod options;
mod printed;
mod pulse;
mod recorded;
mod replay;
mod reported;
mod resources;
mod tally;
mod totals;
mod within;

use vana_trace::StudyRun;
use vana_types::{
    Curve, Fidelity, Finding, Identity, Measurement, Origin, Pulse, Status, Timeline, Unit, metric,
};

pub use durations::durations;
pub use error::ReduceError;
pub use options::{ReduceOptions, Selection, Within};
pub use pulse::pulse;
pub use replay::{LAG_STATISTICS, ReplayFidelity, replay_fidelity, scaled_ns};
pub use tally::{Tally, tally, tally_within};

/// What a run comes down to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reduction {
    /// Numbers.
    pub measurements: Vec<Measurement>,
    /// Distributions, when asked for.
    pub curves: Vec<Curve>,
    /// Requests per second over time, when asked for.
    pub timelines: Vec<Timeline>,
    /// The run over time, when asked for.
    pub pulse: Option<Pulse>,
    /// Doubts.
    pub findings: Vec<Finding>,
}

/// Reduces one run.
pub fn reduce(run: &StudyRun, options: &ReduceOptions) -> Result<Reduction, ReduceError> {
    let mut sink = Sink { identity: &run.run.identity, options, result: Reduction::default() };
    match run.run.fidelity {
        Fidelity::Trace => reduce_trace(run, &mut sink)?,
        Fidelity::Histogram => histogram::reduce(run, &mut sink)?,
        Fidelity::Summary => recorded::reduce(run, &mut sink)?,
        Fidelity::Published => {}
    }
    resources::reduce(run, &mut sink)?;
    if options.pulse {
        sink.result.pulse = pulse(run)?;
    }
    reported::reduce(&run.run, &mut sink);
    sink.result
        .findings
        .extend(run.run.findings.iter().cloned().map(|finding| locate(finding, &run.run.identity)));
    Ok(sink.result)
}

fn reduce_trace(run: &StudyRun, sink: &mut Sink<'_>) -> Result<(), ReduceError> {
    let reader = run.requests()?;
    if reader.row_count() == 0 {
        return Ok(());
    }
    // What lies within the requests is told by operation only, and counted.
    let wants_all = sink.options.by_operation || sink.options.metrics.has(metric::QUERY_RATE);
    let all = match run.run.outermost() {
        Some(_) if wants_all => Some(run.operations()?),
        _ => None,
    };
    let wants = |names: &[&str]| names.iter().any(|name| sink.options.metrics.has(name));
    let of_totals = [
        metric::REQUEST_RATE,
        metric::QUERY_RATE,
        metric::ERROR_RATIO,
        metric::TRANSFER_RATE,
        metric::DURATION,
        "requests",
        metric::WRK_LATENCY,
        metric::WRK_REQUEST_RATE,
        metric::SYSBENCH_LATENCY,
    ];
    if wants(&of_totals) || sink.options.series {
        totals::reduce(&reader, all.as_ref(), run, sink)?;
    }
    for name in [metric::SERVICE_TIME, metric::RESPONSE_TIME, metric::FIRST_BYTE_TIME] {
        if sink.options.metrics.has(name) {
            durations::reduce(&reader, all.as_ref(), name, sink)?;
        }
    }
    Ok(())
}

/// A finding of a run says which run it is about.
fn locate(mut finding: Finding, identity: &Identity) -> Finding {
    finding.system = Some(identity.system.clone());
    finding.workload = Some(identity.workload.clone());
    finding.clients = identity.clients;
    finding.repetition = Some(identity.repetition);
    finding
}

/// Takes the numbers of one run and gives them its identity.
struct Sink<'a> {
    identity: &'a Identity,
    options: &'a ReduceOptions,
    result: Reduction,
}

impl Sink<'_> {
    fn measure(&mut self, name: &str, statistic: &str, value: f64, unit: Unit, operation: Option<&str>) {
        if self.options.metrics.has(name) && self.options.statistics.has(statistic) && value.is_finite() {
            self.keep(name, statistic, value, unit, operation);
        }
    }

    /// Keeps a number whatever names are wanted.
    fn keep(&mut self, name: &str, statistic: &str, value: f64, unit: Unit, operation: Option<&str>) {
        self.result.measurements.push(Measurement {
            system: self.identity.system.clone(),
            workload: self.identity.workload.clone(),
            clients: self.identity.clients,
            repetition: Some(self.identity.repetition),
            metric: name.to_owned(),
            statistic: statistic.to_owned(),
            value: Some(value),
            unit,
            origin: Origin::Computed,
            operation: operation.map(str::to_owned),
            status: Status::Read,
            printed: None,
            note: None,
        });
    }

    /// Keeps a number over time, if it has two points.
    fn draw(&mut self, name: &str, unit: Unit, points: Vec<(f64, f64)>) {
        if points.len() > 1 {
            self.result.timelines.push(Timeline {
                system: self.identity.system.clone(),
                workload: self.identity.workload.clone(),
                clients: self.identity.clients,
                repetition: self.identity.repetition,
                metric: name.to_owned(),
                unit,
                points,
            });
        }
    }

    fn find(&mut self, finding: Finding) {
        self.result.findings.push(locate(finding, self.identity));
    }
}
