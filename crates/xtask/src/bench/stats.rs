//! `bench stats`: bootstrap intervals and tests, by vana and `SciPy`.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::table::{self, Spread};
use crate::command::{command, run as run_command, shown};
use crate::options::Options;
use crate::setup::python;
use crate::workspace::{script, target};

const ASKED: &str = "
The bootstrap and the permutation test draw 9,999 resamples. Both sides make the same values and time each task within
the process, without its start: the median of five answers (SciPy's bootstrap of 10,000 values: one answer). What is
exact agrees to nine digits; intervals of resamples agree within 10 % of their width and p values of
random splits within 0.05, since each side draws its own. A sample is sorted within the task on both sides.";

/// How far apart the numbers of a task may be.
#[derive(Clone, Copy)]
enum Agreement {
    /// Nine digits of each number.
    Digits,
    /// 10 % of the distance of the two numbers.
    Width,
    /// Nine digits of the first number, 0.05 of the second.
    Drawn,
}

/// Tasks, and how their numbers agree.
const TASKS: [(&str, Agreement); 7] = [
    ("BCa of a mean, n = 30", Agreement::Width),
    ("BCa of a mean, n = 10000", Agreement::Width),
    ("BCa of a median, n = 30", Agreement::Width),
    ("BCa of a median, n = 10000", Agreement::Width),
    ("mann-whitney, 20 + 20", Agreement::Digits),
    ("mann-whitney, 1 M + 1 M", Agreement::Digits),
    ("permutation, 20 + 20", Agreement::Drawn),
];

/// What one process answered: seconds and numbers by task.
type Answers = BTreeMap<String, (f64, Vec<f64>)>;

/// Builds vana's side, checks that both agree, and times them in turn.
pub(crate) fn run(options: &Options) -> Result<()> {
    let rounds = options.count("--rounds", 5);
    println!("setup: Python packages: {}", python::provide());
    let build = ["build", "--release", "-p", "vana-stats", "--example", "bench_stats"];
    run_command(&mut command("cargo", build))?;
    let python = python::interpreter().context("benchmarks need the Python packages")?;
    let example = target().join("release/examples/bench_stats").display().to_string();
    let python = python.display().to_string();
    let contenders = || {
        let mut scipy = command(&python, [script("scipy_stats.py")]);
        for library in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"] {
            scipy.env(library, "1");
        }
        [command(&example, ["1"]), command(&example, ["2"]), scipy]
    };
    let mut all: [Vec<Answers>; 3] = Default::default();
    for round in 0..=rounds {
        for (mut contender, answers) in contenders().into_iter().zip(&mut all) {
            answers.push(answer(&mut contender)?);
        }
        let latest = all.each_ref().map(|answers| &answers[answers.len() - 1]);
        agree(latest[0], latest[2])?;
        println!("round {round}: the answers agree");
    }
    // The first round fills caches and is not counted.
    let counted = all.each_ref().map(|answers| &answers[1..]);
    let options = options.text();
    table::print_machine(
        "Bootstrap and tests",
        &format!("cargo run --release -p xtask -- bench stats {options}"),
    );
    println!("{ASKED}\n");
    print(counted);
    println!();
    for contender in contenders() {
        println!("    {}", shown(&contender));
    }
    Ok(())
}

fn print([one, two, scipy]: [&[Answers]; 3]) {
    println!(
        "| task | vana, ms | vana, two threads, ms | SciPy, ms | SciPy over vana | one thread over two |"
    );
    println!("|---|--:|--:|--:|--:|--:|");
    for (task, _) in TASKS {
        let seconds = |answers: &[Answers]| -> Vec<f64> {
            answers.iter().filter_map(|answers| Some(answers.get(task)?.0)).collect()
        };
        let (one, two, scipy) = (seconds(one), seconds(two), seconds(scipy));
        let ratios = |above: &[f64], below: &[f64]| {
            Spread::of(above.iter().zip(below).map(|(above, below)| above / below).collect()).shown(1)
        };
        let milliseconds = |seconds: &[f64], decimals| {
            Spread::of(seconds.iter().map(|seconds| seconds * 1e3).collect()).shown(decimals)
        };
        let [two_shown, speed_up] = match two.as_slice() {
            [] => ["–".to_owned(), "–".to_owned()],
            two => [milliseconds(two, 3), ratios(&one, two)],
        };
        println!(
            "| {task} | {} | {two_shown} | {} | {} | {speed_up} |",
            milliseconds(&one, 4),
            milliseconds(&scipy, 2),
            ratios(&scipy, &one)
        );
    }
}

