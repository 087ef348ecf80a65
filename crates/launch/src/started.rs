//! A system that runs.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Child;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use crate::cgroup::{Groups, Layout};
use crate::child::{ChildSpec, Watcher};
use crate::network::Network;
use crate::process::{MARK, Process};
use crate::readiness::{self, Wait};
use crate::recipe::{Container, Instance, Program, Start, answers};
use crate::state::{self, State};
use crate::system::{container, daemon};
use crate::{LaunchError, Limits, Probe, Readiness, Recipe, Sampler, command, console, network, teardown};

/// A system that runs. It is stopped and removed when this is dropped.
pub struct Started {
    recipe: Recipe,
    state: State,
    state_path: PathBuf,
    watcher: Option<Watcher>,
    child: Option<Child>,
    begin: Instant,
    address: String,
    console: PathBuf,
    groups: Groups,
    /// The first process of the system.
    root: Option<i32>,
    /// A process that belongs to it and is not in its groups.
    helper: Option<i32>,
    attributes: BTreeMap<String, String>,
    stopped: bool,
}

impl Started {
    /// Every step is written down before it is done, so that it is undone whatever happens.
    pub(crate) fn start(recipe: &Recipe) -> Result<Self, LaunchError> {
        let place = &recipe.place;
        std::fs::create_dir_all(&place.folder).map_err(LaunchError::io(&place.folder))?;
        if let (Some(address), None, false) =
            (&recipe.address, &recipe.network, matches!(recipe.start, Start::Nothing))
            && answers(address)
        {
            return Err(LaunchError::Answered(address.clone()));
        }
        let state_path = state::path(&place.folder, &place.name);
        if state_path.exists() {
            // Written over, it could not be cleared away any more.
            return Err(LaunchError::Exists(state_path));
        }
        let mut started = Self {
            recipe: recipe.clone(),
            state: State::new(&place.name),
            state_path,
            watcher: None,
            child: None,
            begin: Instant::now(),
            address: recipe.address.clone().unwrap_or_default(),
            console: place.file("console"),
            groups: Groups::default(),
            root: None,
            helper: None,
            attributes: recipe.attributes(),
            stopped: false,
        };
        started.begin()?;
        if let Some(version) = started.groups.version() {
            started.attributes.insert("memory_of".to_owned(), version.to_owned());
        }
        Ok(started)
    }

    fn begin(&mut self) -> Result<(), LaunchError> {
        let recipe = self.recipe.clone();
        if matches!(recipe.start, Start::Nothing) {
            return Ok(());
        }
        self.state.namespace = recipe.network.as_ref().map(|network| network.namespace.clone());
        match &recipe.start {
            Start::Nothing => {}
            Start::Child(program) => {
                self.state.qmp.clone_from(&program.qmp);
                self.state.grace_s = program.grace_s;
                self.state.files.clone_from(&program.files);
                self.state.removals.clone_from(&program.removals);
                self.groups = recipe.groups();
                self.state.groups = self.groups.folders();
                self.state.mark = mark(&recipe.place.label());
            }
            Start::Container(container) => {
                self.state.removals = vec![container.removal()];
                self.state.proofs = vec![container.proof()];
            }
            Start::Instance(instance) => self.state.instance = Some(instance.address()),
        }
        self.state.write(&self.state_path)?;
        self.watcher = Some(Watcher::start(&recipe.place.relay, &self.state_path)?);
        let commands = recipe.network.iter().flat_map(Network::commands).chain(recipe.preparations.clone());
        for line in commands {
            command::run(&line)?;
        }
        match &recipe.start {
            Start::Nothing => Ok(()),
            Start::Child(program) => self.begin_child(program),
            Start::Container(container) => self.begin_container(container),
            Start::Instance(instance) => self.begin_instance(instance),
        }
    }

    fn begin_child(&mut self, program: &Program) -> Result<(), LaunchError> {
        let Limits { cores, .. } = &self.recipe.place.limits;
        let limits = Limits { cores: cores.clone(), memory_bytes: self.recipe.group_memory_bytes };
        self.groups
            .create(&limits)
            .map_err(|error| LaunchError::Start(format!("control groups: {error}")))?;
        let mut environment = program.environment.clone();
        environment.insert(MARK.to_owned(), self.state.mark.clone());
        let spec = ChildSpec {
            arguments: program.arguments.clone(),
            environment,
            folder: program.folder.clone(),
            groups: self.state.groups.clone(),
            cores: cores.clone(),
            network: self.recipe.network.as_ref().map(Network::path),
        };
        for (path, text) in &program.inputs {
            std::fs::write(path, text).map_err(LaunchError::io(path))?;
        }
        let waiting = spec.prepare(&self.recipe.place.relay, &self.console)?;
        self.root = Some(waiting.pid());
        self.state.processes.extend(Process::of(waiting.pid()));
        self.state.write(&self.state_path)?;
        let (child, begin) = waiting.begin()?;
        self.child = Some(child);
        self.begin = begin;
        self.console = program.console.clone().unwrap_or_else(|| self.console.clone());
        Ok(())
    }

