//! How sure a mean or percentile of one run is, as far as the run itself can tell.

use vana_stats::{BlockStatistic, block_bootstrap};
use vana_types::{Finding, Quantile, Severity, Unit, statistic};

use crate::Sink;

/// Measures the ends of the intervals, as statistics `p99_low` and `p99_high`. `nanos` are in the order of time.
pub(crate) fn measure(nanos: &[i64], name: &str, sink: &mut Sink<'_>) {
    let Some(within) = sink.options.within else { return };
    let seconds: Vec<f64> = nanos.iter().map(|&nanos| nanos as f64 / 1e9).collect();
    for wanted in sink.options.statistic_names() {
        let Some(kind) = kind(wanted) else { continue };
        let found = block_bootstrap(&seconds, kind, within.level, within.seed, within.resamples);
        if let Some(found) = found {
            for (end, value) in [("low", found.low), ("high", found.high)] {
                sink.keep(name, &format!("{wanted}_{end}"), value, Unit::Seconds, None);
            }
        }
    }
    let message = "intervals within one run say how sure that run is, and nothing about the next one";
    sink.find(Finding::new("single-run", Severity::Info, message));
}

fn kind(name: &str) -> Option<BlockStatistic> {
    if name == statistic::MEAN {
        return Some(BlockStatistic::Mean);
    }
    Quantile::from_percent(name.strip_prefix('p')?).ok().map(BlockStatistic::Quantile)
}
