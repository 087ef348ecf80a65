//! `vana run` with containers of a Docker daemon of the test's own.

mod support;

#[path = "../crates/launch/tests/support/dockerd.rs"]
mod dockerd;
#[path = "run/plans.rs"]
mod plans;

use dockerd::Dockerd;
use plans::{
    apart, await_load, await_that, boot_of, failures, processes_with, readings, run_of, signal, start,
    states, why,
};
use support::{Desk, assert_same, free_port, said, skip, tree};
use vana_types::{Outcome, Resource, ResourceSource};

/// The server of busybox, which closes each connection.
const HTTPD: &str = "/bin/busybox httpd -p 8080 -h /";

/// What the system says of a connection that was reset.
const RESET: &str = "Connection reset by peer (os error 104)";

/// A desk with a plan of these systems, by their names and the scripts of their containers.
fn desk(daemon: &Dockerd, plan: &str, systems: &[(&str, &str)]) -> Desk {
    let desk = Desk::new();
    let (host, root) = (daemon.host(), daemon.root());
    let system = |(name, script): &(&str, &str)| {
        let address = format!("127.0.0.1:{}", free_port());
        format!(
            "[[system]]\nname = {name:?}\nclass = \"container\"\nkind = \"docker\"\nhost = {host:?}\nimage = \"static:1\"\n\
             import = {root:?}\nport = 8080\naddress = {address:?}\ncommand = [\"/bin/busybox\", \"sh\", \"-c\", {script:?}]\n"
        )
    };
    let systems: String = systems.iter().map(system).collect();
    let load = "[[load]]\nname = \"page\"\nurl = \"http://{address}/index.html\"\n";
    desk.write("plan.toml", format!("[plan]\n{plan}\n{load}{systems}"));
    desk
}

/// One daemon for all, since a daemon takes seconds.
#[test]
fn campaigns_with_containers() {
    let daemon = match Dockerd::start(232) {
        Ok(daemon) => daemon,
        Err(why) => return skip(&why),
    };
    a_plan_is_carried_out_and_resumed(&daemon);
    a_container_that_dies_or_lacks_memory_is_a_failed_run(&daemon);
    an_interrupt_removes_the_container(&daemon);
    a_killed_vana_leaves_no_container(&daemon);
    what_the_watcher_could_not_remove_is_offered_to_be_cleared(&daemon);
}

fn a_plan_is_carried_out_and_resumed(daemon: &Dockerd) {
    let serve = format!("{HTTPD} -f");
    let plan = "title = \"Containers\"\nbaseline = \"one\"\nrepetitions = 2\nclients = [1, 3]\nrequests = 1500\n\
                rest = \"0s\"\nmemory = \"256MiB\"";
    let desk = desk(daemon, plan, &[("one", &serve), ("two", &serve)]);
    let made = desk.vana(&["run", "plan.toml", "--study", "s", "--quiet"]);
    assert_eq!(failures(&desk.path("s")), [""; 0]);
    assert_eq!(made, (Some(0), String::new(), String::new()));
    assert_eq!(daemon.containers(), "");
    let study = desk.path("s");
    for system in ["one", "two"] {
        for (clients, repetition) in [(1, 1), (1, 2), (3, 1), (3, 2)] {
            let rest = format!("workload=page/clients={clients}/repetition={repetition}");
            let run = run_of(&study, system, &rest);
            assert_eq!(run.findings, [], "{system} {rest}");
            assert_eq!(run.outcomes, [(Outcome::Ok, 1500)].into(), "{system} {rest}");
            let partition = format!("system={system}/{rest}");
            let trace = study.join("runs").join(&partition).join("trace.parquet");
            let rows = vana_trace::TraceReader::open(&trace).unwrap().row_count() as u64;
            assert_eq!(rows, 1500);
            assert_eq!(run.attributes["system_kind"], "docker");
            assert!(run.attributes["image_bytes"].parse::<u64>().unwrap() > 500_000);
            let of_system = |resource| readings(&study, &partition, ResourceSource::System, resource);
            let memory = of_system(Resource::Memory);
            assert!(memory.len() > 5, "{memory:?}");
            assert!(memory.iter().all(|sample| (1e4..256e6).contains(&sample.value)), "{memory:?}");
            let cpu = of_system(Resource::CpuTime);
            assert!(cpu.last().unwrap().value > cpu[0].value, "{cpu:?}");
        }
        for repetition in [1, 2] {
            let (_, boot) = boot_of(&study, system, repetition);
            let time = |name: &str| boot.attributes[name].parse::<f64>().unwrap();
            // The proxy of a published port is no sign of life.
            assert!(!boot.attributes.contains_key("connect_time_s") && time("boot_time_s") < 60.0);
            assert!(boot.attributes["memory_of"].starts_with("cgroup v"));
        }
    }
    let before = tree(&study);
    let nothing = "nothing is left to be done: the study has every run of the plan\n";
    let again = desk.vana(&["run", "plan.toml", "--study", "s"]);
    assert_eq!(again, (Some(0), String::new(), nothing.to_owned()));
    assert_same(&before, &tree(&study));
    desk.prints(&["report", "s", "--latex", "--out", "r", "--quiet"]);
    let caption = "Service time over the time of one run";
    assert!(std::fs::read_to_string(desk.path("r/main.tex")).unwrap().contains(caption));
    assert!(desk.path("r/figures/page-one-run-over-time-3-clients.pdf").exists());
    assert!(std::fs::read_to_string(desk.path("r/macros.tex")).unwrap().contains("boot"));
}

