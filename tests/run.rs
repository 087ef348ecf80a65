//! `vana run`: campaigns against processes and virtual machines on the loopback interface.

mod support;

#[path = "run/plans.rs"]
mod plans;

use std::fs::Permissions;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use plans::{boot_of, desk_with_nginx, free_port, nginx, run_of, signal};
use support::{Desk, assert_same, repository, said, tree};
use vana_types::{Outcome, Resource, ResourceSource};

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
    signal("INT", child.id());
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
fn what_is_in_the_way_on_this_machine_is_said_at_once() {
    let desk = Desk::new();
    let stranger = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = stranger.local_addr().unwrap().port();
    let machine = "kind = \"qemu\"\nprogram = \"no-qemu-system-x86_64\"\naddress = \"127.0.0.1:1\"";
    let plan = format!(
        "[plan]\naccel = \"tcg\"\nserver_cores = [999]\n[[load]]\nname = \"page\"\n\
         [[system]]\nname = \"one\"\nkind = \"process\"\ncommand = [\"no-such-server\"]\naddress = \"127.0.0.1:{port}\"\n\
         [[system]]\nname = \"two\"\n{machine}\nkernel = \"none\"\ninitrd = \"empty\"\n\
         [[system]]\nname = \"three\"\n{machine}\nkernel = \"text\"\n\
         [[system]]\nname = \"four\"\nkind = \"docker\"\nprogram = \"no-docker\"\nimage = \"a\"\nport = 80\n"
    );
    desk.write("plan.toml", plan);
    desk.write("empty", "");
    desk.write("text", "hello\n");
    let machine = "no-qemu-system-x86_64: no such program";
    let machine_hint = "    hint: install it, or give its path; a qemu system needs it";
    let said = [
        "error: plan.toml cannot be carried out for 9 reasons".to_owned(),
        format!("  plan.toml:3: server_cores: this machine has no core 999, only 0 to {}", cores() - 1),
        "  plan.toml:6: one: no-such-server: no such program".to_owned(),
        "    hint: install it, or give its path; a process system needs it".to_owned(),
        format!("  plan.toml:10: one: address: 127.0.0.1:{port}: something answers there already"),
        "    hint: stop it, or choose another port".to_owned(),
        format!("  plan.toml:11: two: {machine}"),
        machine_hint.to_owned(),
        "  plan.toml:16: two: kernel: none: No such file or directory (os error 2)".to_owned(),
        "  plan.toml:17: two: initrd: empty: is empty".to_owned(),
        format!("  plan.toml:18: three: {machine}"),
        machine_hint.to_owned(),
        "  plan.toml:23: three: kernel: text: is text, and not a Linux kernel or an ELF program or a multiboot kernel"
            .to_owned(),
        "  plan.toml:24: four: no-docker: no such program".to_owned(),
        "    hint: install it, or give its path; a docker system needs it\n".to_owned(),
    ];
    desk.refuses(&["run", "plan.toml", "--study", "s"], 2, &said.join("\n"));
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// What `vana run` says as a user without rights; `None` where this test cannot become one.
fn as_nobody(desk: &Desk) -> Option<(Option<i32>, String, String)> {
    let binary = env!("CARGO_BIN_EXE_vana");
    let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    let may = Command::new("setpriv").args(nobody).args(["test", "-x", binary]).status();
    if !may.is_ok_and(|status| status.success()) {
        eprintln!("skipped: the program lies where only its owner may go, or this is not root");
        return None;
    }
    let mut command = Command::new("setpriv");
    command.args(nobody).args([binary, "run", "plan.toml", "--study", "s", "--quiet"]);
    command.current_dir(desk.path("")).env("XDG_RUNTIME_DIR", desk.path("x"));
    Some(said(command.output().unwrap()))
}

#[test]
fn without_rights_it_is_said_what_needs_them_and_the_rest_is_done() {
    let desk = Desk::new();
    for folder in ["", "x"] {
        std::fs::create_dir_all(desk.path(folder)).unwrap();
        std::fs::set_permissions(desk.path(folder), Permissions::from_mode(0o777)).unwrap();
    }
    let port = free_port();
    let server = format!(
        "[[system]]\nname = \"one\"\nkind = \"process\"\naddress = \"127.0.0.1:{port}\"\n\
         command = [\"python3\", \"-m\", \"http.server\", \"--bind\", \"127.0.0.1\", \"{port}\"]\n"
    );
    let load = "[[load]]\nname = \"page\"\nclients = [1]\nrequests = 20\n";
    let machine = "[[system]]\nname = \"two\"\nkind = \"qemu\"\nprogram = \"true\"\nnetwork = \"tap\"\n\
                   disk = \"plan.toml\"\naddress = \"10.0.0.2:80\"\n";
    desk.write("plan.toml", format!("[plan]\naccel = \"tcg\"\n{load}{server}{machine}"));
    let Some(said) = as_nobody(&desk) else { return };
    let words = "error: plan.toml cannot be carried out for 2 reasons\n  \
                 plan.toml:7: one: memory can be limited only by root\n    \
                 hint: memory = \"none\" in [plan] sets no limit; or run as root\n  \
                 plan.toml:11: two: a network of its own can be made only by root\n    \
                 hint: network = \"user\" needs no rights\n";
    assert_eq!(said, (Some(2), String::new(), words.to_owned()));
    desk.write("plan.toml", format!("[plan]\nmemory = \"none\"\n{load}{server}"));
    assert_eq!(as_nobody(&desk), Some((Some(0), String::new(), String::new())));
    let run = run_of(&desk.path("s"), "one", "workload=page/clients=1/repetition=1");
    assert_eq!(run.outcomes, [(Outcome::Ok, 20)].into());
    assert!(!run.attributes.contains_key("memory_of"), "{:?}", run.attributes);
    let file = desk.path("s/runs/system=one/workload=page/clients=1/repetition=1/resources.parquet");
    let samples = vana_trace::read_resources(&file).unwrap();
    let is_memory = |sample: &&vana_types::ResourceSample| {
        (sample.source, sample.resource) == (ResourceSource::System, Resource::Memory)
    };
    // A Python takes some megabytes.
    assert!(samples.iter().filter(is_memory).all(|sample| sample.value > 2e6));
}
