//! Programs on this machine: started, measured, stopped, and taken away whatever happens to who started them.

mod support;

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use support::{Desk, answers, await_that, free_address, is_root, made, place, processes_with, ready, skip};
use toml::Table;
use vana_launch::{LaunchError, Limits, Probe, leftovers, system};
use vana_types::{Resource, ResourceSource};

/// A server with helpers: a child, and one that left its session. `mark` is found in their command lines.
fn server(address: &str, mark: &str, before: &str) -> Table {
    let port = address.rsplit_once(':').unwrap().1;
    let script = format!(
        "{before} sleep 3600.{mark} & setsid sleep 3601.{mark} & \
         exec python3 -u -m http.server --bind 127.0.0.1 --directory / {port} # {mark}"
    );
    let command = ["sh", "-c", &script].map(|word| toml::Value::String(word.to_owned()));
    let mut table = Table::new();
    table.insert("command".to_owned(), toml::Value::Array(command.to_vec()));
    table.insert("address".to_owned(), toml::Value::String(address.to_owned()));
    table
}

fn mark(address: &str) -> String {
    address.rsplit_once(':').unwrap().1.to_owned()
}

#[test]
fn a_server_and_its_helpers_are_measured_and_nothing_stays() {
    if !is_root() {
        return skip("control groups take root");
    }
    let (desk, address) = (Desk::new(), free_address());
    let recipe = desk.recipe("process", &server(&address, &mark(&address), ""));
    let mut started = recipe.start().unwrap();
    let times = ready(&mut started);
    assert!(times.first_connect.unwrap() <= times.first_answer);
    let attributes = started.attributes();
    assert_eq!(attributes["boot_time_s"], times.first_answer.as_secs_f64().to_string());
    assert_eq!(attributes["system_kind"], "process");
    assert!(attributes["image_bytes"].parse::<u64>().unwrap() > 10_000);

    let mut sampler = started.sampler();
    let readings = sampler.sample(5);
    let what: Vec<_> = readings.iter().map(|sample| (sample.at_ns, sample.source, sample.resource)).collect();
    let all = [Resource::CpuTime, Resource::Memory, Resource::MemoryPeak, Resource::MemoryPss];
    assert_eq!(what, all.map(|resource| (5, ResourceSource::System, resource)));
    // The server alone takes some megabytes, and no more than its limit.
    for sample in &readings[1..] {
        assert!((2e6..1.1e9).contains(&sample.value), "{sample:?}");
    }
    assert!(readings[0].value > 0.0);
    // The server and its two helpers.
    assert_eq!(processes_with(&mark(&address)).len(), 3);

    let group = made().into_iter().filter(|path| path.join("cgroup.procs").exists()).collect::<Vec<_>>();
    assert!(!group.is_empty());
    assert_eq!(started.ended(), None);
    started.stop().unwrap();
    assert_eq!(processes_with(&format!(".{}", mark(&address))), [0; 0]);
    assert!(!answers(&address));
    assert_eq!(sampler.sample(6), []);
    let names: Vec<_> =
        std::fs::read_dir(desk.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["a.console"]);
}

#[test]
fn a_stranger_at_the_address_is_found_before_anything_starts() {
    let (desk, stranger) = (Desk::new(), TcpListener::bind("127.0.0.1:0").unwrap());
    let address = stranger.local_addr().unwrap().to_string();
    let recipe = system("process").unwrap().recipe(&server(&address, "0", ""), &desk.place("a")).unwrap();
    let said: Vec<_> = recipe.problems().iter().map(ToString::to_string).collect();
    assert_eq!(said, [format!("address: {address}: something answers there already")]);
    let error = recipe.start().err().unwrap();
    assert_eq!(error.to_string(), format!("{address} answers already, before the system was started"));
}

/// What is said of a shell script that is to be a server.
fn fate(script: &str, memory_bytes: u64, timeout: Duration) -> (String, String) {
    let (desk, address) = (Desk::new(), free_address());
    let mut settings = server(&address, "0", "");
    let command = ["sh", "-c", script].map(|word| toml::Value::String(word.to_owned()));
    settings.insert("command".to_owned(), toml::Value::Array(command.to_vec()));
    let mut place = desk.place("a");
    place.limits = Limits { cores: vec![], memory_bytes: Some(memory_bytes) };
    let recipe = system("process").unwrap().recipe(&settings, &place).unwrap();
    let mut started = recipe.start().unwrap();
    let probe = Probe::Http { path: "/".to_owned() };
    let error = started.await_ready(&probe, timeout, &AtomicBool::new(false)).unwrap_err();
    (error.to_string(), address)
}

#[test]
fn a_system_that_ends_shows_its_last_words() {
    let (said, _) = fate("echo one; echo two >&2; exit 7", 1 << 30, support::LONG);
    assert_eq!(said, "ended before it answered (exit status: 7); its console ends with:\none\ntwo");
}

