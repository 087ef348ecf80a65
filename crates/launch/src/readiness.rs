//! When a system first answers.
//!
//! An attempt takes up to 750 ms where packets vanish, as they do before a guest has a network, and boot times would be
//! rounded up to that. So attempts overlap: another begins every few milliseconds, on a connection of its own, up to a
//! number that no system's backlog minds.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::time::Timespec;

use crate::LaunchError;

/// How often another attempt begins.
const INTERVAL: Duration = Duration::from_millis(5);
/// How long a connection may take.
const CONNECT: Duration = Duration::from_millis(250);
/// How long an answer may take.
const ANSWER: Duration = Duration::from_millis(500);
/// Attempts at once.
const AT_ONCE: usize = 8;
/// The longest head that is read.
const HEAD_BYTES: usize = 4096;

/// What is asked to see whether a system is ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// A connection.
    Tcp,
    /// HTTP 200 for this path.
    Http {
        /// It begins with `/`.
        path: String,
    },
    /// The greeting of a `MySQL` server, which comes unasked.
    Mysql,
}

/// How long it took, from just before the system's program began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// Until a connection stood; absent where a forwarder takes connections before the system is there.
    pub first_connect: Option<Duration>,
    /// Until the first answer.
    pub first_answer: Duration,
}

/// What is waited for.
pub(crate) struct Wait {
    pub address: String,
    pub begin: Instant,
    pub timeout: Duration,
}

/// Asks until it answers, has ended, or has had its time.
pub(crate) fn await_ready(
    wait: &Wait,
    probe: &Probe,
    cancelled: &AtomicBool,
    mut ended: impl FnMut() -> Option<String>,
) -> Result<Readiness, LaunchError> {
    let address = resolve(&wait.address)?;
    let mut attempts: Vec<Attempt> = Vec::new();
    let mut first_connect = None;
    let mut last = String::from("no connection");
    let mut next = Instant::now();
    let mut look = Instant::now();
    loop {
        let now = Instant::now();
        if cancelled.load(Ordering::Relaxed) {
            return Err(LaunchError::Cancelled);
        }
        if now >= look {
            // Asking whether a container lives takes a process, so not every time.
            look = now + Duration::from_millis(50);
            if let Some(how) = ended() {
                return Err(LaunchError::Ended { how, console: String::new() });
            }
        }
        if now.duration_since(wait.begin) > wait.timeout {
            let seconds = wait.timeout.as_secs_f64();
            return Err(LaunchError::Silent {
                address: wait.address.clone(),
                seconds,
                last,
                console: String::new(),
            });
        }
        if now >= next && attempts.len() < AT_ONCE {
            next = now + INTERVAL;
            match Attempt::begin(address, &wait.address, probe) {
                Ok(attempt) => attempts.push(attempt),
                Err(error) => last = error.to_string(),
            }
        }
        let mut kept = Vec::new();
        for mut attempt in attempts {
            let step = attempt.step();
            if attempt.connected.is_some() && first_connect.is_none() {
                first_connect = attempt.connected;
            }
            match step {
                Step::Ready => return confirm(wait, first_connect, &mut ended),
                Step::Pending => kept.push(attempt),
                Step::Failed(why) => last = why,
            }
        }
        attempts = kept;
        pause(&attempts, next);
    }
}

/// The answer counts if the system still runs: else somebody else gave it.
fn confirm(
    wait: &Wait,
    first_connect: Option<Instant>,
    ended: &mut impl FnMut() -> Option<String>,
) -> Result<Readiness, LaunchError> {
    let first_answer = wait.begin.elapsed();
    if let Some(how) = ended() {
        return Err(LaunchError::Ended { how, console: String::new() });
    }
    Ok(Readiness { first_connect: first_connect.map(|time| time.duration_since(wait.begin)), first_answer })
}

fn resolve(address: &str) -> Result<SocketAddr, LaunchError> {
    let fail = |error: io::Error| LaunchError::Start(format!("{address}: {error}"));
    let mut found = address.to_socket_addrs().map_err(fail)?;
    found.next().ok_or_else(|| fail(ErrorKind::NotFound.into()))
}

