//! A workload as what threads of load send.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use vana_collect::{Arrival, Arrivals, Request, Target};
use vana_reduce::scaled_ns;
use vana_trace::{StudyError, WorkloadArrivals, WorkloadReader, WorkloadRequest};

use crate::failure::Failure;

/// Before the first request connections are opened.
const LEAD_NS: i64 = 100_000_000;
const SECOND_NS: i64 = 1_000_000_000;
/// Connections that are opened without being asked for; usual servers take twice as many.
const CLIENTS: usize = 256;

/// A workload that is sent again.
#[derive(Clone)]
pub(super) struct Recorded {
    pub workload: PathBuf,
    /// Arrivals that can be sent.
    pub sendable: u64,
    /// Those of them that are sent.
    pub count: u64,
    /// Times as fast.
    pub speed: f64,
    /// Why reading it failed, if it did.
    failure: Arc<Mutex<Option<String>>>,
}

impl Recorded {
    pub fn new(workload: &Path, limit: Option<u64>, speed: f64) -> Result<Self, Failure> {
        let reader = WorkloadReader::open(workload).map_err(StudyError::from)?;
        let sendable = reader.arrival_count();
        let count = sendable.min(limit.unwrap_or(u64::MAX));
        Ok(Self { workload: workload.to_owned(), sendable, count, speed, failure: Arc::default() })
    }

    /// All distinct requests, to be sent below the path of the target.
    pub fn requests(&self, target: &Target, keep_host: bool) -> Result<Vec<Request>, Failure> {
        let requests = WorkloadReader::open(&self.workload).and_then(|reader| reader.requests());
        let base = target.path.trim_end_matches('/');
        let request = |one: WorkloadRequest| Request {
            path: one.path.map(|path| format!("{base}{path}")),
            method: one.method,
            headers: one
                .headers
                .into_iter()
                .filter(|(name, _)| keep_host || !name.eq_ignore_ascii_case("host"))
                .collect(),
            body: one.body,
            ..Request::default()
        };
        Ok(requests.map_err(StudyError::from)?.into_iter().map(request).collect())
    }

    /// The most arrivals within a second of the replay, up to 256.
    pub fn busiest_second(&self) -> Result<u32, Failure> {
        let arrivals = WorkloadReader::open(&self.workload).and_then(|reader| reader.arrivals());
        let mut within = VecDeque::new();
        let mut most = 1;
        for arrival in
            arrivals.map_err(StudyError::from)?.take(usize::try_from(self.count).unwrap_or(usize::MAX))
        {
            let due_ns = scaled_ns(arrival.map_err(StudyError::from)?.0, self.speed);
            within.push_back(due_ns);
            while within.front().is_some_and(|first| due_ns - first >= SECOND_NS) {
                within.pop_front();
            }
            most = most.max(within.len());
            if most >= CLIENTS {
                break;
            }
        }
        Ok(most as u32)
    }

    /// How long of the replay a warm-up of the recording is, if more than that is sent.
    pub fn warmup(&self, warmup_ns: i64) -> Result<Option<f64>, Failure> {
        if warmup_ns <= 0 {
            return Ok(None);
        }
        let arrivals = WorkloadReader::open(&self.workload).and_then(|reader| reader.arrivals());
        let count = usize::try_from(self.count).unwrap_or(usize::MAX);
        for arrival in arrivals.map_err(StudyError::from)?.take(count) {
            if arrival.map_err(StudyError::from)?.0 >= warmup_ns {
                return Ok(Some(scaled_ns(warmup_ns, self.speed) as f64 / 1e9));
            }
        }
        Ok(None)
    }

    /// What one of several threads sends: every `threads`-th arrival.
    pub fn part(&self, thread: u16, threads: u16) -> Box<dyn Arrivals> {
        let opened = WorkloadReader::open(&self.workload).and_then(|reader| reader.arrivals());
        let arrivals = opened.map_err(|error| self.fail(error.to_string())).ok();
        Box::new(Part {
            recorded: self.clone(),
            arrivals,
            next: 0,
            thread: u64::from(thread),
            threads: u64::from(threads),
        })
    }

    /// Why reading it failed, if it did.
    pub fn failure(&self) -> Option<String> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn fail(&self, why: String) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
    }
}

struct Part {
    recorded: Recorded,
    arrivals: Option<WorkloadArrivals>,
    /// The number of the next arrival of all.
    next: u64,
    thread: u64,
    threads: u64,
}

impl Arrivals for Part {
    fn next(&mut self) -> Option<Arrival> {
        loop {
            let number = self.next;
            self.next += 1;
            let (due_ns, request) =
                match self.arrivals.as_mut().filter(|_| number < self.recorded.count)?.next()? {
                    Ok(arrival) => arrival,
                    Err(error) => {
                        self.recorded.fail(error.to_string());
                        self.arrivals = None;
                        return None;
                    }
                };
            if number % self.threads == self.thread {
                let due_ns = Some(scaled_ns(due_ns, self.recorded.speed).saturating_add(LEAD_NS));
                return Some(Arrival { due_ns, request });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vana_trace::WorkloadWriter;

    #[test]
    fn threads_share_the_first_arrivals_in_the_time_of_the_replay() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = WorkloadWriter::create(folder.path()).unwrap();
        let number = writer.request(WorkloadRequest::default()).unwrap();
        for due_ns in [5_000_000_000, 5_000_000_300, 5_500_000_000, 7_000_000_000, 9_000_000_000] {
            writer.arrive(due_ns, number).unwrap();
        }
        let path = folder.path().join("w");
        writer.stage().unwrap().seal(&path).unwrap();
        let recorded = Recorded::new(&path, Some(4), 2.0).unwrap();
        let due = |thread| {
            let mut part = recorded.part(thread, 2);
            std::iter::from_fn(move || part.next()?.due_ns).map(|due_ns| due_ns - LEAD_NS).collect::<Vec<_>>()
        };
        assert_eq!((due(0), due(1)), (vec![0, 250_000_000], vec![150, 1_000_000_000]));
        let warmups = [0, 2_000_000_000, 2_000_000_001].map(|ns| recorded.warmup(ns).unwrap());
        assert_eq!(warmups, [None, Some(1.0), None]);
        assert_eq!((recorded.busiest_second().unwrap(), recorded.failure()), (3, None));
    }
}