#[test]
fn a_system_that_never_answers_is_given_up() {
    let (said, address) = fate("echo here; exec sleep 3600", 1 << 30, Duration::from_secs(3));
    let expected = format!(
        "does not answer at {address} after 3 s: Connection refused (os error 111); its console ends with:\nhere"
    );
    assert_eq!(said, expected);
}

#[test]
fn a_system_that_takes_too_much_memory_is_out_of_it() {
    if !is_root() {
        return skip("control groups take root");
    }
    let (said, _) = fate("exec python3 -c 'x = bytearray(200 << 20)'", 32 << 20, support::LONG);
    let expected = "ended before it answered (signal: 9 (SIGKILL), out of memory); its console is empty";
    assert_eq!(said, expected);
}

#[test]
fn a_program_that_cannot_be_executed_is_no_system() {
    let (desk, address) = (Desk::new(), free_address());
    let mut settings = server(&address, "0", "");
    settings.insert("command".to_owned(), toml::Value::Array(vec!["/etc/passwd".into()]));
    let recipe = system("process").unwrap().recipe(&settings, &desk.place("a")).unwrap();
    let error = recipe.start().err().unwrap();
    assert_eq!(error.to_string(), "cannot start: /etc/passwd: Permission denied (os error 13)");
    assert_eq!(leftovers(desk.path()), []);
}

/// Variables by which this test program knows that it is to start a system and to wait for its end, or to panic.
const FOLDER: &str = "VANA_TEST_FOLDER";
const ADDRESS: &str = "VANA_TEST_ADDRESS";
const PANIC: &str = "VANA_TEST_PANIC";

/// No test of its own: what the tests below start as a vana.
#[test]
fn vana_that_is_killed() {
    let (Some(folder), Ok(address)) = (std::env::var_os(FOLDER), std::env::var(ADDRESS)) else { return };
    // Helpers that do not mind being asked to end.
    let settings = server(&address, &mark(&address), "trap '' TERM;");
    let recipe = system("process").unwrap().recipe(&settings, &place(&PathBuf::from(folder), "a")).unwrap();
    let mut started = recipe.start().unwrap();
    ready(&mut started);
    println!("\nanswers");
    assert!(std::env::var_os(PANIC).is_none());
    std::thread::sleep(Duration::from_secs(3600));
}

/// Starts that vana and waits until its system answers.
fn start_vana(desk: &Desk, address: &str, panics: bool) -> std::process::Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "vana_that_is_killed", "--nocapture"])
        .env(FOLDER, desk.path())
        .env(ADDRESS, address);
    if panics {
        command.env(PANIC, "1");
    }
    let mut vana = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(vana.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "answers"), "the system did not answer");
    vana
}

fn is_gone(address: &str) -> bool {
    processes_with(&format!(".{}", mark(address))).is_empty() && !answers(address)
}

#[test]
fn nothing_stays_after_a_signal_or_a_panic() {
    let whole = [None, Some(Signal::INT), Some(Signal::KILL)];
    for signal in whole {
        let (desk, address) = (Desk::new(), free_address());
        let mut vana = start_vana(&desk, &address, signal.is_none());
        if let Some(signal) = signal {
            kill_process(Pid::from_child(&vana), signal).unwrap();
        }
        vana.wait().unwrap();
        await_that(&format!("{signal:?}: something is left"), || is_gone(&address));
        await_that(&format!("{signal:?}: the state file is left"), || {
            !desk.path().join("a.state.json").exists()
        });
        assert_eq!(leftovers(desk.path()), []);
    }
}

#[test]
fn what_stays_when_the_watcher_is_killed_too_is_found_and_cleared() {
    let (desk, address) = (Desk::new(), free_address());
    let mut vana = start_vana(&desk, &address, false);
    assert_eq!(leftovers(desk.path()), []);
    for watcher in processes_with(&format!("watch {}", desk.path().display())) {
        kill_process(Pid::from_raw(watcher).unwrap(), Signal::KILL).unwrap();
    }
    vana.kill().unwrap();
    vana.wait().unwrap();
    let left = leftovers(desk.path());
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].name(), "a");
    assert!(!left[0].what().is_empty());
    assert!(!is_gone(&address));
    let again = system("process").unwrap().recipe(&server("127.0.0.1:1", "0", ""), &desk.place("a")).unwrap();
    let path = desk.path().join("a.state.json");
    let expected = format!("{} is there: this system runs already, or was left over", path.display());
    assert_eq!(again.start().err().unwrap().to_string(), expected);
    match left[0].clear() {
        Ok(()) => {}
        Err(LaunchError::Left(what)) => panic!("{what:?}"),
        Err(error) => panic!("{error}"),
    }
    assert!(is_gone(&address));
    assert_eq!(leftovers(desk.path()), []);
}
