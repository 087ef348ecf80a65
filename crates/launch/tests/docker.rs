//! Containers at a Docker daemon of the test's own.

mod support;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::AtomicBool;

use rustix::process::{Pid, Signal, kill_process};
use support::{Desk, LONG, await_that, free_address, has, is_root, ready, skip};
use toml::Table;
use vana_launch::{Probe, system};
use vana_types::{Resource, ResourceSource};

/// A daemon that keeps everything in one folder; stopped at the end.
struct Daemon {
    desk: Desk,
    child: Child,
    bridge: String,
    /// Where a port of the container is published.
    address: String,
}

impl Daemon {
    /// `None` where there can be none.
    fn start() -> Option<Self> {
        let missing = ["dockerd", "docker", "busybox"].into_iter().find(|program| !has(program));
        if let Some(program) = missing {
            skip(&format!("no {program}"));
            return None;
        }
        if !is_root() {
            skip("a Docker daemon takes root");
            return None;
        }
        let desk = Desk::new();
        let path = |name: &str| desk.path().join(name).display().to_string();
        // A bridge of its own: another daemon may use docker0.
        let bridge = format!("vt{}", std::process::id());
        ip(&["link", "add", &bridge, "type", "bridge"]);
        ip(&["address", "add", "172.31.231.1/24", "dev", &bridge]);
        ip(&["link", "set", &bridge, "up"]);
        let log = std::fs::File::create(desk.path().join("dockerd.log")).unwrap();
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
        let daemon = Self { desk, child, bridge, address: free_address() };
        await_that("dockerd does not answer", || daemon.docker(&["version"]).0);
        Some(daemon)
    }

    fn host(&self) -> String {
        format!("unix://{}", self.desk.path().join("sock").display())
    }

    fn docker(&self, arguments: &[&str]) -> (bool, String) {
        let output = Command::new("docker").args(["-H", &self.host()]).args(arguments).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// A root folder with busybox and a page, as a tar file.
    fn root(&self) -> String {
        let (root, tar) = (self.desk.path().join("root"), self.desk.path().join("root.tar"));
        std::fs::create_dir_all(root.join("bin")).unwrap();
        let busybox = ["/bin/busybox", "/usr/bin/busybox"].into_iter().find(|path| Path::new(path).exists());
        std::fs::copy(busybox.unwrap(), root.join("bin/busybox")).unwrap();
        std::fs::write(root.join("index.html"), "Hello, World\n").unwrap();
        let status = Command::new("tar").arg("-C").arg(&root).arg("-cf").arg(&tar).arg(".").status().unwrap();
        assert!(status.success());
        tar.display().to_string()
    }

    fn settings(&self, command: &[&str]) -> Table {
        let command = command.iter().map(|word| (*word).into()).collect();
        Table::from_iter([
            ("host".to_owned(), self.host().into()),
            ("image".to_owned(), "static:1".into()),
            ("import".to_owned(), self.root().into()),
            ("port".to_owned(), toml::Value::Integer(8080)),
            ("address".to_owned(), self.address.clone().into()),
            ("command".to_owned(), toml::Value::Array(command)),
        ])
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        let _ = self.child.wait();
        // Its mounts would keep the folder.
        for name in ["data", "exec/netns"] {
            let _ = Command::new("umount")
                .args(["-R", "-l"])
                .arg(self.desk.path().join(name))
                .stderr(Stdio::null())
                .status();
        }
        ip(&["link", "delete", &self.bridge]);
    }
}

fn ip(arguments: &[&str]) {
    let _ = Command::new("ip").args(arguments).stderr(Stdio::null()).status();
}

#[test]
fn containers_of_a_daemon() {
    let Some(daemon) = Daemon::start() else { return };
    a_container_is_measured_and_nothing_stays(&daemon);
    a_container_that_ends_shows_its_last_words(&daemon);
    an_image_that_the_daemon_lacks_is_a_problem(&daemon);
}

fn a_container_is_measured_and_nothing_stays(daemon: &Daemon) {
    let settings = daemon.settings(&["/bin/busybox", "httpd", "-f", "-p", "8080", "-h", "/"]);
    let recipe = daemon.desk.recipe("docker", &settings);
    let mut started = recipe.start().unwrap_or_else(|error| panic!("{error}"));
    let times = ready(&mut started);
    // The proxy of a published port is no sign of life.
    assert_eq!(times.first_connect, None);
    assert!(times.first_answer > std::time::Duration::ZERO);
    assert_eq!(started.address(), daemon.address);
    let bytes: u64 = started.attributes()["image_bytes"].parse().unwrap();
    assert!(bytes > 500_000, "{bytes}");
    let samples = started.sampler().sample(0);
    let what: Vec<_> = samples.iter().map(|sample| (sample.source, sample.resource)).collect();
    let all = [Resource::CpuTime, Resource::Memory, Resource::MemoryPeak, Resource::MemoryPss];
    assert_eq!(what, all.map(|resource| (ResourceSource::System, resource)));
    assert!(samples.iter().all(|sample| sample.value > 0.0), "{samples:?}");
    assert_eq!(started.ended(), None);
    assert_eq!(daemon.docker(&["ps", "--quiet"]).1.lines().count(), 1);
    started.stop().unwrap();
    assert_eq!(daemon.docker(&["ps", "--all", "--quiet"]), (true, String::new()));
}

fn a_container_that_ends_shows_its_last_words(daemon: &Daemon) {
    let settings = daemon.settings(&["/bin/busybox", "sh", "-c", "sleep 0.5; echo bye; exit 3"]);
    let mut started =
        daemon.desk.recipe("docker", &settings).start().unwrap_or_else(|error| panic!("{error}"));
    let probe = Probe::Http { path: "/".to_owned() };
    let error = started.await_ready(&probe, LONG, &AtomicBool::new(false)).unwrap_err();
    assert_eq!(error.to_string(), "ended before it answered (exit status: 3); its console ends with:\nbye");
    drop(started);
    assert_eq!(daemon.docker(&["ps", "--all", "--quiet"]), (true, String::new()));
}

fn an_image_that_the_daemon_lacks_is_a_problem(daemon: &Daemon) {
    let mut settings = daemon.settings(&[]);
    settings.remove("import");
    settings.insert("image".to_owned(), "missing:1".into());
    let recipe = system("docker").unwrap().recipe(&settings, &daemon.desk.place("a")).unwrap();
    let said: Vec<_> = recipe.problems().iter().map(ToString::to_string).collect();
    assert_eq!(said, ["image: missing:1: the daemon has no such image"]);
}

#[test]
fn a_daemon_that_is_down_is_a_problem() {
    if !has("docker") {
        return skip("no docker");
    }
    let settings = toml::toml! { host = "unix:///nonexistent/docker.sock" image = "static:1" port = 8080 };
    let recipe = system("docker").unwrap().recipe(&settings, &Desk::new().place("a")).unwrap();
    let problems = recipe.problems();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].message.contains("/nonexistent/docker.sock"), "{problems:?}");
    assert_eq!(problems[0].hint.as_deref(), Some("is its daemon running, and may you use it?"));
}
