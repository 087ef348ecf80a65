//! Bytes to and from a server, as they are or through TLS.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use rustls::ClientConnection;

use crate::tls::Tls;

/// A connection that never waits: what cannot be done at once is [`ErrorKind::WouldBlock`].
pub(crate) struct Stream {
    socket: TcpStream,
    session: Option<Box<ClientConnection>>,
}

impl Stream {
    /// Begins to open it, or goes on with a connection that is there; events come under `token`, edge by edge, so that no
    /// request costs a change of interest.
    pub fn open(
        address: SocketAddr,
        connected: Option<std::net::TcpStream>,
        tls: Option<&Tls>,
        registry: &Registry,
        token: Token,
    ) -> io::Result<Self> {
        let session = match tls {
            Some(tls) => {
                let session = ClientConnection::new(Arc::clone(&tls.config), tls.name.clone());
                Some(Box::new(session.map_err(io::Error::other)?))
            }
            None => None,
        };
        let mut socket = match connected {
            Some(socket) => TcpStream::from_std(socket),
            None => TcpStream::connect(address)?,
        };
        registry.register(&mut socket, token, Interest::READABLE | Interest::WRITABLE)?;
        Ok(Self { socket, session })
    }

    /// Goes on with opening it; whether it is open, hands shaken.
    pub fn is_open(&mut self) -> io::Result<bool> {
        if let Some(error) = self.socket.take_error()? {
            return Err(error);
        }
        match self.socket.peer_addr() {
            Ok(_) => self.socket.set_nodelay(true)?,
            Err(error) if error.kind() == ErrorKind::NotConnected => return Ok(false),
            Err(error) => return Err(error),
        }
        let Some(session) = &mut self.session else { return Ok(true) };
        while session.is_handshaking() {
            let done = match session.complete_io(&mut self.socket) {
                Ok(_) => continue,
                Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                    Err(io::Error::new(error.kind(), "the connection was closed during the TLS handshake"))
                }
                Err(error) => Err(error),
            };
            return done;
        }
        Ok(true)
    }

    /// Whether a read of `length` bytes, where `asked` were asked for, has taken all that there is (epoll(7)). What TLS
    /// gives out has other borders than what has come.
    pub const fn is_drained(&self, length: usize, asked: usize) -> bool {
        length < asked && self.session.is_none()
    }

    /// Whether bytes that were taken are still to be sent.
    pub fn has_unsent(&self) -> bool {
        self.session.as_ref().is_some_and(|session| session.wants_write())
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(session) = &mut self.session else { return self.socket.read(buffer) };
        loop {
            match session.reader().read(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                result => return result,
            }
            session.read_tls(&mut self.socket)?;
            session.process_new_packets().map_err(io::Error::other)?;
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(session) = &mut self.session else { return self.socket.write(bytes) };
        loop {
            let taken = session.writer().write(bytes)?;
            match flush(session, &mut self.socket) {
                Err(error) if error.kind() != ErrorKind::WouldBlock => return Err(error),
                Err(error) if taken == 0 => return Err(error),
                // What was full has been sent just now. The socket will not say again that it takes more.
                Ok(()) if taken == 0 && !bytes.is_empty() => {}
                _ => return Ok(taken),
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.session.as_mut().map_or(Ok(()), |session| flush(session, &mut self.socket))
    }
}

/// Sends what TLS holds back, as much of it as the system takes.
fn flush(session: &mut ClientConnection, socket: &mut TcpStream) -> io::Result<()> {
    while session.wants_write() {
        match session.write_tls(socket) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => drop(result?),
        }
    }
    Ok(())
}
