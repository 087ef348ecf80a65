//! `vana man`

use std::io::Write;

use clap::{Args, CommandFactory};

use crate::failure::Failure;

/// Print the manual page of vana, or of one of its commands.
#[derive(Args)]
pub(crate) struct Man {
    /// Of this command: ingest, or load http; without one that of vana itself, which names them.
    command: Vec<String>,
}

impl Man {
    pub fn run(&self) -> Result<(), Failure> {
        let page = self.page().ok_or_else(|| {
            let hint = "vana --help and vana load --help name them";
            Failure::input(format!("no command is called \"{}\"", self.command.join(" "))).hint(Some(hint))
        })?;
        let mut text = Vec::new();
        page.render(&mut text)?;
        Ok(std::io::stdout().write_all(&text)?)
    }

    /// The page; `None` where there is no such command.
    fn page(&self) -> Option<clap_mangen::Man> {
        let mut root = crate::Arguments::command();
        // Names of pages, and options that all commands have.
        root.build();
        let found = self.command.iter().try_fold(&root, |command, name| command.find_subcommand(name))?;
        Some(clap_mangen::Man::new(found.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(command: &[&str]) -> Option<String> {
        let man = Man { command: command.iter().map(|&word| word.to_owned()).collect() };
        let mut text = Vec::new();
        man.page()?.render(&mut text).unwrap();
        Some(String::from_utf8(text).unwrap())
    }

    #[test]
    fn every_page_that_a_page_names_is_there() {
        let mut waiting: Vec<Vec<String>> = vec![Vec::new()];
        let mut seen = 0;
        while let Some(command) = waiting.pop() {
            let words: Vec<&str> = command.iter().map(String::as_str).collect();
            let text = text(&words).unwrap_or_else(|| panic!("{command:?}"));
            let name = ["vana"].iter().chain(&words).copied().collect::<Vec<_>>().join("\\-");
            assert!(text.contains(&format!("\n.SH NAME\n{name} ")), "{name}: {text}");
            for line in text.lines().filter(|line| line.ends_with("(1)")) {
                let page = line.trim_end_matches("(1)").replace("\\-", "-");
                let last = page.rsplit('-').next().unwrap().to_owned();
                waiting.extend((last != "help").then(|| [&command[..], &[last]].concat()));
            }
            seen += 1;
        }
        assert!(seen > 18, "{seen}");
        assert_eq!(text(&["lod"]), None);
    }
}
