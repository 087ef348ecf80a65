use vana_types::{Finding, Severity, metric, statistic};

use super::checked::about;
use super::message::{clients, number, percent};
use super::{Check, Checked};

/// So small a share of effective requests is worth a word.
const SHARE: f64 = 0.1;

/// Requests of a run say the same over and over.
pub(super) struct Autocorrelated;

impl Check for Autocorrelated {
    fn name(&self) -> &'static str {
        "autocorrelated"
    }

    fn about(&self) -> &'static str {
        "The effective number of requests (n_eff) is less than a tenth of their number."
    }

    fn source(&self) -> &'static str {
        "Geyer, Practical Markov Chain Monte Carlo, Statistical Science 7 (1992) 473–483; threshold is vana's"
    }

    fn find(&self, study: &Checked<'_>, out: &mut Vec<Finding>) {
        for line in study.lines(metric::SERVICE_TIME, "n_eff") {
            let shares = line.points.iter().filter_map(|&(clients, cell)| {
                let (_, all) = study.beside(cell, metric::SERVICE_TIME, statistic::COUNT)?;
                Some((clients, cell.estimate.value? / all, all))
            });
            let low: Vec<(u32, f64, f64)> = shares.filter(|(_, share, _)| *share < SHARE).collect();
            let Some(&(_, share, all)) = low.iter().min_by(|a, b| a.1.total_cmp(&b.1)) else { continue };
            let at: Vec<u32> = low.iter().map(|(clients, _, _)| *clients).collect();
            let message = format!(
                "At {} the requests of a run follow each other so closely that {} of them say as much about the mean \
                 as {} independent ones ({}). An interval inside one run would be far too narrow: take intervals over \
                 repetitions, as vana does.",
                clients(&at),
                number(all.round()),
                number((share * all).round()),
                percent(share)
            );
            let finding = Finding::new(self.name(), Severity::Info, message).with_value(share, Some(SHARE));
            let one = if let [only] = at.as_slice() { Some(*only) } else { None };
            out.push(about(finding, line.workload, Some(line.system), one));
        }
    }
}