    fn begin_container(&mut self, container: &Container) -> Result<(), LaunchError> {
        self.begin = Instant::now();
        let running = container::begin(container)?;
        if self.address.is_empty() {
            self.address = running.address;
        }
        self.root = Some(running.pid);
        self.helper = running.helper;
        let text = std::fs::read_to_string(format!("/proc/{}/cgroup", running.pid)).unwrap_or_default();
        self.groups = Layout::here().groups(&text);
        self.attributes.extend(running.attributes);
        Ok(())
    }

    fn begin_instance(&mut self, instance: &Instance) -> Result<(), LaunchError> {
        self.begin = Instant::now();
        let running = daemon::begin(instance, &self.recipe.place.limits.cores)?;
        self.root = running.pid;
        if let Some(address) = running.address.filter(|_| self.address.is_empty()) {
            self.address = address;
        }
        self.attributes.extend(running.attributes);
        Ok(())
    }

    /// Where it is asked, `HOST:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Facts that belong to every run of this start, the times of [`Started::await_ready`] among them once it returned.
    pub fn attributes(&self) -> BTreeMap<String, String> {
        self.attributes.clone()
    }

    /// The last lines of its console.
    pub fn console(&self) -> String {
        if let Start::Container(container) = &self.recipe.start {
            return container.console();
        }
        console::last_words(&self.recipe.place.file("console"), &self.console)
    }

    /// How it ended, if it has; `None` while it runs, and always where it was up already.
    pub fn ended(&mut self) -> Option<String> {
        let how = if let Some(child) = &mut self.child {
            child.try_wait().ok()??.to_string()
        } else {
            match &self.recipe.start {
                Start::Container(container) => container.ended()?,
                Start::Instance(_) => {
                    let root = self.root?;
                    Process::of(root)
                        .is_none_or(|process| !process.is_alive())
                        .then(|| "its process ended".to_owned())?
                }
                Start::Nothing | Start::Child(_) => return None,
            }
        };
        let kills = self.groups.kills().unwrap_or(0);
        Some(if kills > 0 { format!("{how}, out of memory") } else { how })
    }

    /// Waits until it answers. Both times count from just before the system's own program began.
    pub fn await_ready(
        &mut self,
        probe: &Probe,
        timeout: Duration,
        cancelled: &AtomicBool,
    ) -> Result<Readiness, LaunchError> {
        let wait = Wait { address: self.address.clone(), begin: self.begin, timeout };
        let network = self.recipe.network.as_ref().map(Network::path);
        let result = within(network, || readiness::await_ready(&wait, probe, cancelled, || self.ended()));
        let mut ready = result.map_err(|error| error.with_console(self.console()))?;
        if !self.recipe.own_address {
            ready.first_connect = None;
        }
        if matches!(self.recipe.start, Start::Nothing) {
            return Ok(ready);
        }
        let mut note = |name: &str, time: Duration| {
            self.attributes.insert(name.to_owned(), time.as_secs_f64().to_string())
        };
        note("boot_time_s", ready.first_answer);
        if let Some(time) = ready.first_connect {
            note("connect_time_s", time);
        }
        Ok(ready)
    }

    /// Reads what it uses; may live in a thread of its own.
    pub fn sampler(&self) -> Sampler {
        let qmp = match &self.recipe.start {
            Start::Child(Program { qmp, tells_memory: true, .. }) => qmp.clone(),
            _ => None,
        };
        Sampler::new(self.groups.clone(), self.root, self.helper, qmp)
    }

    /// Runs something where the system can be reached: in its network, if it has one of its own. Threads that it starts
    /// are there too.
    pub fn within<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T, LaunchError> {
        let path = self.recipe.network.as_ref().map(Network::path);
        within(path, || Ok::<_, LaunchError>(work()))
    }

    /// Stops it and removes everything of it.
    pub fn stop(mut self) -> Result<(), LaunchError> {
        self.clear()
    }

    fn clear(&mut self) -> Result<(), LaunchError> {
        if std::mem::replace(&mut self.stopped, true) || matches!(self.recipe.start, Start::Nothing) {
            return Ok(());
        }
        let left = teardown::clear(&self.state);
        if let Some(mut child) = self.child.take() {
            let _ = child.wait();
        }
        if !left.is_empty() {
            // The watcher tries again when this process ends, and the state file stays for the next one.
            return Err(LaunchError::Left(left));
        }
        let _ = std::fs::remove_file(&self.state_path);
        if let Some(watcher) = self.watcher.take() {
            watcher.dismiss();
        }
        Ok(())
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.clear();
    }
}

/// Names this start among all.
fn mark(label: &str) -> String {
    let own = Process::own().map_or(0, |own| own.started_ticks);
    format!("{label}-{}-{own}", std::process::id())
}

/// Runs something in a network namespace, on a thread of its own, since only that thread moves.
fn within<T: Send, E: From<LaunchError> + Send>(
    path: Option<PathBuf>,
    work: impl FnOnce() -> Result<T, E> + Send,
) -> Result<T, E> {
    let Some(path) = path else { return work() };
    let entered = || network::enter(&path).map_err(LaunchError::io(&path));
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            entered()?;
            work()
        });
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
