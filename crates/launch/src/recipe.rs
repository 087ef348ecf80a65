//! What is to be done to start a system, down to every command line, and what is in its way.

use std::collections::BTreeMap;
use std::net::{TcpStream, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

use crate::cgroup::{Groups, Layout, list};
use crate::command::{find_program, shell_line};
use crate::image::{self, Form};
use crate::network::Network;
use crate::{Acceleration, LaunchError, Problem, Started};

/// The longest path of a Unix socket, its last zero byte not counted (unix(7)).
const SOCKET_PATH_BYTES: usize = 107;

/// What a system may use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Cores by number; all if empty.
    pub cores: Vec<u16>,
    /// Memory; as much as there is if absent.
    pub memory_bytes: Option<u64>,
}

/// Where and as what a system is started.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// Its name in the study; no two of one folder have the same.
    pub name: String,
    /// What it may use.
    pub limits: Limits,
    /// What runs virtual machines.
    pub acceleration: Acceleration,
    /// A folder for its console, sockets and state; made if it is missing. Its path should be short, because those of
    /// sockets are limited.
    pub folder: PathBuf,
    /// The program whose `main` calls [`become_child`](crate::become_child) first.
    pub relay: PathBuf,
}

impl Place {
    /// A file of this system in the folder.
    pub(crate) fn file(&self, suffix: &str) -> PathBuf {
        self.folder.join(format!("{}.{suffix}", self.name))
    }

    /// The name of what is made on this machine for it: short enough for a device, and the same every time.
    pub(crate) fn label(&self) -> String {
        format!("vana-{:08x}", self.hash() as u32)
    }

    /// Its MAC address: of QEMU's range, and the same every time.
    pub(crate) fn mac(&self) -> String {
        let [_, _, _, _, _, a, b, c] = self.hash().to_be_bytes();
        format!("52:54:00:{a:02x}:{b:02x}:{c:02x}")
    }

    /// FNV-1a of folder and name.
    fn hash(&self) -> u64 {
        let text = self.file("").to_string_lossy().into_owned();
        text.bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    }
}

/// What is to be done to start a system.
#[derive(Clone, Debug, Default)]
pub struct Recipe {
    pub(crate) kind: &'static str,
    pub(crate) place: Place,
    /// Where it is asked; `None` if that is known only when it runs.
    pub(crate) address: Option<String>,
    /// Whether a connection at the address reaches the system itself and no forwarder before it.
    pub(crate) own_address: bool,
    pub(crate) network: Option<Network>,
    /// Command lines that are run to their end first.
    pub(crate) preparations: Vec<Vec<String>>,
    pub(crate) start: Start,
    /// Memory of the control group, if it has one: the system's and what its helpers need.
    pub(crate) group_memory_bytes: Option<u64>,
    pub(crate) programs: Vec<String>,
    /// Settings, the files they name, and what these may be; any if nothing is said.
    pub(crate) files: Vec<(&'static str, PathBuf, &'static [Form])>,
    /// Files whose bytes are the image's.
    pub(crate) images: Vec<PathBuf>,
    /// What was found wrong with this machine when the recipe was made.
    pub(crate) problems: Vec<Problem>,
    pub(crate) attributes: BTreeMap<String, String>,
}

/// How it is started.
#[derive(Clone, Debug, Default)]
pub(crate) enum Start {
    /// It is up already.
    #[default]
    Nothing,
    /// By a program that runs as long as it.
    Child(Program),
    /// By a daemon of containers.
    Container(Container),
    /// By a daemon of unikernels.
    Instance(Instance),
}

/// A program that runs as long as the system.
#[derive(Clone, Debug, Default)]
pub(crate) struct Program {
    pub arguments: Vec<String>,
    pub environment: BTreeMap<String, String>,
    pub folder: Option<PathBuf>,
    /// The socket at which QEMU takes orders.
    pub qmp: Option<PathBuf>,
    /// Seconds that the guest has to power itself off.
    pub grace_s: f64,
    /// Whether the guest tells what memory it uses.
    pub tells_memory: bool,
    /// A file to which the console goes if not to the program's output.
    pub console: Option<PathBuf>,
    /// Files that it reads and that are written first.
    pub inputs: Vec<(PathBuf, String)>,
    /// What it leaves behind.
    pub files: Vec<PathBuf>,
    /// Commands that remove what it left behind, and prove that.
    pub removals: Vec<Vec<String>>,
}

/// A container at a daemon.
#[derive(Clone, Debug, Default)]
pub(crate) struct Container {
    /// The program with its options, `docker -H …`.
    pub program: Vec<String>,
    pub name: String,
    /// What follows the program.
    pub run: Vec<String>,
    /// The port on which the system listens in the container.
    pub port: u16,
    pub image: String,
}

/// An instance at a daemon.
#[derive(Clone, Debug, Default)]
pub(crate) struct Instance {
    /// `http://127.0.0.1:3000`.
    pub daemon: String,
    pub name: String,
    /// The body that starts it.
    pub body: serde_json::Value,
}

