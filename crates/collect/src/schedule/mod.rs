//! When requests are due, one file per schedule.

mod closed;
mod constant;
mod poisson;

use crate::Uniform;

/// When requests are due.
pub trait Schedule: Send + Sync {
    /// Kebab-case name.
    fn name(&self) -> &'static str;
    /// One line for people.
    fn about(&self) -> &'static str;
    /// Where it is described.
    fn source(&self) -> &'static str;
    /// Whether requests have due times, so that the load does not wait for the server.
    fn has_due_times(&self) -> bool;
    /// The due times of one thread.
    fn part(&self, part: Part) -> Box<dyn DueTimes>;
}

/// One thread's part of a schedule.
pub struct Part {
    /// Requests per second of all threads together; finite and above 0.
    pub rate_per_s: f64,
    /// The thread, counted from 0.
    pub thread: u16,
    /// Number of threads.
    pub threads: u16,
    /// Its randomness.
    pub uniform: Uniform,
}

/// The due times of one thread, in order.
pub trait DueTimes: Send {
    /// When the next request is due, nanoseconds since the run's start; `None` for as soon as a connection is free.
    fn next_ns(&mut self) -> Option<i64>;
}

/// All schedules.
pub static SCHEDULES: &[&dyn Schedule] = &[&closed::Closed, &constant::Constant, &poisson::Poisson];

/// The schedule of this name.
pub fn schedule(name: &str) -> Option<&'static dyn Schedule> {
    SCHEDULES.iter().copied().find(|schedule| schedule.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Due times of all threads together, the first `count` of each.
    fn due(schedule: &dyn Schedule, threads: u16, count: usize) -> Vec<Option<i64>> {
        let mut all = Vec::new();
        for thread in 0..threads {
            let mut state = u64::from(thread) + 1;
            let uniform = Box::new(move || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 11) as f64 / (1u64 << 53) as f64
            });
            let mut times = schedule.part(Part { rate_per_s: 1000.0, thread, threads, uniform });
            all.extend((0..count).map(|_| times.next_ns()));
        }
        all.sort_unstable();
        all
    }

    #[test]
    fn names_are_unique_and_everything_is_said_of_each() {
        let mut names: Vec<_> = SCHEDULES.iter().map(|schedule| schedule.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), SCHEDULES.len());
        for schedule in SCHEDULES {
            assert!(!schedule.about().is_empty() && !schedule.source().is_empty());
            let times = due(*schedule, 2, 50);
            assert!(times.iter().all(|time| time.is_some() == schedule.has_due_times()));
        }
    }

    #[test]
    fn threads_share_a_constant_rate_without_gaps() {
        let expected: Vec<_> = (0..300).map(|request| Some(request * 1_000_000)).collect();
        for threads in [1, 2, 3] {
            assert_eq!(due(&constant::Constant, threads, 300 / usize::from(threads)), expected);
        }
    }

    #[test]
    fn poisson_gaps_are_exponential_whatever_the_number_of_threads() {
        for threads in [1, 4] {
            let each = 40_000 / usize::from(threads);
            let times: Vec<i64> = due(&poisson::Poisson, threads, each).into_iter().flatten().collect();
            // The last ones of the threads do not overlap.
            let gaps: Vec<f64> = times[..36_000].windows(2).map(|pair| (pair[1] - pair[0]) as f64).collect();
            let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
            let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / gaps.len() as f64;
            assert!((mean / 1e6 - 1.0).abs() < 0.03, "mean {mean}");
            assert!((variance.sqrt() / mean - 1.0).abs() < 0.03, "an exponential's stdev is its mean");
        }
    }
}
