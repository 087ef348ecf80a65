//! Packets over a socket that blocks: one write for what is sent, one read for what comes where it fits.
//!
//! What comes is looked at in the buffer that the kernel wrote it into, and never copied: a client that takes the
//! processor from the server measures itself.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use super::address::Address;

/// Bytes in front of a packet: its length and its number.
const HEADER: usize = 4;
/// A packet of this length is the first of several; nothing here is so large.
const LARGEST: usize = (1 << 24) - 1;
/// Room for what comes at once: servers send what they have at 16 KiB.
const ROOM: usize = 32 << 10;

/// A socket to a server, with what it last said.
pub(super) struct Wire {
    socket: Socket,
    out: Vec<u8>,
    input: Vec<u8>,
    /// What of `input` has come and was not looked at.
    begin: usize,
    end: usize,
    /// Number of the next packet of this exchange.
    sequence: u8,
    exchange: Exchange,
}

/// When a command and its answer went over the socket, and how large they were, headers included.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exchange {
    /// Just before the command was handed to the kernel.
    pub sent: Instant,
    /// When the first bytes of the answer had come.
    pub first_byte: Option<Instant>,
    /// When the last ones had come, or the socket had failed.
    pub ended: Instant,
    pub bytes_sent: i64,
    pub bytes_received: i64,
}

impl Exchange {
    fn begin() -> Self {
        let now = Instant::now();
        Self { sent: now, first_byte: None, ended: now, bytes_sent: 0, bytes_received: 0 }
    }
}

enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Wire {
    /// Connects; no wait takes longer than `timeout`.
    pub fn connect(address: &Address, timeout: Duration) -> io::Result<Self> {
        // The system takes 0 for no limit and refuses it.
        let timeout = timeout.max(Duration::from_millis(1));
        let socket = if let Some(path) = &address.socket {
            let socket = UnixStream::connect(path)?;
            socket.set_read_timeout(Some(timeout))?;
            socket.set_write_timeout(Some(timeout))?;
            Socket::Unix(socket)
        } else {
            let socket = connect(address, timeout)?;
            socket.set_read_timeout(Some(timeout))?;
            socket.set_write_timeout(Some(timeout))?;
            socket.set_nodelay(true)?;
            Socket::Tcp(socket)
        };
        Ok(Self::over(socket))
    }

    fn over(socket: Socket) -> Self {
        Self {
            socket,
            out: Vec::new(),
            input: vec![0; ROOM],
            begin: 0,
            end: 0,
            sequence: 0,
            exchange: Exchange::begin(),
        }
    }

    /// Whether nobody else can listen.
    pub const fn is_private(&self) -> bool {
        matches!(self.socket, Socket::Unix(_))
    }

    /// How the last exchange went.
    pub const fn exchange(&self) -> Exchange {
        self.exchange
    }

    /// Begins an exchange with a command that `put` writes.
    pub fn command(&mut self, put: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        self.sequence = 0;
        self.send(put, Exchange::begin)
    }

    /// Goes on in an exchange.
    pub fn reply(&mut self, put: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        let exchange = self.exchange;
        self.send(put, || exchange)
    }

    fn send(
        &mut self,
        put: impl FnOnce(&mut Vec<u8>),
        exchange: impl FnOnce() -> Exchange,
    ) -> io::Result<()> {
        self.out.clear();
        self.out.extend_from_slice(&[0; HEADER]);
        put(&mut self.out);
        let length = self.out.len() - HEADER;
        if length >= LARGEST {
            return Err(too_large());
        }
        if let Some(header) = self.out.first_chunk_mut::<HEADER>() {
            *header = (length as u32 | u32::from(self.sequence) << 24).to_le_bytes();
        }
        self.exchange = exchange();
        let written = match &mut self.socket {
            Socket::Tcp(socket) => socket.write_all(&self.out),
            Socket::Unix(socket) => socket.write_all(&self.out),
        };
        if written.is_err() {
            self.exchange.ended = Instant::now();
        }
        self.exchange.bytes_sent += self.out.len() as i64;
        written
    }

    /// The next packet, without its header.
    pub fn packet(&mut self) -> io::Result<&[u8]> {
        let length = loop {
            let held = self.input.get(self.begin..self.end).unwrap_or_default();
            let Some((&[low, middle, high, sequence], rest)) = held.split_first_chunk::<HEADER>() else {
                self.receive(HEADER)?;
                continue;
            };
            let length = u32::from_le_bytes([low, middle, high, 0]) as usize;
            if length == LARGEST {
                return Err(too_large());
            }
            if rest.len() >= length {
                self.sequence = sequence.wrapping_add(1);
                break length;
            }
            self.receive(HEADER + length)?;
        };
        let begin = self.begin + HEADER;
        self.begin = begin + length;
        Ok(self.input.get(begin..self.begin).unwrap_or_default())
    }

    /// Reads once, into room for a packet of `needed` bytes of which the beginning may be there.
    fn receive(&mut self, needed: usize) -> io::Result<()> {
        if self.begin + needed > self.input.len() || self.begin == self.end {
            self.input.copy_within(self.begin..self.end, 0);
            (self.begin, self.end) = (0, self.end - self.begin);
            if needed > self.input.len() {
                self.input.resize(needed, 0);
            }
        }
        let room = self.input.get_mut(self.end..).unwrap_or_default();
        let read = loop {
            let read = match &mut self.socket {
                Socket::Tcp(socket) => socket.read(room),
                Socket::Unix(socket) => socket.read(room),
            };
            if !matches!(&read, Err(error) if error.kind() == ErrorKind::Interrupted) {
                break read;
            }
        };
        self.exchange.ended = Instant::now();
        let read = read?;
        if read == 0 {
            return Err(io::Error::new(ErrorKind::UnexpectedEof, "the server closed the connection"));
        }
        self.exchange.first_byte.get_or_insert(self.exchange.ended);
        self.exchange.bytes_received += read as i64;
        self.end += read;
        Ok(())
    }
}

fn too_large() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "a packet of 16 MiB")
}

/// The first address of the host that answers.
fn connect(address: &Address, timeout: Duration) -> io::Result<TcpStream> {
    let mut failed = io::Error::new(ErrorKind::NotFound, "the host has no address");
    for address in (address.host.as_str(), address.port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, timeout) {
            Ok(socket) => return Ok(socket),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

#[cfg(test)]
pub(super) mod tests {
    use std::thread;

    use super::*;

    /// A wire to a server that says this, in pieces of so many bytes, and closes.
    pub fn hearing(said: Vec<u8>, piece: usize) -> Wire {
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
        Wire::over(Socket::Unix(near))
    }

    /// A wire, and its other end.
    pub fn pair() -> (Wire, UnixStream) {
        let (near, far) = UnixStream::pair().unwrap();
        (Wire::over(Socket::Unix(near)), far)
    }

    pub fn packet(sequence: u8, body: &[u8]) -> Vec<u8> {
        let mut all = (body.len() as u32).to_le_bytes();
        all[3] = sequence;
        [&all, body].concat()
    }

    #[test]
    fn packets_are_the_same_however_they_are_cut() {
        let bodies: Vec<Vec<u8>> =
            [0, 1, 3, 40_000, 5, 70_000].iter().map(|length| vec![7; *length]).collect();
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
        assert_eq!(
            wire.command(|out| out.resize((1 << 24) + 4, 0)).unwrap_err().kind(),
            ErrorKind::InvalidData
        );
    }
}
