//! `xtask test`: sets up what is missing, runs every check, and counts.

use std::process::{Command, ExitCode};
use std::time::Instant;

use crate::command::{answer, command, status, watch};
use crate::setup::{self, Provision, python};

/// What was done, how long it took, and what failed.
#[derive(Default)]
struct Record {
    seconds: Vec<(String, f64)>,
    failures: Vec<String>,
    skipped: Vec<String>,
    passed: u64,
    failed: u64,
}

/// Runs all checks, also after one failed.
pub(crate) fn run() -> ExitCode {
    // Where a machine decides, nothing may be left out.
    let may_skip = std::env::var_os("CI").is_none_or(|value| value.is_empty());
    let mut record = Record::default();
    let has_deny = record.set_up(may_skip);
    record.step("format", &mut command("cargo", ["fmt", "--check"]));
    let clippy = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    record.step("lints", &mut command("cargo", clippy));
    let mut doc = command("cargo", ["doc", "--workspace", "--no-deps"]);
    record.step("documentation", doc.env("RUSTDOCFLAGS", "-Dwarnings"));
    record.tests();
    if has_deny {
        record.audit();
    }
    record.close();
    if record.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

impl Record {
    /// Sets up what is missing and says how it stands; whether cargo-deny is there.
    fn set_up(&mut self, may_skip: bool) -> bool {
        let begin = Instant::now();
        let things = setup::all();
        println!();
        for (name, provision) in &things {
            println!("setup: {name}: {provision}");
            if let Provision::Skipped(why) = provision {
                self.skip(may_skip, format!("{name}: {why}"));
            }
        }
        self.took("setup", begin);
        answer("cargo", &["deny", "--version"]).is_some()
    }

    /// What is left out fails where nothing may be left out.
    fn skip(&mut self, may_skip: bool, what: String) {
        if may_skip {
            self.skipped.push(what);
        } else {
            self.fail(format!("{what} (CI is set, so nothing may be skipped)"));
        }
    }

    fn fail(&mut self, what: String) {
        self.failed += 1;
        self.failures.push(what);
    }

    fn took(&mut self, name: &str, begin: Instant) {
        self.seconds.push((name.to_owned(), begin.elapsed().as_secs_f64()));
    }

    fn step(&mut self, name: &str, command: &mut Command) {
        println!();
        let begin = Instant::now();
        match status(command) {
            Ok(status) if status.success() => {}
            Ok(status) => self.fail(format!("{name} ({status})")),
            Err(error) => self.fail(format!("{name}: {error:#}")),
        }
        self.took(name, begin);
    }

    fn tests(&mut self) {
        println!();
        let begin = Instant::now();
        let mut test = command("cargo", ["test", "--workspace", "--no-fail-fast"]);
        if let Some(python) = python::interpreter() {
            test.env(python::VARIABLE, python);
        }
        let (mut passed, mut failed) = (0, 0);
        let done = watch(&mut test, |line| {
            if let Some(counts) = counts(line) {
                passed += counts.0;
                failed += counts.1;
            }
        });
        self.passed += passed;
        self.failed += failed;
        match done {
            Ok(status) if status.success() => {}
            Ok(_) if failed > 0 => self.failures.push(format!("{failed} of the tests")),
            Ok(status) => self.fail(format!("building or running the tests ({status})")),
            Err(error) => self.fail(format!("tests: {error:#}")),
        }
        self.took("tests", begin);
    }

    /// Licences, sources and duplicates. Known vulnerabilities are not checked here: their database changes by itself,
    /// and a check of a commit should say the same tomorrow.
    fn audit(&mut self) {
        self.step("audit", &mut command("cargo", ["deny", "check", "bans", "licenses", "sources"]));
    }

    /// Times, what was skipped and what failed, and a last line of counts: each step that failed counts as one beside the tests.
    fn close(&self) {
        println!();
        for (name, seconds) in &self.seconds {
            println!("time: {name}: {seconds:.1} s");
        }
        for skipped in &self.skipped {
            println!("skipped: {skipped}");
        }
        for failure in &self.failures {
            println!("FAILED: {failure}");
        }
        println!("{} passed, {} failed", self.passed, self.failed);
    }
}

/// How many tests passed and failed, from a line such as `test result: ok. 3 passed; 0 failed; …`.
fn counts(line: &str) -> Option<(u64, u64)> {
    let results = line.strip_prefix("test result: ")?;
    let count = |what: &str| {
        let before = results.split_once(what)?.0;
        before.rsplit(' ').next()?.parse().ok()
    };
    Some((count(" passed;")?, count(" failed;")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_from_the_line_of_results_alone() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(counts(line), Some((12, 3)));
        assert_eq!(counts("test a::b ... ok"), None);
        assert_eq!(counts("test result: 12 passed"), None);
    }
}
