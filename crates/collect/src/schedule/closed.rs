use super::{DueTimes, Part, Schedule};

/// Each client waits for its response.
pub(super) struct Closed;

impl Schedule for Closed {
    fn name(&self) -> &'static str {
        "closed"
    }

    fn about(&self) -> &'static str {
        "Each client sends its next request when the last one has ended."
    }

    fn source(&self) -> &'static str {
        "Schroeder, Wierman, Harchol-Balter, Open versus closed: a cautionary tale, NSDI 2006"
    }

    fn has_due_times(&self) -> bool {
        false
    }

    fn part(&self, _: Part) -> Box<dyn DueTimes> {
        Box::new(Whenever)
    }
}

struct Whenever;

impl DueTimes for Whenever {
    fn next_ns(&mut self) -> Option<i64> {
        None
    }
}
