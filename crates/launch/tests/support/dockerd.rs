//! A Docker daemon of a test's own, on a bridge of its own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A daemon that keeps everything in one folder; stopped at the end.
pub struct Dockerd {
    folder: TempDir,
    child: Child,
    bridge: String,
}

/// Longer than a daemon takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

impl Dockerd {
    /// Starts one; why there can be none, otherwise. `subnet` is a third octet that no other daemon of the tests has.
    pub fn start(subnet: u8) -> Result<Self, String> {
        let missing = ["dockerd", "docker", "busybox"].into_iter().find(|program| find(program).is_none());
        if let Some(program) = missing {
            return Err(format!("no {program}"));
        }
        let owner = Command::new("id").arg("-u").output().map_err(|error| error.to_string())?;
        if owner.stdout != b"0\n" {
            return Err("a Docker daemon takes root".to_owned());
        }
        let folder = tempfile::Builder::new().prefix("v").tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        // A bridge of its own: another daemon may use docker0.
        let bridge = format!("vt{}", std::process::id());
        ip(&["link", "add", &bridge, "type", "bridge"]);
        ip(&["address", "add", &format!("172.31.{subnet}.1/24"), "dev", &bridge]);
        ip(&["link", "set", &bridge, "up"]);
        let log = std::fs::File::create(folder.path().join("dockerd.log")).unwrap();
        let child = Command::new("dockerd")
            .args(["--data-root", &path("data"), "--exec-root", &path("exec"), "--pidfile", &path("pid")])
            .args(["--host", &format!("unix://{}", path("sock")), "--storage-driver", "vfs"])
            .args(["--bridge", &bridge])
            // Rules of the host's firewall are not ours to change, and the host reaches a bridge without them.
            .args(["--iptables=false", "--ip6tables=false", "--ip-masq=false", "--userland-proxy=true"])
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let daemon = Self { folder, child, bridge };
        let begun = Instant::now();
        while !daemon.docker(&["version"]).0 {
            assert!(begun.elapsed() < PATIENCE, "dockerd does not answer: {}", daemon.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(daemon)
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("dockerd.log")).unwrap_or_default()
    }

    /// Where it takes orders.
    pub fn host(&self) -> String {
        format!("unix://{}", self.folder.path().join("sock").display())
    }

    /// Runs its client; whether it succeeded, and what it printed.
    pub fn docker(&self, arguments: &[&str]) -> (bool, String) {
        let output = Command::new("docker").args(["-H", &self.host()]).args(arguments).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Names of all containers, running or not.
    pub fn containers(&self) -> String {
        let (is_answered, names) = self.docker(&["ps", "--all", "--format", "{{.Names}}"]);
        assert!(is_answered, "dockerd does not answer: {}", self.log());
        names
    }

    /// A root folder with busybox and a page, as a tar file.
    pub fn root(&self) -> String {
        let (root, tar) = (self.folder.path().join("root"), self.folder.path().join("root.tar"));
        std::fs::create_dir_all(root.join("bin")).unwrap();
        std::fs::copy(find("busybox").unwrap(), root.join("bin/busybox")).unwrap();
        std::fs::write(root.join("index.html"), "Hello, World\n").unwrap();
        let status = Command::new("tar").arg("-C").arg(&root).arg("-cf").arg(&tar).arg(".").status().unwrap();
        assert!(status.success());
        tar.display().to_string()
    }
}

impl Drop for Dockerd {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
        // Its mounts would keep the folder.
        for name in ["data", "exec/netns"] {
            let _ = Command::new("umount")
                .args(["-R", "-l"])
                .arg(self.folder.path().join(name))
                .stderr(Stdio::null())
                .status();
        }
        ip(&["link", "delete", &self.bridge]);
    }
}

fn ip(arguments: &[&str]) {
    let _ = Command::new("ip").args(arguments).stderr(Stdio::null()).status();
}

fn find(program: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let usual = [Path::new("/bin"), Path::new("/usr/bin"), Path::new("/usr/sbin")].map(Path::to_owned);
    std::env::split_paths(&folders)
        .chain(usual)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}
