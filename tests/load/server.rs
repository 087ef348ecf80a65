//! Servers to be loaded: nginx, and one written by hand that does what no server should.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use vana_trace::{Column, TraceReader};
use vana_types::Outcome;

use crate::support::free_port;

/// A request as the trace has it.
pub struct Row {
    pub sent_ns: i64,
    pub service_ns: i64,
    pub due_ns: Option<i64>,
    pub is_sent: bool,
    pub outcome: Outcome,
}

impl Row {
    pub fn response_ns(&self) -> i64 {
        self.service_ns + self.due_ns.map_or(0, |due_ns| self.sent_ns - due_ns)
    }
}

/// All rows of a trace; none of them was sent before it was due.
pub fn rows(path: &Path) -> Vec<Row> {
    use arrow_array::Array;
    let mut rows = Vec::new();
    let columns = [Column::Sent, Column::Service, Column::Due, Column::BytesSent, Column::Outcome];
    TraceReader::open(path)
        .unwrap()
        .scan(&columns, |batch| {
            let due = batch.nullable(Column::Due);
            for row in 0..batch.len() {
                let due = due.filter(|due| due.is_valid(row)).map(|due| due.value(row));
                let bytes_sent = batch.nullable(Column::BytesSent).unwrap().value(row);
                rows.push(Row {
                    sent_ns: batch.i64s(Column::Sent)[row],
                    service_ns: batch.i64s(Column::Service)[row],
                    due_ns: due,
                    is_sent: bytes_sent > 0,
                    outcome: batch.outcome(row),
                });
            }
        })
        .unwrap();
    assert!(rows.iter().all(|row| row.due_ns.is_none_or(|due_ns| due_ns <= row.sent_ns)));
    rows
}

/// nginx with one worker and a log, in a folder of its own.
pub struct Nginx {
    folder: TempDir,
    port: u16,
    child: Child,
}

impl Nginx {
    /// Starts it; `None` where it cannot be.
    pub fn start() -> Option<Self> {
        Self::start_with(None)
    }

    /// The same with TLS: a certificate and its key, in PEM.
    pub fn start_with(tls: Option<(&str, &str)>) -> Option<Self> {
        // Between the choice of a port and the start somebody else may take it.
        (0..3).find_map(|_| Self::attempt(tls))
    }

    fn attempt(tls: Option<(&str, &str)>) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let (root, port) = (folder.path().display(), free_port());
        std::fs::create_dir(folder.path().join("html")).unwrap();
        std::fs::write(folder.path().join("html/index.html"), "hello\n").unwrap();
        let mut temporary = String::new();
        for name in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
            temporary.extend([name, "_temp_path ", &root.to_string(), "/", name, ";\n"]);
        }
        let mut listen = format!("127.0.0.1:{port}");
        if let Some((certificate, key)) = tls {
            std::fs::write(folder.path().join("certificate.pem"), certificate).unwrap();
            std::fs::write(folder.path().join("key.pem"), key).unwrap();
            let root = root.to_string();
            listen.extend([
                " ssl; ssl_certificate ",
                &root,
                "/certificate.pem; ssl_certificate_key ",
                &root,
                "/key.pem",
            ]);
        }
        let configuration = format!(
            "daemon off; pid {root}/pid; error_log {root}/error.log; worker_processes 1;\n\
             events {{ worker_connections 256; }}\n\
             http {{ access_log {root}/access.log; root {root}/html; {temporary}\n\
             server {{ listen {listen}; }} }}\n"
        );
        let file = folder.path().join("nginx.conf");
        std::fs::write(&file, configuration).unwrap();
        // A tempdir is private; the worker of a root's nginx is not root.
        make_readable(folder.path());
        let mut command = Command::new("nginx");
        command.arg("-p").arg(folder.path()).arg("-c").arg(&file).stdout(Stdio::null()).stderr(Stdio::null());
        let mut nginx = Self { child: command.spawn().ok()?, folder, port };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if begun.elapsed() > Duration::from_secs(60) || nginx.child.try_wait().unwrap().is_some() {
                return None;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Some(nginx)
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Lets it finish what it does; the number of lines in its log.
    pub fn stop(self) -> usize {
        self.stop_with_log().lines().count()
    }

    /// Lets it finish what it does; its log.
    pub fn stop_with_log(mut self) -> String {
        let log = self.folder.path().join("access.log");
        settle(&log);
        signal(&self.child, "QUIT");
        assert!(self.child.wait().unwrap().success());
        std::fs::read_to_string(log).unwrap()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            signal(&self.child, "TERM");
            let _ = self.child.wait();
        }
    }
}

