//! `vana load`: TLS, several requests, cores, and limits of the machine.

mod support;

#[path = "load/server.rs"]
mod server;
#[path = "replay/servers.rs"]
mod servers;

use std::process::Command;
use std::time::{Duration, Instant};

use server::{Nginx, Server, Way, rows};
use servers::Listener;
use support::{Desk, skip};
use vana_types::Outcome;

/// A certificate for this host that nobody else signed, and its key.
fn certificate() -> (String, String) {
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    (made.cert.pem(), made.signing_key.serialize_pem())
}

fn outcomes(desk: &Desk) -> Vec<Outcome> {
    rows(&desk.path("t.parquet")).into_iter().map(|row| row.outcome).collect()
}

#[test]
fn requests_go_through_tls_to_a_server_that_is_believed() {
    let (pem, key) = certificate();
    let Some(nginx) = Nginx::start_with(Some((&pem, &key))) else { return skip("nginx does not start here") };
    let url = format!("https://localhost:{}/", nginx.port());
    for believed in [&["--ca", "ca.pem"][..], &["--insecure"]] {
        let desk = Desk::new();
        desk.write("ca.pem", &pem);
        let arguments = ["load", "http", &url, "--requests", "60", "--clients", "3", "--trace", "t.parquet"];
        desk.prints(&[&arguments[..], &["--quiet"], believed].concat());
        assert_eq!(outcomes(&desk), vec![Outcome::Ok; 60], "{believed:?}");
    }
    assert_eq!(nginx.stop(), 120);
}

#[test]
fn a_server_that_is_not_believed_is_refused_with_the_reason() {
    let (pem, key) = certificate();
    let Some(nginx) = Nginx::start_with(Some((&pem, &key))) else { return skip("nginx does not start here") };
    let desk = Desk::new();
    // Of the same name, but with another key.
    desk.write("ca.pem", certificate().0);
    desk.write("none.pem", "");
    let url = format!("https://localhost:{}/", nginx.port());
    let asked = ["load", "http", &url, "--requests", "2", "--clients", "1", "--trace", "t.parquet", "--ca"];
    let with = |authority| [&asked[..], &[authority]].concat();
    let words = format!(
        "error: {url}: not one of 2 requests was answered: invalid peer certificate: BadSignature; nothing was \
         added\n"
    );
    desk.refuses(&with("ca.pem"), 3, &words);
    desk.refuses(&with("none.pem"), 2, "error: there is no certificate of an authority in PEM\n");
    desk.refuses(&with("no.pem"), 2, "error: no.pem: No such file or directory (os error 2)\n");
    assert_eq!(nginx.stop(), 0);
}

#[test]
fn a_server_without_tls_shakes_no_hands() {
    let server = Server::start(Way::HangUp);
    let desk = Desk::new();
    let url = server.url().replace("http:", "https:");
    let arguments = ["load", "http", &url, "--insecure", "--requests", "3", "--trace", "t.parquet"];
    let (code, stdout, stderr) = desk.vana(&arguments);
    assert_eq!((code, stdout.as_str()), (Some(3), ""));
    assert!(stderr.contains("not one of 3 requests was answered: "), "{stderr}");
}

#[test]
fn requests_of_a_file_are_drawn_by_their_weights() {
    let Some(nginx) = Nginx::start() else { return skip("nginx does not start here") };
    let desk = Desk::new();
    let lines = [
        r#"{"path": "/index.html", "weight": 3}"#,
        r#"{"path": "/nothing", "method": "POST", "headers": {"X-A": "b"}, "body": "text"}"#,
    ];
    desk.write("requests", lines.join("\n"));
    let url = nginx.url();
    let arguments = ["load", "http", &url, "--requests", "400", "--trace", "t.parquet", "--quiet"];
    desk.prints(&[&arguments[..], &["--requests-from", "requests"]].concat());
    let log = nginx.stop_with_log();
    let sent = |words: &str| log.lines().filter(|line| line.contains(words)).count();
    let (get, post) = (sent("GET /index.html "), sent("POST /nothing "));
    assert_eq!(get + post, 400);
    // Binomial: 300 and a standard deviation of 8.7.
    assert!((260..=340).contains(&get), "{get} of 400 with a weight of 3/4");
    let good = outcomes(&desk).iter().filter(|outcome| **outcome == Outcome::Ok).count();
    assert_eq!(good, get);
}

