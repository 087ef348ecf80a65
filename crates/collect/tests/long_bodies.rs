//! Bodies that are larger than what a socket takes at once, or that never end.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use vana_collect::{
    BusyPoll, Collected, Load, LoadError, Order, Request, Stop, Target, Trust, Tuning, collect, protocol,
    schedule,
};
use vana_types::{Outcome, Seed};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// Two clients; what they send is up to the caller.
fn load(target: Target, body: Option<Vec<u8>>, stop: Stop, timeout: Duration) -> Load {
    Load {
        target,
        protocol: protocol("http").unwrap(),
        requests: vec![Request { body, ..Request::default() }],
        clients: 2,
        threads: 1,
        connects_first: false,
        stop,
        timeout,
        order: Order::Drawn { schedule: schedule("closed").unwrap(), rate_per_s: 1.0 },
        tuning: Tuning { busy_poll: BusyPoll::Never, ..Tuning::default() },
        seed: Seed(1),
        randomness: |_, _| Box::new(|| 0.5),
    }
}

fn made(load: &Load, cancel: &AtomicBool) -> Result<Collected, LoadError> {
    collect(load, tempfile::tempdir().unwrap().path(), cancel, |_, _| ())
}

fn counts(collected: &Collected) -> Vec<(Outcome, u64)> {
    collected.trace.summary().outcomes.iter().map(|(outcome, count)| (*outcome, *count)).collect()
}

/// A server that does this with each connection.
fn serve(each: impl Fn(TcpStream) + Clone + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let each = each.clone();
            thread::spawn(move || each(socket));
        }
    });
    port
}

/// A body that goes on as long as somebody reads it, as fast as the machine can.
fn endless(mut socket: TcpStream) {
    let mut request = [0; 4096];
    let _ = socket.read(&mut request);
    let mut said = socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
    while said.is_ok() {
        said = socket.write_all(&vec![b'x'; 1 << 20]);
    }
}

#[test]
fn a_body_without_end_holds_up_neither_a_timeout_nor_the_end_of_the_load_nor_an_interrupt() {
    let target = || Target::parse(&format!("http://127.0.0.1:{}/", serve(endless))).unwrap();
    let (cancel, short, long) = (AtomicBool::new(false), Duration::from_millis(300), Duration::from_secs(60));
    let begun = Instant::now();
    let late = made(&load(target(), None, Stop::Requests(2), short), &cancel).unwrap();
    assert_eq!(counts(&late), [(Outcome::Timeout, 2)]);
    let over = made(&load(target(), None, Stop::After(short), long), &cancel).unwrap();
    assert_eq!((counts(&over), over.is_truncated), (vec![(Outcome::Unfinished, 2)], false));
    let interrupted = thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(short);
            cancel.store(true, Ordering::Relaxed);
        });
        made(&load(target(), None, Stop::Requests(2), long), &cancel).unwrap()
    });
    assert_eq!((counts(&interrupted), interrupted.is_truncated), (vec![(Outcome::Unfinished, 2)], true));
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[test]
fn a_request_through_tls_that_no_buffer_holds_is_sent_in_full() {
    const BODY: usize = 24 << 20;
    let signed = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signed.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![signed.cert.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let port = serve(move |socket| {
        let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), socket);
        // The client has to wait before it may go on.
        thread::sleep(Duration::from_millis(200));
        let (mut read, mut buffer) = (0, vec![0; 1 << 16]);
        while read < BODY {
            match stream.read(&mut buffer) {
                Ok(length @ 1..) => read += length,
                _ => return,
            }
        }
        let _ = stream.write_all(ANSWER).and_then(|()| stream.flush());
    });
    let mut target = Target::parse(&format!("https://localhost:{port}/")).unwrap();
    target.trust = Some(Trust::Anybody);
    let load = load(target, Some(vec![b'x'; BODY]), Stop::Requests(2), Duration::from_secs(30));
    let collected = made(&load, &AtomicBool::new(false)).unwrap();
    assert_eq!(counts(&collected), [(Outcome::Ok, 2)], "{:?}", collected.failure);
}
