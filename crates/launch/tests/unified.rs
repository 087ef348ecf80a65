//! Control groups of version 2 as a real kernel has them: this test program runs once more as root of a machine that has
//! no others.

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use support::{Desk, LONG, guest, has, made, skip};
use toml::Table;
use vana_launch::{Limits, Probe, Recipe, system};
use vana_types::{Resource, ResourceSource};

/// A variable by which this program knows that it is inside the machine.
const INSIDE: &str = "VANA_TEST_INSIDE";

/// The first process of the machine.
const INIT: &str = "#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs devtmpfs /dev
/bin/busybox mount -t tmpfs tmpfs /scratch
/bin/busybox mount -t cgroup2 cgroup2 /sys/fs/cgroup
/bin/busybox ip link set lo up
TMPDIR=/scratch VANA_TEST_INSIDE=1 /test --exact inside_the_machine --nocapture --test-threads 1
/bin/busybox poweroff -f
";

fn recipe(desk: &Desk, script: &str, memory_mib: u64) -> Recipe {
    let command = ["/bin/busybox", "sh", "-c", script].map(toml::Value::from).to_vec();
    let settings = Table::from_iter([
        ("command".to_owned(), command.into()),
        ("address".to_owned(), "127.0.0.1:8080".into()),
    ]);
    let mut place = desk.place("a");
    place.limits = Limits { cores: vec![0], memory_bytes: Some(memory_mib << 20) };
    system("process").unwrap().recipe(&settings, &place).unwrap()
}