/// Until something happens or another attempt is due, at least half a millisecond so that the machine is left alone.
fn pause(attempts: &[Attempt], next: Instant) {
    let rest = next.saturating_duration_since(Instant::now()).max(Duration::from_micros(500));
    let timeout = Timespec { tv_sec: 0, tv_nsec: i64::from(rest.subsec_nanos()) };
    let interest = |attempt: &Attempt| {
        if attempt.connected.is_some() { PollFlags::IN } else { PollFlags::OUT }
    };
    let mut descriptors: Vec<PollFd<'_>> =
        attempts.iter().map(|attempt| PollFd::new(&attempt.stream, interest(attempt))).collect();
    let _ = poll(&mut descriptors, Some(&timeout));
}

/// One connection and what came over it.
struct Attempt {
    stream: TcpStream,
    begin: Instant,
    connected: Option<Instant>,
    /// What is sent; nothing where the server speaks first.
    request: Option<String>,
    probe: Probe,
    received: Vec<u8>,
}

enum Step {
    Pending,
    Ready,
    Failed(String),
}

impl Attempt {
    fn begin(to: SocketAddr, host: &str, probe: &Probe) -> io::Result<Self> {
        let request = match probe {
            Probe::Http { path } => Some(format!(
                "GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: vana\r\nAccept: */*\r\nConnection: close\r\n\r\n"
            )),
            Probe::Tcp | Probe::Mysql => None,
        };
        let stream = TcpStream::connect(to)?;
        let begin = Instant::now();
        Ok(Self { stream, begin, connected: None, request, probe: probe.clone(), received: Vec::new() })
    }

    fn step(&mut self) -> Step {
        match self.try_step() {
            Ok(step) => step,
            Err(error) => Step::Failed(error.to_string()),
        }
    }

    fn try_step(&mut self) -> io::Result<Step> {
        let Some(connected) = self.connected else { return self.connect() };
        if connected.elapsed() > ANSWER {
            return Ok(Step::Failed("connected, but no answer".to_owned()));
        }
        let mut buffer = [0; HEAD_BYTES];
        match self.stream.read(&mut buffer) {
            Ok(0) => Ok(Step::Failed("the connection was closed before an answer".to_owned())),
            Ok(length) => {
                self.received.extend_from_slice(&buffer[..length]);
                Ok(self.judge())
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
                Ok(Step::Pending)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether the connection stands, and if so sends the request.
    fn connect(&mut self) -> io::Result<Step> {
        if let Some(error) = self.stream.take_error()? {
            return Err(error);
        }
        match self.stream.peer_addr() {
            Err(error) if error.kind() == ErrorKind::NotConnected => {
                let is_late = self.begin.elapsed() > CONNECT;
                return Ok(if is_late { Step::Failed("no connection".to_owned()) } else { Step::Pending });
            }
            other => other?,
        };
        self.connected = Some(Instant::now());
        if self.probe == Probe::Tcp {
            return Ok(Step::Ready);
        }
        if let Some(request) = &self.request {
            // A fresh connection takes a few hundred bytes at once.
            self.stream.write_all(request.as_bytes())?;
        }
        Ok(Step::Pending)
    }

    fn judge(&self) -> Step {
        let bytes = &self.received[..];
        let text = || String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).trim().to_owned();
        match self.probe {
            Probe::Tcp => Step::Ready,
            // HTTP/1.1 200: the status ends with the twelfth byte.
            Probe::Http { .. } if bytes.len() < 12 => Step::Pending,
            Probe::Http { .. } if bytes.starts_with(b"HTTP/1.") && &bytes[9..12] == b"200" => Step::Ready,
            Probe::Http { .. } => {
                Step::Failed(format!("answered {:?}", text().lines().next().unwrap_or_default()))
            }
            // Length (3 bytes), sequence number, protocol version 10 (MySQL internals, Protocol::HandshakeV10).
            Probe::Mysql if bytes.len() < 5 => Step::Pending,
            Probe::Mysql if bytes[3] == 0 && bytes[4] == 10 => Step::Ready,
            Probe::Mysql => Step::Failed(format!("no greeting of MySQL but {:?}", text())),
        }
    }
}

#[cfg(test)]
mod tests;
