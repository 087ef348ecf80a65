//! A load of which a thread fails ends at once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use super::*;

/// Longer than any test waits.
const LONG: Duration = Duration::from_secs(20);

type Worker = Box<dyn FnOnce() -> io::Result<Report> + Send>;

/// A load of one thread that goes on until it is told to end, and of one that does `first`.
fn gathered(first: impl FnOnce() -> io::Result<Report> + Send + 'static) -> Result<Collected, LoadError> {
    let folder = tempfile::tempdir().unwrap();
    let writer = TraceWriter::create(folder.path()).unwrap();
    let ends = Ends::new();
    let recording = ends.another();
    let patient = move || {
        let begun = Instant::now();
        while !recording.is_broken() && begun.elapsed() < LONG {
            thread::sleep(Duration::from_millis(1));
        }
        Err(io::Error::other("told to end"))
    };
    let workers: Vec<Worker> = vec![Box::new(first), Box::new(patient)];
    let (live, sampler) = (Live::default(), Sampler::begin());
    gather(Gathering { writer, operations: &[], live, sampler, threads: 2 }, ends, workers, |_, _| ())
}

#[test]
fn a_thread_that_fails_ends_the_others() {
    let begun = Instant::now();
    let failed = gathered(|| Err(io::Error::other("no such core"))).unwrap_err();
    assert_eq!(failed.to_string(), "cannot wait for events: no such core");
    assert!(begun.elapsed() < LONG / 2, "{:?}", begun.elapsed());
}

#[test]
fn a_thread_that_panics_ends_the_others() {
    let begun = Instant::now();
    assert!(catch_unwind(AssertUnwindSafe(|| gathered(|| panic!("as planted")))).is_err());
    assert!(begun.elapsed() < LONG / 2, "{:?}", begun.elapsed());
}

#[test]
fn a_thread_that_cannot_start_ends_the_others() {
    let recording = Ends::new().another();
    let begin = |is_good: bool| {
        let mut starting = Ending::of(&recording.abandoned());
        // What spawning a thread says goes up from here.
        starting.is_good = is_good;
    };
    begin(true);
    assert!(!recording.is_broken());
    begin(false);
    assert!(recording.is_broken());
}
