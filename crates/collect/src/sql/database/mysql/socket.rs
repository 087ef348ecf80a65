//! Sockets that block, and look up now and then while they do: at the clock, and whether they are wanted any more.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use super::address::Address;
use crate::sql::Limits;

/// The longest time in which a socket blocks without looking up. One that gets its answer sooner never does.
const NAP: Duration = Duration::from_millis(200);
/// How often a connection that is being made is looked at.
const LOOK: Duration = Duration::from_millis(1);

/// A socket to a server.
pub(super) enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Socket {
    /// Connects, to the first address of the host that answers.
    pub fn connect(address: &Address, limits: Limits<'_>) -> io::Result<Self> {
        let socket = match &address.socket {
            Some(path) => Self::Unix(connect_unix(path, limits)?),
            None => Self::Tcp(connect_tcp(address, limits)?),
        };
        socket.set_nap((limits.connect / 8).clamp(LOOK, NAP))?;
        Ok(socket)
    }

    /// Makes it look up so often.
    pub fn set_nap(&self, nap: Duration) -> io::Result<()> {
        match self {
            Self::Tcp(socket) => {
                socket.set_read_timeout(Some(nap))?;
                socket.set_write_timeout(Some(nap))?;
                socket.set_nodelay(true)
            }
            Self::Unix(socket) => {
                socket.set_read_timeout(Some(nap))?;
                socket.set_write_timeout(Some(nap))
            }
        }
    }

    pub fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(socket) => socket.read(room),
            Self::Unix(socket) => socket.read(room),
        }
    }

    pub fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(socket) => socket.write(bytes),
            Self::Unix(socket) => socket.write(bytes),
        }
    }
}

/// Whether a socket has only looked up.
pub(super) fn is_pause(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

/// Refuses to wait longer than allowed, and after an interrupt.
pub(super) fn check(limits: Limits<'_>, allowed: Option<Duration>, waited: Duration) -> io::Result<()> {
    if limits.cancel.load(Ordering::Relaxed) {
        Err(io::Error::new(ErrorKind::Interrupted, "interrupted"))
    } else if allowed.is_some_and(|allowed| waited >= allowed) {
        Err(ErrorKind::TimedOut.into())
    } else {
        Ok(())
    }
}

/// Asks until there is an answer that is not `None`.
fn await_that<T>(limits: Limits<'_>, mut ask: impl FnMut() -> io::Result<Option<T>>) -> io::Result<T> {
    let begun = Instant::now();
    loop {
        if let Some(found) = ask()? {
            return Ok(found);
        }
        check(limits, Some(limits.connect), begun.elapsed())?;
        thread::sleep(LOOK);
    }
}

fn connect_unix(path: &str, limits: Limits<'_>) -> io::Result<UnixStream> {
    let socket = await_that(limits, || match mio::net::UnixStream::connect(path) {
        // As many as may wait to be accepted do so already.
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
        connected => connected.map(Some),
    })?;
    let socket = UnixStream::from(socket);
    socket.set_nonblocking(false)?;
    Ok(socket)
}

fn connect_tcp(address: &Address, limits: Limits<'_>) -> io::Result<TcpStream> {
    let mut failed = io::Error::new(ErrorKind::NotFound, "the host has no address");
    for address in (address.host.as_str(), address.port).to_socket_addrs()? {
        match connect_to(address, limits) {
            Ok(socket) => return Ok(socket),
            Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

fn connect_to(address: SocketAddr, limits: Limits<'_>) -> io::Result<TcpStream> {
    let socket = mio::net::TcpStream::connect(address)?;
    await_that(limits, || match (socket.take_error()?, socket.peer_addr()) {
        (Some(error), _) => Err(error),
        (None, Err(error)) if error.kind() == ErrorKind::NotConnected => Ok(None),
        (None, known) => known.map(Some),
    })?;
    let socket = TcpStream::from(socket);
    socket.set_nonblocking(false)?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;
    use std::sync::atomic::AtomicBool;

    use super::*;

    #[test]
    fn a_server_that_accepts_nobody_is_not_waited_for_longer_than_allowed_nor_after_an_interrupt() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket").display().to_string();
        let listener = UnixListener::bind(&path).unwrap();
        rustix::net::listen(&listener, 0).unwrap();
        let mut waiting = Vec::new();
        let failed = |connect: Duration, cancel: &AtomicBool, waiting: &mut Vec<UnixStream>| loop {
            match connect_unix(&path, Limits { connect, statement: None, cancel }) {
                Ok(socket) => waiting.push(socket),
                Err(error) => break error.kind(),
            }
        };
        let (never, now) = (AtomicBool::new(false), AtomicBool::new(true));
        assert_eq!(failed(Duration::from_millis(30), &never, &mut waiting), ErrorKind::TimedOut);
        assert_eq!(failed(Duration::from_secs(600), &now, &mut waiting), ErrorKind::Interrupted);
    }
}
