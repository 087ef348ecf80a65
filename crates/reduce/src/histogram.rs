//! Statistics of a run of which only a histogram is known.

use vana_stats::Bins;
use vana_trace::{StudyRun, read_histogram};

use crate::durations::{curve, measure};
use crate::{ReduceError, Sink};

/// Reads the run's histogram. Quantiles are upper edges of bins, moments come from their middles.
pub(crate) fn reduce(run: &StudyRun, sink: &mut Sink<'_>) -> Result<(), ReduceError> {
    let path = run.histogram();
    for (name, bins) in read_histogram(&path)? {
        let bins = bins.into_iter().map(|bin| (bin.low_ns, bin.value_ns, bin.count)).collect();
        let bins = Bins::new(bins).map_err(|source| ReduceError::Histogram { path: path.clone(), source })?;
        measure(&bins, &name, None, sink);
        if sink.options.metrics.has(&name) {
            curve(&bins, &name, sink);
        }
    }
    Ok(())
}
