//! `vana run` with a database, and with a database and a web server in one plan.

mod support;

#[path = "run/plans.rs"]
mod plans;

use std::net::TcpStream;
use std::process::{Command, Stdio};

use plans::{boot_of, desk_with_nginx, nginx, readings, run_of};
use support::{Desk, assert_same, free_port, mariadb, skip, tree};
use vana_types::{Outcome, Resource, ResourceSource};

/// The settings of a private MariaDB with an empty database, and its address; `None` where there is none.
fn database(desk: &Desk) -> Option<(String, String)> {
    let port = free_port();
    let Some(mut command) = mariadb::install(&desk.path("mariadb"), port) else {
        skip("MariaDB is not here");
        return None;
    };
    desk.write("begin.sql", "CREATE DATABASE IF NOT EXISTS sbtest;\n");
    command.push(format!("--init-file={}", desk.path("begin.sql").display()));
    let address = format!("127.0.0.1:{port}");
    Some((format!("kind = \"process\"\ncommand = {command:?}\naddress = {address:?}\n"), address))
}

const LOAD: &str = "kind = \"sql\"\nurl = \"mysql://root@{address}/sbtest\"\nrows = 200\n";

/// Runs with requests, memory and a start, and transactions beside their statements.
fn is_measured(desk: &Desk, system: &str, workload: &str, clients: u32) {
    let rest = format!("workload={workload}/clients={clients}/repetition=1");
    let run = run_of(&desk.path("s"), system, &rest);
    assert!(run.findings.iter().all(|finding| finding.code != "run-failed"), "{:?}", run.findings);
    let partition = format!("system={system}/{rest}");
    let trace = desk.path("s/runs").join(&partition).join("trace.parquet");
    let rows = vana_trace::TraceReader::open(&trace).unwrap().row_count() as u64;
    if workload == "page" {
        assert_eq!((run.outcomes.clone(), rows), ([(Outcome::Ok, 60)].into(), 60));
    } else {
        // begin, 14 selects and commit beside each transaction.
        assert_eq!(rows, 60 * 17, "{:?}", run.outcomes);
    }
    let memory = readings(&desk.path("s"), &partition, ResourceSource::System, Resource::Memory);
    assert!(memory.len() >= 2 && memory.iter().all(|sample| sample.value > 1e5), "{memory:?}");
}

#[test]
fn a_database_and_a_web_server_in_one_plan() {
    let Some((desk, web)) = desk_with_nginx() else { return };
    let Some((settings, database)) = database(&desk) else { return };
    let plan = format!(
        "[plan]\nclients = [1, 3]\nrest = \"0s\"\nready = \"60s\"\n\
         [[load]]\nname = \"page\"\nrequests = 60\n\
         [[load]]\nname = \"reads\"\nworkload = \"oltp_read_only\"\ntransactions = 60\n{LOAD}\
         [[system]]\nname = \"nginx\"\nclass = \"bare\"\nloads = [\"page\"]\n{}\
         [[system]]\nname = \"mariadb\"\nclass = \"bare\"\nloads = [\"reads\"]\n{settings}",
        nginx(&desk, &web)
    );
    desk.write("plan.toml", plan);
    desk.prints(&["run", "plan.toml", "--study", "s", "--quiet"]);
    for clients in [1, 3] {
        is_measured(&desk, "nginx", "page", clients);
        is_measured(&desk, "mariadb", "reads", clients);
    }
    for (system, least_s) in [("nginx", 0.0), ("mariadb", 0.02)] {
        let time: f64 = boot_of(&desk.path("s"), system, 1).1.attributes["boot_time_s"].parse().unwrap();
        assert!(time > least_s && time < 60.0, "{system}: {time}");
    }
    // What belongs to the one was not asked of the other.
    assert!(!desk.path("s/runs/system=nginx/workload=reads").exists());
    assert!(!desk.path("s/runs/system=mariadb/workload=page").exists());
    assert!([&web, &database].iter().all(|address| TcpStream::connect(address.as_str()).is_err()));
    let before = tree(&desk.path("s"));
    let nothing = "nothing is left to be done: the study has every run of the plan\n";
    let again = desk.vana(&["run", "plan.toml", "--study", "s"]);
    assert_eq!(again, (Some(0), String::new(), nothing.to_owned()));
    assert_same(&before, &tree(&desk.path("s")));
    desk.prints(&["report", "s", "--latex", "--out", "r", "--quiet"]);
    let tables: Vec<String> = support::files(&desk.path("r/tables"));
    for workload in ["page", "reads", "boot"] {
        assert!(tables.iter().any(|table| table.starts_with(workload)), "{workload}: {tables:?}");
    }
}

#[test]
fn a_database_that_is_up_already_is_loaded_and_left_alone() {
    let desk = Desk::new();
    let Some((settings, _)) = database(&desk) else { return };
    let table: toml::Table = settings.parse().unwrap();
    let words: Vec<&str> =
        table["command"].as_array().unwrap().iter().filter_map(|word| word.as_str()).collect();
    let mut server = Command::new(words[0]);
    let mut server = server.args(&words[1..]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let address = table["address"].as_str().unwrap();
    plans::await_that("MariaDB does not answer", || TcpStream::connect(address).is_ok());
    let plan = format!(
        "[plan]\nclients = [2]\n[[load]]\nname = \"oltp_read_only\"\ntransactions = 30\n{LOAD}\
         [[system]]\nname = \"mariadb\"\nkind = \"external\"\naddress = {address:?}\n"
    );
    desk.write("plan.toml", plan);
    let said = desk.vana(&["run", "plan.toml", "--study", "s", "--quiet"]);
    let is_up = TcpStream::connect(address).is_ok();
    plans::signal("TERM", server.id());
    server.wait().unwrap();
    assert_eq!((said, is_up), ((Some(0), String::new(), String::new()), true));
    let run = run_of(&desk.path("s"), "mariadb", "workload=oltp_read_only/clients=2/repetition=1");
    assert_eq!(run.attributes["system_kind"], "external");
    // Nothing was started, so there is no time of a start and nothing of a stranger was read.
    let (folder, boot) = boot_of(&desk.path("s"), "mariadb", 1);
    assert!(!boot.attributes.contains_key("boot_time_s"));
    assert!(!folder.join("resources.parquet").exists());
}
