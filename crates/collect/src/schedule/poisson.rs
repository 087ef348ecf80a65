use super::{DueTimes, Part, Schedule};
use crate::Uniform;

/// Independent users.
pub(super) struct Poisson;

impl Schedule for Poisson {
    fn name(&self) -> &'static str {
        "poisson"
    }

    fn about(&self) -> &'static str {
        "Requests are due at random, as those of many independent users: exponential gaps."
    }

    fn source(&self) -> &'static str {
        "Kingman, Poisson Processes (1993), sections 1.3 and 2.2: superposition of independent processes"
    }

    fn has_due_times(&self) -> bool {
        true
    }

    fn part(&self, part: Part) -> Box<dyn DueTimes> {
        let gap_ns = 1e9 * f64::from(part.threads) / part.rate_per_s;
        Box::new(Exponential { at_ns: 0.0, gap_ns, uniform: part.uniform })
    }
}

/// A process of its own for each thread; together they are one of the whole rate.
struct Exponential {
    at_ns: f64,
    gap_ns: f64,
    uniform: Uniform,
}

impl DueTimes for Exponential {
    fn next_ns(&mut self) -> Option<i64> {
        // 1 − u is never 0.
        self.at_ns -= (-(self.uniform)()).ln_1p() * self.gap_ns;
        Some(self.at_ns.round() as i64)
    }
}
