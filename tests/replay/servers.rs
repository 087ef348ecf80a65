//! nginx with a log that can be replayed, and a server that remembers what it heard.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::server::settle;
use crate::support::free_port;

/// The combined format and what comes after it.
pub const COMBINED: &str = "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent \
                            \"$http_referer\" \"$http_user_agent\"";

/// nginx with one worker.
pub struct Nginx {
    folder: TempDir,
    port: u16,
    child: Child,
}

impl Nginx {
    /// Starts it with the combined log and some more fields; `None` where it cannot be.
    pub fn start(fields: &str) -> Option<Self> {
        // Between the choice of a port and the start somebody else may take it.
        (0..3).find_map(|_| Self::attempt(fields))
    }

    fn attempt(fields: &str) -> Option<Self> {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (root, port) = (folder.path().display().to_string(), free_port());
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::create_dir(folder.path().join("html")).unwrap();
        std::fs::write(folder.path().join("html/index.html"), "hello\n").unwrap();
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {root}/{name};\n"))
            .concat();
        let configuration = format!(
            "daemon off; pid {root}/pid; error_log {root}/error.log; worker_processes 1;\n\
             events {{ worker_connections 256; }}\n\
             http {{ log_format timed '{COMBINED} {fields}'; access_log {root}/access.log timed; {temporary}\n\
             root {root}/html; server {{ listen 127.0.0.1:{port}; }} }}\n"
        );
        let file = folder.path().join("nginx.conf");
        std::fs::write(&file, configuration).unwrap();
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
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Lets it finish what it does; its log.
    pub fn stop(mut self) -> String {
        let log = self.folder.path().join("access.log");
        settle(&log);
        self.signal("QUIT");
        assert!(self.child.wait().unwrap().success());
        std::fs::read_to_string(log).unwrap()
    }

    fn signal(&self, name: &str) {
        let _ = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.signal("TERM");
            let _ = self.child.wait();
        }
    }
}

/// What was asked in a log, sorted.
pub fn asked(log: &str) -> Vec<&str> {
    let mut asked: Vec<&str> = log.lines().map(|line| line.split('"').nth(1).unwrap()).collect();
    asked.sort_unstable();
    asked
}

/// Answers all and remembers heads and bodies in the order of their coming; it ends with the process.
pub struct Listener {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Listener {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::<Mutex<Vec<String>>>::default();
        let all = Arc::clone(&heard);
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let all = Arc::clone(&all);
                std::thread::spawn(move || listen(socket, &all));
            }
        });
        Self { port, heard }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What was heard so far, without the port.
    pub fn heard(&self) -> Vec<String> {
        let heard = self.heard.lock().unwrap();
        heard.iter().map(|text| text.replace(&self.port.to_string(), "PORT")).collect()
    }
}

fn listen(mut socket: TcpStream, all: &Mutex<Vec<String>>) {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    while let Ok(read @ 1..) = socket.read(&mut buffer) {
        bytes.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8(bytes.clone()).unwrap();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head
            .split_once("Content-Length: ")
            .map_or(0, |(_, rest)| rest.lines().next().unwrap().parse::<usize>().unwrap());
        if body.len() < length {
            continue;
        }
        all.lock().unwrap().push(text);
        bytes.clear();
        if socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").is_err() {
            return;
        }
    }
}
