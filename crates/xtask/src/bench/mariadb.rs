//! A MariaDB of its own, on the loopback interface, with a data folder of its own.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::command::{command, run};

/// The server; it ends with this.
pub(super) struct Mariadb {
    folder: PathBuf,
    child: Child,
    pub port: u16,
}

impl Mariadb {
    /// Starts it with its data in `folder`, which is emptied, and makes the database `sbtest`.
    pub fn start(folder: &Path) -> Result<Self> {
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::create_dir_all(folder.join("tmp"))?;
        let data = format!("--datadir={}", folder.join("data").display());
        // A server that begins removes what it takes for left behind in its folder of temporary tables, others' too.
        let temporary = format!("--tmpdir={}", folder.join("tmp").display());
        let install = [
            "--no-defaults",
            &data,
            &temporary,
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--user=root",
        ];
        run(command("mariadb-install-db", install).stdout(Stdio::null()))?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let file = |name: &str| folder.join(name).display().to_string();
        let arguments = [
            "--no-defaults".to_owned(),
            data,
            temporary,
            format!("--socket={}", file("socket")),
            format!("--pid-file={}", file("pid")),
            format!("--port={port}"),
            "--bind-address=127.0.0.1".to_owned(),
            "--user=root".to_owned(),
            "--innodb-buffer-pool-size=512M".to_owned(),
            // One flush a second: the disk would be what is measured otherwise.
            "--innodb-flush-log-at-trx-commit=2".to_owned(),
        ];
        let log = std::fs::File::create(folder.join("log"))?;
        let mut server = command("mariadbd", arguments);
        let child = server.stdout(Stdio::null()).stderr(log).spawn().context("mariadbd")?;
        let mut started = Self { folder: folder.to_owned(), child, port };
        started.wait()?;
        Ok(started)
    }

    fn wait(&mut self) -> Result<()> {
        let begun = Instant::now();
        loop {
            let socket = format!("--socket={}", self.folder.join("socket").display());
            let words = ["--no-defaults", &socket, "-uroot", "-e", "CREATE DATABASE sbtest"];
            let mut create = command("mariadb", words);
            if create.stderr(Stdio::null()).status().is_ok_and(|status| status.success()) {
                return Ok(());
            }
            if begun.elapsed() > Duration::from_secs(60) || self.child.try_wait()?.is_some() {
                let log = self.folder.join("log");
                bail!("MariaDB does not start: {}", std::fs::read_to_string(log).unwrap_or_default());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Mariadb {
    fn drop(&mut self) {
        let _ = command("kill", ["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}
