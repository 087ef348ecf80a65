//! Packets over a socket that blocks: one write for what is sent, one read for what comes where it fits.
//!
//! What comes is looked at in the buffer that the kernel wrote it into, and never copied: a client that takes the
//! processor from the server measures itself.

use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

use super::address::Address;
use super::socket::{Socket, check, is_pause};
use crate::sql::Limits;

/// Bytes in front of a packet: its length and its number.
const HEADER: usize = 4;
/// A packet of this length is the first of several; nothing here is so large.
const LARGEST: usize = (1 << 24) - 1;
/// Room for what comes at once: servers send what they have at 16 KiB.
const ROOM: usize = 32 << 10;

/// A socket to a server, with what it last said.
pub(super) struct Wire<'a> {
    socket: Socket,
    limits: Limits<'a>,
    /// How long an exchange may take.
    allowed: Option<Duration>,
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

impl<'a> Wire<'a> {
    /// Connects; this and the first exchange, the login, are waited for as long as a connection may take.
    pub fn connect(address: &Address, limits: Limits<'a>) -> io::Result<Self> {
        let begun = Instant::now();
        let mut wire = Self::over(Socket::connect(address, limits)?, limits);
        wire.exchange.sent = begun;
        Ok(wire)
    }

    fn over(socket: Socket, limits: Limits<'a>) -> Self {
        Self {
            socket,
            limits,
            allowed: Some(limits.connect),
            out: Vec::new(),
            input: vec![0; ROOM],
            begin: 0,
            end: 0,
            sequence: 0,
            exchange: Exchange::begin(),
        }
    }

    /// How long each further exchange may take, from its command to the last byte of its answer.
    pub const fn allow(&mut self, time: Option<Duration>) {
        self.allowed = time;
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
        let begun = self.exchange.bytes_sent;
        while let Some(left @ [_, ..]) = self.out.get((self.exchange.bytes_sent - begun) as usize..) {
            match self.socket.write(left) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(written) => self.exchange.bytes_sent += written as i64,
                Err(error) if is_pause(&error) => self.look_up()?,
                Err(error) => {
                    self.exchange.ended = Instant::now();
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Whether it is worth waiting on, after a while in which nothing came or went.
    fn look_up(&mut self) -> io::Result<()> {
        self.exchange.ended = Instant::now();
        check(self.limits, self.allowed, self.exchange.ended - self.exchange.sent)
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
        // What comes drop by drop has an end as well; the clock was read when the last drop came.
        if self.allowed.is_some_and(|allowed| self.exchange.ended - self.exchange.sent >= allowed) {
            return Err(ErrorKind::TimedOut.into());
        }
        let read = loop {
            let room = self.input.get_mut(self.end..).unwrap_or_default();
            match self.socket.read(room) {
                Err(error) if is_pause(&error) => self.look_up()?,
                read => break read,
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

#[cfg(test)]
pub(super) mod tests;