/// Waits until a log has not grown for a while: an nginx that is told to go closes connections that seem to be idle, and does
/// not look whether a request has come over them that it had no time to read yet.
pub fn settle(log: &Path) {
    let length = || log.metadata().map_or(0, |log| log.len());
    let mut last = length();
    loop {
        std::thread::sleep(Duration::from_millis(200));
        match length() {
            now if now == last => return,
            now => last = now,
        }
    }
}

fn signal(child: &Child, name: &str) {
    let _ = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status();
}

fn make_readable(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// What a server does to every second request, or to all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Closes after each response, as it says.
    Closing,
    /// Closes after each response without saying so.
    ClosingUnsaid,
    /// Sends chunks.
    Chunked,
    /// Ends bodies by closing.
    UntilClose,
    /// Says 404.
    NotFound,
    /// Speaks something else.
    Garbage,
    /// Never ends its head.
    EndlessHead,
    /// Sends more than it announced.
    TooLong,
    /// Sends less than it announced, and closes.
    TooShort,
    /// Closes without a word.
    HangUp,
    /// Says nothing and waits.
    Silent,
    /// Says nothing to anybody.
    Mute,
    /// Answers each request after 30 ms.
    Slow,
    /// Answers after 20 ms, each fifth time after 80 ms.
    Uneven,
    /// Answers twenty times, hangs up twenty times, and so on.
    Fainting,
    /// Answers at once, but for 200 ms in each second not at all.
    Stalling,
}

const CLOSING: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
static LONG: [u8; 40_000] = [b'a'; 40_000];
const GOOD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A server with a thread for each connection; it ends with the value.
pub struct Server {
    port: u16,
    is_over: Arc<AtomicBool>,
    count: Arc<AtomicUsize>,
}

impl Server {
    pub fn start(way: Way) -> Self {
        Self::start_at(0, way)
    }

    /// The same at a port, or at any for 0.
    pub fn start_at(port: u16, way: Way) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let is_over = Arc::new(AtomicBool::new(false));
        let (over, begun) = (Arc::clone(&is_over), Instant::now());
        let count = Arc::new(AtomicUsize::new(0));
        let counting = Arc::clone(&count);
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let count = Arc::clone(&counting);
                std::thread::spawn(move || serve(socket, way, &count, begun));
            }
        });
        Self { port, is_over, count }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Requests that it has read.
    pub fn heard(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

/// Answers until the client goes away or the way says so.
fn serve(mut socket: TcpStream, way: Way, count: &AtomicUsize, begun: Instant) {
    socket.set_nodelay(true).unwrap();
    let mut request = [0; 4096];
    while matches!(socket.read(&mut request), Ok(1..)) {
        if way == Way::Stalling {
            let within = begun.elapsed().as_millis() as u64 % 1000;
            std::thread::sleep(Duration::from_millis(200u64.saturating_sub(within)));
            if socket.write_all(GOOD).is_err() {
                return;
            }
            continue;
        }
        if way == Way::Slow {
            std::thread::sleep(Duration::from_millis(30));
        }
        let number = count.fetch_add(1, Ordering::Relaxed);
        if way == Way::Uneven {
            std::thread::sleep(Duration::from_millis(if number.is_multiple_of(5) { 80 } else { 20 }));
        }
        if way == Way::Fainting && number / 20 % 2 == 1 {
            return;
        }
        let is_even = number.is_multiple_of(2);
        if matches!(way, Way::Closing | Way::ClosingUnsaid) {
            let _ = socket.write_all(if way == Way::Closing { CLOSING } else { GOOD });
            return;
        }
        if way == Way::Mute {
            continue;
        }
        if is_even || matches!(way, Way::Slow | Way::Uneven | Way::Fainting) {
            if socket.write_all(GOOD).is_err() {
                return;
            }
            continue;
        }
        let (answer, closes): (&[u8], bool) = match way {
            Way::Chunked => {
                (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", false)
            }
            Way::UntilClose => (b"HTTP/1.1 200 OK\r\n\r\nok", true),
            Way::NotFound => (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", false),
            Way::Garbage => (b"\x16\x03\x01garbage\r\n\r\n", false),
            Way::EndlessHead => (&LONG, false),
            Way::TooLong => (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nok", false),
            Way::TooShort => (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", true),
            Way::HangUp => (b"", true),
            _ => (b"", false),
        };
        let head: &[u8] = if way == Way::EndlessHead { b"HTTP/1.1 200 OK\r\nA: " } else { b"" };
        if socket.write_all(head).and_then(|()| socket.write_all(answer)).is_err() || closes {
            return;
        }
    }
}
