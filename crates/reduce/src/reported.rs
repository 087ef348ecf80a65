//! What the tool itself printed becomes measurements of origin `reported`.

use vana_types::{Measurement, Origin, Run, Status};

use crate::Sink;

/// Takes over the printed numbers that are wanted.
pub(crate) fn reduce(run: &Run, sink: &mut Sink<'_>) {
    let options = sink.options;
    let wanted = run
        .reported
        .iter()
        .filter(|number| options.metrics.has(&number.metric) && options.statistics.has(&number.statistic));
    sink.result.measurements.extend(wanted.map(|number| Measurement {
        system: run.identity.system.clone(),
        workload: run.identity.workload.clone(),
        clients: run.identity.clients,
        repetition: Some(run.identity.repetition),
        metric: number.metric.clone(),
        statistic: number.statistic.clone(),
        value: number.value,
        unit: number.unit,
        origin: Origin::Reported,
        operation: None,
        status: Status::Read,
        printed: Some(number.printed.clone()),
        note: None,
    }));
}
