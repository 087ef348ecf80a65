//! Child processes that end with this one, run in groups and namespaces of their own, and begin when they are told.
//!
//! Between `fork` and `exec` nothing safe can be run, so the program of `vana` itself is started under a hidden first
//! argument ([`become_child`]). It does what has to be done in the child, waits for a word, and becomes the program.
//! What this takes happens before the clock of the boot time starts.

mod inside;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::time::Instant;

use serde::{Deserialize, Serialize};

pub use inside::{BecameChild, become_child};

use crate::LaunchError;

/// The hidden first argument.
const HIDDEN: &str = "__launch";

/// A program and everything around it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct ChildSpec {
    /// Its command line.
    pub arguments: Vec<String>,
    /// Variables that are added to the environment.
    pub environment: BTreeMap<String, String>,
    /// The folder it runs in.
    pub folder: Option<PathBuf>,
    /// Control groups it enters.
    pub groups: Vec<PathBuf>,
    /// Cores it may use; all if empty.
    pub cores: Vec<u16>,
    /// The file of its network namespace.
    pub network: Option<PathBuf>,
}

/// A child that waits for the word to begin.
pub(crate) struct Waiting {
    child: Child,
    line: BufReader<UnixStream>,
}

impl ChildSpec {
    /// Starts the child and has it prepare everything; its output goes to `console`.
    pub fn prepare(&self, relay: &Path, console: &Path) -> Result<Waiting, LaunchError> {
        let fail = |error: io::Error| LaunchError::Start(format!("{}: {error}", relay.display()));
        let output = File::create(console).map_err(LaunchError::io(console))?;
        let (own, other) = UnixStream::pair().map_err(fail)?;
        let json = serde_json::to_string(self).map_err(|error| LaunchError::Start(error.to_string()))?;
        let mut command = Command::new(relay);
        command
            .args([HIDDEN, "exec", &json])
            .envs(&self.environment)
            .stdin(Stdio::from(OwnedFd::from(other)));
        command.stdout(output.try_clone().map_err(fail)?).stderr(output);
        // Ctrl-C is for vana, which then stops the system in order.
        command.process_group(0);
        let child = spawn(command).map_err(fail)?;
        let mut waiting = Waiting { child, line: BufReader::new(own) };
        let mut word = String::new();
        let _ = waiting.line.read_line(&mut word);
        if word == "ready\n" {
            return Ok(waiting);
        }
        waiting.cancel();
        Err(LaunchError::Start(or_unsaid(&word)))
    }
}

impl Waiting {
    /// Its number, which the program will have too.
    pub fn pid(&self) -> i32 {
        self.child.id() as i32
    }

    /// Says the word. The time is that just before it.
    pub fn begin(mut self) -> Result<(Child, Instant), LaunchError> {
        let begin = Instant::now();
        let mut said = String::new();
        let told = self.line.get_mut().write_all(b"g");
        // The line closes when the program runs.
        let _ = self.line.read_to_string(&mut said);
        if told.is_ok() && said.is_empty() {
            return Ok((self.child, begin));
        }
        self.cancel();
        Err(LaunchError::Start(or_unsaid(&said)))
    }

    fn cancel(&mut self) {
        let _ = self.line.get_ref().shutdown(Shutdown::Both);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn or_unsaid(said: &str) -> String {
    let said = said.trim();
    if said.is_empty() { "the relay ended before it began; is it vana?".to_owned() } else { said.to_owned() }
}

/// A process that clears away what is left if this one ends without having done so.
pub(crate) struct Watcher(Child);

impl Watcher {
    /// Watches over what this state file names.
    pub fn start(relay: &Path, state: &Path) -> Result<Self, LaunchError> {
        let mut command = Command::new(relay);
        command.args([HIDDEN, "watch"]).arg(state).stdin(Stdio::piped());
        command.stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let child = command.spawn();
        child.map(Self).map_err(|error| LaunchError::Start(format!("{}: {error}", relay.display())))
    }

    /// Everything is cleared away.
    pub fn dismiss(mut self) {
        if let Some(mut line) = self.0.stdin.take() {
            let _ = line.write_all(b"d");
        }
        let _ = self.0.wait();
    }
}

/// Starts a child from a thread that lives as long as this process: the signal at the parent's death comes when the
/// *thread* that made the child ends (prctl(2)).
fn spawn(command: Command) -> io::Result<Child> {
    type Order = (Command, mpsc::Sender<io::Result<Child>>);
    static ORDERS: OnceLock<mpsc::Sender<Order>> = OnceLock::new();
    let orders = ORDERS.get_or_init(|| {
        let (sender, receiver) = mpsc::channel::<Order>();
        std::thread::spawn(move || {
            for (mut command, answer) in receiver {
                let _ = answer.send(command.spawn());
            }
        });
        sender
    });
    let gone = || io::Error::other("the thread that starts children is gone");
    let (sender, receiver) = mpsc::channel();
    orders.send((command, sender)).map_err(|_| gone())?;
    receiver.recv().map_err(|_| gone())?
}
