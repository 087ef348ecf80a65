use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::*;

static NEVER: AtomicBool = AtomicBool::new(false);
const HOUR: Duration = Duration::from_secs(3600);

fn over(near: UnixStream, connect: Duration, cancel: &AtomicBool) -> Wire<'_> {
    let socket = Socket::Unix(near);
    socket.set_nap(Duration::from_millis(5)).unwrap();
    Wire::over(socket, Limits { connect, statement: None, cancel })
}

/// A wire to a server that says this, in pieces of so many bytes, and closes.
pub fn hearing(said: Vec<u8>, piece: usize) -> Wire<'static> {
    let (near, mut far) = UnixStream::pair().unwrap();
    thread::spawn(move || {
        for piece in said.chunks(piece) {
            // The other end may have heard enough.
            if far.write_all(piece).is_err() {
                break;
            }
        }
        // A socket that is closed with something unread is reset.
        far.shutdown(std::net::Shutdown::Write).unwrap();
        let _ = io::copy(&mut far, &mut io::sink());
    });
    over(near, HOUR, &NEVER)
}

/// A wire, and its other end.
pub fn pair() -> (Wire<'static>, UnixStream) {
    let (near, far) = UnixStream::pair().unwrap();
    (over(near, HOUR, &NEVER), far)
}

/// The same over the loopback interface, where others may listen.
pub fn public_pair() -> (Wire<'static>, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let limits = Limits { connect: HOUR, statement: None, cancel: &NEVER };
    (Wire::over(Socket::Tcp(near), limits), listener.accept().unwrap().0)
}

pub fn packet(sequence: u8, body: &[u8]) -> Vec<u8> {
    let mut all = (body.len() as u32).to_le_bytes();
    all[3] = sequence;
    [&all, body].concat()
}

#[test]
fn packets_are_the_same_however_they_are_cut() {
    let bodies: Vec<Vec<u8>> = [0, 1, 3, 40_000, 5, 70_000].iter().map(|length| vec![7; *length]).collect();
    let said: Vec<u8> = (1..).zip(&bodies).flat_map(|(number, body)| packet(number, body)).collect();
    let all = said.len() as i64;
    for piece in [1, 2, 3, 5, 1000, 32_768, 32_769, said.len()] {
        let mut wire = hearing(said.clone(), piece);
        for body in &bodies {
            assert_eq!(wire.packet().unwrap(), body, "{piece}");
        }
        assert_eq!((wire.exchange().bytes_received, wire.sequence), (all, 7), "{piece}");
        assert_eq!(wire.packet().unwrap_err().kind(), ErrorKind::UnexpectedEof);
    }
}

#[test]
fn a_command_begins_an_exchange_and_a_reply_goes_on() {
    let (mut wire, mut far) = pair();
    wire.command(|out| out.extend_from_slice(b"one")).unwrap();
    far.write_all(&packet(1, b"more")).unwrap();
    assert_eq!(wire.packet().unwrap(), b"more");
    wire.reply(|out| out.extend_from_slice(b"two")).unwrap();
    let mut heard = [0; 14];
    far.read_exact(&mut heard).unwrap();
    assert_eq!(heard.as_slice(), [packet(0, b"one"), packet(2, b"two")].concat());
    let exchange = wire.exchange();
    assert_eq!((exchange.bytes_sent, exchange.bytes_received), (14, 8));
    assert!(exchange.first_byte.is_some_and(|first| exchange.sent <= first && first <= exchange.ended));
    wire.command(|out| out.push(1)).unwrap();
    let exchange = wire.exchange();
    assert_eq!((exchange.bytes_sent, exchange.bytes_received, exchange.first_byte), (5, 0, None));
}

#[test]
fn packets_in_several_parts_are_refused() {
    let mut wire = hearing(vec![255; 8], 8);
    assert_eq!(wire.packet().unwrap_err().to_string(), "a packet of 16 MiB");
    assert_eq!(wire.command(|out| out.resize((1 << 24) + 4, 0)).unwrap_err().kind(), ErrorKind::InvalidData);
}
#[test]
fn an_answer_that_comes_drop_by_drop_is_waited_for_as_long_as_one_that_does_not_come() {
    for is_dripping in [false, true] {
        let (near, mut far) = UnixStream::pair().unwrap();
        let mut wire = over(near, Duration::from_millis(60), &NEVER);
        let dripping = thread::spawn(move || {
            far.write_all(&[255, 0, 0, 1]).unwrap();
            for _ in 0..255 {
                thread::sleep(Duration::from_millis(3));
                if is_dripping && far.write_all(b"x").is_err() {
                    break;
                }
            }
        });
        wire.command(|out| out.push(1)).unwrap();
        assert_eq!(wire.packet().unwrap_err().kind(), ErrorKind::TimedOut, "{is_dripping}");
        let exchange = wire.exchange();
        let waited = exchange.ended - exchange.sent;
        assert!(waited >= Duration::from_millis(60) && waited < Duration::from_millis(500), "{waited:?}");
        drop(wire);
        dripping.join().unwrap();
    }
}

#[test]
fn an_interrupt_ends_a_wait_for_an_answer_and_one_for_room() {
    let cancel = AtomicBool::new(false);
    let (near, _far) = UnixStream::pair().unwrap();
    let mut wire = over(near, HOUR, &cancel);
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(30));
            cancel.store(true, Ordering::Relaxed);
        });
        assert_eq!(wire.packet().unwrap_err().kind(), ErrorKind::Interrupted);
    });
    let sent = wire.command(|out| out.resize(4 << 20, 0));
    assert_eq!(sent.unwrap_err().kind(), ErrorKind::Interrupted);
}

#[test]
fn a_login_has_what_the_connection_has_left_of_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket").display().to_string();
    let listener = UnixListener::bind(&path).unwrap();
    rustix::net::listen(&listener, 0).unwrap();
    let mut waiting = Vec::new();
    // As many as may wait do so.
    while let Ok(socket) = mio::net::UnixStream::connect(&path) {
        waiting.push(socket);
    }
    let address = Address::parse(&format!("mysql://me@/test?socket={path}")).unwrap();
    let limits = Limits { connect: Duration::from_millis(1500), statement: None, cancel: &NEVER };
    let begun = Instant::now();
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_secs(1));
            // Held open, and not a word said.
            let accepted: Vec<_> = (0..=waiting.len()).map(|_| listener.accept().unwrap()).collect();
            thread::sleep(Duration::from_secs(2));
            drop(accepted);
        });
        let mut wire = Wire::connect(&address, limits).unwrap();
        assert_eq!(wire.packet().unwrap_err().kind(), ErrorKind::TimedOut);
        let waited = begun.elapsed();
        assert!(waited >= Duration::from_millis(1400) && waited < Duration::from_millis(2300), "{waited:?}");
    });
}
