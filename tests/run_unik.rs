//! `vana run` with a daemon that answers as UniK's does: text/plain throughout, 201 for a run, 500 for what it does not know.

mod support;

#[path = "run/plans.rs"]
mod plans;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::spawn;
use std::time::Duration;

use plans::run_of;
use support::{Desk, free_port};
use vana_types::{Outcome, Severity};

const PAGE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello";

/// Request line and body of the next request; `None` at the end of the connection.
fn request(stream: &mut BufReader<TcpStream>) -> Option<(String, String)> {
    let mut line = String::new();
    stream.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let mut length = 0;
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).ok()?;
        let header = header.trim().to_ascii_lowercase();
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if header.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some((line.trim().trim_end_matches(" HTTP/1.1").to_owned(), String::from_utf8(body).unwrap()))
}

/// A unikernel, as long as `runs` says so.
fn serve(address: &str, runs: &Arc<AtomicBool>) {
    let listener = TcpListener::bind(address).unwrap();
    listener.set_nonblocking(true).unwrap();
    let runs = Arc::clone(runs);
    spawn(move || {
        while runs.load(Ordering::Relaxed) {
            let Ok((stream, _)) = listener.accept() else {
                std::thread::sleep(Duration::from_millis(1));
                continue;
            };
            stream.set_nonblocking(false).unwrap();
            spawn(move || {
                let mut stream = BufReader::new(stream);
                while request(&mut stream).is_some() && stream.get_mut().write_all(PAGE.as_bytes()).is_ok() {}
            });
        }
    });
}

/// The daemon, whose one instance is no process of this machine.
fn daemon(instance: String) -> (String, Arc<AtomicBool>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let runs = Arc::new(AtomicBool::new(false));
    let state = Arc::clone(&runs);
    spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let Some((line, body)) = request(&mut stream) else { continue };
            let (status, answer) = match line.as_str() {
                "GET /images" => (200, r#"[{"Id":"srv","Name":"srv","SizeMb":10}]"#),
                "POST /instances/run" if body.contains("\"ImageName\":\"srv\"") => {
                    state.store(true, Ordering::Relaxed);
                    serve(&instance, &state);
                    (
                        201,
                        r#"{"Id":"vm-7","Name":"a","State":"running","IpAddress":"","Infrastructure":"VIRTUALBOX"}"#,
                    )
                }
                stop if stop.ends_with("/stop") => {
                    state.store(false, Ordering::Relaxed);
                    (200, "")
                }
                get if get.starts_with("GET /instances/") && state.load(Ordering::Relaxed) => (200, "{}"),
                _ => (500, "[virtualbox.go:1] not found"),
            };
            let head = format!(
                "HTTP/1.1 {status} X\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close"
            );
            let _ = write!(stream.get_mut(), "{head}\r\nContent-Length: {}\r\n\r\n{answer}", answer.len());
        }
    });
    (address, runs)
}

#[test]
fn an_instance_is_loaded_removed_and_said_to_have_no_cores_of_its_own() {
    let desk = Desk::new();
    let address = format!("127.0.0.1:{}", free_port());
    let (daemon, runs) = daemon(address.clone());
    let plan = format!(
        "[plan]\nclients = [2]\nrequests = 100\nserver_cores = [0]\n[[load]]\nname = \"page\"\n\
         [[system]]\nname = \"one\"\nclass = \"unikernel\"\nkind = \"unik\"\ndaemon = {daemon:?}\nimage = \"srv\"\n\
         address = {address:?}\n"
    );
    desk.write("plan.toml", plan);
    let shown = desk.vana(&["run", "plan.toml", "--study", "s", "--dry-run"]);
    assert_eq!(shown.0, Some(0), "{}", shown.2);
    let line = format!("POST {daemon}/instances/run ");
    let lines: Vec<&str> = shown.1.lines().collect();
    assert!(lines[1].starts_with(&line) && lines[1].contains("\"MemoryMb\":1024"), "{lines:?}");
    assert_eq!(lines[2], "taskset --all-tasks --pid --cpu-list 0 PID");
    desk.prints(&["run", "plan.toml", "--study", "s", "--quiet"]);
    assert!(!runs.load(Ordering::Relaxed), "the instance still runs");
    let run = run_of(&desk.path("s"), "one", "workload=page/clients=2/repetition=1");
    assert_eq!(run.outcomes, [(Outcome::Ok, 100)].into());
    assert_eq!(
        (run.attributes["unik_provider"].as_str(), run.attributes["image_bytes"].as_str()),
        ("VIRTUALBOX", "10485760")
    );
    let found: Vec<_> =
        run.findings.iter().map(|one| (&one.code[..], one.severity, &one.message[..])).collect();
    let message = "The plan gives it the cores 0, but UniK takes no cores, and its instance is no process of this machine \
                   that could be kept to them.";
    assert!(found.contains(&("limits-not-applied", Severity::Warning, message)), "{found:?}");
}
