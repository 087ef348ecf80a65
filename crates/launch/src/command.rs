//! Command lines, and programs that are run to their end.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::LaunchError;

/// As a shell would need it.
pub(crate) fn shell_line(arguments: &[String]) -> String {
    arguments.iter().map(|argument| quoted(argument)).collect::<Vec<_>>().join(" ")
}

fn quoted(argument: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:=,@%+?".contains(letter);
    if !argument.is_empty() && argument.chars().all(is_plain) {
        argument.to_owned()
    } else {
        format!("'{}'", argument.replace('\'', r"'\''"))
    }
}

/// Words as owned strings.
pub(crate) fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}

/// Runs a program to its end; what it printed, without the last line's end.
pub(crate) fn run(arguments: &[String]) -> Result<String, LaunchError> {
    let fail = |said: String| LaunchError::Command { command: shell_line(arguments), said };
    let Some((program, rest)) = arguments.split_first() else { return Ok(String::new()) };
    let output = Command::new(program)
        .args(rest)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| fail(error.to_string()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.trim();
    Err(fail(if said.is_empty() { output.status.to_string() } else { said.replace('\n', "; ") }))
}

/// Where a program is found: by its path, or in the folders of `PATH` as the system's own shell finds it.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let is_program =
        |path: &Path| rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok() && path.is_file();
    if name.contains('/') {
        return Some(PathBuf::from(name)).filter(|path| is_program(path));
    }
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| is_program(path))
}

/// A program for a test, written by another process: were the file open for writing here while another thread starts
/// a process, it could not be executed (ETXTBSY).
#[cfg(test)]
pub(crate) fn write_script(path: &Path, script: &str) -> String {
    let path = path.display().to_string();
    let text = format!("#!/bin/sh\n{script}\n");
    run(&words(["sh", "-c", "printf %s \"$1\" > \"$2\" && chmod 755 \"$2\"", "sh", &text, &path])).unwrap();
    path
}
