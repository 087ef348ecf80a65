use super::{DueTimes, Part, Schedule};

/// Equal gaps.
pub(super) struct Constant;

impl Schedule for Constant {
    fn name(&self) -> &'static str {
        "constant"
    }

    fn about(&self) -> &'static str {
        "Requests are due at equal distances, whether or not earlier ones have ended."
    }

    fn source(&self) -> &'static str {
        "Tene, How NOT to measure latency (2013); wrk2"
    }

    fn has_due_times(&self) -> bool {
        true
    }

    fn part(&self, part: Part) -> Box<dyn DueTimes> {
        Box::new(Equal {
            next: u64::from(part.thread),
            step: u64::from(part.threads),
            gap_ns: 1e9 / part.rate_per_s,
        })
    }
}

/// Every `step`-th request of all.
struct Equal {
    next: u64,
    step: u64,
    gap_ns: f64,
}

impl DueTimes for Equal {
    fn next_ns(&mut self) -> Option<i64> {
        // From the number and not from the time before, so that rounding does not add up.
        let due_ns = self.next as f64 * self.gap_ns;
        self.next += self.step;
        Some(due_ns.round() as i64)
    }
}
