//! One connection and the request that is under way on it.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};

use mio::{Registry, Token};
use vana_trace::NO_TIME;
use vana_types::Outcome;

use crate::queue::Next;
use crate::record::Record;
use crate::stream::Stream;
use crate::tls::Tls;
use crate::{Answer, Reader, Response};

/// Reads in a row: a server that sends without end must not keep its thread from the clock and from other connections.
const READS: usize = 16;

/// What a connection does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Closed; it is opened again at this time.
    Closed { retry_ns: i64 },
    /// Being opened since this time.
    Opening { since_ns: i64 },
    /// Open, and nothing is under way.
    Idle,
    /// A request is under way.
    Busy,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// With a response.
    Answered(Response),
    /// Without one; what the peer or the system said.
    Failed(Outcome, &'static str),
}

/// What became of reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Nothing that ends anything.
    Nothing,
    /// The request ended; of a response that came with the end of the connection it is said in `stays_open`.
    End(Ending),
    /// The connection was closed while nothing was under way.
    Closed,
    /// There may be more, which is not told again; others have their turn first.
    Unread,
}

/// One connection; numbered as a client, it keeps its number when it is opened again.
pub(crate) struct Connection {
    pub number: u32,
    pub state: State,
    /// Whether a request has been sent since it was opened.
    pub is_used: bool,
    /// What was connected before the load, until it is opened.
    connected: Option<TcpStream>,
    socket: Option<Stream>,
    reader: Box<dyn Reader>,
    sent_ns: i64,
    next: Next,
    first_byte_ns: i64,
    /// When something was read last.
    pub heard_ns: i64,
    written: usize,
    received: i64,
}

impl Connection {
    /// Closed; `connected` is used when it is opened first.
    pub fn new(number: u32, reader: Box<dyn Reader>, connected: Option<TcpStream>) -> Self {
        Self {
            number,
            connected,
            state: State::Closed { retry_ns: i64::MIN },
            is_used: false,
            socket: None,
            reader,
            sent_ns: 0,
            next: Next { due_ns: NO_TIME, request: 0 },
            first_byte_ns: NO_TIME,
            heard_ns: 0,
            written: 0,
            received: 0,
        }
    }

    /// Begins to open it, with TLS if there is any.
    pub fn open(
        &mut self,
        (address, tls): (SocketAddr, Option<&Tls>),
        registry: &Registry,
        token: Token,
        now_ns: i64,
    ) -> io::Result<()> {
        self.socket = Some(Stream::open(address, self.connected.take(), tls, registry, token)?);
        self.reader.reset();
        self.is_used = false;
        self.state = State::Opening { since_ns: now_ns };
        Ok(())
    }

    /// Closes it until `retry_ns`.
    pub fn close(&mut self, retry_ns: i64) {
        self.socket = None;
        self.state = State::Closed { retry_ns };
    }

    /// Goes on with opening it; whether it is open now.
    pub fn is_open(&mut self) -> io::Result<bool> {
        self.socket.as_mut().map_or(Ok(false), Stream::is_open)
    }

    /// Sends the next of `requests`, as much of it as the system takes.
    pub fn send(&mut self, requests: &[Vec<u8>], next: Next, now_ns: i64) -> io::Result<()> {
        self.state = State::Busy;
        self.is_used = true;
        self.sent_ns = now_ns;
        self.next = next;
        self.first_byte_ns = NO_TIME;
        self.written = 0;
        self.received = 0;
        self.reader.begin(next.request);
        self.write(requests)
    }