/// No test of its own: what the test below runs inside its machine.
#[test]
fn inside_the_machine() {
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    let desk = Desk::new();
    let serve = "/bin/busybox sleep 3600 & exec /bin/busybox httpd -f -p 127.0.0.1:8080 -h /";
    let mut started = recipe(&desk, serve, 64).start().unwrap_or_else(|error| panic!("{error}"));
    let probe = Probe::Http { path: "/init".to_owned() };
    started.await_ready(&probe, LONG, &AtomicBool::new(false)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(started.attributes()["memory_of"], "cgroup v2");
    let groups = made();
    assert_eq!(groups.len(), 1, "{groups:?}");
    let file = |name: &str| std::fs::read_to_string(groups[0].join(name)).unwrap().trim().to_owned();
    let limits = ["cpuset.cpus", "cpu.max", "memory.max"].map(file);
    assert_eq!(limits, ["0".to_owned(), "100000 100000".to_owned(), (64 << 20).to_string()]);
    // The server and what it began; it has a process for each connection too.
    assert!(file("cgroup.procs").lines().count() >= 2);
    let samples = started.sampler().sample(0);
    let what: Vec<_> = samples.iter().map(|sample| (sample.source, sample.resource)).collect();
    let all = [Resource::CpuTime, Resource::Memory, Resource::MemoryPeak, Resource::MemoryPss];
    assert_eq!(what, all.map(|resource| (ResourceSource::System, resource)));
    assert!(samples.iter().all(|sample| sample.value > 0.0 && sample.value < 64e6), "{samples:?}");
    started.stop().unwrap();
    assert_eq!(made(), Vec::<PathBuf>::new());
    let eat = "exec /bin/busybox dd if=/dev/zero of=/dev/null bs=200M count=1";
    let mut started = recipe(&desk, eat, 32).start().unwrap_or_else(|error| panic!("{error}"));
    let error = started.await_ready(&probe, LONG, &AtomicBool::new(false)).unwrap_err();
    let words = "ended before it answered (signal: 9 (SIGKILL), out of memory); its console is empty";
    assert_eq!(error.to_string(), words);
    drop(started);
    assert_eq!(made(), Vec::<PathBuf>::new());
}

#[test]
fn version_2_of_a_real_kernel_limits_and_measures() {
    let Some(kernel) = guest("cloud-kernel") else { return };
    if let Some(program) = ["busybox", "strip", "ldd"].into_iter().find(|program| !has(program)) {
        return skip(&format!("no {program}"));
    }
    let desk = Desk::new();
    let initrd = desk.path().join("initrd");
    std::fs::write(&initrd, archive(desk.path())).unwrap();
    let serial = desk.path().join("serial");
    let mut machine = Command::new("qemu-system-x86_64");
    machine.args([
        "-accel",
        "tcg",
        "-smp",
        "1",
        "-m",
        "512",
        "-display",
        "none",
        "-nodefaults",
        "-no-reboot",
    ]);
    machine.args(["-kernel", &kernel, "-append", "console=ttyS0 quiet panic=-1 no_timer_check", "-initrd"]);
    machine.arg(&initrd).arg("-serial").arg(format!("file:{}", serial.display())).stdin(Stdio::null());
    let mut machine = machine.spawn().unwrap();
    let begin = Instant::now();
    while machine.try_wait().unwrap().is_none() && begin.elapsed() < LONG {
        std::thread::sleep(Duration::from_millis(50));
    }
    let _ = machine.kill();
    machine.wait().unwrap();
    let said = std::fs::read_to_string(&serial).unwrap_or_default();
    let passed = "test result: ok. 1 passed; 0 failed";
    assert!(said.lines().any(|line| line.starts_with(passed)), "{said}");
}

/// An initramfs with this program, what it needs, and busybox.
fn archive(folder: &Path) -> Vec<u8> {
    let this = std::env::current_exe().unwrap();
    let relay = PathBuf::from(env!("CARGO_BIN_EXE_vana-launch-relay"));
    let mut archive = Archive::default();
    for name in ["proc", "sys", "dev", "scratch"] {
        archive.folder(Path::new(name));
    }
    archive.file(Path::new("init"), INIT.as_bytes());
    let busybox =
        ["/bin/busybox", "/usr/bin/busybox"].into_iter().find(|path| Path::new(path).exists()).unwrap();
    archive.file(Path::new("bin/busybox"), &std::fs::read(busybox).unwrap());
    for (place, program) in [(Path::new("/test"), &this), (&relay, &relay)] {
        let stripped = folder.join("stripped");
        let status = Command::new("strip").arg("-o").arg(&stripped).arg(program).status().unwrap();
        assert!(status.success(), "strip {}", program.display());
        archive.file(place, &std::fs::read(&stripped).unwrap());
    }
    let output = Command::new("ldd").arg(&this).output().unwrap();
    for library in
        String::from_utf8(output.stdout).unwrap().split_whitespace().filter(|word| word.starts_with('/'))
    {
        archive.file(Path::new(library), &std::fs::read(library).unwrap());
    }
    archive.finish()
}

/// A cpio archive of the kind `newc` (Documentation/driver-api/early-userspace/buffer-format.rst of Linux).
#[derive(Default)]
struct Archive {
    bytes: Vec<u8>,
    folders: Vec<PathBuf>,
    count: usize,
}

impl Archive {
    fn entry(&mut self, name: &str, mode: u32, bytes: &[u8]) {
        self.count += 1;
        let fields = [self.count, mode as usize, 0, 0, 1, 0, bytes.len(), 0, 0, 0, 0, name.len() + 1, 0]
            .map(|f| format!("{f:08x}"));
        for part in [b"070701".as_slice(), fields.concat().as_bytes(), name.as_bytes(), &[0]] {
            self.bytes.extend_from_slice(part);
        }
        self.pad();
        self.bytes.extend_from_slice(bytes);
        self.pad();
    }

    fn pad(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }

    fn folder(&mut self, path: &Path) {
        if path.as_os_str().is_empty() || self.folders.iter().any(|known| known == path) {
            return;
        }
        self.folder(path.parent().unwrap());
        self.folders.push(path.to_owned());
        self.entry(path.to_str().unwrap(), 0o040_755, &[]);
    }

    fn file(&mut self, path: &Path, bytes: &[u8]) {
        let path = path.strip_prefix("/").unwrap_or(path);
        self.folder(path.parent().unwrap());
        self.entry(path.to_str().unwrap(), 0o100_755, bytes);
    }

    fn finish(mut self) -> Vec<u8> {
        self.entry("TRAILER!!!", 0, &[]);
        self.bytes
    }
}