/// Lets one side answer everything once.
fn answer(contender: &mut Command) -> Result<Answers> {
    let output = contender.output().with_context(|| shown(contender))?;
    if !output.status.success() {
        bail!("{} failed:\n{}", shown(contender), String::from_utf8_lossy(&output.stderr));
    }
    parse(&String::from_utf8_lossy(&output.stdout))
}

/// Reads lines of `task seconds numbers…`, separated by tabs.
fn parse(text: &str) -> Result<Answers> {
    let line = |line: &str| {
        let (task, rest) = line.split_once('\t')?;
        let numbers: Vec<f64> = rest.split('\t').map(str::parse).collect::<Result<_, _>>().ok()?;
        let (&seconds, numbers) = numbers.split_first()?;
        Some((task.to_owned(), (seconds, numbers.to_vec())))
    };
    text.lines().map(|text| line(text).with_context(|| format!("no task with numbers: {text}"))).collect()
}

/// Fails at the first task that one side lacks or whose numbers differ.
fn agree(ours: &Answers, theirs: &Answers) -> Result<()> {
    for (task, agreement) in TASKS {
        let of = |answers: &Answers| answers.get(task).map(|(_, numbers)| numbers.clone());
        let (ours, theirs) =
            (of(ours).with_context(|| task.to_owned())?, of(theirs).with_context(|| task.to_owned())?);
        let (&[a, b], &[c, d]) = (ours.as_slice(), theirs.as_slice()) else {
            bail!("{task}: not two numbers")
        };
        let digits = |number: f64| 1e-9 * number.abs();
        let allowed = match agreement {
            Agreement::Digits => [digits(c), digits(d)],
            Agreement::Width => [0.1 * (d - c); 2],
            Agreement::Drawn => [digits(c), 0.05],
        };
        let is_same = (a - c).abs() <= allowed[0] && (b - d).abs() <= allowed[1];
        if !is_same {
            bail!("{task}: {ours:?} here, {theirs:?} there");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(low: f64, p: f64) -> Answers {
        let numbers = |agreement| match agreement {
            Agreement::Width => vec![low, 2.0],
            Agreement::Digits | Agreement::Drawn => vec![3.0, p],
        };
        TASKS.iter().map(|&(task, agreement)| (task.to_owned(), (0.1, numbers(agreement)))).collect()
    }

    #[test]
    fn a_line_is_a_task_its_seconds_and_its_numbers() {
        let parsed = parse("a task, n = 3\t0.5\t1\t-2e3\n").unwrap();
        assert_eq!(parsed, BTreeMap::from([("a task, n = 3".to_owned(), (0.5, vec![1.0, -2000.0]))]));
        assert!(parse("a task\t0.5\tNone\n").is_err() && parse("a task\n").is_err());
    }

    #[test]
    fn intervals_agree_by_their_width_and_p_values_by_their_digits() {
        assert!(agree(&answers(1.0, 0.5), &answers(1.08, 0.5)).is_ok());
        assert!(agree(&answers(1.0, 0.5), &answers(1.12, 0.5)).is_err());
        assert!(agree(&answers(1.0, 0.5), &answers(1.0, 0.500_001)).is_err());
        assert!(agree(&answers(f64::NAN, 0.5), &answers(1.0, 0.5)).is_err());
        assert!(agree(&BTreeMap::new(), &answers(1.0, 0.5)).is_err());
    }
}
