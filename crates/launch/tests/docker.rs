//! Containers at a Docker daemon of the test's own.

mod support;

use std::sync::atomic::AtomicBool;

use support::dockerd::Dockerd;
use support::{Desk, LONG, free_address, has, ready, skip};
use toml::Table;
use vana_launch::{Probe, system};
use vana_types::{Resource, ResourceSource};

/// A daemon and a place for its systems.
struct Host {
    daemon: Dockerd,
    desk: Desk,
    /// Where a port of the container is published.
    address: String,
}

impl Host {
    fn settings(&self, command: &[&str]) -> Table {
        let command = command.iter().map(|word| (*word).into()).collect();
        Table::from_iter([
            ("host".to_owned(), self.daemon.host().into()),
            ("image".to_owned(), "static:1".into()),
            ("import".to_owned(), self.daemon.root().into()),
            ("port".to_owned(), toml::Value::Integer(8080)),
            ("address".to_owned(), self.address.clone().into()),
            ("command".to_owned(), toml::Value::Array(command)),
        ])
    }
}

#[test]
fn containers_of_a_daemon() {
    let host = match Dockerd::start(231) {
        Ok(daemon) => Host { daemon, desk: Desk::new(), address: free_address() },
        Err(why) => return skip(&why),
    };
    a_container_is_measured_and_nothing_stays(&host);
    a_container_that_ends_shows_its_last_words(&host);
    an_image_that_the_daemon_lacks_is_a_problem(&host);
    a_file_that_is_no_image_is_a_problem(&host);
}

fn a_container_is_measured_and_nothing_stays(host: &Host) {
    let settings = host.settings(&["/bin/busybox", "httpd", "-f", "-p", "8080", "-h", "/"]);
    let recipe = host.desk.recipe("docker", &settings);
    let mut started = recipe.start().unwrap_or_else(|error| panic!("{error}"));
    let times = ready(&mut started);
    // The proxy of a published port is no sign of life.
    assert_eq!(times.first_connect, None);
    assert!(times.first_answer > std::time::Duration::ZERO);
    assert_eq!(started.address(), host.address);
    let bytes: u64 = started.attributes()["image_bytes"].parse().unwrap();
    assert!(bytes > 500_000, "{bytes}");
    let samples = started.sampler().sample(0);
    let what: Vec<_> = samples.iter().map(|sample| (sample.source, sample.resource)).collect();
    let all = [Resource::CpuTime, Resource::Memory, Resource::MemoryPeak, Resource::MemoryPss];
    assert_eq!(what, all.map(|resource| (ResourceSource::System, resource)));
    assert!(samples.iter().all(|sample| sample.value > 0.0), "{samples:?}");
    assert_eq!(started.ended(), None);
    assert_eq!(host.daemon.docker(&["ps", "--quiet"]).1.lines().count(), 1);
    started.stop().unwrap();
    assert_eq!(host.daemon.docker(&["ps", "--all", "--quiet"]), (true, String::new()));
}

fn a_container_that_ends_shows_its_last_words(host: &Host) {
    let settings = host.settings(&["/bin/busybox", "sh", "-c", "sleep 0.5; echo bye; exit 3"]);
    let mut started = host.desk.recipe("docker", &settings).start().unwrap_or_else(|error| panic!("{error}"));
    let probe = Probe::Http { path: "/".to_owned() };
    let error = started.await_ready(&probe, LONG, &AtomicBool::new(false)).unwrap_err();
    assert_eq!(error.to_string(), "ended before it answered (exit status: 3); its console ends with:\nbye");
    drop(started);
    assert_eq!(host.daemon.docker(&["ps", "--all", "--quiet"]), (true, String::new()));
}

fn an_image_that_the_daemon_lacks_is_a_problem(host: &Host) {
    let mut settings = host.settings(&[]);
    settings.remove("import");
    settings.insert("image".to_owned(), "missing:1".into());
    let recipe = system("docker").unwrap().recipe(&settings, &host.desk.place("a")).unwrap();
    let said: Vec<_> = recipe.problems().iter().map(ToString::to_string).collect();
    assert_eq!(said, ["image: missing:1: the daemon has no such image"]);
}

fn a_file_that_is_no_image_is_a_problem(host: &Host) {
    let mut settings = host.settings(&[]);
    settings.insert("import".to_owned(), "/etc/passwd".into());
    let recipe = system("docker").unwrap().recipe(&settings, &host.desk.place("a")).unwrap();
    let said: Vec<_> = recipe.problems().iter().map(ToString::to_string).collect();
    assert_eq!(said, ["import: /etc/passwd: is text, and not a tar archive or compressed or a folder"]);
}

#[test]
fn a_daemon_that_is_down_is_a_problem() {
    if !has("docker") {
        return skip("no docker");
    }
    let settings = toml::toml! { host = "unix:///nonexistent/docker.sock" image = "static:1" port = 8080 };
    let recipe = system("docker").unwrap().recipe(&settings, &Desk::new().place("a")).unwrap();
    let problems = recipe.problems();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].message.contains("/nonexistent/docker.sock"), "{problems:?}");
    assert_eq!(problems[0].hint.as_deref(), Some("is its daemon running, and may you use it?"));
}
