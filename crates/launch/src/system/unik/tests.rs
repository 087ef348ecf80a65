use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use super::*;

/// What the daemon was asked: request line and body.
type Asked = Arc<Mutex<Vec<String>>>;

/// The images of a daemon that was really asked.
const IMAGES: &str = r#"[{"Id":"srv","Name":"srv","SizeMb":10,"Infrastructure":"QEMU","Created":"2026-01-01T00:00:00Z",
    "StageSpec":{"ImageFormat":"raw"},"RunSpec":{"DefaultInstanceMemory":128,"Compiler":"rump-go-qemu"}}]"#;

/// A daemon with the observed answers, odd ones included: text/plain throughout, 201 for a run, 500 for what it does
/// not know, an instance that is forgotten when it is stopped.
fn daemon() -> (String, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = Asked::default();
    let log = Arc::clone(&asked);
    std::thread::spawn(move || {
        let mut runs = false;
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let mut line = String::new();
            stream.read_line(&mut line).unwrap();
            let mut length = 0;
            loop {
                let mut header = String::new();
                stream.read_line(&mut header).unwrap();
                let header = header.trim().to_ascii_lowercase();
                if let Some(value) = header.strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if header.is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).unwrap();
            let line = line.trim().trim_end_matches(" HTTP/1.1").to_owned();
            let body = String::from_utf8(body).unwrap();
            let (status, answer) = answer(&line, &body, &mut runs);
            log.lock().unwrap().push(format!("{line} {body}").trim_end().to_owned());
            let head = format!("HTTP/1.1 {status} X\r\nContent-Type: text/plain; charset=utf-8\r\n");
            write!(
                stream.get_mut(),
                "{head}Connection: close\r\nContent-Length: {}\r\n\r\n{answer}",
                answer.len()
            )
            .unwrap();
        }
    });
    (address, asked)
}

fn answer(line: &str, body: &str, runs: &mut bool) -> (u16, String) {
    let unknown = |what: &str| (500, format!("[qemu.go:1] {what} not found"));
    match line {
        "GET /images" => (200, IMAGES.to_owned()),
        "POST /instances/run" if !body.contains("\"ImageName\":\"srv\"") => {
            (400, "[daemon.go:2] no image".to_owned())
        }
        "POST /instances/run" => {
            *runs = true;
            let pid = std::process::id();
            (
                201,
                format!(
                    r#"{{"Id":"{pid}","Name":"a","State":"running","IpAddress":"","ImageId":"srv","Infrastructure":"QEMU"}}"#
                ),
            )
        }
        stop if stop.starts_with("POST /instances/") && stop.ends_with("/stop") && *runs => {
            *runs = false;
            (200, String::new())
        }
        get if get.starts_with("GET /instances/") && *runs => (200, "{}".to_owned()),
        _ => unknown("instance"),
    }
}

fn settings(daemon: &str, image: &str) -> Table {
    let pairs = [("daemon", daemon), ("image", image), ("address", "10.0.0.2:8080")];
    pairs.map(|(key, value)| (key.to_owned(), value.into())).into_iter().collect()
}

#[test]
fn an_instance_is_started_found_and_removed() {
    let (address, asked) = daemon();
    let place = Place { name: "a".to_owned(), folder: "/v".into(), ..Place::default() };
    let recipe = Unik.recipe(&settings(&address, "srv"), &place).unwrap();
    assert_eq!(recipe.problems, []);
    assert_eq!(recipe.attributes()["image_bytes"], (10 << 20).to_string());
    let name = format!("{}-a", place.label());
    let body = format!(
        "{{\"InstanceName\":\"{name}\",\"ImageName\":\"srv\",\"Mounts\":{{}},\"Env\":{{}},\"MemoryMb\":0,\
         \"NoCleanup\":false,\"DebugMode\":false}}"
    );
    assert_eq!(recipe.command_lines(), [format!("POST {address}/instances/run {body}")]);
    let Start::Instance(instance) = &recipe.start else { panic!("{:?}", recipe.start) };
    let running = daemon::begin(instance, &[]).unwrap();
    assert_eq!((running.pid, running.address), (Some(std::process::id() as i32), None));
    assert_eq!(running.attributes, BTreeMap::from([("unik_provider".to_owned(), "QEMU".to_owned())]));
    assert!(daemon::exists(&instance.address()));
    daemon::remove(&instance.address());
    // Deleting what was stopped is answered by 500, and it is gone all the same.
    assert!(!daemon::exists(&instance.address()));
    let expected = [
        "GET /images".to_owned(),
        format!("POST /instances/run {body}"),
        format!("GET /instances/{name}"),
        format!("POST /instances/{name}/stop"),
        format!("DELETE /instances/{name}?force=true"),
        format!("GET /instances/{name}"),
    ];
    assert_eq!(*asked.lock().unwrap(), expected);
}

#[test]
fn what_the_daemon_refuses_is_said() {
    let (address, _) = daemon();
    let recipe = Unik.recipe(&settings(&address, "other"), &Place::default()).unwrap();
    let expected = Problem::at("image", "other: the daemon has no such image").hint("it has: srv");
    assert_eq!(recipe.problems, [expected]);
    let Start::Instance(instance) = &recipe.start else { panic!("{:?}", recipe.start) };
    let error = daemon::begin(instance, &[]).err().unwrap();
    assert_eq!(
        error.to_string(),
        format!("POST {address}/instances/run: status 400: [daemon.go:2] no image")
    );
}

#[test]
fn a_daemon_that_is_down_is_a_problem() {
    let recipe = Unik.recipe(&settings("http://127.0.0.1:1", "srv"), &Place::default()).unwrap();
    assert_eq!(recipe.problems.len(), 1);
    assert_eq!(recipe.problems[0].hint.as_deref(), Some("start it with: unik daemon --port 3000"));
}
