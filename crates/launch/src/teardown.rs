//! Takes a system away again, and looks whether anything is left.

use std::path::Path;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::json;

use crate::process::{Process, marked};
use crate::qmp::Qmp;
use crate::state::State;
use crate::system::daemon;
use crate::{cgroup, command, network};

/// How long a process may take to end after it was asked to.
const PATIENCE: Duration = Duration::from_secs(3);

/// Stops everything and removes it, from the gentle to the rough; what is still there then, for people.
///
/// Doing it twice does nothing the second time.
pub(crate) fn clear(state: &State) -> Vec<String> {
    if let Some(socket) = &state.qmp {
        power_off(socket, state);
    }
    end(&state.processes);
    for command in &state.removals {
        let _ = command::run(command);
    }
    if let Some(instance) = &state.instance {
        daemon::remove(instance);
    }
    let in_groups = cgroup::pids(&state.groups).into_iter().filter_map(Process::of);
    end(&in_groups.collect::<Vec<_>>());
    // Where there are no control groups, helpers that outlive their parent are found by their environment.
    end(&helpers(state));
    for group in &state.groups {
        let _ = cgroup::remove(group);
    }
    if let Some(namespace) = state.namespace.as_deref().filter(|name| network::path(name).exists()) {
        let _ = command::run(&command::words(["ip", "netns", "delete", namespace]));
    }
    for file in &state.files {
        let _ = if file.is_dir() { std::fs::remove_dir_all(file) } else { std::fs::remove_file(file) };
    }
    remains(state)
}

fn helpers(state: &State) -> Vec<Process> {
    if state.mark.is_empty() { Vec::new() } else { marked(&state.mark) }
}

/// Asks the guest to power itself off if there is time for that, then QEMU to end.
fn power_off(socket: &Path, state: &State) {
    let Ok(mut qmp) = Qmp::connect(socket) else { return };
    let is_over = |patience| state.processes.iter().all(|process| process.await_end(patience));
    if state.grace_s > 0.0 && qmp.execute("system_powerdown", &json!({})).is_ok() {
        let grace = Duration::try_from_secs_f64(state.grace_s).unwrap_or_default();
        if is_over(grace) {
            return;
        }
    }
    if qmp.execute("quit", &json!({})).is_ok() {
        is_over(PATIENCE);
    }
}

/// Asks processes to end, and ends those that do not.
fn end(processes: &[Process]) {
    for signal in [Signal::TERM, Signal::KILL] {
        for process in processes.iter().filter(|process| process.is_alive()) {
            process.signal(signal);
        }
        // A stopped process takes the request only when it goes on.
        for process in processes.iter().filter(|process| process.is_alive()) {
            process.signal(Signal::CONT);
        }
        if processes.iter().all(|process| process.await_end(PATIENCE)) {
            return;
        }
    }
}

/// What is still there.
pub(crate) fn remains(state: &State) -> Vec<String> {
    let mut remains = Vec::new();
    let mut processes: Vec<Process> = state.processes.iter().copied().filter(Process::is_alive).collect();
    processes.extend(helpers(state).into_iter().filter(|helper| !state.processes.contains(helper)));
    for process in processes {
        remains.push(format!("process {}", process.pid));
    }
    for group in state.groups.iter().filter(|group| group.exists()) {
        remains.push(format!("control group {}", group.display()));
    }
    if let Some(namespace) = state.namespace.as_deref().filter(|name| network::path(name).exists()) {
        remains.push(format!("network namespace {namespace}"));
    }
    for proof in &state.proofs {
        if let Ok(found) = command::run(proof)
            && !found.is_empty()
        {
            remains.push(format!("container {found}"));
        }
    }
    if let Some(instance) = state.instance.as_deref().filter(|instance| daemon::exists(instance)) {
        remains.push(format!("instance {instance}"));
    }
    remains.extend(state.files.iter().filter(|file| file.exists()).map(|file| file.display().to_string()));
    remains
}
