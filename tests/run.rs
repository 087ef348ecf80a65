//! `vana run`: campaigns against processes and virtual machines on the loopback interface.

mod support;

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::{Desk, assert_same, repository, said, skip, tree};
use vana_types::{Outcome, Resource, ResourceSource, Run};

/// A port that was free a moment ago.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A desk with an nginx configuration for a port of its own, and that address; `None` where there is no nginx.
fn desk_with_nginx() -> Option<(Desk, String)> {
    let found = Command::new("nginx").arg("-v").stderr(Stdio::null()).status();
    if !found.is_ok_and(|status| status.success()) {
        skip("there is no nginx");
        return None;
    }
    let desk = Desk::new();
    let address = format!("127.0.0.1:{}", free_port());
    let temporary =
        ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|kind| format!("{kind}_temp_path t;"));
    let text = format!(
        "daemon off; master_process off; pid pid; error_log stderr; events {{}}\n\
         http {{ access_log off; {} server {{ listen {address}; location / {{ return 200 \"Hello\"; }} }} }}\n",
        temporary.concat()
    );
    desk.write("nginx.conf", text);
    Some((desk, address))
}

/// The settings of a system that is that nginx.
fn nginx(desk: &Desk, address: &str) -> String {
    let folder = desk.path("").display().to_string();
    format!(
        "kind = \"process\"\ncommand = [\"nginx\", \"-p\", {folder:?}, \"-c\", \"nginx.conf\"]\naddress = {address:?}\n"
    )
}

