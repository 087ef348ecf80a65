//! Answers every HTTP request with one fixed response: the application that is compared on every system, and the
//! peer against which the load generator is measured.
//!
//! One thread, one event loop, one write for all requests of a read; nothing is allocated once a connection is open.
//!
//! ```text
//! vana-server [ADDRESS] [BYTES]        0.0.0.0:8080 and 13 if they are left out
//! ```
//!
//! It reads heads up to their empty line and no bodies, and it never looks at what is asked for.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::process::ExitCode;

use memchr::memmem::Finder;
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};

const LISTENER: Token = Token(usize::MAX);
/// Bytes of one read.
const BUFFER_BYTES: usize = 64 << 10;
/// The end of a head.
const END: &[u8] = b"\r\n\r\n";
/// Bytes of the body if nothing else is asked for.
const BODY_BYTES: usize = 13;
/// The longest body.
const BODY_LIMIT: usize = 16 << 20;

fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(3)
        }
    }
}

fn serve() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let invalid = |what: String| io::Error::new(ErrorKind::InvalidInput, what);
    let address = arguments.next().unwrap_or_else(|| "0.0.0.0:8080".to_owned());
    let address: SocketAddr = address
        .parse()
        .map_err(|_| invalid(format!("\"{address}\" is no address such as 127.0.0.1:8080")))?;
    let bytes = match arguments.next() {
        None => BODY_BYTES,
        Some(text) => text
            .parse()
            .ok()
            .filter(|bytes| *bytes <= BODY_LIMIT)
            .ok_or_else(|| invalid(format!("\"{text}\" is no number of bytes up to {BODY_LIMIT}")))?,
    };
    let mut server = Server::new(address, &response(bytes))?;
    eprintln!("listening on {}", server.listener.local_addr()?);
    server.run()
}

/// Head and body.
fn response(bytes: usize) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {bytes}\r\n\r\n");
    let body = b"Hello, World\n".iter().copied().cycle().take(bytes);
    head.into_bytes().into_iter().chain(body).collect()
}

struct Server {
    listener: TcpListener,
    poll: Poll,
    connections: Vec<Option<Connection>>,
    /// Numbers of connections that were closed.
    free: Vec<usize>,
    response: Vec<u8>,
    end: Finder<'static>,
}

/// One client.
struct Connection {
    socket: TcpStream,
    /// The last bytes of a head whose end has not come, at most three.
    tail: Vec<u8>,
    /// Bytes of responses that are not sent yet.
    unsent: usize,
}

impl Server {
    fn new(address: SocketAddr, response: &[u8]) -> io::Result<Self> {
        let mut listener = TcpListener::bind(address)?;
        let poll = Poll::new()?;
        poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
        Ok(Self {
            listener,
            poll,
            connections: Vec::new(),
            free: Vec::new(),
            response: response.to_vec(),
            end: Finder::new(END),
        })
    }

    fn run(&mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(1024);
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            match self.poll.poll(&mut events, None) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                result => result?,
            }
            for event in &events {
                if event.token() == LISTENER {
                    self.accept();
                } else if !self.answer(event.token().0, &mut buffer) {
                    self.connections[event.token().0] = None;
                    self.free.push(event.token().0);
                }
            }
        }
    }

    /// Takes all connections that wait; one that cannot be taken is the client's to open again.
    fn accept(&mut self) {
        while let Ok((mut socket, _)) = self.listener.accept() {
            let _ = socket.set_nodelay(true);
            let number = self.free.pop().unwrap_or_else(|| {
                self.connections.push(None);
                self.connections.len() - 1
            });
            let interest = Interest::READABLE | Interest::WRITABLE;
            if self.poll.registry().register(&mut socket, Token(number), interest).is_ok() {
                self.connections[number] = Some(Connection { socket, tail: Vec::new(), unsent: 0 });
            } else {
                self.free.push(number);
            }
        }
    }

    /// Answers what has come over a connection; false when it is over.
    fn answer(&mut self, number: usize, buffer: &mut [u8]) -> bool {
        let Some(connection) = &mut self.connections[number] else { return true };
        if !connection.send(&self.response) {
            return false;
        }
        loop {
            match connection.socket.read(buffer) {
                Ok(0) => return false,
                Ok(length) => {
                    connection.unsent += connection.heads(&buffer[..length], &self.end) * self.response.len();
                    if !connection.send(&self.response) {
                        return false;
                    }
                    if length < buffer.len() {
                        return true;
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return true,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return false,
            }
        }
    }
}

impl Connection {
    /// How many heads end in these bytes, which follow those before.
    fn heads(&mut self, bytes: &[u8], end: &Finder<'_>) -> usize {
        if self.tail.is_empty() && bytes.ends_with(END) && end.find(bytes) == Some(bytes.len() - END.len()) {
            return 1;
        }
        self.tail.extend_from_slice(bytes);
        let mut from = 0;
        let mut heads = 0;
        while let Some(found) = end.find(&self.tail[from..]) {
            from += found + END.len();
            heads += 1;
        }
        // Of a head that goes on only the last bytes can belong to its end.
        let keep = (self.tail.len() - from).min(END.len() - 1);
        self.tail.drain(..self.tail.len() - keep);
        heads
    }

    /// Sends what is unsent, as much of it as the system takes; false when the connection is over.
    fn send(&mut self, response: &[u8]) -> bool {
        while self.unsent > 0 {
            let rest = self.unsent % response.len();
            let from = if rest == 0 { 0 } else { response.len() - rest };
            match self.socket.write(&response[from..]) {
                Ok(written) => self.unsent -= written,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return true,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return false,
            }
        }
        true
    }
}
