//! Loads that would have no end.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use vana_types::{Outcome, Seed};

use super::*;
use crate::{Request, Target, protocol, schedule};

/// A server that answers the first request and nothing more.
fn falling_silent() -> Target {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = Target::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    thread::spawn(move || {
        let mut held = Vec::new();
        for (number, socket) in listener.incoming().flatten().enumerate() {
            let mut socket = socket;
            if number == 0 {
                let _ = socket.read(&mut [0; 4096]);
                let _ = socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            }
            held.push(socket);
        }
    });
    target
}

fn load(target: Target, name: &str, rate_per_s: f64, stop: Stop) -> Load {
    Load {
        target,
        protocol: protocol("http").unwrap(),
        requests: vec![Request::default()],
        clients: 1,
        threads: 1,
        connects_first: false,
        stop,
        timeout: Duration::from_millis(50),
        order: Order::Drawn { schedule: schedule(name).unwrap(), rate_per_s },
        tuning: crate::Tuning::default(),
        seed: Seed(1),
        randomness: |_, _| Box::new(|| 0.5),
    }
}

fn made(load: &Load, cancel: &AtomicBool) -> Collected {
    collect(load, tempfile::tempdir().unwrap().path(), cancel, |_, _| ()).unwrap()
}

fn codes(collected: &Collected) -> Vec<&str> {
    collected.findings.iter().map(|finding| finding.code.as_str()).collect()
}

#[test]
fn a_number_of_requests_is_given_up_where_nothing_is_answered_any_more() {
    let load = load(falling_silent(), "closed", 1.0, Stop::Requests(1_000_000));
    let collected = made(&load, &AtomicBool::new(false));
    let outcomes = &collected.trace.summary().outcomes;
    assert_eq!((outcomes.get(&Outcome::Ok), collected.is_truncated), (Some(&1), true), "{outcomes:?}");
    assert!(outcomes.get(&Outcome::Timeout).is_some_and(|count| (2..20).contains(count)), "{outcomes:?}");
    assert_eq!(codes(&collected), ["server-silent"]);
}

#[test]
fn a_time_is_waited_for_although_nothing_is_answered_any_more() {
    let load = load(falling_silent(), "closed", 1.0, Stop::After(Duration::from_millis(800)));
    let collected = made(&load, &AtomicBool::new(false));
    assert_eq!((codes(&collected), collected.is_truncated), (vec![], false));
    assert!(collected.trace.summary().duration_ns > 700_000_000);
}

#[test]
fn an_interrupt_ends_the_writing_of_what_was_never_sent() {
    let load = load(falling_silent(), "constant", 5e6, Stop::After(Duration::from_secs(60)));
    let cancel = AtomicBool::new(false);
    let collected = thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(300));
            cancel.store(true, Ordering::Relaxed);
        });
        made(&load, &cancel)
    });
    let unfinished = collected.trace.summary().outcomes.get(&Outcome::Unfinished).copied();
    // The last one may have been under way.
    assert!(matches!(unfinished, Some(1000 | 1001)), "{unfinished:?}");
    assert_eq!((codes(&collected), collected.is_truncated), (vec!["unsent-left-out"], true));
}
