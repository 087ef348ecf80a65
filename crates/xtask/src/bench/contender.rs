//! One program that answers a question, timed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::{Programs, THREADS};
use crate::command::{command, shown};
use crate::workspace::script;

/// GNU time: it asks the kernel for the peak of memory after the program ended, so nothing has to be sampled.
pub(super) const TIME: &str = "/usr/bin/time";

/// What a program prints.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Prints {
    /// Its results.
    Results,
    /// The seconds that its query took; the results are in a file.
    Seconds,
    /// Nothing of interest.
    Words,
}

/// A program that answers a question.
pub(super) struct Contender {
    pub name: String,
    words: Vec<String>,
    prints: Prints,
    /// Where its answer lies afterwards; removed before.
    pub out: PathBuf,
}

/// What one answer cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cost {
    /// The whole process, seconds.
    pub wall_s: f64,
    /// The same without the start of an interpreter, seconds.
    pub query_s: f64,
    /// Processor time of all threads, seconds: what others do on the machine disturbs it least.
    pub cpu_s: f64,
    /// Peak of resident memory, bytes.
    pub peak_bytes: u64,
}

impl Contender {
    /// vana printing results.
    pub fn vana_printing(programs: &Programs, words: &[&str], out: PathBuf) -> Self {
        Self { prints: Prints::Results, ..Self::vana_writing(programs, words, out) }
    }

    /// vana writing a study at `out`.
    pub fn vana_writing(programs: &Programs, words: &[&str], out: PathBuf) -> Self {
        let vana = programs.vana.display().to_string();
        let words = [&[vana.as_str(), "--quiet", "--threads", THREADS], words].concat();
        let words = words.into_iter().map(str::to_owned).collect();
        Self { name: "vana".to_owned(), words, prints: Prints::Words, out }
    }

    /// A script that takes input, output, further words, and the number of threads.
    pub fn python(
        programs: &Programs,
        name: &str,
        file: &str,
        input: &Path,
        words: &[&str],
        out: PathBuf,
    ) -> Self {
        let paths =
            [&programs.python, &script(file), input, &out].map(|path: &Path| path.display().to_string());
        let further = words.iter().chain([&THREADS]).map(|&word| word.to_owned());
        let words = paths.into_iter().chain(further).collect();
        Self { name: name.to_owned(), words, prints: Prints::Seconds, out }
    }

    /// The command as one would type it.
    pub fn shown(&self) -> String {
        shown(&self.command())
    }

    fn command(&self) -> Command {
        command(&self.words[0], &self.words[1..])
    }

    /// Answers once.
    pub fn run(&self) -> Result<Cost> {
        remove(&self.out)?;
        let cost_file = self.out.with_extension("cost");
        let mut timed = command(TIME, ["--format=%M %U %S", "--quiet", "--output"]);
        timed.arg(&cost_file).args(&self.words);
        let begin = Instant::now();
        let output = timed.output().with_context(|| shown(&timed))?;
        let wall_s = begin.elapsed().as_secs_f64();
        if !output.status.success() {
            bail!("{} failed:\n{}", self.shown(), String::from_utf8_lossy(&output.stderr));
        }
        let query_s = match self.prints {
            Prints::Seconds => {
                String::from_utf8_lossy(&output.stdout).trim().parse().context("seconds of a script")?
            }
            Prints::Results | Prints::Words => wall_s,
        };
        if self.prints == Prints::Results {
            std::fs::write(&self.out, &output.stdout).with_context(|| self.out.display().to_string())?;
        }
        let line = std::fs::read_to_string(&cost_file).with_context(|| cost_file.display().to_string())?;
        let numbers = line.split_whitespace().map(str::parse).collect::<Result<Vec<f64>, _>>();
        let Ok([peak_kib, user_s, system_s]) = numbers.as_deref() else { bail!("{TIME} wrote: {line}") };
        Ok(Cost { wall_s, query_s, cpu_s: user_s + system_s, peak_bytes: *peak_kib as u64 * 1024 })
    }
}

fn remove(path: &Path) -> Result<()> {
    let removed = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| path.display().to_string())
        }
        _ => Ok(()),
    }
}

/// Lets each answer in turn, `rounds` times, so that what disturbs the machine disturbs all of them; the costs by
/// contender, then by round.
pub(super) fn race(contenders: &[Contender], rounds: u64) -> Result<Vec<Vec<Cost>>> {
    let mut costs = vec![Vec::new(); contenders.len()];
    for round in 1..=rounds {
        for (contender, costs) in contenders.iter().zip(&mut costs) {
            let cost = contender.run()?;
            println!(
                "round {round}: {}: {:.2} s, {} MiB",
                contender.name,
                cost.wall_s,
                cost.peak_bytes >> 20
            );
            costs.push(cost);
        }
    }
    Ok(costs)
}
