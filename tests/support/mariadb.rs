//! A private MariaDB on the loopback interface, with data of its own.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::free_port;

/// Makes the data of a new server in `folder` and gives the command that starts it; `None` where it cannot be.
pub fn install(folder: &Path, port: u16) -> Option<Vec<String>> {
    let path = |name: &str| folder.join(name).display().to_string();
    std::fs::create_dir_all(folder.join("tmp")).unwrap();
    // A server that begins removes what it takes for left behind in its folder of temporary tables, others' too.
    let folders = [format!("--datadir={}", path("data")), format!("--tmpdir={}", path("tmp"))];
    let mut install = Command::new("mariadb-install-db");
    install.arg("--no-defaults").args(&folders).args(["--user=root", "--skip-test-db"]);
    let output = install.arg("--auth-root-authentication-method=normal").output().ok()?;
    if !output.status.success() {
        eprintln!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        return None;
    }
    let mut words: Vec<String> =
        ["mariadbd", "--no-defaults", "--user=root", "--bind-address=127.0.0.1"].map(str::to_owned).into();
    words.extend(folders);
    words.extend([format!("--port={port}"), format!("--socket={}", path("socket"))]);
    words.extend([format!("--pid-file={}", path("pid")), "--innodb-flush-log-at-trx-commit=2".to_owned()]);
    Some(words)
}

/// The server; it ends with this.
pub struct Mariadb {
    folder: TempDir,
    child: Child,
    port: u16,
}

impl Mariadb {
    /// Starts it with an empty database `test`; `None` where it cannot be.
    pub fn start() -> Option<Self> {
        // Between the choice of a port and the start somebody else may take it.
        (0..3).find_map(|_| Self::attempt())
    }

    fn attempt() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let words = install(folder.path(), port)?;
        let mut server = Command::new(&words[0]);
        server.args(&words[1..]);
        let child = server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
        let mut server = Self { folder, child, port };
        let begun = Instant::now();
        while server.ask("CREATE DATABASE test").is_none() {
            if begun.elapsed() > Duration::from_secs(60) || server.child.try_wait().unwrap().is_some() {
                return None;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(server)
    }

    pub fn url(&self) -> String {
        format!("mysql://root@127.0.0.1:{}/test", self.port)
    }

    /// Path of its Unix socket.
    pub fn socket(&self) -> String {
        self.folder.path().join("socket").display().to_string()
    }

    /// What Debian's own client prints; `None` when it fails.
    pub fn ask(&self, text: &str) -> Option<String> {
        let socket = format!("--socket={}", self.socket());
        let mut client = Command::new("mariadb");
        let output = client.args(["--no-defaults", "-N", "-uroot", &socket, "-e", text]).output().ok()?;
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
    }

    /// A second client that has done this and stays; what it has not committed is undone when it goes.
    pub fn guest(&self, text: &str) -> Guest {
        let socket = format!("--socket={}", self.socket());
        let mut client = Command::new("mariadb");
        client.args(["--no-defaults", "-N", "--unbuffered", "-uroot", &socket]);
        let mut child = client.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        writeln!(child.stdin.as_ref().unwrap(), "{text}; SELECT 'done';").unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(said.into_iter().any(|line| line == "done"), "{text}");
        Guest(child)
    }

    /// A counter of the server.
    pub fn counter(&self, name: &str) -> u64 {
        let said = self.ask(&format!("SHOW GLOBAL STATUS LIKE '{name}'")).unwrap();
        said.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// Sends it a signal: after `STOP` it does nothing until `CONT`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(sent.unwrap().success(), "{name}");
    }

    /// Ends it at once, as a failure of power would.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// See [`Mariadb::guest`].
pub struct Guest(Child);

impl Drop for Guest {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

impl Drop for Mariadb {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            // A test that failed may have stopped it.
            for signal in ["-TERM", "-CONT"] {
                let _ = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
            }
            let _ = self.child.wait();
        }
    }
}
