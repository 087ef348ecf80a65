//! Plans that `vana run` refuses before anything starts, and why.

mod support;

#[path = "run/plans.rs"]
mod plans;

use std::fs::Permissions;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use plans::{desk_with_nginx, nginx, run_of};
use support::{Desk, assert_same, free_port, said, tree};
use vana_types::{Outcome, Resource, ResourceSource};

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
                 plan.toml:12: two: a network of its own can be made only by root\n    \
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
