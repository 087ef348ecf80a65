//! The servers that are loaded, each with one thread on a core of its own.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::command::{command, shown};
use crate::workspace::target;

/// The core of the server.
const CORE: &str = "1";

/// A server that runs until it is dropped.
pub(super) struct Server {
    port: u16,
    shown: String,
    child: Child,
}

impl Server {
    /// Starts `vana-server` or `nginx` and waits until it listens.
    pub fn start(name: &str, folder: &Path) -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = if name == "nginx" {
            nginx(folder, port)?
        } else {
            let server = target().join("release/vana-server").display().to_string();
            command("taskset", ["-c", CORE, &server, &format!("127.0.0.1:{port}")])
        };
        let shown = shown(&command);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let mut server = Self { port, child: child.with_context(|| shown.clone())?, shown };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if begun.elapsed() > Duration::from_secs(10) || server.child.try_wait()?.is_some() {
                bail!("it does not listen: {}", server.shown);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(server)
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// The command as one would type it.
    pub fn shown(&self) -> String {
        format!("`{}`", self.shown)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// nginx with one worker, which sends a small file and keeps no log.
fn nginx(folder: &Path, port: u16) -> Result<Command> {
    let root = folder.join("nginx");
    std::fs::create_dir_all(root.join("html")).with_context(|| root.display().to_string())?;
    std::fs::write(root.join("html/index.html"), "Hello, World\n")?;
    let at = root.display().to_string();
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {at}/{name};\n"))
        .concat();
    let configuration = format!(
        "daemon off; pid {at}/pid; error_log {at}/error.log; worker_processes 1;\n\
         events {{ worker_connections 1024; }}\n\
         http {{ access_log off; keepalive_requests 1000000000; root {at}/html; {temporary}\
         server {{ listen 127.0.0.1:{port}; }} }}\n"
    );
    let file = root.join("nginx.conf");
    std::fs::write(&file, configuration)?;
    let file = file.display().to_string();
    // Its worker is not root where its master is, and must reach its files.
    Ok(command("taskset", ["-c", CORE, "nginx", "-g", user(), "-p", &at, "-c", &file]))
}

/// A worker of root's nginx stays root, so that a private folder can be served.
fn user() -> &'static str {
    if crate::command::answer("id", &["-u"]).as_deref() == Some("0") { "user root;" } else { "" }
}
