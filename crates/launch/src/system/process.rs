//! A program on this machine.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use toml::Table;

use super::System;
use crate::command::find_program;
use crate::recipe::{Program, Start};
use crate::{Place, Problem, Recipe, settings};

pub(super) struct Process;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Settings {
    command: Vec<String>,
    address: String,
    environment: BTreeMap<String, String>,
    folder: Option<PathBuf>,
    image: Vec<PathBuf>,
}

impl System for Process {
    fn name(&self) -> &'static str {
        "process"
    }

    fn about(&self) -> &'static str {
        "a program on this machine, which must stay in the foreground"
    }

    fn source(&self) -> &'static str {
        "man 2 execve"
    }

    fn recipe(&self, settings: &Table, place: &Place) -> Result<Recipe, Vec<Problem>> {
        let read: Settings = settings::read(settings)?;
        let mut problems = Vec::new();
        settings::required("command", !read.command.is_empty(), &mut problems);
        settings::address("address", &read.address, &mut problems);
        let program = read.command.first().cloned().unwrap_or_default();
        let images = if read.image.is_empty() {
            find_program(&program).into_iter().collect()
        } else {
            read.image.clone()
        };
        let recipe = Recipe {
            address: Some(read.address),
            group_memory_bytes: place.limits.memory_bytes,
            programs: vec![program],
            files: read.image.into_iter().map(|path| ("image", path, &[][..])).collect(),
            images,
            start: Start::Child(Program {
                arguments: read.command,
                environment: read.environment,
                folder: read.folder,
                ..Program::default()
            }),
            ..Recipe::new(self.name(), place)
        };
        settings::finish(recipe, problems)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    #[test]
    fn its_command_line_is_that_of_the_plan() {
        let settings = toml::toml! {
            command = ["sh", "-c", "exec server $PORT"]
            address = "127.0.0.1:8080"
            environment = { PORT = "8080" }
        };
        let place =
            Place { limits: Limits { cores: vec![1], memory_bytes: Some(1 << 30) }, ..Place::default() };
        let recipe = Process.recipe(&settings, &place).unwrap();
        assert_eq!(recipe.command_lines(), ["env PORT=8080 sh -c 'exec server $PORT'"]);
        assert_eq!((recipe.address(), recipe.group_memory_bytes), (Some("127.0.0.1:8080"), Some(1 << 30)));
    }

    #[test]
    fn a_program_that_is_missing_is_a_problem_of_the_machine() {
        let settings = toml::toml! { command = ["no-such-server"] address = "127.0.0.1:1" };
        let problems = Process.recipe(&settings, &Place::default()).unwrap().problems();
        let expected = Problem::here("no-such-server: no such program")
            .hint("install it, or give its path; a process system needs it");
        assert_eq!(problems, [expected]);
    }
}