fn a_container_that_dies_or_lacks_memory_is_a_failed_run(daemon: &Dockerd) {
    // The first process of a container takes no signal from within, so it ends by itself.
    let dies = format!("{HTTPD}; sleep 3; echo bye; exit 7");
    let eats = format!("{HTTPD}; sleep 3; exec /bin/busybox dd if=/dev/zero of=/dev/null bs=200M count=1");
    let systems =
        [("dies", &dies[..]), ("eats", &eats), ("mute", "exec sleep 60"), ("ends", "echo no; exit 3")];
    let plan = "clients = [2]\nduration = \"6s\"\nready = \"15s\"\nrest = \"0s\"\nmemory = \"32MiB\"";
    let desk = desk(daemon, plan, &systems);
    let (code, _, stderr) = desk.vana(&["run", "plan.toml", "--study", "s", "--quiet"]);
    assert_eq!(
        (code, stderr.lines().next()),
        (Some(3), Some("error: 4 of 4 runs failed; the study says why"))
    );
    assert_eq!(daemon.containers(), "");
    let rest = "workload=page/clients=2/repetition=1";
    for (system, words) in [
        ("dies", "the system ended under load (exit status: 7); its console ends with:\nbye"),
        ("eats", "the system ended under load (out of memory"),
        ("mute", " after 15 s: the connection was closed before an answer; its console is empty"),
        ("ends", "ended before it answered (exit status: 3); its console ends with:\nno"),
    ] {
        let run = run_of(&desk.path("s"), system, rest);
        // The proxy in front of a mute container ends a connection or resets it, as it comes.
        let why = why(&run).replace(RESET, "the connection was closed before an answer");
        assert!(why.contains(words), "{system}: {why}");
    }
}

/// A desk with a run of a minute, and its vana, which has begun it.
fn begun(daemon: &Dockerd) -> (Desk, std::process::Child) {
    let serve = format!("{HTTPD} -f");
    let desk = desk(daemon, "clients = [2]\nduration = \"1m\"", &[("one", &serve)]);
    let vana = start(&desk);
    await_load(&desk, "one");
    assert!(daemon.containers().ends_with("-one"), "{}", daemon.containers());
    (desk, vana)
}

fn an_interrupt_removes_the_container(daemon: &Dockerd) {
    let (desk, vana) = begun(daemon);
    signal("INT", vana.id());
    let (code, _, stderr) = said(vana.wait_with_output().unwrap());
    let words = "error: interrupted: 1 of 1 runs are left\nhint: the same command goes on where it stopped\n";
    assert_eq!((code, stderr.as_str()), (Some(3), words));
    assert_eq!((daemon.containers(), states(&desk)), (String::new(), Vec::new()));
}

fn a_killed_vana_leaves_no_container(daemon: &Dockerd) {
    let (desk, mut vana) = begun(daemon);
    signal("KILL", vana.id());
    vana.wait().unwrap();
    await_that("the container is left", || daemon.containers().is_empty());
    await_that("the state file is left", || states(&desk).is_empty());
}

fn what_the_watcher_could_not_remove_is_offered_to_be_cleared(daemon: &Dockerd) {
    let (desk, mut vana) = begun(daemon);
    let folder = desk.path("x").display().to_string();
    for watcher in processes_with(&["__launch watch", &folder]) {
        signal("KILL", watcher);
    }
    signal("KILL", vana.id());
    vana.wait().unwrap();
    let container = daemon.containers();
    assert_ne!(container, "");
    let plan = std::fs::read_to_string(desk.path("plan.toml")).unwrap();
    desk.write("plan.toml", plan.replace("duration = \"1m\"", "requests = 50"));
    let run = |study: &str, further: &[&str]| {
        let mut command =
            desk.command(&[&["run", "plan.toml", "--study", study, "--quiet"], further].concat());
        said(apart(&desk, &mut command).output().unwrap())
    };
    let words = format!(
        "error: a vana that was killed left something behind\n  one: container {container}\n\
         hint: --clear stops and removes it first\n"
    );
    // Whatever study it was for.
    for study in ["s", "other"] {
        assert_eq!(run(study, &[]), (Some(2), String::new(), words.clone()));
    }
    let cleared = run("other", &["--clear"]);
    assert_eq!(failures(&desk.path("other")), [""; 0]);
    assert_eq!(cleared, (Some(0), String::new(), String::new()));
    assert_eq!((daemon.containers(), states(&desk)), (String::new(), Vec::new()));
}
