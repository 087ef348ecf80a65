//! Whole numbers of events, as sysbench says how its threads shared them.

use vana_stats::{Printed, is_mean_of_integers};

/// The attribute of a run that keeps sysbench's line `events (avg/stddev)`: `1250.0000/12.34`.
pub(super) const THREAD_EVENTS: &str = "fairness_events";

/// Why no threads have the mean number of events that was printed of them. Each made a whole number, so their sum, the
/// mean times the threads, is whole. The stdev beside it divides by n, not n − 1, and is left alone.
pub(super) fn uneven_threads(threads: u32, events: &str) -> Option<String> {
    let text = events.split('/').next()?.trim();
    let mean: Printed = text.parse().ok()?;
    if is_mean_of_integers(mean, u64::from(threads)) {
        return None;
    }
    Some(format!(
        "No {threads} threads made {text} events each on average: {threads} whole numbers have no such mean. The mean or \
         the number of threads is a misprint, or they are not of the same run."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_make_whole_numbers_of_events() {
        assert_eq!(uneven_threads(8, "1250.1250/12.34"), None);
        assert_eq!(uneven_threads(3, "3333.3333/0.47"), None);
        assert!(uneven_threads(8, "1250.1300/12.34").is_some());
        assert_eq!((uneven_threads(8, "many"), uneven_threads(8, "")), (None, None));
    }
}