impl Recipe {
    /// Of this kind of system at this place.
    pub(crate) fn new(kind: &'static str, place: &Place) -> Self {
        Self { kind, place: place.clone(), own_address: true, ..Self::default() }
    }

    /// Where the system will be asked, `HOST:PORT`; `None` if that is known only when it runs.
    pub fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    /// Facts that belong to every run of this system: its kind, the size of its image in bytes, what runs it and why.
    pub fn attributes(&self) -> BTreeMap<String, String> {
        let mut attributes = self.attributes.clone();
        attributes.insert("system_kind".to_owned(), self.kind.to_owned());
        let sizes: Option<Vec<u64>> =
            self.images.iter().map(|path| Some(std::fs::metadata(path).ok()?.len())).collect();
        if let Some(sizes) = sizes.filter(|sizes| !sizes.is_empty()) {
            attributes.insert("image_bytes".to_owned(), sizes.iter().sum::<u64>().to_string());
        }
        attributes
    }

    /// Every command line, in order, as a shell would take it.
    pub fn command_lines(&self) -> Vec<String> {
        let network = self.network.iter().flat_map(Network::commands);
        let mut lines: Vec<String> =
            network.chain(self.preparations.iter().cloned()).map(|line| shell_line(&line)).collect();
        let inside = self
            .network
            .iter()
            .flat_map(|network| ["nsenter".to_owned(), format!("--net={}", network.path().display())]);
        match &self.start {
            Start::Nothing => {}
            Start::Child(program) => {
                let variables = program.environment.iter().map(|(name, value)| format!("{name}={value}"));
                let variables: Vec<String> = variables.collect();
                let before =
                    if variables.is_empty() { vec![] } else { [vec!["env".to_owned()], variables].concat() };
                lines.push(shell_line(
                    &inside.chain(before).chain(program.arguments.iter().cloned()).collect::<Vec<_>>(),
                ));
            }
            Start::Container(container) => {
                lines.push(shell_line(&[&container.program[..], &container.run].concat()));
            }
            Start::Instance(instance) => {
                lines.push(format!("POST {}/instances/run {}", instance.daemon, instance.body));
                if !self.place.limits.cores.is_empty() {
                    let cores = list(&self.place.limits.cores);
                    lines.push(format!("taskset --all-tasks --pid --cpu-list {cores} PID"));
                }
            }
        }
        lines
    }

    /// Everything on this machine that is in the way, without starting anything that stays.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = self.problems.clone();
        for program in &self.programs {
            if find_program(program).is_none() {
                problems.push(
                    Problem::here(format!("{program}: no such program"))
                        .hint(format!("install it, or give its path; a {} system needs it", self.kind)),
                );
            }
        }
        let files = self.files.iter();
        problems.extend(files.filter_map(|(key, path, wanted)| image::problem(key, path, wanted)));
        problems.extend(self.missing_rights());
        problems.extend(self.port_taken());
        if let Start::Child(Program { qmp: Some(socket), .. }) = &self.start
            && socket.as_os_str().len() > SOCKET_PATH_BYTES
        {
            problems.push(Problem::here(format!(
                "{}: too long for a socket, {SOCKET_PATH_BYTES} bytes at most",
                socket.display()
            )));
        }
        problems
    }

    fn missing_rights(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if rustix::process::geteuid().is_root() {
            return problems;
        }
        if self.network.is_some() {
            problems.push(
                Problem::here("a network of its own can be made only by root")
                    .hint("network = \"user\" needs no rights"),
            );
        }
        if matches!(self.start, Start::Child(Program { qmp: None, .. }))
            && self.group_memory_bytes.is_some()
            && self.network.is_none()
        {
            problems.push(
                Problem::here("memory can be limited only by root")
                    .hint("memory = \"none\" in [plan] sets no limit; or run as root"),
            );
        }
        problems
    }

    /// A stranger at the address would be measured instead of the system.
    fn port_taken(&self) -> Option<Problem> {
        if matches!(self.start, Start::Nothing) || self.network.is_some() {
            return None;
        }
        let address = self.address.as_deref()?;
        answers(address).then(|| {
            Problem::at("address", format!("{address}: something answers there already"))
                .hint("stop it, or choose another port")
        })
    }

    /// The control groups that it gets; none where that takes rights that are missing.
    pub(crate) fn groups(&self) -> Groups {
        if !rustix::process::geteuid().is_root() {
            return Groups::default();
        }
        let own = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        Layout::here().planned(&self.place.label(), &own)
    }

    /// Starts it. What it takes away again if it fails is everything.
    pub fn start(&self) -> Result<Started, LaunchError> {
        Started::start(self)
    }
}

/// Whether anything takes connections at an address.
pub(crate) fn answers(address: &str) -> bool {
    let Ok(addresses) = address.to_socket_addrs() else { return false };
    addresses
        .into_iter()
        .any(|address| TcpStream::connect_timeout(&address, Duration::from_millis(250)).is_ok())
}
