//! `vana run`: campaigns against processes on the loopback interface.

mod support;

#[path = "run/plans.rs"]
mod plans;

use std::net::TcpStream;
use std::process::Stdio;
use std::time::{Duration, Instant};

use plans::{boot_of, desk_with_nginx, nginx, run_of, signal};
use support::{Desk, assert_same, free_port, repository, said, tree};
use vana_types::{Outcome, Resource, ResourceSource};

#[test]
fn a_plan_with_one_system_twice_becomes_a_study_and_is_not_carried_out_again() {
    let Some((desk, address)) = desk_with_nginx() else { return };
    let plan = format!(
        "[plan]\ntitle = \"Two\"\nbaseline = \"one\"\nrepetitions = 2\nclients = [1, 3]\nrequests = 300\nrest = \"10ms\"\n\
         [[load]]\nname = \"page\"\nbusy_poll = \"never\"\n[[system]]\nname = \"one\"\nclass = \"bare\"\n{}\
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
                assert_eq!(run.attributes["busy_poll"], "never");
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
fn systems_that_die_or_never_answer_are_failed_runs_and_the_others_go_on() {
    let Some((desk, address)) = desk_with_nginx() else { return };
    let script = format!("nginx -p {} -c nginx.conf & sleep 3; kill -9 $!; exit 7", desk.path("").display());
    let plan = format!(
        "[plan]\nclients = [2]\nduration = \"6s\"\nready = \"5s\"\nrest = \"0s\"\n[[load]]\nname = \"page\"\n\
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