    /// The bytes of the request under way that are not sent yet.
    fn unsent<'a>(&self, requests: &'a [Vec<u8>]) -> &'a [u8] {
        let request = requests.get(self.next.request as usize);
        request.and_then(|bytes| bytes.get(self.written..)).unwrap_or_default()
    }

    /// Whether part of the request is not sent yet.
    pub fn has_unsent(&self, requests: &[Vec<u8>]) -> bool {
        let is_held = || self.socket.as_ref().is_some_and(Stream::has_unsent);
        self.state == State::Busy && (!self.unsent(requests).is_empty() || is_held())
    }

    /// Sends more of the request.
    pub fn write(&mut self, requests: &[Vec<u8>]) -> io::Result<()> {
        loop {
            let rest = self.unsent(requests);
            let Some(socket) = &mut self.socket else { break };
            // What TLS holds back goes first; without TLS, or with nothing held, this does nothing.
            let result = if rest.is_empty() { socket.flush().map(|()| 0) } else { socket.write(rest) };
            match result {
                Ok(0) => break,
                Ok(written) => self.written += written,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Reads what is there. `now` is asked for the time when something was read. With `is_closing`, the end of
    /// the connection has been announced and is read as well.
    pub fn read(&mut self, buffer: &mut [u8], is_closing: bool, now: impl Fn() -> i64) -> Heard {
        for _ in 0..READS {
            let Some(socket) = &mut self.socket else { return Heard::Nothing };
            match socket.read(buffer) {
                Ok(0) => {
                    self.heard_ns = now();
                    return self.hear_end();
                }
                Ok(length) => {
                    if let Some(heard) = self.hear(buffer.get(..length).unwrap_or_default(), is_closing, &now)
                    {
                        return heard;
                    }
                    if !is_closing && self.is_drained(length, buffer.len()) {
                        return Heard::Nothing;
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Heard::Nothing,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) if self.state == State::Busy => {
                    return Heard::End(Ending::Failed(Outcome::Reset, "the connection was reset"));
                }
                Err(_) => return Heard::Closed,
            }
        }
        Heard::Unread
    }

    fn is_drained(&self, length: usize, asked: usize) -> bool {
        self.socket.as_ref().is_none_or(|socket| socket.is_drained(length, asked))
    }

    fn hear(&mut self, bytes: &[u8], is_closing: bool, now: impl Fn() -> i64) -> Option<Heard> {
        if self.state != State::Busy {
            // A server that speaks first, as some do before they close an idle connection.
            return Some(Heard::Closed);
        }
        self.heard_ns = now();
        if self.received == 0 {
            self.first_byte_ns = self.heard_ns - self.sent_ns;
        }
        self.received += bytes.len() as i64;
        match self.reader.read(bytes) {
            Answer::More => None,
            Answer::Complete(response) => {
                let stays_open = response.stays_open && !is_closing;
                Some(Heard::End(Ending::Answered(Response { stays_open, ..response })))
            }
            Answer::Malformed(why) => Some(Heard::End(Ending::Failed(Outcome::Protocol, why))),
        }
    }

    fn hear_end(&mut self) -> Heard {
        if self.state != State::Busy {
            return Heard::Closed;
        }
        Heard::End(match self.reader.end() {
            Some(response) => Ending::Answered(response),
            None => {
                Ending::Failed(Outcome::Reset, "the connection was closed before the response was complete")
            }
        })
    }

    /// When the request under way, or the opening, has taken too long.
    pub const fn is_late(&self, now_ns: i64, timeout_ns: i64) -> bool {
        match self.state {
            State::Opening { since_ns } => now_ns - since_ns >= timeout_ns,
            State::Busy => now_ns - self.sent_ns >= timeout_ns,
            State::Closed { .. } | State::Idle => false,
        }
    }

    /// The record of the request under way, which ended at `done_ns`.
    pub fn record(&self, outcome: Outcome, status: u16, worker: u16, done_ns: i64) -> Record {
        Record {
            sent_ns: self.sent_ns,
            service_ns: done_ns - self.sent_ns,
            due_ns: self.next.due_ns,
            first_byte_ns: self.first_byte_ns,
            bytes_sent: self.written as i64,
            bytes_received: self.received,
            connection: self.number,
            worker,
            request: self.next.request,
            status,
            outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use mio::Poll;

    use super::*;
    use crate::{Request, Target, protocol};

    #[test]
    fn a_long_body_is_read_in_turns() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let near = TcpStream::connect(address).unwrap();
        near.set_nonblocking(true).unwrap();
        let (mut far, _) = listener.accept().unwrap();
        let poll = Poll::new().unwrap();
        let target = Target::parse(&format!("http://{address}/")).unwrap();
        let prepared = protocol("http").unwrap().prepare(&target, &[Request::default()]).unwrap();
        let mut connection = Connection::new(0, (prepared.reader)(), Some(near));
        connection.open((address, None), poll.registry(), Token(0), 0).unwrap();
        assert!(connection.is_open().unwrap());
        connection.send(&prepared.bytes, Next { due_ns: NO_TIME, request: 0 }, 0).unwrap();
        // A socket that is closed with something unread is reset.
        far.read_exact(&mut vec![0; prepared.bytes[0].len()]).unwrap();
        far.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        far.write_all(&vec![b'x'; 40 << 10]).unwrap();
        let mut buffer = [0; 1 << 10];
        let heard = [(); 4].map(|()| connection.read(&mut buffer, false, || 0));
        assert_eq!(heard, [Heard::Unread, Heard::Unread, Heard::Nothing, Heard::Nothing]);
        drop(far);
        let Heard::End(Ending::Answered(response)) = connection.read(&mut buffer, true, || 0) else {
            panic!()
        };
        assert!(!response.stays_open);
        assert_eq!(connection.record(Outcome::Ok, 200, 0, 0).bytes_received, 19 + (40 << 10));
    }
}
