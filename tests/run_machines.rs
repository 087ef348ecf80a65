//! `vana run` with virtual machines: measured, failing in every way, and taken away whatever happens to vana.

mod support;

#[path = "run/plans.rs"]
mod plans;

use std::net::TcpStream;
use std::path::Path;

use plans::{
    apart, await_load, await_that, boot_of, guest, processes_with, readings, run_of, signal, start, states,
    why,
};
use support::{Desk, free_port, said};
use vana_types::{Outcome, Resource, ResourceSource};

const QUIET: &str = "console=ttyS0 quiet panic=-1 no_timer_check";

/// A machine of the guest with virtio.
fn machine(guest: &Path, name: &str, append: &str, (port, inside): (u16, u16)) -> String {
    let file = |name: &str| guest.join(name).display().to_string();
    let (kernel, initrd) = (file("cloud-kernel"), file("virtio-initrd.img"));
    format!(
        "[[system]]\nname = {name:?}\nclass = \"vm\"\nkind = \"qemu\"\nkernel = {kernel:?}\ninitrd = {initrd:?}\n\
         append = {append:?}\naddress = \"127.0.0.1:{port}\"\nport = {inside}\nguest_memory = true\n"
    )
}

fn plan(head: &str, systems: &[String]) -> String {
    format!("[plan]\naccel = \"tcg\"\n{head}\n[[load]]\nname = \"page\"\n{}", systems.concat())
}

#[test]
fn virtual_machines_of_both_cards_answer_and_tell_what_they_use() {
    let Some(guest) = guest() else { return };
    let desk = Desk::new();
    let e1000 = machine(&guest, "e1000", QUIET, (free_port(), 8080))
        .replace("cloud-kernel", "generic-kernel")
        .replace("virtio-initrd", "e1000-initrd");
    let linuxkit = format!(
        "[[system]]\nname = \"linuxkit\"\nkind = \"linuxkit\"\nimage = {:?}\naddress = \"127.0.0.1:{}\"\nport = 8080\n",
        guest.join("linuxkit").display().to_string(),
        free_port()
    );
    let virtio = machine(&guest, "virtio", QUIET, (free_port(), 8080));
    let systems = [virtio, format!("{e1000}nic = \"e1000\"\n"), linuxkit];
    desk.write("plan.toml", plan("clients = [2]\nduration = \"1s\"\nready = \"2m\"", &systems));
    desk.prints(&["run", "plan.toml", "--study", "s", "--quiet"]);
    for system in ["virtio", "e1000", "linuxkit"] {
        let run = run_of(&desk.path("s"), system, "workload=page/clients=2/repetition=1");
        assert!(run.outcomes[&Outcome::Ok] > 0);
        assert_eq!(run.attributes["accel"], "tcg");
        let (_, boot) = boot_of(&desk.path("s"), system, 1);
        assert!(boot.attributes["boot_time_s"].parse::<f64>().unwrap() > 0.1);
        // Behind QEMU's own network a connection says nothing about the guest.
        assert!(!boot.attributes.contains_key("connect_time_s"));
        let partition = format!("system={system}/workload=page/clients=2/repetition=1");
        let of = |source| readings(&desk.path("s"), &partition, source, Resource::Memory);
        let system_bytes = of(ResourceSource::System).iter().map(|sample| sample.value).fold(0.0, f64::max);
        // QEMU and what the guest touched, and not the gigabyte that it was given.
        assert!((3e7..9e8).contains(&system_bytes), "{system}: {system_bytes}");
        let guest = of(ResourceSource::Guest);
        assert_eq!(guest.is_empty(), system == "linuxkit", "{system}: {guest:?}");
    }
}

#[test]
fn machines_that_fail_say_why_and_the_campaign_goes_on() {
    let Some(guest) = guest() else { return };
    let desk = Desk::new();
    let port = free_port();
    let silent = format!("127.0.0.1:{port}");
    let refused = machine(&guest, "refused", QUIET, (free_port(), 8080))
        + "options = [\"-device\", \"no-such-card\"]\n";
    let systems = [
        machine(&guest, "panics", "console=ttyS0 panic=-1 rdinit=/none", (free_port(), 8080)),
        // Nobody listens there.
        machine(&guest, "silent", "console=ttyS0 panic=-1", (port, 9)),
        refused,
        machine(&guest, "dies", QUIET, (free_port(), 8080)),
    ];
    let head = "clients = [2]\nduration = \"3s\"\nready = \"45s\"\nrest = \"0s\"";
    desk.write("plan.toml", plan(head, &systems));
    let vana = start(&desk);
    await_load(&desk, "dies");
    let folder = desk.path("x").display().to_string();
    for machine in processes_with(&["qemu-system-x86_64", &folder, "dies.qmp"]) {
        signal("KILL", machine);
    }
    let (code, _, stderr) = said(vana.wait_with_output().unwrap());
    assert_eq!(
        (code, stderr.lines().next()),
        (Some(3), Some("error: 4 of 4 runs failed; the study says why"))
    );
    for (system, words) in [
        ("panics", &["ended before it answered (exit status: 0)", "Kernel panic"][..]),
        ("silent", &["does not answer at", &silent, "after 45 s", "; its console ends with:\n"]),
        ("refused", &["(exit status: 1)", "'no-such-card' is not a valid device model name"]),
        ("dies", &["the system ended under load (signal: 9 (SIGKILL))"]),
    ] {
        let run = run_of(&desk.path("s"), system, "workload=page/clients=2/repetition=1");
        assert!(words.iter().all(|words| why(&run).contains(words)), "{system}: {}", why(&run));
    }
    assert_eq!((processes_with(&[&folder]), states(&desk)), (Vec::new(), Vec::new()));
}

#[test]
fn a_vana_that_is_interrupted_or_killed_leaves_no_machine() {
    let Some(guest) = guest() else { return };
    for name in ["INT", "KILL"] {
        let desk = Desk::new();
        let port = free_port();
        let systems = [machine(&guest, "one", QUIET, (port, 8080))];
        desk.write("plan.toml", plan("clients = [2]\nduration = \"1m\"\nready = \"2m\"", &systems));
        let vana = start(&desk);
        await_load(&desk, "one");
        let folder = desk.path("x").display().to_string();
        assert!(!processes_with(&["qemu-system-x86_64", &folder]).is_empty());
        signal(name, vana.id());
        let (code, _, stderr) = said(vana.wait_with_output().unwrap());
        assert_eq!(code, (name == "INT").then_some(3), "{stderr}");
        await_that("a machine is left", || processes_with(&[&folder]).is_empty());
        await_that("a state file is left", || states(&desk).is_empty());
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err(), "{name}: it still answers");
        let mut again = desk.command(&["run", "plan.toml", "--study", "s", "--dry-run"]);
        assert_eq!(said(apart(&desk, &mut again).output().unwrap()).0, Some(0));
    }
}
