//! A container of Docker or Podman.

use std::path::PathBuf;

use serde::Deserialize;
use toml::Table;

use super::System;
use crate::cgroup::list;
use crate::command::{find_program, run, words};
use crate::image::ARCHIVE;
use crate::recipe::{Container, Start};
use crate::{Place, Problem, Recipe, settings};

pub(super) struct Docker;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Settings {
    program: String,
    host: String,
    image: String,
    import: Option<PathBuf>,
    load: Option<PathBuf>,
    port: u16,
    address: Option<String>,
    command: Vec<String>,
    options: Vec<String>,
}

impl System for Docker {
    fn name(&self) -> &'static str {
        "docker"
    }

    fn about(&self) -> &'static str {
        "a container of Docker, or of Podman with program = \"podman\""
    }

    fn source(&self) -> &'static str {
        "https://docs.docker.com/reference/cli/docker/container/run/"
    }

    fn recipe(&self, settings: &Table, place: &Place) -> Result<Recipe, Vec<Problem>> {
        let read: Settings = settings::read(settings)?;
        let mut problems = Vec::new();
        settings::required("image", !read.image.is_empty(), &mut problems);
        settings::required("port", read.port > 0, &mut problems);
        if read.address.as_ref().is_some_and(|address| address.parse::<std::net::SocketAddr>().is_err()) {
            problems.push(Problem::at("address", "wants an address and a port, such as 127.0.0.1:18080"));
        }
        if read.import.is_some() && read.load.is_some() {
            problems.push(Problem::at("load", "import is given too, and one image cannot come from both"));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let program = program(&read);
        let files = [("import", &read.import), ("load", &read.load)];
        let name = format!("{}-{}", place.label(), safe(&place.name));
        let recipe = Recipe {
            // A published port is opened by a proxy, at once.
            own_address: read.address.is_none(),
            address: read.address.clone(),
            preparations: preparations(&read, &program),
            problems: missing(&read, &program),
            programs: program.first().cloned().into_iter().collect(),
            files: files.into_iter().filter_map(|(key, path)| Some((key, path.clone()?, ARCHIVE))).collect(),
            start: Start::Container(Container {
                run: arguments(&read, &name, place),
                program,
                name,
                port: read.port,
                image: read.image,
            }),
            ..Recipe::new(self.name(), place)
        };
        Ok(recipe)
    }
}

fn program(read: &Settings) -> Vec<String> {
    let name = if read.program.is_empty() { "docker" } else { &read.program };
    let mut program = words([name]);
    if !read.host.is_empty() {
        let option = if name.ends_with("podman") { "--url" } else { "-H" };
        program.extend(words([option, &read.host]));
    }
    program
}

/// Images from files.
fn preparations(read: &Settings, program: &[String]) -> Vec<Vec<String>> {
    let import = read.import.iter().map(|path| words(["import", &path.display().to_string(), &read.image]));
    let load = read.load.iter().map(|path| words(["load", "-i", &path.display().to_string()]));
    import.chain(load).map(|line| [program, &line].concat()).collect()
}

fn arguments(read: &Settings, name: &str, place: &Place) -> Vec<String> {
    let mut line = words(["run", "-d", "--name", name]);
    if !place.limits.cores.is_empty() {
        line.extend(words(["--cpus", &place.limits.cores.len().to_string()]));
    }
    if let Some(bytes) = place.limits.memory_bytes {
        let bytes = bytes.to_string();
        line.extend(words(["--memory", &bytes, "--memory-swap", &bytes]));
    }
    if !place.limits.cores.is_empty() {
        line.extend(words(["--cpuset-cpus", &list(&place.limits.cores)]));
    }
    if let Some(address) = &read.address {
        line.extend(words(["-p", &format!("{address}:{}", read.port)]));
    }
    line.extend(read.options.clone());
    line.push(read.image.clone());
    line.extend(read.command.clone());
    line
}

/// Daemon and image, asked without starting anything.
fn missing(read: &Settings, program: &[String]) -> Vec<Problem> {
    if program.first().is_none_or(|name| find_program(name).is_none()) {
        return Vec::new();
    }
    let call = |line: Vec<String>| run(&[program, &line].concat());
    if let Err(error) = call(words(["version", "--format", "{{.Server.Version}}"])) {
        return vec![Problem::here(error.to_string()).hint("is its daemon running, and may you use it?")];
    }
    let is_made = read.import.is_some() || read.load.is_some();
    if is_made || call(words(["image", "inspect", "-f", "{{.Id}}", &read.image])).is_ok() {
        return Vec::new();
    }
    let message = format!("{}: the daemon has no such image", read.image);
    vec![
        Problem::at("image", message)
            .hint("pull it, or name a file with import (a root folder) or load (saved images)"),
    ]
}

/// Letters that a container's name may have.
fn safe(name: &str) -> String {
    name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    #[test]
    fn its_command_line_is_the_documented_one() {
        let settings = toml::toml! {
            program = "/nonexistent/docker"
            host = "unix:///tmp/d.sock"
            image = "static:1"
            import = "root.tar"
            port = 8080
            address = "127.0.0.1:9000"
            options = ["--read-only"]
            command = ["/server", "0.0.0.0:8080"]
        };
        let place = Place {
            name: "docker 1".to_owned(),
            folder: "/run/v".into(),
            limits: Limits { cores: vec![1], memory_bytes: Some(1 << 30) },
            ..Place::default()
        };
        let recipe = Docker.recipe(&settings, &place).unwrap();
        let name = format!("{}-docker-1", place.label());
        let expected = [
            "/nonexistent/docker -H unix:///tmp/d.sock import root.tar static:1".to_owned(),
            format!(
                "/nonexistent/docker -H unix:///tmp/d.sock run -d --name {name} --cpus 1 --memory 1073741824 \
                 --memory-swap 1073741824 --cpuset-cpus 1 -p 127.0.0.1:9000:8080 --read-only static:1 /server \
                 0.0.0.0:8080"
            ),
        ];
        assert_eq!(recipe.command_lines(), expected);
    }
}