#[test]
fn a_header_of_a_request_goes_before_that_of_all_requests() {
    let listener = Listener::start();
    let desk = Desk::new();
    desk.write("requests", r#"{"path": "/", "headers": {"Host": "file", "X-A": "file"}}"#);
    let arguments = ["load", "http", &listener.url(), "--requests", "1", "--clients", "1", "--quiet"];
    let headers = ["-H", "host: flag", "-H", "x-a: flag", "-H", "X-B: flag", "--trace", "t.parquet"];
    desk.prints(&[&arguments[..], &headers, &["--requests-from", "requests"]].concat());
    let expected = "GET / HTTP/1.1\r\nHost: file\r\nX-A: file\r\nX-B: flag\r\n\r\n";
    assert_eq!(listener.heard(), [expected]);
}

#[test]
fn a_malformed_file_of_requests_is_refused_with_its_line() {
    let desk = Desk::new();
    let arguments = [
        "load",
        "http",
        "http://127.0.0.1:9/",
        "--requests",
        "4",
        "--trace",
        "t",
        "--requests-from",
        "requests",
    ];
    let path = "it begins with / and has no spaces, control characters or letters beyond ASCII";
    for (line, why) in [
        ("{\"path\": 5}", "invalid type: integer `5`, expected a string, at column 10"),
        ("{\"path\": \"no /\"}", &format!("\"no /\" is no path: {path}")),
        ("{\"path\": \"/\", \"headers\": {\"a b\": \"c\"}}", "\"a b\" is no name of a header"),
    ] {
        desk.write("requests", format!("{{\"path\": \"/\"}}\n{line}\n"));
        desk.refuses(&arguments, 2, &format!("error: requests:2: {why}\n"));
    }
}

#[test]
fn threads_spin_on_the_cores_they_are_bound_to() {
    let server = Server::start(Way::Chunked);
    let desk = Desk::new();
    let url = server.url();
    let arguments = ["load", "http", &url, "--requests", "200", "--clients", "4", "--quiet"];
    let tuned = ["--threads", "2", "--pin", "0", "--busy-poll", "--study", "s", "--system", "a"];
    desk.prints(&[&arguments[..], &tuned].concat());
    let run = desk.path("s/runs/system=a/workload=http/clients=4/repetition=1/run.json");
    let run: vana_types::Run = serde_json::from_str(&std::fs::read_to_string(run).unwrap()).unwrap();
    assert_eq!(run.outcomes, [(Outcome::Ok, 200)].into());
    assert_eq!(run.attributes["pinned_to"], "0");
    assert_eq!(run.attributes["busy_poll"], "always");
    assert!(run.attributes["client_polling"].parse::<f64>().unwrap() > 0.0);
    let refused = [&arguments[..], &["--pin", "1000", "--trace", "t"]].concat();
    let (code, _, stderr) = desk.vana(&refused);
    assert_eq!(code, Some(2));
    assert!(stderr.starts_with("error: core 1000 cannot be used here; there are 0"), "{stderr}");
}

#[test]
fn more_clients_than_open_files_are_refused() {
    let desk = Desk::new();
    let vana = env!("CARGO_BIN_EXE_vana");
    let load = "load http http://127.0.0.1:9/ --requests 5 --clients 500 --trace t.parquet";
    let output = Command::new("sh")
        .args(["-c", &format!("ulimit -n 100; exec \"$0\" {load}"), vana])
        .current_dir(desk.path("."))
        .output()
        .unwrap();
    let words = "error: 500 clients need 567 open files; the system allows 100\n";
    assert_eq!(support::said(output), (Some(2), String::new(), words.to_owned()));
}

#[test]
fn threads_of_load_are_all_the_threads_that_are_made() {
    let (server, desk) = (Server::start(Way::Mute), Desk::new());
    let url = server.url();
    let load = ["load", "http", &url, "--requests", "1", "--clients", "2", "--threads", "300", "--quiet"];
    let mut child = desk.command(&[&load[..], &["--timeout", "60s"]].concat()).spawn().unwrap();
    let threads = || -> Vec<String> {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", child.id())).into_iter().flatten().flatten();
        tasks.filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok()).collect()
    };
    let begun = Instant::now();
    let found = loop {
        let found = threads();
        if found.iter().any(|name| name == "load\n") || begun.elapsed() > Duration::from_secs(30) {
            break found;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(found.len() < 20 && found.iter().any(|name| name == "load\n"), "{found:?}");
}

#[test]
fn a_server_that_says_nothing_at_all_times_out() {
    let server = Server::start(Way::Mute);
    let desk = Desk::new();
    let url = server.url();
    let arguments = ["load", "http", &url, "--requests", "2", "--timeout", "100ms", "--trace", "t.parquet"];
    let words = format!(
        "error: {url}: not one of 2 requests was answered: no response in the time allowed; nothing was added\n"
    );
    desk.refuses(&arguments, 3, &words);
}

/// A file system of 64 KiB; it ends with the value.
struct Tiny<'a>(&'a Desk);

impl<'a> Tiny<'a> {
    fn mount(desk: &'a Desk) -> Option<Self> {
        std::fs::create_dir(desk.path("tiny")).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"]).arg(desk.path("tiny"));
        mount.output().is_ok_and(|output| output.status.success()).then_some(Self(desk))
    }
}

impl Drop for Tiny<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path("tiny")).status();
    }
}

#[test]
fn a_full_disk_is_an_error_and_leaves_no_run() {
    let desk = Desk::new();
    let Some(tiny) = Tiny::mount(&desk) else { return skip("only root may mount a tiny file system") };
    let server = Server::start(Way::Chunked);
    let url = server.url();
    let arguments =
        ["load", "http", &url, "--requests", "30k", "--quiet", "--study", "tiny/s", "--system", "a"];
    let (code, stdout, stderr) = desk.vana(&arguments);
    assert_eq!((code, stdout.as_str()), (Some(3), ""), "{stderr}");
    assert!(stderr.contains("No space left on device"), "{stderr}");
    assert!(support::files(&desk.path("tiny")).iter().all(|name| !name.contains("parquet")));
    drop(tiny);
}