fn run_of(study: &Path, system: &str, rest: &str) -> Run {
    let path = study.join(format!("runs/system={system}/{rest}/run.json"));
    serde_json::from_str(&std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{}", path.display())))
        .unwrap()
}

/// The numbers of clients in a partition's path where there is none are spelled by the study itself.
fn boot_of(study: &Path, system: &str, repetition: u32) -> (PathBuf, Run) {
    let folder = study.join(format!("runs/system={system}/workload=boot"));
    let clients = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    let folder = clients.join(format!("repetition={repetition}"));
    let text = std::fs::read_to_string(folder.join("run.json")).unwrap();
    (folder, serde_json::from_str(&text).unwrap())
}

#[test]
fn a_plan_with_one_system_twice_becomes_a_study_and_is_not_carried_out_again() {
    let Some((desk, address)) = desk_with_nginx() else { return };
    let plan = format!(
        "[plan]\ntitle = \"Two\"\nbaseline = \"one\"\nrepetitions = 2\nclients = [1, 3]\nrequests = 300\nrest = \"10ms\"\n\
         [[load]]\nname = \"page\"\n[[system]]\nname = \"one\"\nclass = \"bare\"\n{}\
         [[system]]\nname = \"two\"\nagain = \"one\"\n",
        nginx(&desk, &address)
    );
    desk.write("plan.toml", plan);
    desk.prints(&["run", "plan.toml", "--study", "s", "--quiet"]);
    for system in ["one", "two"] {
        for clients in [1, 3] {
            for repetition in [1, 2] {
                let rest = format!("workload=page/clients={clients}/repetition={repetition}");
                let run = run_of(&desk.path("s"), system, &rest);
                assert_eq!(run.outcomes, [(Outcome::Ok, 300)].into(), "{system} {rest}");
                assert!(run.findings.iter().all(|finding| finding.code != "run-failed"));
                assert_eq!(run.attributes["system_kind"], "process");
                assert!(!run.attributes.contains_key("boot_time_s"), "a start is measured once");
                let file = desk.path(&format!("s/runs/system={system}/{rest}/resources.parquet"));
                let samples = vana_trace::read_resources(&file).unwrap();
                let of_system = |resource| {
                    let is = |sample: &&vana_types::ResourceSample| {
                        sample.source == ResourceSource::System && sample.resource == resource
                    };
                    samples.iter().filter(is).count()
                };
                assert!(of_system(Resource::Memory) >= 2 && of_system(Resource::CpuTime) >= 2, "{samples:?}");
                // On the clock of the trace, which begins with the run.
                let end_ns = samples.iter().map(|sample| sample.at_ns).max().unwrap();
                assert!((0..60_000_000_000).contains(&end_ns), "{end_ns}");
            }
        }
        for repetition in [1, 2] {
            let (folder, run) = boot_of(&desk.path("s"), system, repetition);
            let time: f64 = run.attributes["boot_time_s"].parse().unwrap();
            assert!(time > 0.0 && time < 60.0);
            assert!(!vana_trace::read_resources(&folder.join("resources.parquet")).unwrap().is_empty());
        }
    }
    assert!(TcpStream::connect(&address).is_err(), "the system still answers");
    assert_eq!(desk.vana(&["verify", "s"]).0, Some(0));
    let before = tree(&desk.path("s"));
    let nothing = "nothing is left to be done: the study has every run of the plan\n";
    let again = desk.vana(&["run", "plan.toml", "--study", "s"]);
    assert_eq!(again, (Some(0), String::new(), nothing.to_owned()));
    assert_same(&before, &tree(&desk.path("s")));
    // What was lost is made again, and nothing else.
    std::fs::remove_dir_all(desk.path("s/runs/system=two/workload=page/clients=3/repetition=2")).unwrap();
    let (code, _, stderr) = desk.vana(&["run", "plan.toml", "--study", "s"]);
    assert_eq!((code, stderr.matches("run 1/1 ").count()), (Some(0), 1), "{stderr}");
    let after = tree(&desk.path("s"));
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
}

#[test]
fn everything_that_is_wrong_with_a_plan_is_said_at_once() {
    let desk = Desk::new();
    let plan = r#"[plan]
repetitons = 6
clients = [1, 1]
rest = "soon"
baseline = "nobody"

[[load]]
name = "page"
rat = "2k"

[[load]]
name = "page"

[[system]]
name = "one"
kind = "proces"

[[system]]
name = "two"
kind = "process"
comand = ["nginx"]
address = "127.0.0.1:1"

[[system]]
name = "three"
again = "four"
loads = ["pages"]
"#;
    desk.write("plan.toml", plan);
    let before = tree(&desk.path(""));
    let (code, stdout, stderr) = desk.vana(&["run", "plan.toml", "--study", "s"]);
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    let lines: Vec<String> = stderr
        .lines()
        .filter_map(|line| line.trim().strip_prefix("plan.toml:"))
        .map(|line| line.split_once(": ").unwrap().0.to_owned())
        .collect();
    assert_eq!(lines, ["2", "3", "4", "5", "9", "12", "16", "21", "26", "27"], "{stderr}");
    assert!(stderr.starts_with("error: plan.toml cannot be carried out for 10 reasons\n"), "{stderr}");
    for hint in ["is it \"repetitions\"?", "'--rate'", "is it \"process\"?", "command"] {
        assert!(stderr.contains(hint), "{hint} is not in {stderr}");
    }
    assert_same(&before, &tree(&desk.path("")));
    desk.write("plan.toml", "[plan\n");
    assert_eq!(desk.vana(&["run", "plan.toml", "--study", "s"]).0, Some(2));
    let missing = "error: none.toml: No such file or directory (os error 2)\n";
    desk.refuses(&["run", "none.toml", "--study", "s"], 2, missing);
}

#[test]
fn a_stranger_at_the_address_is_a_problem_before_anything_starts() {
    let Some((desk, address)) = desk_with_nginx() else { return };
    let _stranger = TcpListener::bind(&address).unwrap();
    desk.write(
        "plan.toml",
        format!("[[load]]\nname = \"page\"\n[[system]]\nname = \"one\"\n{}", nginx(&desk, &address)),
    );
    let words = format!(
        "error: plan.toml:7: one: address: {address}: something answers there already\n\
         hint: stop it, or choose another port\n"
    );
    desk.refuses(&["run", "plan.toml", "--study", "s"], 2, &words);
}

#[test]
fn systems_that_die_or_never_answer_are_failed_runs_and_the_others_go_on() {
    let Some((desk, address)) = desk_with_nginx() else { return };
    let script = format!("nginx -p {} -c nginx.conf & sleep 1; kill -9 $!; exit 7", desk.path("").display());
    let plan = format!(
        "[plan]\nclients = [2]\nduration = \"3s\"\nready = \"900ms\"\nrest = \"0s\"\n[[load]]\nname = \"page\"\n\
         [[system]]\nname = \"dying\"\nkind = \"process\"\ncommand = [\"sh\", \"-c\", {script:?}]\naddress = {address:?}\n\
         [[system]]\nname = \"silent\"\nkind = \"process\"\ncommand = [\"sleep\", \"60\"]\naddress = \"127.0.0.1:{}\"\n\
         [[system]]\nname = \"good\"\n{}",
        free_port(),
        nginx(&desk, &address)
    );
    desk.write("plan.toml", plan);
    let (code, _, stderr) = desk.vana(&["run", "plan.toml", "--study", "s", "--quiet"]);
    let end = "error: 2 of 3 runs failed; the study says why\nhint: the same command tries them again\n";
    assert_eq!((code, stderr.as_str()), (Some(3), end));
    let rest = "workload=page/clients=2/repetition=1";
    for (system, why) in [("dying", "the system ended under load"), ("silent", "the system did not start")] {
        let run = run_of(&desk.path("s"), system, rest);
        assert_eq!(run.findings.len(), 1);
        assert_eq!(run.findings[0].code, "run-failed");
        assert!(run.findings[0].message.contains(why), "{}", run.findings[0].message);
        assert!(!desk.path(&format!("s/runs/system={system}/{rest}/trace.parquet")).exists());
    }
    assert!(run_of(&desk.path("s"), "good", rest).outcomes[&Outcome::Ok] > 0);
    // The next time only those that failed are tried.
    let (_, _, stderr) = desk.vana(&["run", "plan.toml", "--study", "s"]);
    assert!(stderr.contains("run 2/2 ") && !stderr.contains("system=good"), "{stderr}");
    // Failed runs are said, and do not keep the others from being read.
    let (code, found, _) = desk.vana(&["check", "s", "--format", "csv"]);
    assert_eq!(code, Some(0));
    assert!(found.contains("run-failed"), "{found}");
}

#[test]
fn an_interrupt_stops_the_system_and_the_same_command_goes_on() {
    let Some((desk, address)) = desk_with_nginx() else { return };
    let plan = format!(
        "[plan]\nclients = [1, 2, 3]\nduration = \"700ms\"\n[[load]]\nname = \"page\"\n[[system]]\nname = \"one\"\n{}",
        nginx(&desk, &address)
    );
    desk.write("plan.toml", plan);
    let mut command = desk.command(&["run", "plan.toml", "--study", "s", "--quiet"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begin = Instant::now();
    while TcpStream::connect(&address).is_err() && begin.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(100));
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let (code, _, stderr) = said(child.wait_with_output().unwrap());
    assert_eq!(code, Some(3), "{stderr}");
    assert!(
        stderr.starts_with("error: interrupted: ") && stderr.contains(" of 3 runs are left\n"),
        "{stderr}"
    );
    assert!(TcpStream::connect(&address).is_err(), "the system still answers");
    desk.prints(&["run", "plan.toml", "--study", "s", "--quiet"]);
    for clients in [1, 2, 3] {
        let run = run_of(&desk.path("s"), "one", &format!("workload=page/clients={clients}/repetition=1"));
        assert!(!run.attributes.contains_key("truncated"));
    }
}

#[test]
fn a_study_is_not_gone_on_with_by_another_plan_unless_that_is_meant() {
    let Some((desk, address)) = desk_with_nginx() else { return };
    let plan = |requests| {
        let nginx = nginx(&desk, &address);
        format!(
            "[plan]\nclients = [1]\nrequests = {requests}\n[[load]]\nname = \"page\"\n[[system]]\nname = \"one\"\n{nginx}"
        )
    };
    desk.write("plan.toml", plan(20));
    desk.prints(&["run", "plan.toml", "--study", "s", "--quiet"]);
    desk.write("plan.toml", plan(30));
    let words = "error: plan.toml is not the plan of this study\n\
                 hint: its plan is s/plan.toml; --force goes on with this one\n";
    desk.refuses(&["run", "plan.toml", "--study", "s"], 2, words);
    desk.prints(&["run", "plan.toml", "--study", "s", "--quiet", "--force"]);
}

#[test]
fn the_plans_that_come_with_vana_say_what_they_would_do() {
    for (plan, systems, loads) in [
        ("containers", 7, 168),
        ("loopback-nginx", 4, 264),
        ("loopback-systems", 7, 462),
        ("mavridis-karatza-2019", 14, 600),
    ] {
        let desk = Desk::new();
        let path = format!("examples/plans/{plan}.toml");
        let study = desk.path("s");
        let mut command = desk.command(&["run", &path, "--dry-run", "--study", study.to_str().unwrap()]);
        let (code, stdout, stderr) = said(command.current_dir(repository()).output().unwrap());
        assert_eq!(code, Some(0), "{plan}: {stderr}");
        let starts = |repetition: &str| stdout.lines().filter(|line| line.starts_with(repetition)).count();
        assert_eq!(starts("# repetition 1: "), systems, "{plan}");
        assert_eq!(
            stdout
                .lines()
                .filter(|line| line.starts_with("vana load ") && !line.contains(" --prepare"))
                .count(),
            loads,
            "{plan}"
        );
        assert!(!study.exists());
    }
}

#[test]
fn virtual_machines_of_both_cards_answer_and_tell_what_they_use() {
    let guest = Path::new(env!("CARGO_BIN_EXE_vana")).ancestors().nth(2).unwrap().join("guest");
    if !guest.join("linuxkit-cmdline").exists()
        || Command::new("qemu-system-x86_64").arg("--version").output().is_err()
    {
        return skip("the guest was not made (cargo run -p xtask -- guest), or there is no QEMU");
    }
    let desk = Desk::new();
    let append = "console=ttyS0 quiet panic=-1 no_timer_check";
    let machine = |name: &str, kernel: &str, initrd: &str, nic: &str| {
        let (kernel, initrd) = (guest.join(kernel), guest.join(initrd));
        format!(
            "[[system]]\nname = {name:?}\nclass = \"vm\"\nkind = \"qemu\"\nkernel = {kernel:?}\ninitrd = {initrd:?}\n\
             append = {append:?}\nnic = {nic:?}\naddress = \"127.0.0.1:{}\"\nport = 8080\nguest_memory = true\n",
            free_port()
        )
    };
    let linuxkit = format!(
        "[[system]]\nname = \"linuxkit\"\nkind = \"linuxkit\"\nimage = {:?}\naddress = \"127.0.0.1:{}\"\nport = 8080\n",
        guest.join("linuxkit"),
        free_port()
    );
    let plan = format!(
        "[plan]\nclients = [2]\nduration = \"1s\"\nready = \"120s\"\naccel = \"tcg\"\n[[load]]\nname = \"page\"\n{}{}{linuxkit}",
        machine("virtio", "cloud-kernel", "virtio-initrd.img", "virtio"),
        machine("e1000", "generic-kernel", "e1000-initrd.img", "e1000"),
    );
    desk.write("plan.toml", plan);
    desk.prints(&["run", "plan.toml", "--study", "s", "--quiet"]);
    for system in ["virtio", "e1000", "linuxkit"] {
        let run = run_of(&desk.path("s"), system, "workload=page/clients=2/repetition=1");
        assert!(run.outcomes[&Outcome::Ok] > 0);
        assert_eq!(run.attributes["accel"], "tcg");
        let (_, boot) = boot_of(&desk.path("s"), system, 1);
        assert!(boot.attributes["boot_time_s"].parse::<f64>().unwrap() > 0.1);
        // Behind QEMU's own network a connection says nothing about the guest.
        assert!(!boot.attributes.contains_key("connect_time_s"));
    }
}
